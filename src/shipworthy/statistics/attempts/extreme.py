"""The worst of very many queries, extrapolated from the tail of those evaluated.

A query's elicitation probability p is scored by psi = -ln(-ln p). Where the tail of the scores is
exponential, ln P(score > psi) is a line a * psi + b; fitting it by least squares through the ten
largest scores and reading it at ln(1/n) forecasts the worst of n queries (Jones et al. 2025, arXiv
2502.16797). Beside the line stands a bound on the worst of n queries that allows for the error of
the fit (Hill's estimator on the scores) and for chance among the n. Both assume that the tail goes
on as it began, which a rare query of another kind breaks: in simulation the forecasts then fell
short by more than a factor of ten in 57 to 69 % of cases. Hence alarms only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shipworthy.statistics.attempts.families import least_squares
from shipworthy.statistics.attempts.forecast import Alarm, Refused, model_free_sentence
from shipworthy.statistics.attempts.order import random_order
from shipworthy.statistics.counts import require_confidence, require_count, require_probability

TOP = 10
"""Largest scores through which the line goes."""
_LEAST_PER_TOP = 5
_NODES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Tail of the scores of `queries` evaluated queries.

    `slope` (negative) and `intercept` are those of ln P(score > psi); `threshold` is the score
    after the `top` largest and `mean_excess` how far these lie above it on average;
    `mean_probability` is the mean elicitation probability of all queries and `worst` the largest.
    """

    queries: int
    top: int
    slope: float
    intercept: float
    threshold: float
    mean_excess: float
    mean_probability: float
    worst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentForecast:
    """Forecast for `queries` future queries; it raises alarms and supports no go.

    `worst_query`: forecast of the largest elicitation probability among them. `worst_plausible`:
    what that largest one exceeds with probability 5 % if the tail goes on. `aggregate_risk`:
    probability that at least one elicits, 1 - (1 - mean)^n, at the mean of the queries evaluated.
    `sentence`: what holds without any model.
    """

    queries: int
    worst_query: float
    worst_plausible: float
    aggregate_risk: float
    worst_evaluated: float
    sentence: str

    def alarm(self, limit: float) -> Alarm:
        """Raise when the forecast, or what was evaluated, is not below `limit`."""
        highest = max(self.worst_query, self.worst_plausible, self.worst_evaluated)
        return Alarm.SILENT if highest < limit else Alarm.RAISED


@dataclass(frozen=True, slots=True, kw_only=True)
class TailBackTest:
    """Forecasts from random tenths of the queries of the worst query among the rest.

    Of `trials`, `fitted` gave a forecast; `hits` of these were within a factor of ten of the worst
    query, and `short` lower by more than that.
    """

    trials: int
    fitted: int
    hits: int
    short: int


