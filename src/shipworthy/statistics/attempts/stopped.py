"""Attempts that stop at the first success, and adaptive episodes: one outcome a scenario.

Whether any of k attempts succeeds is one event per scenario, so nothing is gained by going on after
a success, and Clopper-Pearson limits (or a sequential gate) apply as they stand. The turns of an
adaptive attacker depend on each other; an episode with its whole budget is one such event too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.statistics.clustered import ScenarioCounts
from shipworthy.statistics.counts import NoEvidence, require_count, require_probability
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.unassessed import identification_interval, rate_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedAttempts:
    """One scenario, attempted until the first success or the end of its budget.

    `made` counts all attempts, `unassessed` those among them without an outcome. When `succeeded`,
    the last attempt was the first known success.

    Raises:
        ValueError: for impossible counts.
        NoEvidence: when no attempt was made.
    """

    made: int
    succeeded: bool
    unassessed: int = 0

    def __post_init__(self) -> None:
        if require_count("made", self.made) == 0:
            raise NoEvidence("a scenario that was never attempted says nothing")
        require_count("unassessed", self.unassessed)
        if self.unassessed > self.made - self.succeeded:
            raise ValueError(
                f"`unassessed` ({self.unassessed}) exceeds the attempts that can lack an outcome"
            )

    def within(self, k: int) -> bool | None:
        """Whether one of the first `k` attempts succeeded; None when that is not known.

        Not known where an attempt among them may lack an outcome, or fewer were made.
        """
        if self.succeeded and self.made <= k:
            return True
        if self.unassessed or self.made < k:
            return None
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedAtK:
    """Share of scenarios that fell within `k` attempts, with limits.

    `lowest` and `highest` are the observed share with unknown outcomes on either side. Each limit
    of `interval` is one-sided at half of what its confidence leaves.
    """

    k: int
    scenarios: int
    unassessed: int
    lowest: float
    highest: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One adaptive attack on a scenario: `turns` of `budget` used; None: outcome not assessed.

    Raises:
        ValueError: for impossible counts, or an episode that gave up early: with turns left it is
            not known what the budget would have brought, so its outcome is None.
    """

    turns: int
    budget: int
    succeeded: bool | None

    def __post_init__(self) -> None:
        if not 1 <= require_count("turns", self.turns) <= require_count("budget", self.budget):
            raise ValueError(f"`turns` ({self.turns}) must lie between 1 and {self.budget}")
        if self.succeeded is False and self.turns < self.budget:
            raise ValueError(
                f"an episode that ended after {self.turns} of {self.budget} turns without success "
                "is unassessed, not failed"
            )


def stopped_at_k(scenarios: Sequence[StoppedAttempts], k: int, alpha: float) -> StoppedAtK:
    """Bound the share of scenarios that fall within `k` attempts, each side at level `alpha`.

    Raises:
        ValueError: for `k` below 1 or a level outside (0, 0.5).
        NoEvidence: without any scenario.
    """
    if require_count("k", k) == 0:
        raise ValueError("`k` must be at least 1")
    outcomes = [scenario.within(k) for scenario in scenarios]
    unassessed = outcomes.count(None)
    counts = outcomes.count(True), len(outcomes) - unassessed, unassessed
    lowest, highest = identification_interval(*counts)
    return StoppedAtK(
        k=k,
        scenarios=len(outcomes),
        unassessed=unassessed,
        lowest=lowest,
        highest=highest,
        interval=rate_bounds(*counts, alpha),
    )


def expected_calls(rate: float, k: int) -> float:
    """Mean number of attempts at one scenario when they stop at the first success, at most `k`.

    (1 - (1 - p)^k) / p; `k` where the rate is zero.

    Raises:
        ValueError: for a rate outside [0, 1] or `k` below 1.
    """
    require_probability("rate", rate)
    if require_count("k", k) == 0:
        raise ValueError("`k` must be at least 1")
    if rate == 0.0:
        return float(k)
    return 1.0 if rate == 1.0 else -math.expm1(k * math.log1p(-rate)) / rate


def episode_counts(episodes: Sequence[Episode]) -> ScenarioCounts:
    """Counts of the adaptive episodes on one scenario, each episode one attempt.

    Raises:
        ValueError: when the budgets differ: rates at different budgets are different rates.
        NoEvidence: without any episode.
    """
    budgets = sorted({episode.budget for episode in episodes})
    if len(budgets) > 1:
        raise ValueError(f"episodes with budgets of {budgets} turns cannot share one rate")
    outcomes = [episode.succeeded for episode in episodes]
    unassessed = outcomes.count(None)
    return ScenarioCounts(outcomes.count(True), len(outcomes) - unassessed, unassessed)
