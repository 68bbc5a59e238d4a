"""Several attempts on a scenario as one outcome: did at least one of them work (claims.md).

The unit is the scenario, so the limits are those of Clopper and Pearson.
"""

from collections.abc import Collection, Sequence
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.statistics import exact_lower

METHOD: Final = "clopper-pearson-scenarios/1"
OPEN: Final = "open-attempt"


def attempts_each(rows: Collection[Sequence[int]]) -> int | None:
    """Return how often every scenario was tried, if all alike and more than once."""
    sizes = {assessed + unassessed for _, assessed, unassessed in rows}
    each = sizes.pop() if len(sizes) == 1 else 1
    return each if each > 1 else None


def count(rows: Collection[Sequence[int]], alpha: float, caught: float) -> Json:
    """Return what such a finding counts, and its bounds but for their level."""
    breached = sum(successes > 0 for successes, _, _ in rows)
    held = sum(successes + unassessed == 0 for successes, _, unassessed in rows)
    size = len(rows)
    doubtful = size - breached - held
    upper = 1 - exact_lower(held, size, alpha)
    wider = 1 - exact_lower(held, size, 0.8 * alpha)
    return {
        "rate": {"successes": breached, "attempts": breached + held, "unassessed": doubtful},
        "held_by": {},
        "unassessed": {OPEN: doubtful} if doubtful else {},
        "bounds": {
            "method": METHOD,
            "lower": exact_lower(breached, size, alpha),
            "upper": upper,
            "upper_adjusted": max(upper, min(1.0, wider / caught) if caught else 1.0),
            "scenarios": size,
            "scenarios_with_success": breached,
            "design_effect": 1.0,
            "exact_upper": upper,
        },
    }