def elicitation_score(probability: float) -> float:
    """Score -ln(-ln p) of an elicitation probability.

    Raises:
        ValueError: unless 0 < p < 1.
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"`probability` must lie strictly between 0 and 1, not `{probability!r}`")
    return -math.log(-math.log(probability))


def probability_of_score(score: float) -> float:
    """Elicitation probability with a given score: exp(-exp(-score))."""
    return math.exp(-math.exp(min(-score, 700.0)))


def fit_tail(probabilities: Sequence[float], top: int = TOP) -> Tail | Refused:
    """Fit the tail of elicitation probabilities, or say why the data do not support it.

    Raises:
        ValueError: for a probability outside [0, 1] or `top` below 2.
    """
    if require_count("top", top) < 2:
        raise ValueError("a line needs at least two scores")
    for value in probabilities:
        require_probability("probability", value)
    family, m = "extreme-value tail", len(probabilities)
    if m < _LEAST_PER_TOP * top:
        return Refused(family, f"{m} queries are fewer than the {_LEAST_PER_TOP * top} needed")
    largest = sorted(probabilities, reverse=True)[: top + 1]
    if largest[0] == 1.0:
        return Refused(family, "some query elicits with certainty, so nothing is left to forecast")
    if largest[top] == 0.0:
        return Refused(family, f"fewer than {top + 1} queries have a probability above zero")
    if largest[0] == largest[top - 1]:
        return Refused(family, f"the {top} largest probabilities are equal, so there is no tail")
    scores = [elicitation_score(value) for value in largest]
    slope, intercept = line_through_tail(scores[:top], m)
    return Tail(
        queries=m,
        top=top,
        slope=slope,
        intercept=intercept,
        threshold=scores[top],
        mean_excess=math.fsum(score - scores[top] for score in scores[:top]) / top,
        mean_probability=math.fsum(probabilities) / m,
        worst=largest[0],
    )


def line_through_tail(scores: Sequence[float], queries: int) -> tuple[float, float]:
    """Slope and intercept of ln(rank / queries) on the given largest scores, in falling order.

    Raises:
        ValueError: for fewer than two scores, or scores that do not fall.
    """
    if len(scores) < 2 or any(a < b for a, b in pairwise(scores)) or scores[0] == scores[-1]:
        raise ValueError("a line needs at least two different scores in falling order")
    return least_squares([(x, math.log((i + 1) / queries)) for i, x in enumerate(scores)])


def worst_query(tail: Tail, queries: int) -> float:
    """Forecast of the largest elicitation probability among `queries` future queries.

    Raises:
        ValueError: without a query.
    """
    _require_queries(queries)
    return probability_of_score((-math.log(queries) - tail.intercept) / tail.slope)


def behaviour_frequency(tail: Tail, probability: float) -> float:
    """Forecast share of future queries whose elicitation probability exceeds `probability`.

    Raises:
        ValueError: unless 0 < p < 1.
    """
    score = elicitation_score(probability)
    return min(1.0, math.exp(min(0.0, tail.slope * score + tail.intercept)))


def worst_plausible(tail: Tail, queries: int, confidence: float = 0.95) -> float:
    """What the worst of `queries` future queries stays below, if the tail goes on as it began.

    The share above the threshold u has a gamma distribution given the data, the scale of the tail
    an inverse gamma one, and the worst of n a Gumbel one. Integrated over the first and the last,
    P(worst score <= x | scale s) = (1 + n/m exp(-(x - u)/s))^-k; the scale is integrated
    numerically.

    Raises:
        ValueError: without a query or for a confidence outside (0, 1).
    """
    _require_queries(queries)
    require_confidence(confidence)
    k, ratio = tail.top, queries / tail.queries
    # Gamma(k) at equal steps of its logarithm, wide enough for every k >= 2.
    reach = 12.0 / math.sqrt(k)
    nodes = [k * math.exp(reach * (step / _NODES - 0.7)) for step in range(_NODES + 1)]
    weights = [math.exp(k * math.log(g / k) - (g - k)) for g in nodes]
    total = math.fsum(weights)

    def below(score: float) -> float:
        excess = (score - tail.threshold) / (k * tail.mean_excess)
        parts = (
            w * math.exp(-k * math.log1p(ratio * math.exp(-excess * g)))
            for g, w in zip(nodes, weights, strict=True)
        )
        return math.fsum(parts) / total

    low, high = tail.threshold, tail.threshold + tail.mean_excess
    while below(high) < confidence:
        low, high = high, high + 2.0 * (high - tail.threshold)
    for _ in range(60):
        score = 0.5 * (low + high)
        low, high = (score, high) if below(score) < confidence else (low, score)
    return probability_of_score(high)


def forecast_deployment(
    probabilities: Sequence[float], queries: int, top: int = TOP
) -> DeploymentForecast | Refused:
    """Forecast what `queries` future queries would bring, from those evaluated.

    Raises:
        ValueError: for a probability outside [0, 1], `top` below 2 or no future query.
    """
    _require_queries(queries)
    tail = fit_tail(probabilities, top)
    if isinstance(tail, Refused):
        return tail
    return DeploymentForecast(
        queries=queries,
        worst_query=worst_query(tail, queries),
        worst_plausible=worst_plausible(tail, queries),
        aggregate_risk=-math.expm1(queries * math.log1p(-tail.mean_probability)),
        worst_evaluated=tail.worst,
        sentence=model_free_sentence(tail.queries),
    )


def back_test_tail(
    probabilities: Sequence[float], seed: int, trials: int = 20, top: int = TOP
) -> TailBackTest | Refused:
    """Forecast from a random tenth of the queries the worst among the others, `trials` times.

    The tenth is drawn by SHA-256 from `seed`, so that anyone can draw it again.

    Raises:
        ValueError: for a probability outside [0, 1], a negative seed or no trial.
    """
    require_count("seed", seed)
    if require_count("trials", trials) == 0:
        raise ValueError("a back-test needs at least one trial")
    drawn = len(probabilities) // 10
    if drawn < _LEAST_PER_TOP * top:
        return Refused("back-test", f"a tenth of {len(probabilities)} queries is too few to fit")
    fitted = hits = short = 0
    for trial in range(trials):
        order = random_order(f"{seed}/{trial}", len(probabilities))
        tail = fit_tail([probabilities[i] for i in order[:drawn]], top)
        if isinstance(tail, Refused):
            continue
        worst = max(probabilities[i] for i in order[drawn:])
        forecast = worst_query(tail, len(order) - drawn)
        fitted += 1
        hits += 0.1 * worst <= forecast <= 10.0 * worst
        short += forecast < 0.1 * worst
    return TailBackTest(trials=trials, fitted=fitted, hits=hits, short=short)


def _require_queries(queries: int) -> None:
    if require_count("queries", queries) == 0:
        raise ValueError("a forecast needs at least one future query")
