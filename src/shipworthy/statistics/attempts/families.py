"""How success probabilities spread over scenarios: four families, each fitted or refused.

- power law: -ln ASR@k = a k^-b (Hughes et al. 2024, "Best-of-N jailbreaking"), by least squares on
  logarithms;
- beta-binomial, and the same with a share of immune scenarios (Kazdan et al. 2025,
  arXiv 2510.05197), by maximum likelihood: ASR@K = (1 - z) (1 - B(a, b + K) / B(a, b));
- logit-normal: logits of the probabilities normal over scenarios, by maximum likelihood on a grid
  of logits 0.1 apart.

Each has been seen to be wrong on data of another family; `envelope` therefore shows them together.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import mul

from shipworthy.statistics.attempts.forecast import Predicted, Refused
from shipworthy.statistics.attempts.repeated import asr_at_k
from shipworthy.statistics.attempts.simplex import Box, Point, minimise

Tally = Mapping[tuple[int, int], int]
"""Number of scenarios by (attempts, successes)."""
Fit = Predicted | Refused

_LEAST_SCENARIOS = 20
_LEAST_WITH_SUCCESS = 3
_WALL = 0.02
_CURVE_POINTS = 12
_LOGITS = tuple(0.1 * step for step in range(-250, 121))
_BETA = Box((math.log(1e-3), math.log(1e-2)), (math.log(1e3), math.log(1e7)))
_INFLATED = Box((*_BETA.lower, -12.0), (*_BETA.upper, 12.0))
_LOGIT_NORMAL = Box((-25.0, math.log(0.25)), (12.0, math.log(12.0)))
_STARTS = ((0.3, 10.0), (0.1, 1.0), (1.0, 50.0))


def measured_curve(tally: Tally, ks: Sequence[int]) -> list[float]:
    """Mean unbiased ASR@k over the scenarios of a tally, at each of `ks`.

    Raises:
        ValueError: for a `k` above the attempts of some scenario.
    """
    scenarios = sum(tally.values())
    return [
        math.fsum(times * asr_at_k(n, c, k) for (n, c), times in tally.items()) / scenarios
        for k in ks
    ]


def power_law(tally: Tally, attempts: int) -> Fit:
    """Forecast ASR@`attempts` by the power law through the measured curve."""
    family = "power law"
    reason = _too_little(tally)
    if reason:
        return Refused(family, reason)
    least = min(n for n, _ in tally)
    ks = sorted({round(least ** (i / (_CURVE_POINTS - 1))) for i in range(_CURVE_POINTS)})
    points = [
        (math.log(k), math.log(-math.log(share)))
        for k, share in zip(ks, measured_curve(tally, ks), strict=True)
        if 0.0 < share < 1.0
    ]
    if len(points) < 3:
        return Refused(family, "fewer than three numbers of attempts give a share between 0 and 1")
    slope, intercept = least_squares(points)
    if slope >= 0.0:
        return Refused(family, "more attempts did not succeed more often")
    return Predicted(family, power_law_share(math.exp(intercept), -slope, attempts))


def beta_binomial(tally: Tally, attempts: int) -> Fit:
    """Forecast ASR@`attempts` by a beta distribution of success probabilities."""
    family = "beta-binomial"
    reason = _too_little(tally)
    if reason:
        return Refused(family, reason)
    starts = [(math.log(a), math.log(b)) for a, b in _STARTS]
    point = _fit(lambda t: _beta_cost(tally, t, 0.0), starts, _BETA, ("alpha", "beta"))
    if isinstance(point, str):
        return Refused(family, point)
    return Predicted(family, beta_share(math.exp(point[0]), math.exp(point[1]), attempts))


def inflated_beta_binomial(tally: Tally, attempts: int) -> Fit:
    """Forecast ASR@`attempts` by a beta distribution beside a share of immune scenarios."""
    family = "zero-inflated beta-binomial"
    reason = _too_little(tally)
    if not reason and all(c <= 1 for _, c in tally):
        reason = "no scenario fell twice, so immune scenarios cannot be told from rare successes"
    if not reason and all(c > 0 for _, c in tally):
        reason = "every scenario fell, so there is no sign of immune ones"
    if reason:
        return Refused(family, reason)
    starts = [(math.log(a), math.log(b), z) for a, b in _STARTS for z in (-2.0, 0.5)]

    def cost(t: Point) -> float:
        return _beta_cost(tally, t, 1.0 / (1.0 + math.exp(-t[2])))

    point = _fit(cost, starts, _INFLATED, ("alpha", "beta", "share of immune"))
    if isinstance(point, str):
        return Refused(family, point)
    immune = 1.0 / (1.0 + math.exp(-point[2]))
    share = beta_share(math.exp(point[0]), math.exp(point[1]), attempts)
    return Predicted(family, (1.0 - immune) * share)


def logit_normal(tally: Tally, attempts: int) -> Fit:
    """Forecast ASR@`attempts` by normally distributed logits of the success probabilities."""
    family = "logit-normal"
    reason = _too_little(tally)
    if reason:
        return Refused(family, reason)
    likelihoods = [(times, _logit_likelihood(n, c)) for (n, c), times in sorted(tally.items())]

    def cost(t: Point) -> float:
        weights = _logit_weights(t)
        total = math.fsum(weights)
        return -math.fsum(
            times * (scale + math.log(sum(map(mul, weights, row)) / total))
            for times, (scale, row) in likelihoods
        )

    point = _fit(cost, [(-6.0, 0.7), (-3.0, 0.0), (-10.0, 1.2)], _LOGIT_NORMAL, ("mean", "spread"))
    if isinstance(point, str):
        return Refused(family, point)
    weights = _logit_weights(point)
    shares = [-math.expm1(-attempts * _softplus(u)) for u in _LOGITS]
    # two sums rounded apart may leave a share above 1 by the last digit
    return Predicted(family, min(1.0, sum(map(mul, weights, shares)) / math.fsum(weights)))


FAMILIES: tuple[Callable[[Tally, int], Fit], ...] = (
    power_law,
    beta_binomial,
    inflated_beta_binomial,
    logit_normal,
)


def power_law_share(scale: float, exponent: float, attempts: int) -> float:
    """ASR@`attempts` where -ln ASR@k = scale * k^-exponent."""
    return math.exp(-scale * attempts**-exponent)


def beta_share(a: float, b: float, attempts: int) -> float:
    """ASR@`attempts` where success probabilities have the distribution Beta(a, b)."""
    return -math.expm1(_log_beta(a, b + attempts) - _log_beta(a, b))


def tally_of(counts: Sequence[tuple[int, int]]) -> Tally:
    """Count scenarios by (attempts, successes)."""
    return Counter(counts)


def least_squares(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and intercept of the least-squares line through at least two different abscissae."""
    size = len(points)
    x0 = math.fsum(x for x, _ in points) / size
    y0 = math.fsum(y for _, y in points) / size
    across = math.fsum((x - x0) * (y - y0) for x, y in points)
    slope = across / math.fsum((x - x0) ** 2 for x, _ in points)
    return slope, y0 - slope * x0


