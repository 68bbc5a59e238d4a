"""An interval that cannot lie about its own precision."""

from dataclasses import dataclass

from shipworthy.statistics.counts import require_confidence


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval for a rate or a difference of rates.

    `lower` and `upper` are proportions in [-1, 1]; `confidence` is the two-sided level in (0, 1).
    An interval without width claims certainty that no finite sample gives: the Wald interval after
    zero successes is the usual source. Such an interval cannot be built.

    Raises:
        ValueError: for limits that are not numbers, out of range, in the wrong order or equal.
    """

    lower: float
    upper: float
    confidence: float

    def __post_init__(self) -> None:
        for name, limit in (("lower", self.lower), ("upper", self.upper)):
            if not -1.0 <= limit <= 1.0:
                raise ValueError(f"`{name}` must lie between -1 and 1, not `{limit!r}`")
        if self.lower > self.upper:
            raise ValueError(f"`lower` ({self.lower!r}) exceeds `upper` ({self.upper!r})")
        if self.lower == self.upper:
            raise ValueError(f"an interval of zero width at `{self.lower!r}` claims certainty")
        require_confidence(self.confidence)

    @property
    def width(self) -> float:
        """Distance between the limits; always positive."""
        return self.upper - self.lower

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper
