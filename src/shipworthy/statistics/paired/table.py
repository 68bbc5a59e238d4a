"""Pairs of outcomes of the same scenarios, and where pairs without an outcome may lie."""

from dataclasses import dataclass, replace

from shipworthy.statistics.counts import NoEvidence, require_count


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTable:
    """Scenarios by outcome: success both times, only before, only after, or neither time.

    Raises:
        ValueError: for a negative or fractional count.
    """

    both: int
    before_only: int
    after_only: int
    neither: int

    def __post_init__(self) -> None:
        for name in ("both", "before_only", "after_only", "neither"):
            require_count(name, getattr(self, name))

    @property
    def pairs(self) -> int:
        """Number of scenarios with both outcomes."""
        return self.both + self.before_only + self.after_only + self.neither

    @property
    def difference(self) -> float:
        """Rate before minus rate after.

        Raises:
            NoEvidence: without any pair.
        """
        return (self.before_only - self.after_only) / self.require_pairs()

    def require_pairs(self) -> int:
        """Number of scenarios with both outcomes, of which there is at least one.

        Raises:
            NoEvidence: without any pair.
        """
        if self.pairs == 0:
            raise NoEvidence("there is no pair, so nothing can be compared")
        return self.pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedWorstCases:
    """The two tables between which unassessed pairs leave the truth."""

    least_reduction: PairedTable
    most_reduction: PairedTable


def paired_with_unassessed(table: PairedTable, unassessed_pairs: int) -> PairedWorstCases:
    """Place pairs with a missing outcome where they hurt each claim most.

    A pair counts as unassessed when either of its outcomes is. For the claim that the rate fell,
    all of them go to `after_only`; read lower limits of the difference and upper limits of the
    ratio from that table. For the claim that it did not fall, all go to `before_only`; read upper
    limits of the difference from that one.

    Raises:
        ValueError: for a negative or fractional count.
    """
    require_count("unassessed_pairs", unassessed_pairs)
    return PairedWorstCases(
        least_reduction=replace(table, after_only=table.after_only + unassessed_pairs),
        most_reduction=replace(table, before_only=table.before_only + unassessed_pairs),
    )
