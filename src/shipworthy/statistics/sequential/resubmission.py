"""Error that a question has left when another checkpoint is submitted for it.

Submission j gets alpha * 6 / (pi^2 j^2). The sum over all j is alpha, so trying until it passes
cannot push the probability of any false go above alpha, however many checkpoints are tried.
"""

from fractions import Fraction

from shipworthy.statistics.counts import require_count
from shipworthy.statistics.sequential.decimals import floor_decimal, fraction_below

# 6 / pi^2, cut off after 20 digits: rounding down keeps the sum within alpha
_SHARE = Fraction("0.60792710185402662866")


def submission_alpha(alpha: str, submission: int) -> str:
    """The level of submission number `submission` (the first is 1), rounded down to 12 digits.

    Every submission of the same question counts, whatever it ended with, and needs scenarios that
    no earlier submission has seen.

    Raises:
        ValueError: for a level that is not a decimal string below one half, a number below 1, or
            when nothing is left at 12 digits.
    """
    level = fraction_below("alpha", alpha, Fraction(1, 2))
    if require_count("submission", submission) < 1:
        raise ValueError("the first submission has number 1")
    return floor_decimal(level * _SHARE / submission**2)
