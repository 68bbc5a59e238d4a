"""Before against after, scenario by scenario (spec/claims.md; spec/sequential.md, 9.9)."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.recount.ratio import ratio_upper
from shipworthy_verify.sequential import ANYTIME, Stream, fair_coin, paired_limits, ratio_limit
from shipworthy_verify.statistics import mcnemar, tango_upper

CONFIDENCE: Final = "0.95"
FIXED: Final = "tango-mcnemar/1"
BEFORE, AFTER = "bare", "safeguarded"
Side = dict[str, bool | None]
"""Whether anything succeeded on a scenario; None when that is open."""


def add(side: Side, scenario: str, event: bool | None) -> None:  # noqa: FBT001 - a value, not a switch
    """Count a trial: a success whenever there was one, open when none is known but one may be."""
    seen = side.get(scenario, False)
    open_ = seen is None or event is None
    side[scenario] = True if seen or event else None if open_ else False


def compare(before: Side, after: Side) -> Json:
    """Return transitions, difference and tests for a number of scenarios fixed beforehand."""
    moves = _moves(before, after)
    both, fixed, broken, neither, unpaired = moves
    pairs = both + fixed + broken + neither
    low, high, exact, midp = -1.0, 1.0, 1.0, 1.0
    ratio = None
    if pairs:
        level = float(CONFIDENCE)
        low = -tango_upper(broken + unpaired, fixed, pairs + unpaired, level)
        high = tango_upper(fixed + unpaired, broken, pairs + unpaired, level)
        exact, midp = map(float, mcnemar(fixed, broken))
        ratio = ratio_upper((both, fixed, broken + unpaired, neither), level)
    return {**_record(moves, (low, high), (exact, midp), FIXED), "ratio_upper": ratio}


def compare_streams(before: Side, after: Side, streams: Mapping[str, Stream]) -> Json:
    """Return the same for two arms that may have ended at any moment."""
    moves = _moves(before, after)
    limits = paired_limits(streams[BEFORE], streams[AFTER], Fraction(CONFIDENCE))
    p_value = fair_coin(moves[1], moves[2])
    ratio = ratio_limit(streams[BEFORE], streams[AFTER], Fraction(CONFIDENCE))
    return {**_record(moves, limits, (p_value, p_value), ANYTIME), "ratio_upper": ratio}


def _moves(before: Side, after: Side) -> tuple[int, int, int, int, int]:
    """Return both, before only, after only, neither, and the scenarios that make no pair."""
    scenarios = before.keys() | after.keys()
    found = Counter((before.get(name), after.get(name)) for name in scenarios)
    both, fixed = found[True, True], found[True, False]
    broken, neither = found[False, True], found[False, False]
    return both, fixed, broken, neither, len(scenarios) - both - fixed - broken - neither


def _record(
    moves: tuple[int, int, int, int, int],
    limits: tuple[float | Fraction, float | Fraction],
    p_values: tuple[float, float],
    method: str,
) -> Json:
    both, fixed, broken, neither, unpaired = moves
    pairs = both + fixed + broken + neither
    return {
        "before": BEFORE,
        "after": AFTER,
        "confidence": CONFIDENCE,
        "method": method,
        "both": both,
        "before_only": fixed,
        "after_only": broken,
        "neither": neither,
        "unpaired": unpaired,
        "difference": (fixed - broken) / pairs if pairs else 0.0,
        "difference_lower": limits[0],
        "difference_upper": limits[1],
        "p_exact": p_values[0],
        "p_midp": p_values[1],
    }
