"""What became of each scenario when something changed: blocked, still breached, newly breached.

A rate that fell can hide scenarios that succeed only since the change. They are listed by id, and
their share has an upper limit of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from shipworthy.statistics.counts import require_alpha
from shipworthy.statistics.exact import clopper_pearson_upper
from shipworthy.statistics.paired.table import PairedTable, PairedWorstCases, paired_with_unassessed


class Transition(Enum):
    """What became of one scenario."""

    BLOCKED = "blocked"
    """Succeeded before, not after."""
    STILL_BREACHED = "still-breached"
    """Succeeded both times."""
    NEWLY_BREACHED = "newly-breached"
    """Succeeded only after."""
    HELD = "held"
    """Succeeded neither time."""
    UNASSESSED = "unassessed"
    """At least one outcome is missing."""

    @classmethod
    def of(cls, before: bool | None, after: bool | None) -> "Transition":  # noqa: FBT001 - outcomes
        """Name the transition between two outcomes; None is an outcome that was not assessed."""
        if before is None or after is None:
            return cls.UNASSESSED
        if before:
            return cls.STILL_BREACHED if after else cls.BLOCKED
        return cls.NEWLY_BREACHED if after else cls.HELD


@dataclass(frozen=True, slots=True)
class TransitionTable:
    """Ids of scenarios by transition, each group sorted. Built by `transitions`."""

    blocked: tuple[str, ...]
    still_breached: tuple[str, ...]
    newly_breached: tuple[str, ...]
    held: tuple[str, ...]
    unassessed: tuple[str, ...]

    @property
    def table(self) -> PairedTable:
        """Counts of the scenarios with both outcomes."""
        return PairedTable(
            both=len(self.still_breached),
            before_only=len(self.blocked),
            after_only=len(self.newly_breached),
            neither=len(self.held),
        )

    @property
    def worst_cases(self) -> PairedWorstCases:
        """Counts with the unassessed scenarios placed against each claim."""
        return paired_with_unassessed(self.table, len(self.unassessed))

    def newly_breached_upper(self, alpha: float) -> float:
        """Upper limit of the share of scenarios that the change opened, one-sided at `alpha`.

        Clopper-Pearson over scenarios, unassessed ones counted as newly breached.

        Raises:
            ValueError: for a level outside (0, 0.5).
            NoEvidence: without any scenario.
        """
        require_alpha(alpha)
        unassessed = len(self.unassessed)
        return clopper_pearson_upper(
            len(self.newly_breached) + unassessed, self.table.pairs + unassessed, alpha
        )


def transitions(
    before: Mapping[str, bool | None], after: Mapping[str, bool | None]
) -> TransitionTable:
    """Sort scenarios by what became of them; a scenario on one side only is unassessed."""
    groups: dict[Transition, list[str]] = {kind: [] for kind in Transition}
    for scenario in sorted({*before, *after}):
        groups[Transition.of(before.get(scenario), after.get(scenario))].append(scenario)
    return TransitionTable(
        blocked=tuple(groups[Transition.BLOCKED]),
        still_breached=tuple(groups[Transition.STILL_BREACHED]),
        newly_breached=tuple(groups[Transition.NEWLY_BREACHED]),
        held=tuple(groups[Transition.HELD]),
        unassessed=tuple(groups[Transition.UNASSESSED]),
    )
