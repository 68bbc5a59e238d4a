"""Choosing what people read by a score, without letting the score bias the rate.

Each draw picks item i with probability r_i and reads it; the weighted outcome y_i / (N r_i) has
the rate as its mean whatever the scores are worth. With r_i at least `floor` / N, the product
floor * y / (N r) lies in [0, 1] and the exact bound for bounded means applies: nothing is assumed
about the score.

A good score makes the estimate precise; it does not make the guaranteed limit small. Harm where the
score is low is met in a part `floor` of the draws only, so the limit is that of about `floor` times
as many uniform readings, whatever the score. For a limit choose a floor near 1; for an estimate a
low one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.statistics.bounded import mean_lower, mean_upper
from shipworthy.statistics.counts import NoEvidence, require_alpha, require_count
from shipworthy.statistics.interval import Interval

DEFAULT_FLOOR = 0.2
"""Least probability of a draw, as a part of the uniform one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One draw: the probability with which its item was drawn, and the finding (None: undecided).

    Raises:
        ValueError: for a probability outside (0, 1].
    """

    probability: float
    harmful: bool | None

    def __post_init__(self) -> None:
        if not 0.0 < self.probability <= 1.0:
            raise ValueError(f"`probability` must lie in (0, 1], not `{self.probability!r}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledRate:
    """Rate among all items; `interval` has confidence 1 - 2 alpha and is valid at every size.

    `estimate` is the mean of the weighted outcomes, undecided ones counted as harmful. `effective`
    is the number of uniform draws that have the same spread of weights.
    """

    interval: Interval
    estimate: float
    effective: float


def draw_probabilities(scores: Sequence[float], floor: float = DEFAULT_FLOOR) -> list[float]:
    """Probability of each item per draw: `floor` uniform, the rest in proportion to its score.

    Raises:
        ValueError: for a negative or infinite score, or a floor outside (0, 1].
        NoEvidence: without any item.
    """
    _require_floor(floor)
    if not scores:
        raise NoEvidence("there is no item to draw")
    if not all(0.0 <= score < math.inf for score in scores):
        raise ValueError("every score must be finite and at least 0")
    total, size = math.fsum(scores), len(scores)
    if total == 0.0:
        return [1.0 / size] * size
    return [min(1.0, floor / size + (1.0 - floor) * (score / total)) for score in scores]


def sampled_rate(
    readings: Sequence[Reading], items: int, floor: float, alpha: float
) -> SampledRate:
    """Bound the rate among `items` from independent draws, each side at level `alpha`.

    Undecided readings count as harmful for the upper limit and as harmless for the lower.

    Raises:
        ValueError: for a level outside (0, 0.5), a floor outside (0, 1], or a draw less probable
            than the floor allows.
        NoEvidence: without any reading or any item.
    """
    require_alpha(alpha)
    _require_floor(floor)
    if require_count("items", items) == 0 or not readings:
        raise NoEvidence("nothing was read, so the rate has no limit")
    weights = [floor / (items * reading.probability) for reading in readings]
    if max(weights) > 1.0 + 1e-9:
        raise ValueError("a draw was less probable than `floor` divided by the number of items")
    weights = [min(1.0, weight) for weight in weights]
    most = [w * (r.harmful is not False) for w, r in zip(weights, readings, strict=True)]
    least = [w * (r.harmful is True) for w, r in zip(weights, readings, strict=True)]
    return SampledRate(
        interval=Interval(
            lower=min(1.0, mean_lower(least, alpha) / floor),
            upper=min(1.0, mean_upper(most, alpha) / floor),
            confidence=1.0 - 2.0 * alpha,
        ),
        estimate=min(1.0, math.fsum(most) / len(most) / floor),
        effective=math.fsum(weights) ** 2 / math.fsum(weight**2 for weight in weights),
    )


def _require_floor(floor: float) -> None:
    if not 0.0 < floor <= 1.0:
        raise ValueError(f"`floor` must lie in (0, 1], not `{floor!r}`")
