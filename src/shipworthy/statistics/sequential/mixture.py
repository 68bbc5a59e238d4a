"""Mixtures of likelihood ratios against a threshold: evidence that may be looked at all the time.

For outcomes of independent scenarios with success rate p, the ratio (q/theta)^s
((1-q)/(1-theta))^(n-s) multiplies, with every scenario, by a factor whose mean is
1 + (p - theta) (q - theta) / (theta (1 - theta)). With q below theta that is at most 1 for every
p >= theta, with q above theta for every p <= theta. So the mixture is a supermartingale that starts
at 1, and by Ville's inequality it ever reaches 1/alpha with probability at most alpha, at whatever
time one stops (Ville 1939; Robbins, Ann. Math. Statist. 41:1397, 1970).

It is a function of (s, n) alone: the order of the outcomes does not matter, and every value is a
rational number. Comparisons are therefore exact (`spec/sequential.md`, 3): interval arithmetic in
decimal numbers with directed rounding decides, and whole numbers decide the ties.
"""

import math
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cached_property

from shipworthy.statistics.counts import require_share

VALUE_DIGITS = 12
"""Significant digits of a recorded e-value, cut off and never rounded up."""

_PRECISIONS = (18, 40)


@dataclass(frozen=True)
class Mixture:
    """Weighted likelihood ratios of rates `ratio * theta` against `theta`.

    Weights are positive and sum to 1. The ratios lie all below 1 (evidence that the rate is below
    theta) or all above 1 (evidence that it is above), and every `ratio * theta` lies inside (0, 1).

    Raises:
        ValueError: when any of this does not hold.
    """

    theta: Fraction
    weights: tuple[Fraction, ...]
    ratios: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if not 0 < self.theta < 1:
            raise ValueError(f"`theta` must lie strictly between 0 and 1, not {self.theta}")
        if not self.ratios or len(self.weights) != len(self.ratios):
            raise ValueError("a mixture needs one weight for each of its ratios, and at least one")
        if min(self.weights) <= 0 or sum(self.weights) != 1:
            raise ValueError("the weights of a mixture are positive and sum to 1")
        if min(self.ratios) <= 0 or max(self.ratios) * self.theta >= 1:
            raise ValueError("every `ratio * theta` must lie strictly between 0 and 1")
        if not (max(self.ratios) < 1 or min(self.ratios) > 1):
            raise ValueError("the ratios of a mixture lie all below 1 or all above 1")

    def log_value(self, successes: int, scenarios: int) -> float:
        """Natural logarithm of the mixture, in floats: for display and for guessing, not deciding.

        Raises:
            ValueError: for impossible counts.
        """
        require_share(successes, scenarios)
        return self._log(successes, scenarios - successes)

    def compare(self, successes: int, scenarios: int, threshold: Fraction) -> int:
        """Return -1, 0 or 1 as the mixture is below, at or above `threshold`, without error.

        Raises:
            ValueError: for impossible counts.
        """
        require_share(successes, scenarios)
        for digits in _PRECISIONS:
            low, high = self.enclosure(successes, scenarios, digits)
            if Fraction(low) > threshold:
                return 1
            if Fraction(high) < threshold:
                return -1
        return self._compare_whole(successes, scenarios - successes, threshold)

    def truncated(self, successes: int, scenarios: int) -> Decimal:
        """The mixture cut off after `VALUE_DIGITS` significant digits: still an e-value.

        Raises:
            ValueError: for impossible counts.
        """
        require_share(successes, scenarios)
        low, high = self.enclosure(successes, scenarios, _PRECISIONS[-1])
        cut = _context(VALUE_DIGITS, ROUND_FLOOR)
        least, most = cut.plus(low), cut.plus(high)
        reached = least == most or self.compare(successes, scenarios, Fraction(most)) >= 0
        return most if reached else least

    def enclosure(self, successes: int, scenarios: int, digits: int) -> tuple[Decimal, Decimal]:
        """Two decimal numbers of `digits` digits with the mixture between them.

        Every multiplication, division and sum is of positive numbers and rounded down for the
        first, up for the second, so that rounding can only widen.
        """
        misses = scenarios - successes
        below, above = (
            _sum(_context(digits, rounding), self._factors(digits, rounding), successes, misses)
            for rounding in (ROUND_FLOOR, ROUND_CEILING)
        )
        return below, above

    @cached_property
    def rests(self) -> tuple[Fraction, ...]:
        """(1 - ratio * theta) / (1 - theta), the factor of one scenario without success."""
        return tuple((1 - ratio * self.theta) / (1 - self.theta) for ratio in self.ratios)

    @cached_property
    def _logs(self) -> tuple[tuple[float, float, float], ...]:
        # log1p of the exact difference: the rests are near 1, where log would lose the digits
        return tuple(
            (math.log(weight), math.log(ratio), math.log1p(rest - 1))
            for weight, ratio, rest in zip(self.weights, self.ratios, self.rests, strict=True)
        )

    def _log(self, successes: int, failures: int) -> float:
        terms = [w + successes * hit + failures * miss for w, hit, miss in self._logs]
        top = max(terms)
        return top + math.log(math.fsum(math.exp(term - top) for term in terms))

    def _factors(self, digits: int, rounding: str) -> list[tuple[Decimal, Decimal, Decimal]]:
        known = self._decimals
        if (digits, rounding) not in known:
            context = _context(digits, rounding)
            known[digits, rounding] = [
                (_decimal(context, weight), _decimal(context, ratio), _decimal(context, rest))
                for weight, ratio, rest in zip(self.weights, self.ratios, self.rests, strict=True)
            ]
        return known[digits, rounding]

    @cached_property
    def _decimals(self) -> dict[tuple[int, str], list[tuple[Decimal, Decimal, Decimal]]]:
        return {}

    def _compare_whole(self, successes: int, failures: int, threshold: Fraction) -> int:
        weight, ratio, rest = (
            math.lcm(*(one.denominator for one in column))
            for column in (self.weights, self.ratios, self.rests)
        )
        total: int = sum(
            int(w * weight) * int(hit * ratio) ** successes * int(miss * rest) ** failures
            for w, hit, miss in zip(self.weights, self.ratios, self.rests, strict=True)
        )
        whole: int = weight * ratio**successes * rest**failures
        left, right = total * threshold.denominator, whole * threshold.numerator
        return (left > right) - (left < right)


def _context(digits: int, rounding: str) -> Context:
    return Context(prec=digits, rounding=rounding, Emin=MIN_EMIN, Emax=MAX_EMAX)


def _decimal(context: Context, value: Fraction) -> Decimal:
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def _sum(
    context: Context,
    factors: list[tuple[Decimal, Decimal, Decimal]],
    successes: int,
    misses: int,
) -> Decimal:
    total = Decimal(0)
    for weight, ratio, rest in factors:
        hits = context.multiply(weight, _power(context, ratio, successes))
        term = context.multiply(hits, _power(context, rest, misses))
        total = context.add(total, term)
    return total


def _power(context: Context, factor: Decimal, exponent: int) -> Decimal:
    """Square and multiply, each product rounded as the context says."""
    result = Decimal(1)
    while exponent:
        if exponent & 1:
            result = context.multiply(result, factor)
        exponent >>= 1
        if exponent:
            factor = context.multiply(factor, factor)
    return result
