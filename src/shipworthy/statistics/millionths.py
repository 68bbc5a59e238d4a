"""Clopper-Pearson limits on a grid of millionths, exact: two programs get the same digits.

Floating point does not promise the last digit. Where a limit is a claim that others recompute and
compare as text, it is defined by a comparison of whole numbers.
"""

from fractions import Fraction
from math import comb
from typing import Final

MILLION: Final = 1_000_000


def upper_millionths(successes: int, attempts: int, alpha: Fraction) -> int:
    """Return the least t for which so few successes have probability `alpha` or less at t / 10^6.

    A million (no limit) where every attempt succeeded. One-sided, level `alpha`.

    Raises:
        ValueError: not 0 <= successes <= attempts with an attempt, or alpha not between 0 and 1.
    """
    _check(successes, attempts, alpha)
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


def _check(successes: int, attempts: int, alpha: Fraction) -> None:
    if not 0 <= successes <= attempts or attempts < 1:
        raise ValueError(f"{successes} of {attempts} is no count of successes")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}, not between 0 and 1")


def _at_most(successes: int, attempts: int, millionths: int, alpha: Fraction) -> bool:
    """Say whether P(X <= successes) <= alpha for X binomial, by whole numbers alone."""
    other = MILLION - millionths
    total = sum(
        comb(attempts, count) * millionths**count * other ** (attempts - count)
        for count in range(successes + 1)
    )
    whole: int = MILLION**attempts
    return total * alpha.denominator <= alpha.numerator * whole
