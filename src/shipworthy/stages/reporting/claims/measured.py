"""Claims about what a campaign measured: findings, pairs, early decisions, cells, totals."""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, get_args

from msgspec.structs import asdict

from shipworthy.records import (
    Bounds,
    Claim,
    ClaimFormat,
    Finding,
    PairedFinding,
    SequentialFinding,
)
from shipworthy.stages.reporting.inputs import AttackCell, TrialCounts
from shipworthy.vocabulary import MODEL, UnassessedReason

_QUANTUM: Final = Decimal(1).scaleb(-6)
_PRECISE: Final = Context(prec=60)


def integer(claim_id: str, value: int) -> Claim:
    """Return a claim on a count."""
    return Claim(id=claim_id, value=str(value), format="integer")


def quotient(numerator: int, denominator: int) -> str:
    """Return a fraction with six digits after the point, rounded half to even.

    Sixty digits of working precision keep every tie of counts below 2**53 exact.
    """
    share = _PRECISE.divide(Decimal(numerator), Decimal(denominator))
    return format(share.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN), "f")


def finding_claims(finding: Finding, layers: tuple[str, ...]) -> Iterator[Claim]:
    """Yield the claims of a finding; `layers` are those that could have held."""
    name = f"finding:{finding.id}"
    rate = finding.rate
    yield integer(f"{name}#successes", rate.successes)
    yield integer(f"{name}#attempts", rate.attempts)
    yield integer(f"{name}#unassessed", rate.unassessed)
    yield integer(f"{name}#started", rate.started)
    if rate.attempts:
        point = quotient(rate.successes, rate.attempts)
        yield Claim(id=f"{name}#point", value=point, format="percent")
    if finding.bounds:
        yield from _bound_claims(name, finding.bounds)
    for layer in sorted({MODEL, *layers, *finding.held_by}):
        yield integer(f"{name}#held_by.{layer}", finding.held_by.get(layer, 0))
    for reason in sorted({*get_args(UnassessedReason), *finding.unassessed}):
        yield integer(f"{name}#unassessed.{reason}", finding.unassessed.get(reason, 0))
    if finding.reading:
        for key, count in asdict(finding.reading).items():
            yield integer(f"{name}#reading.{key}", count)


def _bound_claims(name: str, bounds: Bounds) -> Iterator[Claim]:
    yield Claim(id=f"{name}#lower", value=bounds.lower, format="percent-down")
    yield Claim(id=f"{name}#upper", value=bounds.upper, format="percent-up")
    yield Claim(id=f"{name}#exact_upper", value=bounds.exact_upper, format="percent-up")
    yield Claim(id=f"{name}#upper_adjusted", value=bounds.upper_adjusted, format="percent-up")
    yield integer(f"{name}#scenarios", bounds.scenarios)
    yield integer(f"{name}#scenarios_with_success", bounds.scenarios_with_success)


def paired_claims(finding: PairedFinding) -> Iterator[Claim]:
    """Yield the claims of a paired finding."""
    name = f"paired:{finding.id}"
    yield integer(f"{name}#both", finding.both)
    yield integer(f"{name}#before_only", finding.before_only)
    yield integer(f"{name}#after_only", finding.after_only)
    yield integer(f"{name}#neither", finding.neither)
    yield integer(f"{name}#unpaired", finding.unpaired)
    yield Claim(id=f"{name}#confidence", value=finding.confidence, format="decimal")
    yield Claim(id=f"{name}#difference", value=finding.difference, format="points")
    yield Claim(id=f"{name}#difference_lower", value=finding.difference_lower, format="points")
    yield Claim(id=f"{name}#difference_upper", value=finding.difference_upper, format="points")
    yield Claim(id=f"{name}#p_exact", value=finding.p_exact, format="p-value")
    yield Claim(id=f"{name}#p_midp", value=finding.p_midp, format="p-value")
    if finding.ratio_upper is not None:
        shape: ClaimFormat = "fold" if is_reduction(finding) else "decimal"
        yield Claim(id=f"{name}#ratio_upper", value=finding.ratio_upper, format=shape)


def is_reduction(finding: PairedFinding) -> bool:
    """Say whether the rate was shown to be lower after than before."""
    return finding.ratio_upper is not None and Decimal(finding.ratio_upper) < 1


def sequential_claims(question: SequentialFinding) -> Iterator[Claim]:
    """Yield the claims of a question that may end a campaign early."""
    name = f"sequential:{question.id}"
    yield integer(f"{name}#scenarios", question.scenarios)
    yield integer(f"{name}#successes", question.successes)
    yield integer(f"{name}#unassessed", question.unassessed)
    yield integer(f"{name}#late", question.late)
    yield integer(f"{name}#cap", question.cap)
    yield integer(f"{name}#fixed_scenarios", question.fixed_scenarios)
    yield Claim(id=f"{name}#limit", value=question.limit, format=rate_format(question.limit))
    yield Claim(id=f"{name}#false_go", value=question.false_go, format="percent-up")
    yield Claim(id=f"{name}#false_fail", value=question.false_fail, format="percent-up")


def rate_format(rate: str) -> ClaimFormat:
    """Return `percent` for the decimal string of a rate, unless one digit would round it."""
    return "percent" if (Decimal(rate) * 1000) % 1 == 0 else "decimal"


def cell_claims(cell: AttackCell) -> Iterator[Claim]:
    """Yield the claims of an attack cell."""
    name = cell_name(cell)
    yield integer(f"{name}#successes", cell.rate.successes)
    yield integer(f"{name}#attempts", cell.rate.attempts)
    yield integer(f"{name}#unassessed", cell.rate.unassessed)


def cell_name(cell: AttackCell) -> str:
    """Return the part of a cell's claim ids before `#`."""
    return f"cell:{cell.arm.value}/{cell.domain}/{cell.attack}"


def trial_claims(trials: TrialCounts) -> Iterator[Claim]:
    """Yield the claims of the totals."""
    yield integer("trials#count", trials.count)
    yield integer("trials#prompt_tokens", trials.prompt_tokens)
    yield integer("trials#completion_tokens", trials.completion_tokens)
    yield integer("trials#at_length", trials.at_length)


def bound_read(bounds: Bounds, bound: str) -> str:
    """Return the bound that an atom on `upper` or `lower` has to clear its limit with."""
    return bounds.upper_adjusted if bound == "upper" else bounds.lower
