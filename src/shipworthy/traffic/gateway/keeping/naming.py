"""Names of exchanges: where the process began, and a number that only rises."""

import secrets
from collections.abc import Callable
from itertools import count


def exchange_names(prefix: str = "") -> Callable[[], str]:
    """Return a source of names, unique in a deployment.

    The prefix is random, so that two gateways, or one before and after a restart, never name two
    exchanges alike; tests give one.
    """
    begun = prefix or secrets.token_hex(8)
    numbers = count(1)

    def name() -> str:
        return f"{begun}-{next(numbers):x}"

    return name
