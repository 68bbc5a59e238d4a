"""The error level of a campaign's bounds, and the part of it that a rate has."""

from fractions import Fraction

from shipworthy_verify.reading import Json, Refused
from shipworthy_verify.rules import decimal


def gate_alpha(plan: Json) -> str:
    """Return the one-sided error level of every bound, as the plan writes it.

    Raises:
        Refused: `SV-REGISTRY-ALPHA`.
    """
    level: str = plan["submission"]["alpha"]
    read_level(level)
    return level


def read_level(text: object) -> Fraction:
    """Return an error level: a plain decimal above 0 and below one half, in one spelling.

    Raises:
        Refused: `SV-REGISTRY-ALPHA`.
    """
    level = decimal(text)
    if level is None or not 0 < level < Fraction(1, 2):
        raise Refused("SV-REGISTRY-ALPHA", f"`{str(text)[:40]}` is no error level")
    return level


def part_of(total: Fraction, number: int) -> Fraction:
    """Return the part of a question's error for a submission (sequential.md, 2.3)."""
    share = Fraction("0.60792710185402662866")
    return Fraction(total * share * 10**12 // number**2, 10**12)


def rate_alpha(plan: Json) -> Fraction:
    """Return what the judge leaves of the level: four fifths, rounded down to 12 digits."""
    return Fraction(Fraction(gate_alpha(plan)) * 4 * 10**12 // 5, 10**12)
