"""What counts and error levels are allowed to be, checked in one place."""

import math


class NoEvidence(Exception):  # noqa: N818 - states a fact about the data, not a fault of the caller
    """Nothing was attempted, so there is no rate to bound; a verdict on it is INCONCLUSIVE."""


def require_count(name: str, value: object) -> int:
    """Return `value` when it is a whole number of at least zero.

    Raises:
        ValueError: for anything else, true and false included.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        message = f"`{name}` must be a whole number of at least 0, not `{value!r}`"
        raise ValueError(message)
    return value


def require_share(successes: object, attempts: object) -> None:
    """Check a pair of counts.

    Raises:
        ValueError: for a negative or fractional count, or more successes than attempts.
    """
    hits = require_count("successes", successes)
    total = require_count("attempts", attempts)
    if hits > total:
        raise ValueError(f"`successes` ({hits}) cannot exceed `attempts` ({total})")


def require_alpha(alpha: float) -> None:
    """Check a one-sided error level.

    Raises:
        ValueError: outside (0, 0.5). From one half on, a limit may fall on the wrong side of the
            observed rate.
    """
    if not 0.0 < alpha < 0.5:
        raise ValueError(f"`alpha` must lie strictly between 0 and 0.5, not `{alpha!r}`")


def require_confidence(confidence: float, *, above: float = 0.0) -> None:
    """Check a confidence level.

    Raises:
        ValueError: outside (`above`, 1).
    """
    if not above < confidence < 1.0:
        raise ValueError(
            f"`confidence` must lie strictly between {above:g} and 1, not `{confidence!r}`"
        )


def require_probability(name: str, value: float) -> None:
    """Check a probability or a rate.

    Raises:
        ValueError: outside [0, 1], or not a number.
    """
    if math.isnan(value) or not 0.0 <= value <= 1.0:
        raise ValueError(f"`{name}` must lie between 0 and 1, not `{value!r}`")
