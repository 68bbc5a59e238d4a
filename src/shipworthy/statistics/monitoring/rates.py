"""Limits of a rate that hold at every moment, however often somebody looks.

Against the claim "every request, given those before it, is an event with probability at least
theta" one bets on the rates u theta, u in (0, 1), with density 1 / (2 sqrt(u)); against "at most
theta" on u > 1 with density u^(-3/2) / 2, where bets above a rate of 1 are given away. Each bet is
a likelihood ratio whose mean does not exceed its start, so the mixture reaches 1 / alpha with
probability at most alpha (Ville), under any dependence that keeps the claim. The densities are in
u and not in the rate: they serve rates of one in a million as well as large ones. Both have closed
forms in the incomplete beta function, and both are monotone in theta, so that what is not refuted
is an interval.

What a limit says where the rate moves: `rate_lower` refutes that it was that low *throughout*.
"""

import math
from collections.abc import Callable

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_count, require_share
from shipworthy.statistics.special import beta_cdf, binomial_pmf

_STEPS = 60
_LEAST = 1e-15


def log_evidence_above(events: int, requests: int, rate: float) -> float:
    """Natural logarithm of the e-value against "the rate is at most `rate`".

    Valid at every moment: stop whenever. Without an event it is minus infinity, less than the bets
    are worth then, which cannot help the claim.

    Raises:
        ValueError: for impossible counts or a rate outside (0, 1).
    """
    _require(events, requests, rate)
    if events == 0:
        return -math.inf
    tail = beta_cdf(1.0 - rate, requests - events + 1.0, events - 0.5)
    sizes = math.lgamma(requests + 1.0) - math.lgamma(requests + 0.5)
    sizes += math.lgamma(events - 0.5) - math.lgamma(events + 1.0)
    return _log_ratio(tail, binomial_pmf(events, requests, rate), sizes, 0.5 * math.log(rate))


def log_evidence_below(events: int, requests: int, rate: float) -> float:
    """Natural logarithm of the e-value against "the rate is at least `rate`".

    Raises:
        ValueError: for impossible counts or a rate outside (0, 1).
    """
    _require(events, requests, rate)
    tail = beta_cdf(rate, events + 0.5, requests - events + 1.0)
    sizes = math.lgamma(requests + 1.0) - math.lgamma(requests + 1.5)
    sizes += math.lgamma(events + 0.5) - math.lgamma(events + 1.0)
    return _log_ratio(tail, binomial_pmf(events, requests, rate), sizes, -0.5 * math.log(rate))


def rate_upper(events: int, requests: int, alpha: float) -> float:
    """Upper limit of the rate, one-sided at `alpha`, valid at every moment.

    Without an event it is near 3.6 / n at `alpha` 0.05; Clopper-Pearson, for one look, has 3 / n.
    Requests without an outcome have to be counted as events.

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: without a request.
    """
    _require_evidence(events, requests, alpha)
    if events == requests:
        return 1.0
    needed = -math.log(alpha)
    refuted = _search(
        lambda theta: log_evidence_below(events, requests, theta) >= needed,
        max(_LEAST, events / requests),
        1.0,
    )
    return refuted[1]


def rate_lower(events: int, requests: int, alpha: float) -> float:
    """Lower limit of the rate, one-sided at `alpha`, valid at every moment.

    Requests without an outcome have to be counted as no events.

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: without a request.
    """
    _require_evidence(events, requests, alpha)
    if events == 0:
        return 0.0
    needed = -math.log(alpha)
    return _search(
        lambda theta: log_evidence_above(events, requests, theta) < needed,
        _LEAST,
        min(events / requests, 1.0 - 1e-12),
    )[0]


def _search(holds: Callable[[float], bool], low: float, high: float) -> tuple[float, float]:
    """Neighbours around the smallest rate from which a monotone rule holds.

    The lower is 0 where the rule holds already at `low`. Halves the logarithm.
    """
    if holds(low):
        return 0.0, low
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        if not low < middle < high:
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high


def _log_ratio(tail: float, probability: float, sizes: float, scale: float) -> float:
    if tail == 0.0:
        return -math.inf
    if probability == 0.0:
        return math.inf
    return math.log(0.5) + scale + sizes + math.log(tail) - math.log(probability)


def _require(events: int, requests: int, rate: float) -> None:
    require_share(events, requests)
    if not 0.0 < rate < 1.0:
        raise ValueError(f"`rate` must lie strictly between 0 and 1, not `{rate!r}`")


def _require_evidence(events: int, requests: int, alpha: float) -> None:
    require_share(events, requests)
    require_alpha(alpha)
    if require_count("requests", requests) == 0:
        raise NoEvidence("there was no request, so the rate has no limit")
