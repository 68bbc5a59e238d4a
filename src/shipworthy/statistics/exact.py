"""Clopper-Pearson limits for independent attempts, and the sample sizes they imply.

Clopper and Pearson, Biometrika 26 (1934). The error level is guaranteed at every sample size, zero
successes included; the price is a limit somewhat wider than one that is right on average.

Floating point does not promise the last digit. Where a limit is a claim that others recompute and
compare as text, `upper_millionths` and `lower_millionths` define it by comparing whole numbers.
"""

import math
from fractions import Fraction
from typing import Final

from shipworthy.statistics.counts import (
    NoEvidence,
    require_alpha,
    require_confidence,
    require_count,
    require_share,
)
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.special import beta_isf, beta_ppf

MILLION: Final = 1_000_000


def clopper_pearson_upper(successes: int, attempts: int, alpha: float) -> float:
    """Upper limit of the success rate, one-sided at level `alpha`.

    The quantile 1 - alpha of Beta(x + 1, n - x); with zero successes 1 - alpha^(1/n).

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: with no attempts.
    """
    _require_evidence(successes, attempts, alpha)
    if successes == attempts:
        return 1.0
    if successes == 0:
        return -math.expm1(math.log(alpha) / attempts)
    return beta_isf(alpha, successes + 1.0, attempts - successes)


def clopper_pearson_lower(successes: int, attempts: int, alpha: float) -> float:
    """Lower limit of the success rate, one-sided at level `alpha`.

    The quantile alpha of Beta(x, n - x + 1); with only successes alpha^(1/n).

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: with no attempts.
    """
    _require_evidence(successes, attempts, alpha)
    if successes == 0:
        return 0.0
    if successes == attempts:
        return math.exp(math.log(alpha) / attempts)
    return beta_ppf(alpha, successes, attempts - successes + 1.0)


def clopper_pearson(successes: int, attempts: int, confidence: float) -> Interval:
    """Two-sided Clopper-Pearson interval, half of the error on each side.

    Raises:
        ValueError: for impossible counts or a confidence outside (0, 1).
        NoEvidence: with no attempts.
    """
    require_confidence(confidence)
    tail = 0.5 * (1.0 - confidence)
    return Interval(
        lower=clopper_pearson_lower(successes, attempts, tail),
        upper=clopper_pearson_upper(successes, attempts, tail),
        confidence=confidence,
    )


def zero_success_attempts(limit: float, alpha: float) -> int:
    """Fewest attempts that, without any success, show a rate below `limit` at level `alpha`.

    Raises:
        ValueError: for a limit outside (0, 1) or a level outside (0, 0.5).
    """
    return attempts_needed(0, limit, alpha)


def attempts_needed(successes: int, limit: float, alpha: float) -> int:
    """Fewest attempts that, with `successes` of them, show a rate below `limit` at level `alpha`.

    Decided by `clopper_pearson_upper` itself, so a plan and the verdict on it never disagree by a
    rounding error.

    Raises:
        ValueError: for a negative count, a limit outside (0, 1) or a level outside (0, 0.5).
    """
    require_count("successes", successes)
    require_alpha(alpha)
    if not 0.0 < limit < 1.0:
        raise ValueError(f"`limit` must lie strictly between 0 and 1, not `{limit!r}`")
    too_few, enough = successes, successes + 1
    while clopper_pearson_upper(successes, enough, alpha) >= limit:
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if clopper_pearson_upper(successes, middle, alpha) < limit:
            enough = middle
        else:
            too_few = middle
    return enough


def _require_evidence(successes: int, attempts: int, alpha: float) -> None:
    require_share(successes, attempts)
    require_alpha(alpha)
    if attempts == 0:
        raise NoEvidence("no attempt was made, so the rate has no limit")


def upper_millionths(successes: int, attempts: int, alpha: Fraction) -> int:
    """Return the least t for which so few successes have probability `alpha` or less at t / 10^6.

    A million (no limit) where every attempt succeeded. One-sided, level `alpha`.

    Raises:
        ValueError: not 0 <= successes <= attempts with an attempt, or alpha not between 0 and 1.
    """
    _check_exact(successes, attempts, alpha)
    if successes == attempts:
        return MILLION
    below, at = 0, MILLION
    while at - below > 1:
        middle = (below + at) // 2
        if _at_most(successes, attempts, middle, alpha):
            at = middle
        else:
            below = middle
    return at


def lower_millionths(successes: int, attempts: int, alpha: Fraction) -> int:
    """Return the greatest t for which so many successes have probability `alpha` or less.

    0 where nothing succeeded. One-sided, level `alpha`; limits as in `upper_millionths`.

    Raises:
        ValueError: as `upper_millionths`.
    """
    return MILLION - upper_millionths(attempts - successes, attempts, alpha)


def _check_exact(successes: int, attempts: int, alpha: Fraction) -> None:
    if not 0 <= successes <= attempts or attempts < 1:
        raise ValueError(f"{successes} of {attempts} is no count of successes")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}, not between 0 and 1")


def _at_most(successes: int, attempts: int, millionths: int, alpha: Fraction) -> bool:
    """Say whether P(X <= successes) <= alpha for X binomial, by whole numbers alone.

    Each term follows from the one before it by a division without remainder.
    """
    other = MILLION - millionths
    term: int = other**attempts
    total = term
    for count in range(successes):
        term = term * (attempts - count) * millionths // ((count + 1) * other)
        total += term
    whole: int = MILLION**attempts
    return total * alpha.denominator <= alpha.numerator * whole