def _too_little(tally: Tally) -> str | None:
    scenarios = sum(tally.values())
    if scenarios < _LEAST_SCENARIOS:
        return f"{scenarios} scenarios are fewer than the {_LEAST_SCENARIOS} that a fit needs"
    if min(n for n, _ in tally) < 2:
        return "one attempt a scenario cannot show how scenarios differ"
    fallen = sum(times for (_, c), times in tally.items() if c)
    if fallen < _LEAST_WITH_SUCCESS:
        return f"{fallen} scenarios with a success are fewer than the {_LEAST_WITH_SUCCESS} needed"
    if all(c == n for n, c in tally):
        return "every attempt succeeded, so there is nothing left to forecast"
    return None


def _fit(
    cost: Callable[[Point], float], starts: Sequence[Point], box: Box, names: Sequence[str]
) -> Point | str:
    """Return the fitted parameters, or why there are none."""
    found = minimise(cost, starts, box)
    if not found.settled:
        return "the likelihood did not settle on a maximum"
    wall = box.wall(found.point, _WALL)
    if wall is not None:
        return f"the likelihood rises to the edge of the range of `{names[wall]}`"
    return found.point


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _beta_cost(tally: Tally, point: Point, immune: float) -> float:
    a, b = math.exp(point[0]), math.exp(point[1])
    base = _log_beta(a, b)
    terms = []
    for (n, c), times in tally.items():
        term = _log_beta(a + c, b + n - c) - base
        if immune > 0.0:
            share = (1.0 - immune) * math.exp(term) + (immune if c == 0 else 0.0)
            term = math.log(share) if share > 0.0 else math.log1p(-immune) + term
        terms.append(times * term)
    return -math.fsum(terms)


def _softplus(logit: float) -> float:
    """ln(1 + e^u): minus the logarithm of the probability of failure at logit u."""
    return max(logit, 0.0) + math.log1p(math.exp(-abs(logit)))


def _logit_likelihood(attempts: int, successes: int) -> tuple[float, list[float]]:
    """Logarithm of the largest likelihood on the grid, and all of them relative to it."""
    logs = [successes * u - attempts * _softplus(u) for u in _LOGITS]
    top = max(logs)
    return top, [math.exp(value - top) for value in logs]


def _logit_weights(point: Point) -> list[float]:
    mean, spread = point[0], math.exp(point[1])
    # The floor keeps a likelihood far from the mean from underflowing to zero.
    return [math.exp(-0.5 * ((u - mean) / spread) ** 2) + 1e-300 for u in _LOGITS]
