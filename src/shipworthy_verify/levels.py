"""Error levels of a plan, as exact fractions."""

from fractions import Fraction

from shipworthy_verify.reading import Json


def alpha(plan: Json) -> Fraction:
    """Return the level of every bound that is stated."""
    return Fraction(plan["alpha"])


def gate_alpha(plan: Json) -> Fraction:
    """Return the level of the bounds that support a go."""
    return alpha(plan)


def rate_alpha(plan: Json) -> Fraction:
    """Return what the judge leaves of the gate's level: four fifths, rounded down to 12 digits."""
    return rounded_down(gate_alpha(plan) * 4 / 5)


def rounded_down(value: Fraction, digits: int = 12) -> Fraction:
    """Cut a positive number off after so many digits."""
    return Fraction(value * 10**digits // 1, 10**digits)
