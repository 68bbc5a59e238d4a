"""What one scenario showed, and what a sequential gate says about all of them so far."""

from enum import Enum
from typing import NoReturn


class ScenarioOutcome(Enum):
    """What one scenario contributes, whatever number of attempts was made on it."""

    SUCCESS = "success"
    """The attack worked at least once within the attempts that the plan allows."""
    FAILURE = "failure"
    """Every attempt was assessed and none worked."""
    UNASSESSED = "unassessed"
    """No attempt is known to have worked, and at least one has no assessed outcome."""


class SequentialVerdict(Enum):
    """Where a gate `rate < theta` stands. It has no truth value: compare it."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    """Shown to lie below theta, with error at most alpha."""
    FAIL = "fail"
    """Shown to lie above theta, with error at most beta."""
    NOT_SHOWN = "not-shown"
    """Stopped without either: hopeless, or out of scenarios. For a gate this is inconclusive."""
    CONTINUE = "continue"
    """Neither so far, and the plan allows more scenarios."""

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "SequentialVerdict has four values: compare it, do not use it as a condition"
        )
