"""The score limit of a ratio of paired rates, with the restricted estimate by its multiplier.

Under `rate after = r * rate before` the likeliest probabilities of the four cells are
n_i / (n (1 + m d_i)) with d = 1 - r, -r, 1, 0 for both, before only, after only, neither; m is the
Lagrange multiplier for which they average d to 0. A cell without a count takes what is missing.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

from shipworthy_verify.statistics import bisect

Cells = tuple[int, int, int, int]
"""Scenarios with the event in both arms, before only, after only, in neither."""


def ratio_upper(cells: Cells, confidence: float) -> float | None:
    """Return the upper limit of (rate after) / (rate before); nothing without an event before.

    It is one-sided at the level of each end of a two-sided interval at `confidence`.
    """
    both, before_only, after_only, _ = cells
    before, after = both + before_only, both + after_only
    if before == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)

    def excess(ratio: float) -> float:
        return ratio * before - after - z * math.sqrt(_variance(cells, ratio))

    return bisect(excess, after / before, _beyond(excess, after / before))


def _beyond(excess: Callable[[float], float], start: float) -> float:
    end = max(1.0, 2 * start)
    while excess(end) < 0:
        end *= 2
    return end


def _variance(cells: Cells, ratio: float) -> float:
    """Return n times the mean of d^2 at the restricted estimate."""
    both, before_only, after_only, _ = cells
    n = sum(cells)

    def balance(multiplier: float) -> float:
        return (
            ratio * before_only / (1 - multiplier * ratio)
            - both * (1 - ratio) / (1 + multiplier * (1 - ratio))
            - after_only / (1 + multiplier)
        )

    multiplier = bisect(balance, -1.0, 1 / ratio)
    p_both = both / (n * (1 + multiplier * (1 - ratio)))
    p_before = before_only / (n * (1 - multiplier * ratio))
    p_after = max(0.0, ratio * (p_both + p_before) - p_both)
    if not before_only:
        p_after = after_only / (n * (1 + multiplier)) if after_only else p_after
        p_before = max(0.0, (p_both + p_after) / ratio - p_both)
    return n * (p_both * (1 - ratio) ** 2 + p_before * ratio**2 + p_after)
