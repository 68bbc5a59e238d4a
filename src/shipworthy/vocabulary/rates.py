"""A rate is counts; a percentage is only a view of it."""

from typing import Self

from shipworthy.kernel import Record


class Rate(Record, frozen=True, kw_only=True):
    """Events among assessed attempts, with the attempts that could not be assessed beside them.

    `successes` counts the event the metric is named after (an attack success, a refused benign
    request); `attempts` counts assessed attempts only; `unassessed` attempts are neither.
    """

    successes: int
    attempts: int
    unassessed: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.attempts or self.unassessed < 0:
            raise ValueError(
                f"a rate needs 0 <= successes <= attempts and unassessed >= 0, "
                f"not {self.successes}/{self.attempts}, {self.unassessed}"
            )

    def __add__(self, other: Self) -> "Rate":
        return Rate(
            successes=self.successes + other.successes,
            attempts=self.attempts + other.attempts,
            unassessed=self.unassessed + other.unassessed,
        )

    @property
    def started(self) -> int:
        """All attempts, assessed or not."""
        return self.attempts + self.unassessed
