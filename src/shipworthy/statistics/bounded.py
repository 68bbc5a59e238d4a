"""Means of values in [0, 1], one value a scenario: shares, scores, weighted outcomes.

Two limits stand beside each other, as they do for counts in `clustered`. The exact one inverts a
mixture of bets. For independent values with mean at least theta, the product of
1 + f (theta - x) / (1 - theta) has mean at most 1 for every stake f in [0, 1], and so has every
fixed mixture over f; by Markov's inequality it reaches 1 / alpha with probability at most alpha
(Waudby-Smith and Ramdas 2024, J. R. Stat. Soc. B 86:1, with constant bets). It needs no model, and
the order of the values does not matter. The other is the limit of Korn and Graubard at an
effective number of attempts, narrower, and good where the model of `clustered` is.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from shipworthy.statistics.clustered import DEFAULT_FEW, DEFAULT_ICC0
from shipworthy.statistics.counts import (
    NoEvidence,
    require_alpha,
    require_count,
    require_probability,
)
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.special import beta_isf, beta_ppf, student_t_ppf

STAKES = (0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Stakes of the mixture; for outcomes 0 and 1 they bet on the rates (1 - f) * theta."""
_WEIGHTS = (0.2, *(0.1,) * 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanBound:
    """Limits of a mean over scenarios; every limit is one-sided at `confidence`.

    `lowest` and `highest` are the observed mean with unassessed outcomes at their least and their
    most; they are equal when everything was assessed. `effective` is the number of independent
    attempts that the headline limits take the data to be worth.
    """

    lowest: float
    highest: float
    lower: float
    upper: float
    exact_lower: float
    exact_upper: float
    confidence: float
    scenarios: int
    effective: float

    @property
    def interval(self) -> Interval:
        """Both headline limits together, at the two-sided confidence that they jointly have."""
        return Interval(self.lower, self.upper, 2.0 * self.confidence - 1.0)


def mean_upper(values: Sequence[float], alpha: float) -> float:
    """Upper limit of the mean of independent values in [0, 1], valid at every sample size.

    The smallest mean that the mixture of bets rejects. With no success among n outcomes of 0 and 1
    it is near 3.7 / n at `alpha` 0.05, where Clopper-Pearson, which knows that values are 0 or 1,
    has 3 / n.

    Raises:
        ValueError: for a value outside [0, 1] or a level outside (0, 0.5).
        NoEvidence: without any value.
    """
    counted = _counted(values, alpha)
    needed = -math.log(alpha)
    low, high = math.fsum(x * n for x, n in counted) / len(values), 1.0
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return high
        if _log_wealth(counted, middle) >= needed:
            high = middle
        else:
            low = middle


def mean_lower(values: Sequence[float], alpha: float) -> float:
    """Lower limit of the mean of independent values in [0, 1], valid at every sample size.

    Raises:
        ValueError: for a value outside [0, 1] or a level outside (0, 0.5).
        NoEvidence: without any value.
    """
    return max(0.0, 1.0 - mean_upper([1.0 - value for value in values], alpha))


def mean_bound(
    least: Sequence[float],
    most: Sequence[float],
    worth: float,
    alpha: float,
    icc0: float = DEFAULT_ICC0,
    few: int = DEFAULT_FEW,
) -> MeanBound:
    """Bound a mean over scenarios, each side at level `alpha`.

    `least` and `most` are the values of the same scenarios with unassessed outcomes placed for
    either side; pass the same values twice when everything was assessed. `worth` is the number of
    independent outcomes of 0 and 1 that one value averages, at most: with `worth` = 1 and values
    of 0 and 1 the headline is Clopper-Pearson exactly. Where anything is unassessed each scenario
    counts as one attempt, the worst that any outcome could do. `icc0` and `few` are those of
    `clustered_bound`: with fewer than `few` values above 0, or below 1, so does each scenario.

    Raises:
        ValueError: for values outside [0, 1] or out of order, `worth` below 1, a level outside
            (0, 0.5), `icc0` outside [0, 1] or a negative `few`.
        NoEvidence: without any scenario.
    """
    require_probability("icc0", icc0)
    require_count("few", few)
    if not 1.0 <= worth < math.inf:
        raise ValueError(f"`worth` must be at least 1 and finite, not `{worth!r}`")
    if any(low > high for low, high in zip(least, most, strict=True)):
        raise ValueError("a value of `least` exceeds that of the same scenario in `most`")
    exact_upper, exact_lower = mean_upper(most, alpha), mean_lower(least, alpha)
    scenarios = len(most)
    lowest, highest = math.fsum(least) / scenarios, math.fsum(most) / scenarios
    estimated = worth if lowest < highest else _design_effect(most, worth, icc0)
    above = estimated if sum(value > 0.0 for value in least) >= few else worth
    below = estimated if sum(value < 1.0 for value in most) >= few else worth
    independent = _independent(scenarios, worth, alpha)
    lower = _limit_below(lowest, independent / above, alpha)
    upper = _limit_above(highest, independent / below, alpha)
    if few:
        worst = math.fsum(nlargest(few - 1, most)) / scenarios
        best = 1.0 - math.fsum(nlargest(few - 1, (1.0 - value for value in least))) / scenarios
        lower = min(lower, _limit_below(best, independent / worth, alpha))
        upper = max(upper, _limit_above(worst, independent / worth, alpha))
    return MeanBound(
        lowest=lowest,
        highest=highest,
        lower=lower,
        upper=upper,
        exact_lower=exact_lower,
        exact_upper=exact_upper,
        confidence=1.0 - alpha,
        scenarios=scenarios,
        effective=independent / max(above, below),
    )


def _counted(values: Sequence[float], alpha: float) -> list[tuple[float, int]]:
    require_alpha(alpha)
    if not values:
        raise NoEvidence("there is no value, so the mean has no limit")
    for value in values:
        require_probability("value", value)
    return sorted(Counter(values).items())


def _log_wealth(counted: Sequence[tuple[float, int]], theta: float) -> float:
    terms = []
    for weight, stake in zip(_WEIGHTS, STAKES, strict=True):
        rate = stake / (1.0 - theta)
        gains = (n * math.log1p(rate * (theta - x)) for x, n in counted)
        terms.append(math.log(weight) + math.fsum(gains))
    top = max(terms)
    return top + math.log(math.fsum(math.exp(term - top) for term in terms))


def _design_effect(values: Sequence[float], worth: float, icc0: float) -> float:
    floor = 1.0 + (worth - 1.0) * icc0
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return worth
    if not 0.0 < mean < 1.0:
        return floor
    spread = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    return min(max(worth * spread / (mean * (1.0 - mean)), floor), worth)


def _independent(scenarios: int, worth: float, alpha: float) -> float:
    if worth == 1.0:
        return float(scenarios)
    if scenarios == 1:
        return 0.0
    size = scenarios * worth
    quantiles = student_t_ppf(alpha, size - 1.0) / student_t_ppf(alpha, scenarios - 1.0)
    return size * quantiles**2


def _limit_above(mean: float, effective: float, alpha: float) -> float:
    if effective == 0.0 or mean == 1.0:
        return 1.0
    return beta_isf(alpha, mean * effective + 1.0, (1.0 - mean) * effective)


def _limit_below(mean: float, effective: float, alpha: float) -> float:
    if effective == 0.0 or mean == 0.0:
        return 0.0
    return beta_ppf(alpha, mean * effective, (1.0 - mean) * effective + 1.0)
