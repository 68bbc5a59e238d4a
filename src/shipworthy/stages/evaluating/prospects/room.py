"""How much a plan can bear, found by asking the bound itself.

Nothing here has a formula of its own: outcomes are supposed, findings are drawn from them by the
functions that draw real ones, and the goal is read as the gate reads it. So a plan and the verdict
on it cannot disagree.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec

from shipworthy.stages.evaluating.findings import LEAST_SCENARIOS, FindingTerms
from shipworthy.stages.evaluating.prospects.goals import RateGoal
from shipworthy.stages.evaluating.prospects.planned import PlannedRate, supposed_finding
from shipworthy.statistics import ScenarioCounts

MOST_SCENARIOS: Final = 200_000
"""No larger campaign is looked for."""


_LEAST_TOPICS: Final = 2000
"""Topics with which nothing but terms stands against a limit of balance."""


def is_kept(
    goal: RateGoal,
    rate: PlannedRate,
    terms: FindingTerms,
    adverse: int,
    *,
    spread: bool = False,
) -> bool:
    """Whether the goal is met when so many scenarios come out against it.

    All attempts on such a scenario come out so; with `spread`, one attempt on each.
    """
    scenarios = [
        _scenario(goal, size, (1 if spread else size) if index < adverse else 0)
        for index, size in enumerate(rate.sizes)
    ]
    return goal.is_met_by(supposed_finding(rate, scenarios, terms))


def tolerated(
    goal: RateGoal, rate: PlannedRate, terms: FindingTerms, *, spread: bool = False
) -> int:
    """Most adverse scenarios with which the goal is still met; -1 when it is not even with none.

    Rests on the bound growing with the number of adverse scenarios. For one attempt each it is the
    Clopper-Pearson bound of that number. With m attempts each and whole scenarios adverse, the
    design effect is m throughout: too few adverse scenarios tell nothing, more of them differ from
    the rest as much as they can. With one adverse attempt in each it is m first and the floor then
    (they differ less than by chance), and the bound with the floor counts only where it exceeds
    that of the few. The tests try every number.
    """
    missed = bisect_left(
        range(len(rate.sizes) + 1),
        x=True,
        key=lambda adverse: not is_kept(goal, rate, terms, adverse, spread=spread),
    )
    return missed - 1


def scenarios_needed(
    goal: RateGoal, rate: PlannedRate, terms: FindingTerms, adverse: int
) -> int | None:
    """Fewest scenarios with which the goal is met with so many of them adverse.

    Each is tried as often as in the plan, by the same judges. Nothing when no campaign of up to
    200,000 scenarios would do, and for an equality, which is no limit.
    """
    if goal.limit is None or not _could_be_met(goal, rate, terms):
        return None

    def enough(scenarios: int) -> bool:
        larger = replace(rate, sizes=(rate.sizes[0],) * scenarios)
        return is_kept(goal, larger, terms, adverse)

    return _fewest(enough, adverse + 1)


def _could_be_met(goal: RateGoal, rate: PlannedRate, terms: FindingTerms) -> bool:
    """Whether bounds as good as can be would do: a judge or an error level may stand against any.

    Asked first, because looking through all campaigns takes seconds.
    """
    least = _LEAST_TOPICS if rate.metric == "balance" else LEAST_SCENARIOS
    larger = replace(rate, sizes=(rate.sizes[0],) * max(least, len(rate.sizes)))
    scenarios = [_scenario(goal, size, 0) for size in larger.sizes]
    finding = supposed_finding(larger, scenarios, terms)
    if finding.bounds is None:
        return False
    lowest, highest = ("0.000000", "0.000001") if goal.small else ("0.999999", "1.000000")
    best = msgspec.structs.replace(finding.bounds, lower=lowest, upper_adjusted=highest)
    return goal.is_met_by(msgspec.structs.replace(finding, bounds=best))


def _fewest(enough: Callable[[int], bool], least: int) -> int | None:
    """Return the smallest number from `least` on that is enough, when more is never less so."""
    most = least
    while not enough(most):
        if most >= MOST_SCENARIOS:
            return None
        least, most = most + 1, min(2 * most, MOST_SCENARIOS)
    return bisect_left(range(most), x=True, lo=least, key=enough)


def _scenario(goal: RateGoal, size: int, adverse: int) -> ScenarioCounts:
    return ScenarioCounts(adverse if goal.small else size - adverse, size)
