"""The measured best-of-n curve of a campaign: what n different attacks of its list bring.

A campaign tries each scenario with different attacks, dealt at random from a list, once each. Any
n of these are a random choice of n attacks of the list, so the share of choices with a breach
among them estimates without bias how many scenarios fall to n different attacks drawn at random
from the list, each tried once. Nothing is assumed of how attacks resemble each other, and what
lies beyond the attempts made is not estimated at all.
"""

from dataclasses import dataclass

from shipworthy.stages.forecasting.strata import Stratum
from shipworthy.statistics.attempts import measured_at_k
from shipworthy.statistics.bounded import MeanBound
from shipworthy.statistics.judged import miss_adjusted_upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """One-sided error levels: of the limits, and of a rate whose rest the judge's card spends."""

    alpha: float
    rate_alpha: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The share of scenarios that fall to `k` different attacks of the list.

    `upper_adjusted` is the upper limit of what people would call breaches: it allows for those
    that the judge misses, and spends the same level in all.
    """

    k: int
    bound: MeanBound
    upper_adjusted: float


def best_of_points(stratum: Stratum, levels: Levels) -> tuple[CurvePoint, ...]:
    """Return the curve for every number of attempts that was made on every scenario.

    The limits hold one `k` at a time. A domain that may have ended early has no curve.
    """
    if stratum.ends_early:
        return ()
    return tuple(_point(stratum, k, levels) for k in range(1, stratum.attempts + 1))


def _point(stratum: Stratum, k: int, levels: Levels) -> CurvePoint:
    bound = measured_at_k(stratum.scenarios, k, levels.alpha).bound
    wider = measured_at_k(stratum.scenarios, k, levels.rate_alpha).bound
    adjusted = miss_adjusted_upper(wider.upper, stratum.caught)
    return CurvePoint(k=k, bound=bound, upper_adjusted=max(adjusted, bound.upper))


def why_no_curve(stratum: Stratum) -> str:
    """Return why a stratum shows nothing of several attempts, or an empty text."""
    if stratum.ends_early:
        return (
            "the domain ends as soon as its limits are decided, so how many scenarios were tried "
            "depends on what they showed"
        )
    if stratum.attempts == 1:
        return "each scenario was tried once"
    return ""
