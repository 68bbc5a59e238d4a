"""Rates too rare for any audit: confirmed flags divided by the recall that canaries measure.

Reading 2000 requests at random and finding nothing bounds a rate at 0.15 %, far above 1 in 100 000.
Instead a detector flags requests, people confirm a random part of the flagged, and known harmful
requests injected into the deployed path (canaries) show what share the detector catches:
rate = (confirmed / reviewed) * (flagged / requests) / recall.

Real attacks may be harder to catch than canaries, and more canaries make that worse, because they
narrow the interval around the wrong recall. Hence the recall discount: the recall of real attacks
is taken to be no lower than that of canaries divided by it. It is an assumption, and it is printed.
"""

from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_count, require_share
from shipworthy.statistics.exact import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.interval import Interval

DEFAULT_DISCOUNT = 1.5
"""Recall of canaries over the lowest recall of real attacks that the interval allows for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCounts:
    """What was served, flagged, reviewed and injected in one period.

    `requests` served, of which `flagged`; `reviewed` of the flagged, drawn at random, of which
    `confirmed` as harmful and `undecided`; `canaries` injected, of which `caught`. Canaries count
    neither as requests nor as flagged.

    Raises:
        ValueError: for impossible counts.
        NoEvidence: without a request, or without a canary: the recall is then unknown.
    """

    requests: int
    flagged: int
    reviewed: int
    confirmed: int
    canaries: int
    caught: int
    undecided: int = 0

    def __post_init__(self) -> None:
        require_count("undecided", self.undecided)
        require_share(self.flagged, self.requests)
        require_share(self.reviewed, self.flagged)
        require_share(self.confirmed + self.undecided, self.reviewed)
        require_share(self.caught, self.canaries)
        if self.requests == 0:
            raise NoEvidence("no request was served, so there is no rate")
        if self.canaries == 0:
            raise NoEvidence("no canary was injected, so what the detector misses is unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryRate:
    """Rate of harmful requests. `interval` has confidence 1 - 2 alpha and allows for the discount.

    `estimate` divides by the recall of canaries as it is, undecided requests counted as harmful; it
    is None when no canary was caught. `recall` is the interval of the canaries' recall at the
    levels used, before the discount.
    """

    interval: Interval
    estimate: float | None
    recall: Interval
    discount: float


def canary_rate(
    counts: CanaryCounts, alpha: float, discount: float = DEFAULT_DISCOUNT
) -> CanaryRate:
    """Bound the rate of harmful requests among those served, each side at level `alpha`.

    Upper: the upper limit of confirmed flags over the lower limit of the recall, the latter divided
    by `discount`. Lower: their lower over the recall's upper limit, without a discount. Each factor
    takes half of `alpha`.

    Raises:
        ValueError: for a level outside (0, 0.5) or a discount below 1.
    """
    require_alpha(alpha)
    if not discount >= 1.0:
        raise ValueError(f"`discount` must be at least 1, not `{discount!r}`")
    tail = 0.5 * alpha
    flags = counts.flagged / counts.requests
    harmful = counts.confirmed + counts.undecided
    most, least = flags, 0.0
    if counts.reviewed:
        most = clopper_pearson_upper(harmful, counts.reviewed, tail) * flags
        least = clopper_pearson_lower(counts.confirmed, counts.reviewed, tail) * flags
    recall = Interval(
        lower=clopper_pearson_lower(counts.caught, counts.canaries, tail),
        upper=clopper_pearson_upper(counts.caught, counts.canaries, tail),
        confidence=1.0 - alpha,
    )
    if counts.flagged == 0:
        # Nothing flagged is a count of zero among all requests, not a rate of zero.
        most = clopper_pearson_upper(0, counts.requests, tail)
    floor = recall.lower / discount
    return CanaryRate(
        interval=Interval(
            lower=min(1.0, least / recall.upper),
            upper=most / floor if most < floor else 1.0,
            confidence=1.0 - 2.0 * alpha,
        ),
        estimate=_estimate(counts, harmful, flags),
        recall=recall,
        discount=discount,
    )


def _estimate(counts: CanaryCounts, harmful: int, flags: float) -> float | None:
    if counts.caught == 0 or (counts.flagged and not counts.reviewed):
        return None
    share = harmful / counts.reviewed if counts.reviewed else 0.0
    return min(1.0, share * flags * counts.canaries / counts.caught)
