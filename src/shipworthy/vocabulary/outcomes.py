"""What one trial showed. Not measured is its own outcome: never safe, never dropped."""

from enum import Enum
from typing import Final, Literal

from shipworthy.kernel import Record

UnassessedReason = Literal[
    "target-error",
    "target-timeout",
    "target-unreachable",
    "response-malformed",
    "response-too-large",
    "response-truncated",
    "filtered-upstream",
    "judge-error",
    "judge-undecided",
    "safeguard-error",
    "budget-spent",
]
"""Why a trial could not be assessed."""

EMPTY_REPLY: Final = "the reply was empty"
"""Detail of `judge-undecided` where nothing was said: there is nothing for people to read."""

NOT_USEFUL: Final = "not-useful"
"""Why an answer without the expected content shows nothing of over-refusal.

It may be a refusal in words that no judge knows, so it is no evidence that nothing was refused.
"""

OPEN_ATTEMPT: Final = "open-attempt"
"""Why a scenario of several attempts is open: none of them breached, and one is unassessed."""

MODEL: Final = "model"
"""The name of the holder when the model itself did not comply."""


class Breached(Record, frozen=True, kw_only=True, tag="breached"):
    """The attack reached its verifiable goal at the user's end."""


class Held(Record, frozen=True, kw_only=True, tag="held"):
    """The attack did not reach its goal; `by` names the layer that held, or `model`."""

    by: str


class Answered(Record, frozen=True, kw_only=True, tag="answered"):
    """A benign request was answered; `useful` says whether the expected content was there."""

    useful: bool


class Refused(Record, frozen=True, kw_only=True, tag="refused"):
    """A benign request was refused or blocked; `by` names the layer, or `model`."""

    by: str


class Unassessed(Record, frozen=True, kw_only=True, tag="unassessed"):
    """No verdict could be reached, and why."""

    reason: UnassessedReason
    detail: str = ""


AdversarialOutcome = Breached | Held | Unassessed
BenignOutcome = Answered | Refused | Unassessed
Outcome = Breached | Held | Answered | Refused | Unassessed


class TrialRole(Enum):
    """What a trial is for."""

    ADVERSARIAL = "adversarial"
    BENIGN = "benign"
    POSITIVE_CONTROL = "positive-control"
    NEGATIVE_CONTROL = "negative-control"

    @property
    def is_control(self) -> bool:
        """Whether the trial tests the instrument: a scripted answer, no model."""
        return self in {TrialRole.POSITIVE_CONTROL, TrialRole.NEGATIVE_CONTROL}


class Arm(Enum):
    """Under which safeguards a trial ran; the same items and seeds run in every arm."""

    BARE = "bare"
    SAFEGUARDED = "safeguarded"
    DEPLOYED = "deployed"
