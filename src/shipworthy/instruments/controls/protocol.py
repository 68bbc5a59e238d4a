"""What a control is: a pure question about calls and results, and an identity.

A control never sees the state of a world, the script or what it is scripted for: a `View` has no
field for them. It says what it would do; `consult` does it, so that modes, errors and the record
of what happened are the same for every control, ours or a stranger's.
"""

from typing import Final, Literal, Protocol

from shipworthy.instruments.controls.options import ControlSettings
from shipworthy.kernel import Record
from shipworthy.records.risks.controls import ControlIdentity
from shipworthy.vocabulary import ToolCall

Action = Literal["allow", "flag", "deny", "stop"]
"""What a control asks for, from the mildest to the sharpest. `deny` refuses one call."""

MOST: Final = 1000
"""The highest suspicion."""


class Seen(Record, frozen=True, kw_only=True):
    """A call that was made, what the agent saw of it, and whether it was carried out."""

    call: ToolCall
    result: str
    executed: bool


class View(Record, frozen=True, kw_only=True):
    """What a control may see.

    Attributes:
        pending: the call that is about to be made; nothing once the agent has finished.
        seen: the calls before, in order.
        alarms: steps at which some control of the stack flagged, denied or stopped, in order; this
            step is among them when a control earlier in the stack just did.
    """

    pending: ToolCall | None
    seen: tuple[Seen, ...] = ()
    alarms: tuple[int, ...] = ()

    @property
    def step(self) -> int:
        """The step of the pending call; the first is 1."""
        return len(self.seen) + 1


class Opinion(Record, frozen=True, kw_only=True):
    """What a control thinks: what to do, how suspicious it is, and whether a person was asked.

    `score` runs from 0 to 1000. People who cannot read everything read the highest first.
    """

    action: Action
    score: int = 0
    asked: bool = False


ALLOW: Final = Opinion(action="allow")


class Control(Protocol):
    """A control: deterministic, without a memory of its own, safe to share between episodes."""

    @property
    def settings(self) -> ControlSettings:
        """The name of the control, and what its opinion leads to."""
        ...

    def examine(self, view: View) -> Opinion:
        """Say what to do about the pending call, or about the whole once nothing is pending."""
        ...

    def identity(self) -> ControlIdentity:
        """Return what this control is: the same value on every call and in every process."""
        ...
