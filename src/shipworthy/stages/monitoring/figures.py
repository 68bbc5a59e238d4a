"""How numbers of monitoring are written: decimal strings, limits rounded away from the claim."""

from decimal import Decimal
from typing import Final, Literal

from shipworthy.kernel import decimal_string

PLACES: Final = 9
"""Digits after the point of a live rate: one in a million has three that count."""


def figure(value: float, rounding: Literal["nearest", "up", "down"]) -> str:
    """Write a rate in [0, 1]; an upper limit `up`, a lower one `down`, never beyond the ends."""
    return decimal_string(min(1.0, max(0.0, value)), rounding, PLACES)


def level_figure(value: float) -> str:
    """Write the level of a detector or an e-value: whole, rounded down, so it never flatters."""
    return format(Decimal(value).to_integral_value(rounding="ROUND_FLOOR"), "f")


def level_text(alpha: float) -> str:
    """Write a number that a person chose: the shortest decimal that reads back the same."""
    return format(Decimal(repr(alpha)), "f")
