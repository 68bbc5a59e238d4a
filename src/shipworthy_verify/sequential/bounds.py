"""Bounds of sequential findings, differences of arms, promises (spec/sequential.md, 9.7 to 9.9).

Fractions are exact: a record has to say the same number.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, comb
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.rules import decimal
from shipworthy_verify.sequential import levels
from shipworthy_verify.sequential.decide import FAIL, PASS
from shipworthy_verify.sequential.limits import lower_limit, upper_limit
from shipworthy_verify.sequential.streams import Stream

METHOD: Final = "sequential-mixture/1"
ANYTIME: Final = "anytime-limits/1"


def arm_bounds(stream: Stream, plan: Json, caught: float) -> Json | None:
    """Return the bounds of an arm (9.7); `caught` is the least sensitivity of its judges."""
    if not stream.outcomes:
        return None
    level, looks = levels.gate_alpha(plan), stream.looks
    alpha = Fraction(level)
    upper = min(_upper(stream, look, alpha) for look in looks)
    wider = min(_upper(stream, look, levels.rate_alpha(plan)) for look in looks)
    return {
        "method": METHOD,
        "alpha": level,
        "lower": max(_lower(stream, look, alpha) for look in looks),
        "upper": upper,
        "upper_adjusted": max(float(upper), min(1.0, float(wider) / caught) if caught else 1.0),
        "scenarios": stream.last,
        "scenarios_with_success": stream.counts(stream.last)[0],
        "design_effect": Fraction(1),
        "exact_upper": upper,
    }


def paired_limits(before: Stream, after: Stream, confidence: Fraction) -> tuple[Fraction, Fraction]:
    """Return limits of (rate before) - (rate after), each of four with a quarter of the error."""
    level = (1 - confidence) / 4
    low = _lower(before, before.last, level) - _upper(after, after.last, level)
    return low, _upper(before, before.last, level) - _lower(after, after.last, level)


def ratio_limit(before: Stream, after: Stream, confidence: Fraction) -> Fraction | None:
    """Return the upper limit of (rate after) / (rate before) in millionths, rounded up."""
    level = (1 - confidence) / 4
    least = _lower(before, before.last, level)
    if least == 0:
        return None
    return Fraction(ceil(_upper(after, after.last, level) / least * 10**6), 10**6)


def fair_coin(before_only: int, after_only: int) -> float:
    """Return the p-value of no difference, valid whenever one stops."""
    pairs = before_only + after_only
    return float(min(Fraction(1), Fraction((pairs + 1) * comb(pairs, before_only), 2**pairs)))


def broken_promises(records: Mapping[str, Json], findings: Mapping[str, Json]) -> Iterator[str]:
    """Yield where a verdict says more than the bounds of its finding (9.8)."""
    for name, record in records.items():
        limit = Fraction(record["limit"])
        bounds = findings.get(record["finding"], {}).get("bounds") or {}
        upper, lower = decimal(bounds.get("upper_adjusted")), decimal(bounds.get("lower"))
        if record["verdict"] == PASS and (upper is None or upper > limit):
            yield f"`{name}` passes although the bound of its finding lies above the limit"
        if record["verdict"] == FAIL and (lower is None or lower < limit):
            yield f"`{name}` fails although the bound of its finding lies below the limit"


def _upper(stream: Stream, scenarios: int, level: Fraction) -> Fraction:
    successes, unassessed = stream.counts(scenarios)
    return upper_limit(successes + unassessed, scenarios, level)


def _lower(stream: Stream, scenarios: int, level: Fraction) -> Fraction:
    return lower_limit(stream.counts(scenarios)[0], scenarios, level)
