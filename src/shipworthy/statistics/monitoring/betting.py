"""Limits of the mean of weighted draws, by bets, whenever somebody looks.

Draw t has a value between bounds that were fixed before it, and its mean, given all before, is
theta. Against "theta is at least m" the bet 1 + b (m - value), with 0 <= b < 1 / (most - m), has
mean at most 1; so has the product, and every fixed mixture of products over b (Waudby-Smith and
Ramdas 2024, J. R. Stat. Soc. B 86:1). Half of the mixture bets parts of what a draw can lose, which
serves upper limits, where values may be far above the mean; half bets powers of two, cut off where
a draw could lose everything, which serves lower limits. Every factor rises with m, so what is
refuted is everything above a limit.

Where theta moves from draw to draw, on a course that does not depend on the draws: for a constant
b the mean of the product is prod(1 + b (m - theta_t)), which is at most 1 when the mean of the
theta_t is at least m (inequality of means). With `most` the same for all draws the cut is a
constant too. So the upper limit also holds for the mean of a moving theta, at any one look whose
number was fixed beforehand.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_alpha

PARTS = (1.0, 0.8, 0.6, 0.4, 0.25, 0.12)
"""Bets as parts of the largest one, with equal weights."""
BETS = tuple(2.0**k for k in range(-8, 13))
"""Bets as they are, with equal weights."""
RISK = 0.98
"""Largest part of the wealth that one draw may lose."""
_CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Ranged:
    """A value and bounds that were known before it was drawn; one of them may be infinite.

    Raises:
        ValueError: for a value outside its bounds.
    """

    value: float
    least: float
    most: float

    def __post_init__(self) -> None:
        slack = 1e-6 * max(1.0, abs(self.value))
        if not self.least - slack <= self.value <= self.most + slack:
            raise ValueError(f"a draw of {self.value!r} outside [{self.least!r}, {self.most!r}]")


def drawn_upper(draws: Sequence[Ranged], alpha: float) -> float:
    """Upper limit of the mean, one-sided at `alpha`, at most the least of all upper bounds.

    Raises:
        ValueError: for a level outside (0, 0.5).
        NoEvidence: without a draw.
    """
    _require(draws, alpha)
    return _limit(Counter((draw.value, draw.most) for draw in draws), alpha)


def drawn_lower(draws: Sequence[Ranged], alpha: float) -> float:
    """Lower limit of the mean, one-sided at `alpha`, at least the largest of all lower bounds.

    Raises:
        ValueError: for a level outside (0, 0.5).
        NoEvidence: without a draw.
    """
    _require(draws, alpha)
    return -_limit(Counter((-draw.value, -draw.least) for draw in draws), alpha)


def _require(draws: Sequence[Ranged], alpha: float) -> None:
    require_alpha(alpha)
    if not draws:
        raise NoEvidence("nothing was drawn, so the mean has no limit")


def _limit(counted: Counter[tuple[float, float]], alpha: float) -> float:
    rows = sorted((min(value, top), top, n) for (value, top), n in counted.items())
    needed = -math.log(alpha)
    low, high = rows[0][0], min(top for _, top, _ in rows)
    while high - low > _CLOSE:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        low, high = (low, middle) if _log_wealth(rows, middle) >= needed else (middle, high)
    return high


def _log_wealth(rows: Sequence[tuple[float, float, int]], m: float) -> float:
    """Logarithm of the wealth of the mixture."""
    cuts = [RISK / max(top - m, 1e-300) for _, top, _ in rows]
    gains = [(n, m - value) for value, _, n in rows]
    at_risk = [(n, cut * gain) for (n, gain), cut in zip(gains, cuts, strict=True)]
    least, most = min(cuts), max(cuts)
    even = -math.log(2.0 * len(PARTS))
    logs = [even + math.fsum(n * math.log1p(part * z) for n, z in at_risk) for part in PARTS[1:]]
    below = [bet for bet in BETS if bet < most]
    for bet in below:
        if bet <= least:
            grown = math.fsum(n * math.log1p(bet * gain) for n, gain in gains)
        else:
            pairs = zip(gains, cuts, strict=True)
            grown = math.fsum(n * math.log1p(min(bet, cut) * gain) for (n, gain), cut in pairs)
        logs.append(grown - math.log(2.0 * len(BETS)))
    # Beyond the largest cut all bets are cut alike: one product stands for all of them.
    alike = (len(BETS) - len(below)) / (2.0 * len(BETS)) + 0.5 / len(PARTS)
    logs.append(math.log(alike) + math.fsum(n * math.log1p(z) for n, z in at_risk))
    top = max(logs)
    return top + math.log(math.fsum(math.exp(one - top) for one in logs))
