"""Intervals and tests that other reports print, for reading and recomputing those reports.

None of them decides anything here. Wilson, Newcombe and Bonett-Price intervals are good in most
places and guarantee nothing; Wald's has no width without discordant pairs, and `Interval` then
refuses it; the chi-square tests of McNemar are asymptotic. Jeffreys limits are right on average.
"""

import math

from shipworthy.statistics.counts import NoEvidence, require_confidence, require_share
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.paired.table import PairedTable
from shipworthy.statistics.special import beta_isf, beta_ppf, normal_ppf


def wilson(successes: int, attempts: int, confidence: float) -> Interval:
    """Two-sided score interval of one rate (Wilson 1927; Newcombe 1998, Stat Med 17:857).

    Raises:
        ValueError: for impossible counts or a confidence outside (0, 1).
        NoEvidence: without an attempt.
    """
    _require(successes, attempts, confidence)
    lower, upper = _wilson(successes, attempts, normal_ppf(0.5 + 0.5 * confidence))
    return Interval(max(0.0, lower), min(1.0, upper), confidence)


def jeffreys(successes: int, attempts: int, confidence: float) -> Interval:
    """Two-sided interval from Jeffreys' prior, closed at 0 and 1 where nothing or all succeeded.

    Raises:
        ValueError: for impossible counts or a confidence outside (0, 1).
        NoEvidence: without an attempt.
    """
    _require(successes, attempts, confidence)
    tail = 0.5 * (1.0 - confidence)
    a, b = successes + 0.5, attempts - successes + 0.5
    return Interval(
        lower=beta_ppf(tail, a, b) if successes else 0.0,
        upper=beta_isf(tail, a, b) if successes < attempts else 1.0,
        confidence=confidence,
    )


def mcnemar_chi_square(table: PairedTable, *, corrected: bool) -> tuple[float, float]:
    """McNemar's chi-square statistic and p-value, with or without Edwards' continuity correction.

    Raises:
        NoEvidence: without a discordant pair.
    """
    b, c = table.before_only, table.after_only
    if b + c == 0:
        raise NoEvidence("without discordant pairs the statistic is not defined")
    excess = max(0, abs(b - c) - 1) if corrected else abs(b - c)
    statistic = excess**2 / (b + c)
    return statistic, math.erfc(math.sqrt(0.5 * statistic))


def wald_difference(table: PairedTable, confidence: float) -> Interval:
    """Two-sided Wald interval for the rate before minus the rate after.

    Raises:
        ValueError: for a confidence outside (0, 1), or where the interval has no width.
        NoEvidence: without any pair.
    """
    require_confidence(confidence)
    n, b, c = table.require_pairs(), table.before_only, table.after_only
    error = math.sqrt(b + c - (b - c) ** 2 / n) / n
    return _around(table.difference, normal_ppf(0.5 + 0.5 * confidence) * error, confidence)


def bonett_price(table: PairedTable, confidence: float) -> Interval:
    """Two-sided adjusted Wald interval for the rate before minus the rate after.

    Bonett and Price (2012), Stat Methods Med Res 21:479: one added to each discordant cell.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any pair.
    """
    require_confidence(confidence)
    n = table.require_pairs() + 2
    before, after = (table.before_only + 1) / n, (table.after_only + 1) / n
    error = math.sqrt((before + after - (before - after) ** 2) / n)
    return _around(before - after, normal_ppf(0.5 + 0.5 * confidence) * error, confidence)


def newcombe_difference(table: PairedTable, confidence: float) -> Interval:
    """Two-sided interval for the rate before minus the rate after, from two Wilson intervals.

    Newcombe (1998), Stat Med 17:2635, method 10 (with the correction of the correlation).

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any pair.
    """
    require_confidence(confidence)
    n, z = table.require_pairs(), normal_ppf(0.5 + 0.5 * confidence)
    before, after = table.both + table.before_only, table.both + table.after_only
    p1, p2 = before / n, after / n
    low1, high1 = _wilson(before, n, z)
    low2, high2 = _wilson(after, n, z)
    phi = _corrected_correlation(table)
    below = _joint(p1 - low1, high2 - p2, phi)
    above = _joint(high1 - p1, p2 - low2, phi)
    return Interval(table.difference - below, table.difference + above, confidence)


def _require(successes: int, attempts: int, confidence: float) -> None:
    require_share(successes, attempts)
    require_confidence(confidence)
    if attempts == 0:
        raise NoEvidence("no attempt was made, so the rate has no limit")


def _wilson(successes: int, attempts: int, z: float) -> tuple[float, float]:
    p, square = successes / attempts, z * z / attempts
    centre = (p + 0.5 * square) / (1.0 + square)
    half = z * math.sqrt(p * (1.0 - p) / attempts + 0.25 * square / attempts) / (1.0 + square)
    return centre - half, centre + half


def _corrected_correlation(table: PairedTable) -> float:
    a, b, c, d = table.both, table.before_only, table.after_only, table.neither
    product = (a + b) * (c + d) * (a + c) * (b + d)
    if product == 0:
        return 0.0
    excess = float(a * d - b * c)
    if excess > 0.0:
        excess = max(excess - 0.5 * table.pairs, 0.0)
    return excess / math.sqrt(product)


def _joint(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one**2 - 2.0 * phi * one * other + other**2))


def _around(centre: float, reach: float, confidence: float) -> Interval:
    return Interval(max(-1.0, centre - reach), min(1.0, centre + reach), confidence)
