"""Score limits and tests for one pair of outcomes a scenario.

Discordant pairs carry the evidence, and after a good safeguard there are few of them; score
intervals keep their coverage there where Wald and bootstrap intervals lose it.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from shipworthy.statistics.counts import require_confidence
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.paired.table import PairedTable, paired_with_unassessed
from shipworthy.statistics.special import binomial_cdf, binomial_pmf, normal_ppf


def mcnemar_exact(table: PairedTable) -> float:
    """Two-sided exact p-value for equal rates before and after.

    Conditional on the discordant pairs, which are binomial at one half under equality. The error
    level is guaranteed. Without discordant pairs the p-value is one.
    """
    fewer, discordant = _discordant(table)
    return min(1.0, 2.0 * binomial_cdf(fewer, discordant, 0.5))


def mcnemar_midp(table: PairedTable) -> float:
    """Two-sided mid-p value for equal rates before and after.

    Counts the observed table half (Fagerland, Lydersen and Laake 2013, BMC Med Res Methodol 13:91).
    More powerful than the exact test; holds its level in practice, not by proof.
    """
    fewer, discordant = _discordant(table)
    doubled = 2.0 * binomial_cdf(fewer, discordant, 0.5)
    return min(1.0, doubled - binomial_pmf(fewer, discordant, 0.5))


def tango_interval(table: PairedTable, confidence: float) -> Interval:
    """Two-sided score interval for the rate before minus the rate after.

    Tango (1998), Statistics in Medicine 17:891, with the restricted estimate in closed form.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any pair.
    """
    require_confidence(confidence)
    z = normal_ppf(0.5 + 0.5 * confidence)
    observed = table.difference
    mirrored = replace(table, before_only=table.after_only, after_only=table.before_only)
    return Interval(
        lower=-_tango_upper(mirrored, z) if observed > -1.0 else -1.0,
        upper=_tango_upper(table, z) if observed < 1.0 else 1.0,
        confidence=confidence,
    )


def tango_interval_with_unassessed(
    table: PairedTable, unassessed_pairs: int, confidence: float
) -> Interval:
    """Tango interval whose limits each take the unassessed pairs at their worst.

    Raises:
        ValueError: for a negative count or a confidence outside (0, 1).
        NoEvidence: without any pair, assessed or not.
    """
    cases = paired_with_unassessed(table, unassessed_pairs)
    return Interval(
        lower=tango_interval(cases.least_reduction, confidence).lower,
        upper=tango_interval(cases.most_reduction, confidence).upper,
        confidence=confidence,
    )


def relative_reduction_upper(table: PairedTable, confidence: float) -> float | None:
    """Upper limit of the rate after divided by the rate before, one-sided at `confidence`.

    The score limit for paired rates (Nam and Blackwelder 2002, Tang, Tang and Chan 2003, both in
    Statistics in Medicine). A limit of 0.1 reads "reduced at least tenfold"; it may exceed one, and
    is positive even when nothing succeeded afterwards.

    Returns:
        The limit, or None when nothing succeeded before: a ratio to zero cannot be estimated.

    Raises:
        ValueError: for a confidence outside (0.5, 1).
        NoEvidence: without any pair.
    """
    require_confidence(confidence, above=0.5)
    table.require_pairs()
    before = table.both + table.before_only
    after = table.both + table.after_only
    if before == 0:
        return None
    z = normal_ppf(confidence)

    def inside(ratio: float) -> bool:
        return after - ratio * before + z * math.sqrt(_ratio_variance(table, ratio)) >= 0.0

    beyond = max(1.0, 2.0 * after / before)
    while inside(beyond):
        beyond *= 2.0
    return _last_inside(inside, after / before, beyond)


def _discordant(table: PairedTable) -> tuple[int, int]:
    fewer = min(table.before_only, table.after_only)
    return fewer, table.before_only + table.after_only


def _tango_upper(table: PairedTable, z: float) -> float:
    n, b, c = table.pairs, table.before_only, table.after_only

    def inside(difference: float) -> bool:
        linear = (2 * n - b + c) * difference - b - c
        constant = -c * difference * (1.0 - difference)
        only_after = _larger_root(2.0 * n, linear, constant)
        variance = n * (2.0 * only_after + difference * (1.0 - difference))
        return b - c - n * difference + z * math.sqrt(max(0.0, variance)) >= 0.0

    return _last_inside(inside, table.difference, 1.0)


def _ratio_variance(table: PairedTable, ratio: float) -> float:
    """Variance of x_after - ratio * x_before, at the estimate restricted to that ratio."""
    n, b = table.pairs, table.before_only
    before, after = table.both + b, table.both + table.after_only
    touched = after + b
    square = n * (1.0 + ratio)
    linear = before * ratio**2 - (after + 2 * b)
    constant = b * (1.0 - ratio) * touched / n
    only_before = _larger_root(square, linear, constant)
    return max(0.0, square * only_before + touched * (ratio - 1.0))


def _larger_root(square: float, linear: float, constant: float) -> float:
    """Larger root of square * q^2 + linear * q + constant, in the form that does not cancel."""
    root = math.sqrt(max(0.0, linear * linear - 4.0 * square * constant))
    if linear <= 0.0:
        return (root - linear) / (2.0 * square)
    return -2.0 * constant / (root + linear)


def _last_inside(inside: Callable[[float], bool], within: float, beyond: float) -> float:
    """Bisect to the last value of [within, beyond] that a score test does not reject."""
    while True:
        middle = 0.5 * (within + beyond)
        if not within < middle < beyond:
            return beyond
        within, beyond = (middle, beyond) if inside(middle) else (within, middle)
