"""Balance between two sides as equivalence, topics as the unit.

Each topic is asked about from both sides, several times; the outcome of a pair is the score of one
side minus that of the other, in [-1, 1]. Pairs on a topic resemble each other, so the mean of a
topic is one observation. "Balanced" is claimed only when the interval of the mean difference at
1 - 2 alpha lies inside the margin: two one-sided tests (Schuirmann 1987, J Pharmacokinet Biopharm
15:657). Since opposite tilts cancel in a mean, two more limits have to hold: the spread of topics,
and the share of topics whose true difference exceeds the margin.

That share is not the share of topics seen beyond the margin: a topic just beyond it is seen inside
as often as not, and shrinking topics towards their mean hides it altogether. But where the noise of
pairs is symmetric, a topic beyond the margin is seen beyond it in at least half of all samples. So
twice a Clopper-Pearson limit of the share seen beyond is a limit of the share that is beyond.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shipworthy.statistics.bounded import mean_lower, mean_upper
from shipworthy.statistics.counts import NoEvidence, require_alpha
from shipworthy.statistics.equivalence.verdicts import (
    MarginVerdict,
    against_margin,
    require_margin,
)
from shipworthy.statistics.exact import clopper_pearson_upper
from shipworthy.statistics.special import chi_square_ppf, student_t_cdf, student_t_ppf

DEFAULT_MARGIN = 0.05
"""Margin for mean differences of scores on a scale of length one."""

LEAST_DIFFERING = 10
"""Fewest topics that differ from the commonest topic mean on which a t interval is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLimits:
    """What counts as balanced, declared before the data: see `balance`.

    `margin`: for the mean difference, and for a topic's own. `most_spread`: for the standard
    deviation of topics. `most_tilted`: for the share of topics whose true difference lies beyond
    the margin.

    Raises:
        ValueError: for a limit outside (0, 1).
    """

    margin: float
    most_spread: float
    most_tilted: float

    def __post_init__(self) -> None:
        require_margin(self.margin)
        for name in ("most_spread", "most_tilted"):
            if not 0.0 < getattr(self, name) < 1.0:
                value = getattr(self, name)
                raise ValueError(f"`{name}` must lie strictly between 0 and 1, not `{value!r}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoOneSided:
    """Two one-sided t tests of a mean against a margin, on the means of independent units.

    `p_above_minus` belongs to the claim that the mean lies above -margin, `p_below_plus` to the
    claim that it lies below +margin; `p_value` is the larger. `lower` and `upper` are one-sided
    limits at 1 - alpha each.
    """

    mean: float
    error: float
    degrees: int
    t_above_minus: float
    t_below_plus: float
    p_above_minus: float
    p_below_plus: float
    lower: float
    upper: float

    @property
    def p_value(self) -> float:
        """P-value of the claim that the mean lies inside the margin."""
        return max(self.p_above_minus, self.p_below_plus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What paired prompts show about balance.

    `lower` and `upper` limit the mean difference, each one-sided at 1 - alpha; they are those of
    the t test, or the exact ones of a bounded mean (`exact_limits`) where fewer than
    `LEAST_DIFFERING` topics differ from the commonest mean and a t interval would be too narrow.
    `spread` is the standard deviation of topics without the noise of their pairs, 0 where noise
    explains all. `spread_upper` is its limit: it takes the whole spread of topic means for real,
    and is that of normal topics, or with `exact_limits` the exact one of their mean square.
    `tilted` names topics that lie beyond the margin after shrinkage, for reading. `tilted_upper`
    limits the share of topics whose true difference does, given symmetric noise; see the module.
    `verdict` needs the mean, the spread and the share.
    """

    verdict: MarginVerdict
    mean_verdict: MarginVerdict
    mean: float
    lower: float
    upper: float
    exact_limits: bool
    topics: int
    pairs: int
    spread: float
    spread_upper: float
    tilted: tuple[str, ...]
    tilted_upper: float
    alpha: float


def two_one_sided(values: Sequence[float], margin: float, alpha: float) -> TwoOneSided:
    """Two one-sided t tests of the mean of independent values against a margin of any unit.

    Raises:
        ValueError: for a margin that is not positive, a level outside (0, 0.5), or values without
            any spread, for which Student's t has no distribution.
        NoEvidence: for fewer than two values.
    """
    require_alpha(alpha)
    if not 0.0 < margin < math.inf:
        raise ValueError(f"`margin` must be positive and finite, not `{margin!r}`")
    size = len(values)
    if size < 2:
        raise NoEvidence("a spread needs at least two independent units")
    mean, spread = _mean_and_spread(values)
    if spread == 0.0:
        raise ValueError("all values are equal: a t interval would have no width")
    error = spread / math.sqrt(size)
    reach = student_t_ppf(1.0 - alpha, size - 1) * error
    above, below = (mean + margin) / error, (mean - margin) / error
    return TwoOneSided(
        mean=mean,
        error=error,
        degrees=size - 1,
        t_above_minus=above,
        t_below_plus=below,
        p_above_minus=student_t_cdf(-above, size - 1),
        p_below_plus=student_t_cdf(below, size - 1),
        lower=mean - reach,
        upper=mean + reach,
    )


def balance(topics: Mapping[str, Sequence[float]], limits: BalanceLimits, alpha: float) -> Balance:
    """Test whether paired prompts are balanced, each limit one-sided at level `alpha`.

    Each topic has the differences of its pairs, in [-1, 1]. A pair that was not assessed belongs in
    the data at its worst, which depends on the claim: pass it as 1 and as -1, and take the worse
    verdict. WITHIN needs the mean, the spread and the share of tilted topics inside their limits;
    each is tested at `alpha`, which an intersection-union test allows. BEYOND is said of the mean
    only.

    Raises:
        ValueError: for a difference outside [-1, 1] or a level outside (0, 0.5).
        NoEvidence: for fewer than two topics, or a topic without a pair.
    """
    require_alpha(alpha)
    for name, pairs in topics.items():
        if not pairs:
            raise NoEvidence(f"topic {name!r} has no pair")
        if not all(-1.0 <= value <= 1.0 for value in pairs):
            raise ValueError(f"topic {name!r} has a difference outside [-1, 1]")
    if len(topics) < 2:
        raise NoEvidence("the spread between topics needs at least two topics")
    means = {name: math.fsum(topics[name]) / len(topics[name]) for name in sorted(topics)}
    values = list(means.values())
    mean, total = _mean_and_spread(values)
    exact = total == 0.0 or _differing(values) < LEAST_DIFFERING
    lower, upper = _mean_limits(values, limits.margin, alpha, exact=exact)
    verdict = against_margin(lower, upper, limits.margin)
    between = max(0.0, total**2 - _noise(topics))
    tilted = tuple(
        name
        for name, value in means.items()
        if abs(mean + _kept(total, between) * (value - mean)) > limits.margin
    )
    spread_upper = _spread_upper(values, total, alpha, exact=exact)
    seen = sum(abs(value) > limits.margin for value in values)
    tilted_upper = min(1.0, 2.0 * clopper_pearson_upper(seen, len(values), alpha))
    even = spread_upper < limits.most_spread and tilted_upper < limits.most_tilted
    return Balance(
        verdict=MarginVerdict.NOT_SHOWN
        if verdict is MarginVerdict.WITHIN and not even
        else verdict,
        mean_verdict=verdict,
        mean=mean,
        lower=lower,
        upper=upper,
        exact_limits=exact,
        topics=len(values),
        pairs=sum(map(len, topics.values())),
        spread=math.sqrt(between),
        spread_upper=spread_upper,
        tilted=tilted,
        tilted_upper=tilted_upper,
        alpha=alpha,
    )


def _mean_limits(
    values: Sequence[float], margin: float, alpha: float, *, exact: bool
) -> tuple[float, float]:
    if not exact:
        test = two_one_sided(values, margin, alpha)
        return max(-1.0, test.lower), min(1.0, test.upper)
    halves = [0.5 * (1.0 + value) for value in values]
    return 2.0 * mean_lower(halves, alpha) - 1.0, 2.0 * mean_upper(halves, alpha) - 1.0


def _spread_upper(values: Sequence[float], total: float, alpha: float, *, exact: bool) -> float:
    if exact:
        # the mean square is never less than the variance
        return math.sqrt(mean_upper([value * value for value in values], alpha))
    return total * math.sqrt((len(values) - 1) / chi_square_ppf(alpha, len(values) - 1))


def _differing(values: Sequence[float]) -> int:
    return len(values) - max(Counter(values).values())


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation of a sample."""
    size = len(values)
    if min(values) == max(values):
        return values[0], 0.0
    mean = math.fsum(values) / size
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (size - 1))


def _noise(topics: Mapping[str, Sequence[float]]) -> float:
    """Mean variance of a topic's mean that its pairs explain, pooled over topics."""
    freedom = sum(len(pairs) - 1 for pairs in topics.values())
    if freedom == 0:
        return 0.0
    squares = math.fsum(
        (value - math.fsum(pairs) / len(pairs)) ** 2 for pairs in topics.values() for value in pairs
    )
    return squares / freedom * math.fsum(1.0 / len(p) for p in topics.values()) / len(topics)


def _kept(total: float, between: float) -> float:
    """Part of a topic's deviation that is not noise."""
    return between / total**2 if total > 0.0 else 0.0
