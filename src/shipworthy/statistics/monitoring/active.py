"""Few labels, rare harm: draw by score, correct the predictions, bound the result by bets.

The exchanges of a period, the frame, are put into bins by the score of a judge or a probe. Each
draw takes an exchange of bin b with probability r_b = floor / N + (1 - floor) s_b / N_b, where the
part s_b is proportional to N_b sqrt(p_b (1 - p_b)) (Neyman) and p_b is what is predicted for the
bin: the judge's own score at first, more and more the labels read so far. Its corrected value
mean(p) + (y - p_b) / (N r_b) has the rate of harm in the frame as its mean, whatever score and
prediction are worth, because r_b is what it was drawn with (the difference estimator with unequal
probabilities; prediction-powered inference with active sampling). Bins, predictions and
probabilities may change from draw to draw, as long as they are recorded before somebody reads.

No value exceeds 1 / floor. That bound is the price of the upper limit: harm where the score is low
is met by the uniform part only, so no score brings the upper limit below about 3.7 / (floor n). The
estimate and the lower limit gain without such a bound.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_count
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.monitoring.betting import Ranged, drawn_lower, drawn_upper

PRIOR_LABELS = 1.0
"""How many labels the score of a bin is worth."""
MOST_PREDICTED = 5.0
"""Largest weighted prediction, in multiples of the mean one: a lower limit has to hedge it."""
_HALVINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBin:
    """The exchanges of one range of scores, and the labels read in it so far.

    `score`: mean probability of harm that the judge gives them, in [0, 1]. Undecided labels count
    as half a harm in predictions; limits do not depend on that.

    Raises:
        ValueError: for impossible counts or a score outside [0, 1].
    """

    items: int
    score: float
    read: int = 0
    harmful: int = 0
    undecided: int = 0

    def __post_init__(self) -> None:
        for name in ("items", "read", "harmful", "undecided"):
            require_count(name, getattr(self, name))
        if self.harmful + self.undecided > self.read or not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a bin cannot have these counts and this score: {self!r}")

    @property
    def prediction(self) -> float:
        """Probability of harm of an exchange of the bin."""
        found = self.harmful + 0.5 * self.undecided + PRIOR_LABELS * self.score
        return found / (self.read + PRIOR_LABELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPlan:
    """How the next draw is made: for each bin the part of draws that it gets, and its predictions.

    `shares` sum to 1; an exchange of bin b is drawn with probability `shares[b]` / items of b.
    `cautious` are the predictions that the lower limit uses, smaller where they would weigh much.
    No value corrected by them is below `least`, none corrected by `predictions` above `most`.
    """

    items: int
    floor: float
    sizes: tuple[int, ...]
    shares: tuple[float, ...]
    predictions: tuple[float, ...]
    mean_prediction: float
    cautious: tuple[float, ...]
    mean_cautious: float
    least: float
    most: float

    def probability(self, index: int) -> float:
        """Probability that a draw takes one given exchange of a bin."""
        return self.shares[index] / self.sizes[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveReading:
    """One draw and what came of it.

    `items` to `least` are those of the plan it was drawn with. `harmful` is None where readers are
    undecided, disagree, or have not read. `first_no`: the first reader said no. `confirmed`: two
    said yes. `doubled`: it was chosen, with probability `twice` and before anybody read, to be read
    by two; `second_no`: and the second said no.

    Raises:
        ValueError: for a probability outside (0, 1], or below the floor.
    """

    items: int
    floor: float
    probability: float
    prediction: float
    mean_prediction: float
    cautious: float
    mean_cautious: float
    least: float
    harmful: bool | None
    first_no: bool = False
    confirmed: bool = False
    twice: float = 0.0
    doubled: bool = False
    second_no: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.probability <= 1.0:
            raise ValueError(f"`probability` must lie in (0, 1], not `{self.probability!r}`")
        if self.weight * self.floor > 1.0 + 1e-6:
            raise ValueError("a draw was less probable than `floor` divided by the number of items")

    @property
    def weight(self) -> float:
        """How many times rarer the draw was than a uniform one."""
        return 1.0 / (self.items * self.probability)

    def upward(self, outcome: float, widest: float = 1.0) -> Ranged:
        """The corrected value for upper limits; an outcome is at most 1 / `widest`."""
        value = self.mean_prediction + (outcome - self.prediction) * self.weight
        return Ranged(value, -math.inf, 1.0 / (self.floor * widest))

    def downward(self, outcome: float) -> Ranged:
        """The corrected value for lower limits."""
        value = self.mean_cautious + (outcome - self.cautious) * self.weight
        return Ranged(value, self.least, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveRate:
    """Rate of harm; limits are one-sided at the level asked for and valid whenever looked at.

    `estimate` counts undecided draws as harmful. `readers` allows for what a second reader would
    have said: harmful by both, and by either. `effective` is the number of uniform draws whose
    mean would have the variance that these have.
    """

    estimate: float
    interval: Interval
    readers: Interval
    effective: float


def draw_plan(bins: Sequence[ScoreBin], floor: float) -> DrawPlan:
    """Plan the next draw from what has been read so far.

    Raises:
        ValueError: for a floor outside (0, 1].
        NoEvidence: without an exchange.
    """
    if not 0.0 < floor <= 1.0:
        raise ValueError(f"`floor` must lie in (0, 1], not `{floor!r}`")
    items = sum(one.items for one in bins)
    if items == 0:
        raise NoEvidence("there is no exchange to draw from")
    wanted = [
        one.items * math.sqrt(p * (1.0 - p)) for one, p in zip(bins, _rising(bins), strict=True)
    ]
    total = math.fsum(wanted)
    even = [one.items / items for one in bins]
    by_score = [each / total for each in wanted] if total > 0.0 else even
    shares = tuple(
        floor * level + (1.0 - floor) * active for level, active in zip(even, by_score, strict=True)
    )
    sizes = tuple(one.items for one in bins)
    predicted = _within(_rising(bins), sizes, shares, floor)
    cautious = _capped(_rising(bins), sizes, shares)
    mean, low_mean = (_mean(one, sizes) for one in (predicted, cautious))
    weights = [n / (items * share) if n else 0.0 for n, share in zip(sizes, shares, strict=True)]
    return DrawPlan(
        items=items,
        floor=floor,
        sizes=sizes,
        shares=shares,
        predictions=predicted,
        mean_prediction=mean,
        cautious=cautious,
        mean_cautious=low_mean,
        least=low_mean - max(w * p for w, p in zip(weights, cautious, strict=True)),
        most=1.0 / floor,
    )


def active_rate(readings: Sequence[ActiveReading], alpha: float) -> ActiveRate:
    """Bound the rate of harm, each side at level `alpha`, from all draws so far.

    Raises:
        ValueError: for a level outside (0, 0.5).
        NoEvidence: without a draw.
    """
    require_alpha(alpha)
    if not readings:
        raise NoEvidence("nothing was drawn, so the rate has no limit")
    most = [one.upward(float(one.harmful is not False)) for one in readings]
    least = [one.downward(float(one.harmful is True)) for one in readings]
    both = [one.downward(float(one.confirmed)) for one in readings]
    mean = math.fsum(one.value for one in most) / len(most)
    spread = math.fsum((one.value - mean) ** 2 for one in most) / len(most)
    estimate = min(1.0, max(0.0, mean))
    even = estimate * (1.0 - estimate)
    return ActiveRate(
        estimate=estimate,
        interval=_interval(drawn_lower(least, alpha), drawn_upper(most, alpha), alpha),
        readers=_interval(drawn_lower(both, alpha), _either(readings, alpha), alpha),
        effective=len(readings) * even / spread if spread > 0.0 and even > 0.0 else 0.0,
    )


def _either(readings: Sequence[ActiveReading], alpha: float) -> float:
    """Upper limit of the share that at least one of two readers would not call harmless."""
    if any(one.first_no and one.twice <= 0.0 for one in readings):
        return 1.0
    values = []
    for one in readings:
        if one.first_no:
            doubted = one.doubled and not one.second_no
            values.append(one.upward(1.0 / one.twice if doubted else 0.0, one.twice))
        else:
            values.append(one.upward(1.0, one.twice or 1.0))
    return drawn_upper(values, alpha)


def _interval(lower: float, upper: float, alpha: float) -> Interval:
    low, high = min(1.0, max(0.0, lower)), min(1.0, max(0.0, upper))
    # Crossed limits happen with probability 2 alpha at most; the widest reading of both is kept.
    low, high = min(low, high), max(low, high)
    if low == high:
        low, high = max(0.0, low - 1e-12), min(1.0, high + 1e-12)
    return Interval(low, high, 1.0 - 2.0 * alpha)


def _rising(bins: Sequence[ScoreBin]) -> tuple[float, ...]:
    """Predictions by bin, pooled until none is below that of a bin with lower scores.

    Pooling of adjacent violators, weighted by labels; bins are given in rising order of score.
    """
    pools: list[tuple[float, float, int]] = []
    for one in bins:
        weight = one.read + PRIOR_LABELS
        pool = (one.prediction * weight, weight, 1)
        while pools and pools[-1][0] / pools[-1][1] >= pool[0] / pool[1]:
            before = pools.pop()
            pool = (before[0] + pool[0], before[1] + pool[1], before[2] + pool[2])
        pools.append(pool)
    return tuple(total / weight for total, weight, count in pools for _ in range(count))


def _mean(predictions: Sequence[float], sizes: Sequence[int]) -> float:
    return math.fsum(p * n for p, n in zip(predictions, sizes, strict=True)) / sum(sizes)


def _capped(
    predictions: tuple[float, ...], sizes: tuple[int, ...], shares: tuple[float, ...]
) -> tuple[float, ...]:
    """Predictions, lowered where their weight would make a lower limit hedge against them."""
    most = MOST_PREDICTED * _mean(predictions, sizes) * sum(sizes)
    return tuple(
        min(p, most * share / n) if n else 0.0
        for p, n, share in zip(predictions, sizes, shares, strict=True)
    )


def _within(
    predictions: tuple[float, ...], sizes: tuple[int, ...], shares: tuple[float, ...], floor: float
) -> tuple[float, ...]:
    """Predictions, lowered until no corrected value can exceed 1 / floor."""
    items = sum(sizes)
    kept = predictions
    for _ in range(_HALVINGS):
        mean = _mean(kept, sizes)
        tops = (
            mean + (1.0 - p) * n / (items * share)
            for p, n, share in zip(kept, sizes, shares, strict=True)
            if n
        )
        if max(tops) <= 1.0 / floor:
            return kept
        kept = tuple(0.5 * p for p in kept)
    return (0.0,) * len(predictions)
