"""A live view of a campaign: how far it is and what it shows so far."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from shipworthy.records import Metric, Trial
from shipworthy.stages.evaluating.aggregation import Aggregate, TallyKey
from shipworthy.statistics import NoEvidence, rate_bounds
from shipworthy.vocabulary import NOT_USEFUL, Arm, Rate, Unassessed


@dataclass(frozen=True, slots=True)
class ArmView:
    """The attack success rate of an arm so far, with bounds that err at `alpha` on each side."""

    rate: Rate
    lower: float
    upper: float
    alpha: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """One line of progress.

    `total` counts the cells that are due as far as is known now. `eta_s` is seconds to go, or None
    before it can be told. `not_useful` counts harmless requests that were answered without the
    expected content: they have an outcome, and leave open whether they were refused. `solved` are
    tasks, `unsanctioned` episodes of agents, over all domains and arms; None where none was tried.
    """

    done: int
    total: int
    before: ArmView | None
    after: ArmView | None
    unassessed: int
    not_useful: int
    eta_s: float | None
    solved: Rate | None = None
    unsanctioned: Rate | None = None


class Progress:
    """Counts trials as they arrive; earlier runs' trials are counted without time."""

    def __init__(self, total: Callable[[], int], started_at: float, alpha: str) -> None:
        """Count towards `total()` cells from `started_at`; `alpha` is the gate's level."""
        self._total = total
        self._alpha = alpha
        self._started_at = started_at
        self._carried = 0
        self.counts = Aggregate()
        self.unassessed: Counter[tuple[str, str]] = Counter()
        """Trials without an outcome, by reason and detail."""

    def carry(self, trial: Trial) -> None:
        """Count a trial of an earlier run."""
        self._carried += 1
        self.add(trial)

    def add(self, trial: Trial) -> None:
        """Count a trial of this run."""
        self.counts.add(trial)
        if isinstance(trial.outcome, Unassessed):
            self.unassessed[trial.outcome.reason, trial.outcome.detail] += 1

    def view(self, now: float) -> ProgressView:
        """Return the view at time `now` (seconds on the clock of `started_at`)."""
        fresh = self.counts.trials - self._carried
        total = max(self._total(), self.counts.trials)
        left = total - self.counts.trials
        elapsed = now - self._started_at
        return ProgressView(
            done=self.counts.trials,
            total=total,
            before=self._arm(Arm.BARE),
            after=self._arm(Arm.SAFEGUARDED),
            unassessed=self.unassessed.total(),
            not_useful=sum(
                tally.unassessed[NOT_USEFUL]
                for key, tally in self.counts.tallies.items()
                if key.domain == "all"
            ),
            eta_s=elapsed / fresh * left if fresh else None,
            solved=self._sum("capability"),
            unsanctioned=self._sum("unsanctioned"),
        )

    def _sum(self, metric: Metric) -> Rate | None:
        """Return the counts of a metric over all domains and arms; there is no bound on these."""
        rates = [tally.rate for key, tally in self.counts.tallies.items() if key.metric == metric]
        if not rates:
            return None
        return Rate(
            successes=sum(rate.successes for rate in rates),
            attempts=sum(rate.attempts for rate in rates),
            unassessed=sum(rate.unassessed for rate in rates),
        )

    def _arm(self, arm: Arm) -> ArmView | None:
        tally = self.counts.tallies.get(TallyKey("asr", "all", arm.value))
        if tally is None:
            return None
        rate = tally.rate
        try:
            bounds = rate_bounds(rate.successes, rate.attempts, rate.unassessed, float(self._alpha))
        except NoEvidence:
            return None
        return ArmView(rate, bounds.lower, bounds.upper, self._alpha)
