"""Tilts that cancel in a mean: how far topics lean, each in its own direction.

The pairs of a topic are split into two halves. One says in which direction the topic leans, the
other how far it leans in that direction, and the other way about. A direction that is noise says
nothing about the other half, so the mean of these values over topics is at most the mean size of
the true tilts of halves: where its lower limit exceeds the margin, so does that size.
"""

import math
from collections.abc import Mapping, Sequence

from shipworthy.statistics.equivalence import BalanceLimits, balance

Differences = Mapping[str, Sequence[float | None]]
"""Differences of pairs by topic, None for a pair that was not assessed."""


def hidden_tilt_lower(topics: Differences, limits: BalanceLimits, alpha: float) -> float | None:
    """Lower limit at 1 - alpha of the mean size of tilts, whatever their direction.

    A pair that was not assessed counts against any tilt. None where a topic has a single pair, or
    there is a single topic.

    Raises:
        ValueError: for a difference outside [-1, 1] or a level outside (0, 0.5).
    """
    if len(topics) < 2 or any(len(pairs) < 2 for pairs in topics.values()):
        return None
    leans = {name: [_crossed(pairs)] for name, pairs in topics.items()}
    return balance(leans, limits, alpha).lower


def _crossed(pairs: Sequence[float | None]) -> float:
    halves = pairs[0::2], pairs[1::2]
    return 0.5 * (_along(halves[0], halves[1]) + _along(halves[1], halves[0]))


def _along(guide: Sequence[float | None], half: Sequence[float | None]) -> float:
    """Mean of a half in the direction that the guide points to."""
    total = math.fsum(one for one in guide if one is not None)
    direction = math.copysign(1.0, total) if total else 0.0
    return math.fsum(-1.0 if one is None else direction * one for one in half) / len(half)
