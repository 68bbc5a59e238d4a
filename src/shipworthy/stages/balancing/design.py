"""What counts as balanced, declared before the answers are read, and what can come of it."""

from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from shipworthy.statistics.equivalence import DEFAULT_REFUSAL_MARGIN, BalanceLimits


class BalanceVerdict(Enum):
    """What was shown about one measure. It has no truth value: compare it."""

    BALANCED = "balanced"
    """Shown: the mean difference, the spread of topics and the share of tilted ones are inside."""
    SKEWED = "skewed"
    """Shown: topics differ by more than the margin, all one way or each its own."""
    NOT_SHOWN = "not-shown"
    """Neither."""

    def __bool__(self) -> NoReturn:
        raise TypeError("BalanceVerdict has three values: compare it")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceDesign:
    """Margins and levels of an analysis.

    `margin` holds for the mean difference of every measure, and for a topic's own; differences lie
    in [-1, 1]. `refusal_margin` holds for refusal rates pair by pair. `most_spread` limits the
    standard deviation of topics, `most_tilted` the share of topics beyond the margin. Tests
    for BALANCED of a measure have level `alpha`; those for SKEWED share it over all measures.

    Raises:
        ValueError: for a margin or limit outside (0, 1), or a level outside (0, 0.5).
    """

    margin: float = 0.1
    refusal_margin: float = DEFAULT_REFUSAL_MARGIN
    most_spread: float = 0.25
    most_tilted: float = 0.2
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 0.5:
            raise ValueError(f"`alpha` must lie between 0 and 0.5, not `{self.alpha!r}`")
        if not 0.0 < self.refusal_margin < 1.0:
            raise ValueError(f"`refusal_margin` must lie in (0, 1), not `{self.refusal_margin!r}`")
        BalanceLimits(
            margin=self.margin, most_spread=self.most_spread, most_tilted=self.most_tilted
        )

    @property
    def limits(self) -> BalanceLimits:
        """Limits that hold for every measure."""
        return BalanceLimits(
            margin=self.margin, most_spread=self.most_spread, most_tilted=self.most_tilted
        )

    def skew_alpha(self, measures: int) -> float:
        """Level of each of the three one-sided tests for skew that every measure gets."""
        return self.alpha / (3 * measures)
