"""The answers that a comparison against a margin can have."""

from enum import Enum
from typing import NoReturn


class MarginVerdict(Enum):
    """What was shown about a difference and a margin. It has no truth value: compare it.

    "Not significantly different" is not among the answers: a test that finds nothing has shown
    nothing, and with little data it finds nothing whatever the truth.
    """

    WITHIN = "within"
    """Shown: the difference lies inside the margin."""
    BEYOND = "beyond"
    """Shown: the difference lies outside the margin."""
    NOT_SHOWN = "not-shown"
    """Neither. For a gate this is inconclusive."""

    def __bool__(self) -> NoReturn:
        raise TypeError("MarginVerdict has three values: compare it, do not use it as a condition")


def all_within(verdicts: tuple[MarginVerdict, ...]) -> MarginVerdict:
    """Verdict on a claim that holds only if it holds on every axis.

    An intersection-union test: each axis is tested at the full level and no correction is due,
    because a wrong WITHIN needs a wrong one on an axis where the margin is really exceeded. A
    BEYOND of several axes is a list of findings, whose joint level the caller has to set.

    Raises:
        ValueError: without any axis.
    """
    if not verdicts:
        raise ValueError("a claim about every axis needs at least one axis")
    if any(one is MarginVerdict.BEYOND for one in verdicts):
        return MarginVerdict.BEYOND
    if all(one is MarginVerdict.WITHIN for one in verdicts):
        return MarginVerdict.WITHIN
    return MarginVerdict.NOT_SHOWN


def against_margin(lower: float, upper: float, margin: float) -> MarginVerdict:
    """Compare limits of a difference with the open interval (-margin, margin).

    Raises:
        ValueError: for a margin outside (0, 1), or limits in the wrong order.
    """
    require_margin(margin)
    if not lower <= upper:
        raise ValueError(f"`lower` ({lower!r}) exceeds `upper` ({upper!r})")
    if -margin < lower and upper < margin:
        return MarginVerdict.WITHIN
    if lower > margin or upper < -margin:
        return MarginVerdict.BEYOND
    return MarginVerdict.NOT_SHOWN


def require_margin(margin: float) -> None:
    """Check a margin.

    Raises:
        ValueError: outside (0, 1), the range in which a margin for differences of scores says
            anything.
    """
    if not 0.0 < margin < 1.0:
        raise ValueError(f"`margin` must lie strictly between 0 and 1, not `{margin!r}`")
