"""What a safeguard layer is: two pure questions and an identity, no input or output.

A layer never calls a model and never enforces anything. It says what it would do; `guard` does
it, so that enforcement, error handling and the record of what happened are the same for every
layer, ours or a stranger's.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Reply, Request

Action = Literal["passed", "flagged", "withheld", "rewrote", "errored"]
"""What a layer asks for; the words of `LayerAction`."""

Side = Literal["request", "reply"]
"""Which half of an exchange a layer looks at."""


@dataclass(frozen=True, slots=True)
class RequestScreen:
    """A layer's opinion of a request.

    `request` matters only when the action is `rewrote`: its messages and tools replace the
    original ones. `detail` goes into the evidence, so it must not quote what it is about.
    """

    action: Action
    request: Request
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReplyScreen:
    """A layer's opinion of a reply; `reply` matters only when the action is `rewrote`."""

    action: Action
    reply: Reply
    detail: str = ""


class Layer(Protocol):
    """One safeguard: deterministic, without side effects, safe to share between trials."""

    @property
    def enforcement(self) -> Enforcement:
        """The name of the layer and what its opinion leads to."""
        ...

    @property
    def sides(self) -> frozenset[Side]:
        """The sides that are screened; a side that is not named is never asked about."""
        ...

    def screen_request(self, request: Request) -> RequestScreen:
        """Judge a request on its way to the model."""
        ...

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen:
        """Judge a reply to `request` (as this layer let it through) on its way to the user."""
        ...

    def identity(self) -> SafeguardIdentity:
        """Return what this layer is: the same value on every call and in every process."""
        ...
