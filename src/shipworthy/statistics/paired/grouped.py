"""Before against after when a scenario was tried several times in each arm.

The unit is the scenario: the difference of its two shares, a number in [-1, 1]. With ten scenarios
or more that differ, a t interval over scenarios is used; with fewer it cannot be trusted, and each
scenario is reduced to whether anything succeeded, which gives a table for the score limits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.statistics.clustered import ScenarioCounts
from shipworthy.statistics.counts import NoEvidence, require_confidence
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.paired.scores import tango_interval_with_unassessed
from shipworthy.statistics.paired.table import PairedTable
from shipworthy.statistics.special import student_t_ppf

LEAST_DISCORDANT = 10
"""Fewest scenarios with different shares on which a t interval is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioArms:
    """Outcomes of one scenario before and after."""

    before: ScenarioCounts
    after: ScenarioCounts

    @property
    def differs(self) -> bool:
        """Whether the shares of success differ, or may differ through unassessed attempts."""
        low, high = self.difference_range
        return not low == high == 0.0

    @property
    def difference_range(self) -> tuple[float, float]:
        """Share before minus share after, unassessed attempts placed for least and for most."""
        before, after = self.before, self.after
        least = before.successes / before.size - (after.successes + after.unassessed) / after.size
        most = (before.successes + before.unassessed) / before.size - after.successes / after.size
        return least, most


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedDifference:
    """Rate before minus rate after over scenarios.

    `per_attempt` says what the rate is of: attempts (t interval), or scenarios in which anything
    succeeded (score interval).
    """

    interval: Interval
    scenarios: int
    discordant: int
    per_attempt: bool


def grouped_difference(scenarios: Sequence[ScenarioArms], confidence: float) -> GroupedDifference:
    """Two-sided interval for the rate before minus the rate after, the scenario as the unit.

    Each limit takes unassessed attempts at their worst.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any scenario.
    """
    require_confidence(confidence)
    if not scenarios:
        raise NoEvidence("no scenario was tried in both arms, so nothing can be compared")
    discordant = sum(scenario.differs for scenario in scenarios)
    interval = None
    if discordant >= LEAST_DISCORDANT:
        interval = _t_interval(scenarios, confidence)
    return GroupedDifference(
        interval=interval or _any_success_interval(scenarios, confidence),
        scenarios=len(scenarios),
        discordant=discordant,
        per_attempt=interval is not None,
    )


def any_success_table(scenarios: Sequence[ScenarioArms]) -> tuple[PairedTable, int]:
    """Reduce each scenario to whether anything succeeded in each arm.

    Returns:
        The table, and the number of scenarios in which that is not known for some arm.
    """
    cells = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    unassessed = 0
    for scenario in scenarios:
        before, after = _any_success(scenario.before), _any_success(scenario.after)
        if before is None or after is None:
            unassessed += 1
        else:
            cells[before, after] += 1
    table = PairedTable(
        both=cells[True, True],
        before_only=cells[True, False],
        after_only=cells[False, True],
        neither=cells[False, False],
    )
    return table, unassessed


def _any_success(counts: ScenarioCounts) -> bool | None:
    if counts.successes:
        return True
    return None if counts.unassessed else False


def _any_success_interval(scenarios: Sequence[ScenarioArms], confidence: float) -> Interval:
    return tango_interval_with_unassessed(*any_success_table(scenarios), confidence)


def _t_interval(scenarios: Sequence[ScenarioArms], confidence: float) -> Interval | None:
    """Interval by Student's t over scenarios; None where all differences are one and the same.

    The error is the largest that any outcome of unassessed attempts could give: by the triangle
    inequality their room adds at most its own length to that of the residuals.
    """
    ranges = [scenario.difference_range for scenario in scenarios]
    size = len(ranges)
    least = math.fsum(low for low, _ in ranges) / size
    most = math.fsum(high for _, high in ranges) / size
    residuals = math.sqrt(math.fsum((low - least) ** 2 for low, _ in ranges))
    room = math.sqrt(math.fsum((high - low) ** 2 for low, high in ranges))
    error = (residuals + room) / math.sqrt(size * (size - 1))
    if error == 0.0:
        return None
    reach = student_t_ppf(0.5 + 0.5 * confidence, size - 1) * error
    return Interval(max(-1.0, least - reach), min(1.0, most + reach), confidence)
