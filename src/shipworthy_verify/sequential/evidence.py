"""Mixtures of likelihood ratios and on which side of a number they lie (spec/sequential.md, 3).

Two ways, both exact in what they say. A `Point` follows a mixture scenario by scenario, each term
kept between two decimal numbers: every product is rounded down for the one and up for the other, so
the truth stays between them. Where a number falls into that gap, and wherever a mixture is asked
about one place only, both sides are brought to a common denominator and compared as integers.
"""

import math
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cached_property, reduce
from typing import Final

_DIGITS: Final = 50
_DOWN: Final = Context(prec=_DIGITS, rounding=ROUND_FLOOR, Emin=MIN_EMIN, Emax=MAX_EMAX)
_UP: Final = Context(prec=_DIGITS, rounding=ROUND_CEILING, Emin=MIN_EMIN, Emax=MAX_EMAX)


@dataclass(frozen=True)
class Mixture:
    """Rates against `theta`, weighted; all rates lie on one side of it, inside (0, 1)."""

    theta: Fraction
    weights: tuple[Fraction, ...]
    rates: tuple[Fraction, ...]

    @cached_property
    def hits(self) -> tuple[Fraction, ...]:
        """The factor of a success, for each rate."""
        return tuple(rate / self.theta for rate in self.rates)

    @cached_property
    def misses(self) -> tuple[Fraction, ...]:
        """The factor of a scenario without success, for each rate."""
        return tuple((1 - rate) / (1 - self.theta) for rate in self.rates)

    @cached_property
    def factors(self) -> dict[bool, tuple["Decimals", "Decimals"]]:
        """Both factors between decimal numbers: success or not, to lower and upper ones."""
        return {True: _between(self.hits), False: _between(self.misses)}

    @property
    def start(self) -> "Point":
        """The mixture before the first scenario."""
        return Point(self, 0, 0, *_between(self.weights))

    def side(self, successes: int, scenarios: int, bar: Fraction) -> int:
        """Return -1, 0 or 1 as the mixture lies below, at or above a number: whole numbers only."""
        weight, hit, miss = (
            math.lcm(*(part.denominator for part in parts))
            for parts in (self.weights, self.hits, self.misses)
        )
        failures = scenarios - successes
        total: int = sum(
            int(w * weight) * int(h * hit) ** successes * int(m * miss) ** failures
            for w, h, m in zip(self.weights, self.hits, self.misses, strict=True)
        )
        left = total * bar.denominator
        right: int = weight * hit**successes * miss**failures * bar.numerator
        return (left > right) - (left < right)

    def guess(self, successes: int, scenarios: int) -> float:
        """Return the natural logarithm, roughly: where to look, never what is so."""
        terms = [
            math.log(w) + successes * math.log(h) + (scenarios - successes) * math.log1p(m - 1)
            for w, h, m in zip(self.weights, self.hits, self.misses, strict=True)
        ]
        largest = max(terms)
        return largest + math.log(sum(math.exp(term - largest) for term in terms))


Decimals = tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A mixture after some scenarios: its terms are at least `low` and at most `high`."""

    mixture: Mixture
    successes: int
    scenarios: int
    low: Decimals
    high: Decimals

    def after(self, *, success: bool) -> "Point":
        """Return the mixture after one more scenario."""
        low, high = self.mixture.factors[success]
        return Point(
            self.mixture,
            self.successes + success,
            self.scenarios + 1,
            tuple(map(_DOWN.multiply, self.low, low)),
            tuple(map(_UP.multiply, self.high, high)),
        )

    def side(self, bar: Fraction) -> int:
        """Return -1, 0 or 1 as the mixture lies below, at or above a number."""
        (least,), (most,) = _between((bar,))
        if reduce(_DOWN.add, self.low) > most:
            return 1
        if reduce(_UP.add, self.high) < least:
            return -1
        return self.mixture.side(self.successes, self.scenarios, bar)


def _between(values: tuple[Fraction, ...]) -> tuple[Decimals, Decimals]:
    """Return decimal numbers that are no larger, and such that are no smaller."""
    pairs = [(Decimal(value.numerator), Decimal(value.denominator)) for value in values]
    low = tuple(_DOWN.divide(over, under) for over, under in pairs)
    return low, tuple(_UP.divide(over, under) for over, under in pairs)
