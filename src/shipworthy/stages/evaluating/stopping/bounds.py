"""Limits and verdicts of campaigns that may end early: valid whenever, and why ever, they end."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, comb

from shipworthy.kernel import Digest, decimal_string
from shipworthy.records import (
    SEQUENTIAL_METHOD,
    Bounds,
    SequentialFinding,
)
from shipworthy.stages.evaluating.stopping.streams import Stopping
from shipworthy.stages.evaluating.stopping.tables import certificate_of
from shipworthy.statistics import PairedTable, miss_adjusted_upper
from shipworthy.statistics.sequential import (
    Tally,
    anytime_lower,
    anytime_upper,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundTerms:
    """The level of the bounds, the part of it that the rate has, and the judges' sensitivity."""

    alpha: str
    rate_alpha: str
    caught: float


def sequential_bounds(
    stopping: Stopping, domain: str, arm: str, terms: BoundTerms
) -> Bounds | None:
    """Return the bounds of an arm of a sequential domain (9.7); nothing without a result."""
    stream = stopping.stream(domain, arm)
    if stream is None or stream.length == 0:
        return None
    last = stopping.ending(domain, arm)
    looks = {last, *(one.tally for one in stream.questions if one.decided)}
    upper = min(anytime_upper(look, terms.alpha) for look in looks)
    lower = max(anytime_lower(look, terms.alpha) for look in looks)
    wider = min(anytime_upper(look, terms.rate_alpha) for look in looks)
    adjusted = max(miss_adjusted_upper(float(wider), terms.caught), float(upper))
    return Bounds(
        method=SEQUENTIAL_METHOD,
        alpha=terms.alpha,
        lower=_six(lower),
        upper=_six(upper),
        upper_adjusted=decimal_string(adjusted, "up"),
        scenarios=last.scenarios,
        scenarios_with_success=last.successes,
        design_effect="1.000000",
        exact_upper=_six(upper),
    )


def sequential_findings(stopping: Stopping, plan: Digest) -> tuple[SequentialFinding, ...]:
    """Return how each question was decided (9.10), in the order of the plan."""
    found = []
    for one in stopping.questions():
        question, promised = one.question, certificate_of(one.question.design)
        found.append(
            SequentialFinding(
                id=question.id,
                finding=question.finding,
                limit=question.limit,
                verdict=one.verdict.value,
                scenarios=one.tally.scenarios,
                successes=one.tally.successes,
                unassessed=one.tally.unassessed,
                late=stopping.late(question),
                cap=question.design.cap,
                fixed_scenarios=question.design.fixed_scenarios,
                false_go=promised.false_go,
                false_fail=promised.false_fail,
                plan=plan,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class PairedLimits:
    """Limits of (rate before) - (rate after), and a p-value of no difference, at any time.

    Six decimals, none rounded in favour. `ratio_upper` is the upper limit of (rate after) /
    (rate before); None where the rate before may be 0.
    """

    lower: str
    upper: str
    p_value: str
    ratio_upper: str | None


def paired_limits(before: Tally, after: Tally, table: PairedTable, level: str) -> PairedLimits:
    """Return the limits of 9.9, each arm's at `level`, which is a quarter of what they risk."""
    least_before, most_after = anytime_lower(before, level), anytime_upper(after, level)
    return PairedLimits(
        lower=_six(least_before - most_after),
        upper=_six(anytime_upper(before, level) - anytime_lower(after, level)),
        p_value=decimal_string(float(_against_a_fair_coin(table)), "up"),
        ratio_upper=_ratio(most_after, least_before) if least_before else None,
    )


def _ratio(most_after: Decimal, least_before: Decimal) -> str:
    millionths = ceil(Fraction(most_after) / Fraction(least_before) * 10**6)
    return _six(Decimal(millionths).scaleb(-6))


def _against_a_fair_coin(table: PairedTable) -> Fraction:
    """Inverse likelihood ratio of a uniform mixture against 1/2: (n+1) C(n, heads) / 2^n."""
    tosses = table.before_only + table.after_only
    weight = (tosses + 1) * comb(tosses, table.before_only)
    return min(Fraction(1), Fraction(weight, 2**tosses))


def _six(value: Decimal) -> str:
    return format(value, ".6f")
