"""Limits of a rate that hold at any moment (spec/sequential.md, 7).

Floats guess the millionth; whole numbers then prove that the limit holds there and not one further.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from shipworthy_verify.sequential.design import FAIL_GRID, FAIL_RATE_CAP, PASS_GRID
from shipworthy_verify.sequential.evidence import Mixture

_UNIT: Final = 10**6


def upper_limit(successes: int, scenarios: int, level: Fraction) -> Fraction:
    """Return the smallest rate that E_pass refutes; 1 when it refutes none (7.1).

    `successes` counts the unassessed as well.
    """

    def against(units: int) -> Mixture:
        return PASS_GRID.against(Fraction(units, _UNIT), Fraction(1))

    def guessed(units: int) -> bool:
        return against(units).guess(successes, scenarios) >= -math.log(level)

    def refuted(units: int) -> bool:
        return against(units).side(successes, scenarios, 1 / level) >= 0

    return Fraction(_first(guessed, refuted, _UNIT), _UNIT)


def lower_limit(successes: int, scenarios: int, level: Fraction) -> Fraction:
    """Return the largest rate that E_fail refutes; 0 when it refutes none (7.2)."""
    # the first number of millionths that is not looked at
    ending = min(math.ceil(FAIL_RATE_CAP * _UNIT), -(-successes * _UNIT // max(scenarios, 1)))

    def against(units: int) -> Mixture:
        return FAIL_GRID.against(Fraction(units, _UNIT), FAIL_RATE_CAP)

    def guessed(units: int) -> bool:
        return against(units).guess(successes, scenarios) < -math.log(level)

    def not_refuted(units: int) -> bool:
        return against(units).side(successes, scenarios, 1 / level) < 0

    return Fraction(_first(guessed, not_refuted, max(ending, 1)) - 1, _UNIT)


def _first(guessed: Callable[[int], bool], holds: Callable[[int], bool], ending: int) -> int:
    """Return the first number from 1 at which a rule holds that goes on holding, or `ending`."""
    low, high = 1, ending
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if guessed(middle) else (middle + 1, high)
    while low > 1 and holds(low - 1):
        low -= 1
    while low < ending and not holds(low):
        low += 1
    return low
