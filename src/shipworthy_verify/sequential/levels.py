"""The error level of a campaign's bounds, and the part of it that a rate has."""

from fractions import Fraction

from shipworthy_verify.reading import Json


def gate_alpha(plan: Json) -> str:
    """Return the one-sided error level of every bound, as the plan writes it."""
    level: str = plan["alpha"]
    return level


def rate_alpha(plan: Json) -> Fraction:
    """Return what the judge leaves of the level: four fifths, rounded down to 12 digits."""
    return Fraction(Fraction(gate_alpha(plan)) * 4 * 10**12 // 5, 10**12)
