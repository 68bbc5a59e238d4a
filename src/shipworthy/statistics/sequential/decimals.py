"""Probabilities as decimal strings: exact, and with one spelling for each number."""

import re
from fractions import Fraction

_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{0,11}[1-9])?")


def decimal_fraction(name: str, text: object) -> Fraction:
    """Read a decimal string in lowest form.

    Raises:
        ValueError: for a float, which is not the number it looks like, and for any other spelling
            (`0.050`, `.05`, `5e-2`), which would give one design several digests.
    """
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise ValueError(f'`{name}` must be a decimal string such as "0.05", not {text!r}')
    return Fraction(text)


def floor_decimal(value: Fraction, places: int = 12) -> str:
    """Write a positive number below 1 as a decimal string in lowest form, rounded down.

    Raises:
        ValueError: when nothing is left at that many places.
    """
    units = value.numerator * 10**places // value.denominator
    if units <= 0:
        raise ValueError(f"{value} is zero when rounded down to {places} places")
    return f"0.{units:0{places}d}".rstrip("0")


def fraction_below(name: str, text: object, below: Fraction) -> Fraction:
    """Read a decimal string strictly between 0 and `below`.

    Raises:
        ValueError: outside, or as `decimal_fraction`.
    """
    value = decimal_fraction(name, text)
    if not 0 < value < below:
        raise ValueError(f"`{name}` must lie strictly between 0 and {float(below):g}, not {text}")
    return value
