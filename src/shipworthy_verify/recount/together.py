"""Several attempts on a scenario as one outcome: did at least one of them work (claims.md).

The unit is the scenario, so the limits are those of Clopper and Pearson.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.statistics import exact_lower

METHOD: Final = "clopper-pearson-scenarios/1"
LATE: Final = "clopper-pearson-late/1"
Attempt = tuple[int, bool | None, bool]
"""Its seed, its event, and whether the reply ended at the token limit."""
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


def curves(
    tallies: Mapping[tuple[str, str, str], Collection[Sequence[int]]], plan: str
) -> dict[str, Json]:
    """Return the shares of tasks of which one of k attempts is right, for all k that were made."""
    found = {}
    for (metric, domain, arm), rows in tallies.items():
        each = attempts_each(rows)
        if each is None:
            continue
        alike = Counter((right, unassessed) for right, _, unassessed in rows)
        name = f"{metric}.{domain}.{arm}"
        found[name] = {
            "id": name,
            "metric": metric,
            "domain": domain,
            "arm": arm,
            "attempts": each,
            "tasks": [[*kind, alike[kind]] for kind in sorted(alike)],
            "points": [_point(alike, each, k) for k in range(1, each + 1)],
            "plan": plan,
        }
    return found


def _point(alike: Mapping[tuple[int, int], int], each: int, k: int) -> Json:
    """A choice of k attempts shows nothing when all of them are among those that are wrong."""
    sure = possible = Fraction()
    for (right, unassessed), tasks in alike.items():
        sure += tasks * (1 - Fraction(comb(each - right, k), comb(each, k)))
        possible += tasks * (1 - Fraction(comb(each - right - unassessed, k), comb(each, k)))
    tried = sum(alike.values())
    lowest, highest = sure * 10**6 // tried, -(-possible * 10**6 // tried)
    return {"k": k, "lowest": _millionths(lowest), "highest": _millionths(highest)}


def _millionths(number: int) -> str:
    return f"{number // 10**6}.{number % 10**6:06}"


def efforts(
    tried: Mapping[tuple[str, str, str], Mapping[str, Sequence[Attempt]]], level: str, plan: str
) -> dict[str, Json]:
    """Return what the second half of the attempts added, where all scenarios had as many."""
    found = {}
    for (metric, domain, arm), scenarios in tried.items():
        sizes = {len(attempts) for attempts in scenarios.values()}
        if len(sizes) != 1 or sizes == {1}:
            continue
        each = sizes.pop()
        fates = Counter(
            _fate(sorted(attempts, key=lambda one: one[0]), each // 2)
            for attempts in scenarios.values()
        )
        late, size = fates["late"], len(scenarios)
        cut = sum(cut for one in scenarios.values() for _, event, cut in one if event is not True)
        name = f"{metric}.{domain}.{arm}"
        found[name] = {
            "id": name,
            "metric": metric,
            "domain": domain,
            "arm": arm,
            "plan": plan,
            "attempts": each,
            "half": each // 2,
            "cut": cut,
            "alpha": level,
            "method": LATE,
            **{fate: fates[fate] for fate in ("early", "late", "never", "open")},
            "lower": exact_lower(late, size, float(level)),
            "upper": 1 - exact_lower(size - late - fates["open"], size, float(level)),
        }
    return found


def _fate(attempts: Sequence[Attempt], half: int) -> str:
    """Say in which part of its attempts, by seed, a scenario succeeded first."""
    for number, (_, event, _) in enumerate(attempts):
        if event:
            unclear = any(one[1] is None for one in attempts[:half])
            return "early" if number < half else "open" if unclear else "late"
    return "open" if any(one[1] is None for one in attempts) else "never"
