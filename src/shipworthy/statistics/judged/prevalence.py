"""Rogan and Gladen's correction of a judged rate, with its own uncertainty left where it belongs.

p = (q + Sp - 1) / (Se + Sp - 1) (Rogan and Gladen 1978, Am J Epidemiol 107:71). It holds when
sensitivity and specificity were measured on the same population, and takes them as known: limits
that only transform those of the judged rate ignore the error of the card. It serves for comparison
with published figures; bounds for gates come from `two_phase` and `card`.
"""

from dataclasses import dataclass

from shipworthy.statistics.counts import require_probability


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuality:
    """Sensitivity and specificity taken as known.

    Raises:
        ValueError: outside [0, 1], or for a judge no better than a coin: no rate follows.
    """

    sensitivity: float
    specificity: float

    def __post_init__(self) -> None:
        require_probability("sensitivity", self.sensitivity)
        require_probability("specificity", self.specificity)
        if self.sensitivity + self.specificity <= 1.0:
            raise ValueError("a judge no better than a coin tells nothing about the rate")


def corrected_rate(judged_rate: float, quality: KnownQuality) -> float:
    """Rate of true successes that gives `judged_rate`; may fall outside [0, 1] by chance.

    Raises:
        ValueError: for a judged rate outside [0, 1].
    """
    require_probability("judged_rate", judged_rate)
    youden = quality.sensitivity + quality.specificity - 1.0
    return (judged_rate + quality.specificity - 1.0) / youden


def judged_rate(rate: float, quality: KnownQuality) -> float:
    """Rate that a judge of this quality reports when the true rate is `rate`.

    Raises:
        ValueError: for a rate outside [0, 1].
    """
    require_probability("rate", rate)
    return rate * quality.sensitivity + (1.0 - rate) * (1.0 - quality.specificity)
