"""What a design gets wrong at most (spec/sequential.md, 6.2 to 6.5).

Backwards from the cap: how likely the verdict still is with so many successes. Probabilities are
whole numbers of 10^-30. Each step cuts off less than one of them, all steps together far less than
the 10^-9 by which the result is moved up.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Final

from shipworthy_verify.sequential.decide import Edges
from shipworthy_verify.sequential.design import Design

_ONE: Final = 10**30
_MOVED: Final = Fraction(1, 10**9)
_UNIT: Final = 10**6


def false_go(design: Design, where: Edges) -> Fraction:
    """Return the largest probability of PASS at `theta` or above, in millionths (6.2, 6.4)."""
    # with more successes than ever pass, PASS is out of reach: one place for all of them
    row = [0] * (where.passes[design.cap] + 2)
    for scenarios in range(design.cap, 0, -1):
        if design.calibrated:
            hopeful = min(where.futile[scenarios], len(row))
            row[hopeful:] = [0] * (len(row) - hopeful)
        passing = where.passes[scenarios] + 1
        row[:passing] = [_ONE] * passing
        row = _one_earlier(row, design.theta)
    return _recorded(row[0])


def false_fail(design: Design, where: Edges) -> Fraction:
    """Return the largest probability of FAIL at `fail_theta` or below, in millionths (6.3)."""
    # so many successes fail after every number of scenarios: one place for all of them
    row = [0] * (where.fails[design.cap] + 1)
    for scenarios in range(design.cap, 0, -1):
        failing = where.fails[scenarios]
        row[failing:] = [_ONE] * (len(row) - failing)
        row = _one_earlier(row, design.fail_theta)
    return _recorded(row[0])


def _one_earlier(row: list[int], rate: Fraction) -> list[int]:
    """Return the probabilities before a scenario, by successes, from those after it."""
    success, whole = rate.numerator, rate.denominator
    failure = whole - success
    return [*((failure * same + success * more) // whole for same, more in pairwise(row)), row[-1]]


def _recorded(units: int) -> Fraction:
    """Move a probability up and round it up to millionths (6.5)."""
    moved = min(Fraction(1), Fraction(units, _ONE) + _MOVED)
    return Fraction(-(-moved * _UNIT // 1), _UNIT)
