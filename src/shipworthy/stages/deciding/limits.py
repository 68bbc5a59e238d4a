"""Which counts show a rate to be below a limit, or at and above it, by the method of its bounds.

Each family repeats the arithmetic of one method of `spec/claims.md` and `spec/sequential.md` on
counts that were not observed: more scenarios, or other numbers of events.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Protocol

from shipworthy.statistics import attempts_needed, clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.sequential import PASS_GRID, Mixture, Tally, anytime_lower

_UNIT = 10**6


class Limits(Protocol):
    """Limits of one method, at the level and with the judge's allowance of one finding."""

    def below(self, events: int, scenarios: int) -> bool:
        """Whether so many events show the rate below the limit."""

    def above(self, events: int, scenarios: int) -> bool:
        """Whether so many events show the rate at or above the limit."""

    def needed(self, events: int) -> int:
        """Fewest scenarios on which so many events show the rate below the limit; 0 for none."""


@dataclass(frozen=True, slots=True)
class FixedLimits:
    """Clopper-Pearson limits, for a number of scenarios that was fixed beforehand.

    The upper one, at `reach_alpha`, has to stay below `reach`; the lower one is at `alpha`.
    """

    limit: float
    alpha: float
    reach: float
    reach_alpha: float

    def below(self, events: int, scenarios: int) -> bool:
        """Whether so many events show the rate below the limit."""
        return clopper_pearson_upper(events, scenarios, self.reach_alpha) < self.reach

    def above(self, events: int, scenarios: int) -> bool:
        """Whether so many events show the rate at or above the limit."""
        return clopper_pearson_lower(events, scenarios, self.alpha) >= self.limit

    def needed(self, events: int) -> int:
        """Fewest scenarios on which so many events show the rate below the limit; 0 for none."""
        return attempts_needed(events, self.reach, self.reach_alpha) if self.reach > 0.0 else 0


@dataclass(frozen=True)
class AnytimeLimits:
    """Limits that hold at every moment (`spec/sequential.md`, 7), with exact comparisons.

    `alpha` and `reach_alpha` are decimal strings in lowest form.
    """

    limit: Fraction
    alpha: str
    reach: Fraction
    reach_alpha: str

    def below(self, events: int, scenarios: int) -> bool:
        """Whether so many events show the rate below the limit."""
        if self._mixture is None:
            return False
        return self._mixture.compare(events, scenarios, 1 / Fraction(self.reach_alpha)) >= 0

    def above(self, events: int, scenarios: int) -> bool:
        """Whether so many events show the rate at or above the limit."""
        tally = Tally(scenarios=scenarios, successes=events)
        return Fraction(anytime_lower(tally, self.alpha)) >= self.limit

    def needed(self, events: int) -> int:
        """Fewest scenarios on which so many events show the rate below the limit; 0 for none."""
        if self._mixture is None:
            return 0
        low = high = max(events, 1)
        while not self.below(events, high):
            low, high = high + 1, 2 * high
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.below(events, middle) else (middle + 1, high)
        return low

    @cached_property
    def _mixture(self) -> Mixture | None:
        """Evidence against the largest of the rates below `reach` that a limit can be.

        A limit is the smallest of these multiples that the evidence refutes, and what refutes one
        refutes all larger ones (7.1): it lies below `reach` when this one is refuted.
        """
        largest = min(ceil(self.reach * _UNIT) - 1, _UNIT - 1)
        return PASS_GRID.mixture(Fraction(largest, _UNIT), Fraction(1)) if largest > 0 else None
