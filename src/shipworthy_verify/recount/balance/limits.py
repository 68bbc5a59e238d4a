"""Limits of the mean of topics, of how far they spread, and of how many lie beyond a margin."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shipworthy_verify.statistics import bisect, exact_lower, student_quantile

MARGIN: Final = Fraction(1, 10)
FEWEST_DIFFERING: Final = 10
_BETS: Final = ((0.2, 0.98), *((0.1, f) for f in (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)))
"""Weights and stakes of the bets against a mean."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits at one level; by default nothing is known."""

    lower: float = -1.0
    upper: float = 1.0
    spread: float = 1.0
    tilted: float = 1.0


def limits_of(tilts: Sequence[Fraction], alpha: float) -> Limits:
    """Return the limits that the tilts of topics give, each one-sided at `alpha`."""
    size, values = len(tilts), [float(tilt) for tilt in tilts]
    if size < 2:
        return Limits()
    mean = math.fsum(values) / size
    squares = math.fsum((value - mean) ** 2 for value in values)
    beyond = sum(abs(tilt) > MARGIN for tilt in tilts)
    tilted = min(1.0, 2 * (1 - exact_lower(size - beyond, size, alpha)))
    if size - Counter(tilts).most_common(1)[0][1] < FEWEST_DIFFERING:
        return Limits(
            lower=1 - 2 * mean_upper([(1 - value) / 2 for value in values], alpha),
            upper=2 * mean_upper([(1 + value) / 2 for value in values], alpha) - 1,
            spread=math.sqrt(mean_upper([value * value for value in values], alpha)),
            tilted=tilted,
        )
    reach = student_quantile(alpha, size - 1) * math.sqrt(squares / (size - 1) / size)
    return Limits(
        lower=max(-1.0, mean - reach),
        upper=min(1.0, mean + reach),
        spread=math.sqrt(squares / chi_square_quantile(alpha, size - 1)),
        tilted=tilted,
    )


def mean_upper(values: Sequence[float], alpha: float) -> float:
    """Return the least mean that bets against it refute, for values in [0, 1].

    A bet of stake f wins a factor 1 + f (theta - x) / (1 - theta) on each value x. Under a mean of
    theta or more the weighted wealth reaches 1 / alpha with probability alpha at most.
    """
    counted = sorted(Counter(values).items())
    wanted = -math.log(alpha)

    def wealth(theta: float) -> float:
        logs = [
            math.log(weight)
            + math.fsum(n * math.log1p(stake * (theta - x) / (1 - theta)) for x, n in counted)
            for weight, stake in _BETS
        ]
        most = max(logs)
        return most + math.log(math.fsum(math.exp(one - most) for one in logs)) - wanted

    return bisect(wealth, math.fsum(values) / len(values), 1.0)


def chi_square_quantile(p: float, freedom: int) -> float:
    """Return the p-quantile: twice that of a gamma variable of shape freedom / 2."""
    shape = freedom / 2
    high = shape
    while _gamma_below(high, shape) < p:
        high *= 2
    return 2 * bisect(lambda x: _gamma_below(x, shape) - p, 0.0, high)


def _gamma_below(x: float, shape: float) -> float:
    """P(shape, x) = x^shape e^-x / Gamma(shape + 1) * sum of x^n / (shape + 1)_n."""
    if x <= 0:
        return 0.0
    term = total = 1.0
    n = 0
    while term > total * 1e-17:
        n += 1
        term *= x / (shape + n)
        total += term
    return total * math.exp(shape * math.log(x) - x - math.lgamma(shape + 1))
