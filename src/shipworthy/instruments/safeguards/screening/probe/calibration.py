"""A threshold with a promise: how much harm the screen may miss, how much traffic it may delegate.

Learn-then-Test with a fixed sequence (Angelopoulos et al., 2021): the thresholds are fixed before
the data is seen, ordered from the safest. Each is tested for "misses more than `miss_rate`" with
the exact binomial bound (Clopper and Pearson, 1934), and the first that cannot be ruled out ends
the sequence. So the chance that the threshold found breaks its promise is at most half of what
`confidence` leaves; the other half goes to one test of the budget on harmless texts, at that
threshold. Both hold for traffic that is drawn as the calibration data was, and for no other.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from shipworthy.instruments.safeguards.options import proportion
from shipworthy.kernel import Record, decimal_string
from shipworthy.statistics import clopper_pearson_upper

GRID: Final = range(-20_000, 20_001, 5)
"""The thresholds that are tried, safest first; a score at or above one crosses it."""


class Promise(Record, frozen=True, kw_only=True):
    """What is asked of a threshold; decimal strings strictly between 0 and 1.

    Attributes:
        miss_rate: largest share of harmful exchanges that may stay below the threshold.
        budget: largest share of harmless exchanges that may cross it.
        confidence: with which both hold.
    """

    miss_rate: str = "0.02"
    budget: str = "0.10"
    confidence: str = "0.95"

    def __post_init__(self) -> None:
        for name in ("miss_rate", "budget", "confidence"):
            proportion(getattr(self, name), name)


class Calibration(Record, frozen=True, kw_only=True):
    """What labelled data says about a promise.

    Attributes:
        promise: what was asked.
        threshold: the highest that keeps `miss_rate`, or None where the data supports none.
        harmful: harmful texts.
        missed: of these below the threshold.
        missed_at_most: upper bound of the rate of misses, a decimal string.
        harmless: harmless texts.
        crossed: of these at or above the threshold.
        crossed_at_most: upper bound of the rate of crossings, a decimal string.
        shortfall: why the data does not support the promise, or nothing.
    """

    promise: Promise
    threshold: int | None
    harmful: int
    missed: int
    missed_at_most: str
    harmless: int
    crossed: int
    crossed_at_most: str
    shortfall: str

    @property
    def entries(self) -> dict[str, str]:
        """The entries of a card."""
        return {
            "promise.miss-rate": self.promise.miss_rate,
            "promise.budget": self.promise.budget,
            "promise.confidence": self.promise.confidence,
            "promise.supported": self.shortfall or "yes",
            "threshold": "none" if self.threshold is None else str(self.threshold),
            "threshold.missed": f"{self.missed}/{self.harmful}, at most {self.missed_at_most}",
            "threshold.crossed": f"{self.crossed}/{self.harmless}, at most {self.crossed_at_most}",
        }


def calibrate(harmful: Sequence[int], harmless: Sequence[int], promise: Promise) -> Calibration:
    """Choose the threshold for scores of labelled texts.

    Texts of one label should be independent of each other: near copies make a bound too narrow.
    """
    low, high = sorted(harmful), sorted(harmless)
    alpha = (1.0 - float(promise.confidence)) / 2.0
    allowed = _most_misses(len(low), float(promise.miss_rate), alpha)
    if allowed is None:
        return _judged(low, high, None, promise)
    # The sequence ends where `allowed` + 1 harmful texts lie below the candidate.
    within = bisect_right(GRID, low[allowed])
    return _judged(low, high, GRID[within - 1] if within else None, promise)


def least_harmful(promise: Promise) -> int:
    """Return how many harmful texts it takes to support a promise when none is missed."""
    alpha = (1.0 - float(promise.confidence)) / 2.0
    return math.ceil(math.log(alpha) / math.log1p(-float(promise.miss_rate)))


def _most_misses(count: int, miss_rate: float, alpha: float) -> int | None:
    """Return the most misses among `count` whose bound stays within the rate; None for not even 0.

    The bound rises with the misses, so testing candidates in order ends where this says.
    """
    if not count or clopper_pearson_upper(0, count, alpha) > miss_rate:
        return None
    within, beyond = 0, count
    while beyond - within > 1:
        middle = (within + beyond) // 2
        if clopper_pearson_upper(middle, count, alpha) <= miss_rate:
            within = middle
        else:
            beyond = middle
    return within


def _judged(
    low: list[int], high: list[int], threshold: int | None, promise: Promise
) -> Calibration:
    alpha = (1.0 - float(promise.confidence)) / 2.0
    missed = 0 if threshold is None else bisect_left(low, threshold)
    crossed = len(high) if threshold is None else len(high) - bisect_left(high, threshold)
    missed_at_most = clopper_pearson_upper(missed, len(low), alpha) if low else 1.0
    crossed_at_most = clopper_pearson_upper(crossed, len(high), alpha) if high else 1.0
    shortfall = ""
    if threshold is None:
        shortfall = (
            f"no threshold keeps it: {len(low)} harmful texts, and it takes at least "
            f"{least_harmful(promise)} of which none is missed"
        )
    elif crossed_at_most > float(promise.budget):
        shortfall = (
            f"the threshold that misses few enough lets {crossed} of {len(high)} harmless texts "
            f"cross, which may be {_up(crossed_at_most)} of them"
        )
    return Calibration(
        promise=promise,
        threshold=threshold,
        harmful=len(low),
        missed=missed,
        missed_at_most=_up(missed_at_most),
        harmless=len(high),
        crossed=crossed,
        crossed_at_most=_up(crossed_at_most),
        shortfall=shortfall,
    )


def _up(value: float) -> str:
    return decimal_string(value, "up", places=4)
