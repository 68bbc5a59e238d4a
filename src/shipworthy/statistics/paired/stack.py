"""A safeguard stack taken apart: P(model complies) times P(layers miss | model complies).

The two factors have to come from the same trials. A layer measured on other outputs, or on all of
them, says nothing about the outputs of those attacks that get through the model: attacks that fool
one often fool the other, and the product of separately measured rates is then too small. So this is
built from joint counts only, and the product that independence would give stands beside the joint
rate to show how far the layers share their failures.
"""

from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_count
from shipworthy.statistics.exact import clopper_pearson
from shipworthy.statistics.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class StackCounts:
    """Scenarios by what the model did and what the layers did, one trial a scenario.

    `complied_missed` went through everything: a breach. `refused_missed` and `refused_caught` are
    refusals that the layers let pass and stopped. `unassessed` lacks one of the two outcomes.

    Raises:
        ValueError: for a negative or fractional count.
    """

    complied_missed: int
    complied_caught: int
    refused_missed: int
    refused_caught: int
    unassessed: int = 0

    def __post_init__(self) -> None:
        for name in (
            "complied_missed",
            "complied_caught",
            "refused_missed",
            "refused_caught",
            "unassessed",
        ):
            require_count(name, getattr(self, name))

    @property
    def complied(self) -> int:
        """Assessed scenarios in which the model complied."""
        return self.complied_missed + self.complied_caught

    @property
    def scenarios(self) -> int:
        """Scenarios with both outcomes."""
        return self.complied + self.refused_missed + self.refused_caught


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReport:
    """The factors of a breach rate; every interval is two-sided at its own confidence.

    `misses` is None where the model never complied: nothing showed whether the layers would miss.
    `independent` is P(model complies) times the layers' share of misses over all outputs; a
    `joint_rate` above it means that the layers fail on the attacks on which the model fails.
    Rates are shares of assessed scenarios; limits take the unassessed at their worst.
    """

    complies: Interval
    misses: Interval | None
    joint: Interval
    comply_rate: float
    miss_rate: float | None
    joint_rate: float
    independent: float


def stack_report(counts: StackCounts, confidence: float) -> StackReport:
    """Take a breach rate apart into its factors, from joint counts.

    The limits of `joint` come from the joint count, not from multiplying limits.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without a scenario that has both outcomes.
    """
    n = counts.scenarios
    if n == 0:
        raise NoEvidence("no scenario has both outcomes, so the stack cannot be taken apart")
    missed_all = counts.complied_missed + counts.refused_missed
    comply_rate = counts.complied / n
    open_ = counts.unassessed
    misses = miss_rate = None
    if counts.complied:
        miss_rate = counts.complied_missed / counts.complied
        misses = _limits(counts.complied_missed, counts.complied, open_, confidence)
    return StackReport(
        complies=_limits(counts.complied, n, open_, confidence),
        misses=misses,
        joint=_limits(counts.complied_missed, n, open_, confidence),
        comply_rate=comply_rate,
        miss_rate=miss_rate,
        joint_rate=counts.complied_missed / n,
        independent=comply_rate * missed_all / n,
    )


def _limits(successes: int, attempts: int, unassessed: int, confidence: float) -> Interval:
    total = attempts + unassessed
    return Interval(
        lower=clopper_pearson(successes, total, confidence).lower,
        upper=clopper_pearson(successes + unassessed, total, confidence).upper,
        confidence=confidence,
    )
