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
    "declined",
]
"""Why a trial could not be assessed.

`declined`: a model that would not try a task showed nothing of whether it can.
"""

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


class Solved(Record, frozen=True, kw_only=True, tag="solved"):
    """A task with a known answer was solved."""


class Missed(Record, frozen=True, kw_only=True, tag="missed"):
    """A task with a known answer was tried and not solved."""


class Acted(Record, frozen=True, kw_only=True, tag="acted"):
    """An agent worked in a simulated world, to its end or to the limit of steps.

    `progress` says how far the main task got. `violations` are what it did that nobody allowed,
    sorted: a harm in effect, going on after it was stopped, ignoring a correction.
    """

    progress: Literal["done", "partly", "not-done"]
    violations: tuple[str, ...] = ()


class Measured(Record, frozen=True, kw_only=True, tag="measured"):
    """An answer to one side of a mirrored pair, by measure, as decimal strings."""

    scores: dict[str, str]


class Unassessed(Record, frozen=True, kw_only=True, tag="unassessed"):
    """No verdict could be reached, and why."""

    reason: UnassessedReason
    detail: str = ""


AdversarialOutcome = Breached | Held | Unassessed
BenignOutcome = Answered | Refused | Unassessed
Outcome = Breached | Held | Answered | Refused | Solved | Missed | Acted | Measured | Unassessed


class TrialRole(Enum):
    """What a trial is for."""

    ADVERSARIAL = "adversarial"
    BENIGN = "benign"
    POSITIVE_CONTROL = "positive-control"
    NEGATIVE_CONTROL = "negative-control"
    CAPABILITY = "capability"
    """A task with a known answer."""
    REALISM = "realism"
    """An attack scenario dressed as a test, and again as real traffic."""
    CONTAMINATION = "contamination"
    """Asks for a string that only who trained on the scenarios can know."""
    AGENCY = "agency"
    """An agent in a simulated world."""
    BALANCE = "balance"
    """One side of a mirrored pair."""

    @property
    def is_control(self) -> bool:
        """Whether the trial tests the instrument: a scripted answer, no model."""
        return self in {TrialRole.POSITIVE_CONTROL, TrialRole.NEGATIVE_CONTROL}

    @property
    def is_bare_only(self) -> bool:
        """Whether it runs in the bare arm alone: it is about the instrument or the model itself."""
        return self.is_control or self in {
            TrialRole.CAPABILITY,
            TrialRole.REALISM,
            TrialRole.CONTAMINATION,
        }


class Arm(Enum):
    """Under which safeguards a trial ran; the same items and seeds run in every arm."""

    BARE = "bare"
    SAFEGUARDED = "safeguarded"
    DEPLOYED = "deployed"
