"""How many topics and pairs an analysis needs, before it is made.

Topic means are taken as normal, with a standard deviation that comes from the spread of topics and
the noise of pairs. BALANCED needs three limits at once. Their joint probability is at least one
minus the sum of their failures (Bonferroni), and that lower limit is what is returned.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shipworthy.statistics.equivalence.balance import BalanceLimits, balance
from shipworthy.statistics.equivalence.verdicts import MarginVerdict
from shipworthy.statistics.exact import clopper_pearson_upper
from shipworthy.statistics.special import (
    binomial_cdf,
    chi_square_ppf,
    gamma_cdf,
    normal_cdf,
    normal_ppf,
    student_t_ppf,
)

MOST_TOPICS: Final = 5000
"""Topics above which a design is said to be out of reach."""

_QUANTILES: Final = 100
"""Points at which the distribution of the sample spread is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """How differences behave: `noise` and `spread` are standard deviations, `bias` a mean.

    `noise` is that of a pair around its topic, `spread` that of topics around their mean; `pairs`
    is the number of pairs about a topic.

    Raises:
        ValueError: for a negative deviation, a bias outside (-1, 1) or fewer than one pair.
    """

    noise: float
    spread: float
    pairs: int
    bias: float = 0.0

    def __post_init__(self) -> None:
        if min(self.noise, self.spread) < 0.0:
            raise ValueError("a standard deviation is not negative")
        if not -1.0 < self.bias < 1.0:
            raise ValueError(f"`bias` must lie between -1 and 1, not `{self.bias!r}`")
        if self.pairs < 1:
            raise ValueError("a topic has at least one pair")

    @property
    def total(self) -> float:
        """Standard deviation of the mean of a topic."""
        return math.hypot(self.spread, self.noise / math.sqrt(self.pairs))


def power_to_show_balance(
    nature: Nature, topics: int, limits: BalanceLimits, alpha: float
) -> float:
    """Lower limit of the probability that balance is shown, for normal topics.

    Raises:
        ValueError: for fewer than two topics or a level outside (0, 0.5).
    """
    _require(topics, alpha)
    if nature.total == 0.0:
        even = {str(number): (nature.bias,) for number in range(topics)}
        return float(balance(even, limits, alpha).verdict is MarginVerdict.WITHIN)
    failing = (
        1.0 - power_to_bound_mean(nature, topics, limits.margin, alpha),
        1.0 - _spread_within(nature, topics, limits.most_spread, alpha),
        1.0 - _tilted_within(nature, topics, limits, alpha),
    )
    return max(0.0, 1.0 - sum(failing))


def power_to_show_skew(nature: Nature, topics: int, margin: float, alpha: float) -> float:
    """Probability that the mean is shown to lie beyond the margin, on the side of `bias`.

    `alpha` is the level of this one test: where several are made, its part of the whole.

    Raises:
        ValueError: for fewer than two topics or a level outside (0, 0.5).
    """
    root, reach = _t_test(nature, topics, alpha)
    return _mean_of(
        normal_cdf((abs(nature.bias) - margin) * root - reach * ratio)
        for ratio in spread_ratios(topics - 1)
    )


def topics_needed(
    nature: Nature, limits: BalanceLimits, alpha: float, power: float = 0.9
) -> int | None:
    """Fewest topics at which balance is shown with the power asked for, to within a few.

    None where more than `MOST_TOPICS` would be needed, or no number is enough. The power goes up
    and down by a little from one number to the next, so that the next smaller may do as well.

    Raises:
        ValueError: for a power outside (0, 1) or a level outside (0, 0.5).
    """
    if not 0.0 < power < 1.0:
        raise ValueError(f"`power` must lie between 0 and 1, not `{power!r}`")
    above = 2
    while power_to_show_balance(nature, above, limits, alpha) < power:
        if above >= MOST_TOPICS:
            return None
        above = min(2 * above, MOST_TOPICS)
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        if power_to_show_balance(nature, middle, limits, alpha) >= power:
            above = middle
        else:
            below = middle
    return max(above, 2)


def power_to_bound_mean(nature: Nature, topics: int, margin: float, alpha: float) -> float:
    """Probability that the limits of the mean lie inside the margin, the first of three needs.

    Raises:
        ValueError: for fewer than two topics, topics without any spread, or a level outside
            (0, 0.5).
    """
    root, reach = _t_test(nature, topics, alpha)
    return _mean_of(
        max(
            0.0,
            normal_cdf((margin - nature.bias) * root - reach * ratio)
            - normal_cdf((-margin - nature.bias) * root + reach * ratio),
        )
        for ratio in spread_ratios(topics - 1)
    )


def _t_test(nature: Nature, topics: int, alpha: float) -> tuple[float, float]:
    """Return the number of standard errors in a unit, and how many a one-sided limit takes."""
    _require(topics, alpha)
    if nature.total == 0.0:
        raise ValueError("without any spread no t test is made")
    return math.sqrt(topics) / nature.total, student_t_ppf(1.0 - alpha, topics - 1)


def _spread_within(nature: Nature, topics: int, most: float, alpha: float) -> float:
    """Probability that the limit of the spread stays below `most`: it takes all for spread."""
    freedom = topics - 1
    highest = chi_square_ppf(alpha, freedom) * (most / nature.total) ** 2
    return gamma_cdf(0.5 * highest, 0.5 * freedom)


def _tilted_within(nature: Nature, topics: int, limits: BalanceLimits, alpha: float) -> float:
    beyond = normal_cdf((nature.bias - limits.margin) / nature.total) + normal_cdf(
        (-nature.bias - limits.margin) / nature.total
    )
    most = _most_seen(topics, limits.most_tilted, alpha)
    return binomial_cdf(most, topics, min(1.0, beyond)) if most >= 0 else 0.0


@lru_cache(maxsize=4096)
def _most_seen(topics: int, most_tilted: float, alpha: float) -> int:
    """Most topics seen beyond the margin that still pass; -1 where none does."""
    passing, failing = -1, topics
    while failing - passing > 1:
        middle = (passing + failing) // 2
        if 2.0 * clopper_pearson_upper(middle, topics, alpha) < most_tilted:
            passing = middle
        else:
            failing = middle
    return passing


@lru_cache(maxsize=64)
def spread_ratios(freedom: int) -> tuple[float, ...]:
    """Quantiles of the sample standard deviation over the true one.

    By the cube root of Wilson and Hilferty (1931): with 9 degrees of freedom the exact ones differ
    by less than 0.01, and planning asks for very many of them.
    """
    small = 2.0 / (9.0 * freedom)
    roots = (1.0 - small + z * math.sqrt(small) for z in _normal_quantiles())
    return tuple(max(0.0, root) ** 1.5 for root in roots)


@lru_cache(maxsize=1)
def _normal_quantiles() -> tuple[float, ...]:
    return tuple(normal_ppf((step + 0.5) / _QUANTILES) for step in range(_QUANTILES))


def _mean_of(values: Iterable[float]) -> float:
    return math.fsum(values) / _QUANTILES


def _require(topics: int, alpha: float) -> None:
    if topics < 2:
        raise ValueError("a spread needs at least two topics")
    if not 0.0 < alpha < 0.5:
        raise ValueError(f"`alpha` must lie between 0 and 0.5, not `{alpha!r}`")
