"""What a safeguard layer is: two pure questions and an identity, no input or output.

A layer never calls a model and never enforces anything. It says what it would do; the guard engine
does it, so that enforcement, error handling and the record of what happened are the same for every
layer, ours or a stranger's. Where a layer needs somebody dear to be asked first, it says whom and
what (`Delegated`), and whoever drives the engine asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from shipworthy.instruments.safeguards.options import Enforcement, OnError
from shipworthy.kernel import Record
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Reply, Request

Action = Literal["passed", "flagged", "withheld", "rewrote", "errored"]
"""What a layer asks for; the words of `LayerAction`."""

Side = Literal["request", "reply"]
"""Which half of an exchange a layer looks at."""


class RequestScreen(Record, frozen=True):
    """A layer's opinion of a request.

    `request` matters only when the action is `rewrote`: its messages and tools replace the
    original ones. `detail` goes into the evidence, so it must not quote what it is about.
    `on_error` matters only when the action is `errored`: what this failure means, where it is not
    what the layer's own option says.
    """

    action: Action
    request: Request
    detail: str = ""
    on_error: OnError | None = None


class ReplyScreen(Record, frozen=True):
    """A layer's opinion of a reply; `reply` matters only when the action is `rewrote`."""

    action: Action
    reply: Reply
    detail: str = ""
    on_error: OnError | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an expert thinks: `score` from 0 (harmless) to 1 (harmful); `detail` quotes nothing."""

    score: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoOpinion:
    """The expert failed or was late; `detail` names the kind of failure and quotes nothing."""

    detail: str


class Expert(Protocol):
    """Something dear that is asked about few exchanges: a classifier, a judge behind HTTP."""

    @property
    def deadline_s(self) -> float:
        """Seconds after which no opinion counts as a failure."""
        ...

    async def ask(self, question: str) -> Opinion | NoOpinion:
        """Give an opinion, or say why not; whatever it raises becomes `NoOpinion`."""
        ...


@dataclass(frozen=True, slots=True)
class Delegated:
    """A layer cannot say yet: ask the expert, then call `settle` with what it said.

    `settle` is pure and returns a screen of the side that was asked about. It is called with
    `NoOpinion` too, since what an expert's failure means may differ from rule to rule; a screen
    `errored` without an `on_error` leaves it to the layer's.
    """

    expert: Expert
    question: str
    settle: Callable[[Opinion | NoOpinion], RequestScreen | ReplyScreen]


Channel = Literal["text", "reasoning"]
"""What of an answer arrives in pieces; tool calls are looked at whole."""


class ScanFailed(Exception):  # noqa: N818 - it says what happened
    """Raised by a scan, or by `open_scan`, that failed and knows what this failure means.

    `detail` goes into the evidence, so it must not quote anything; an `on_error` outranks the
    option of the layer. Any other exception is a failure too, and means what that option says.
    """

    def __init__(self, detail: str, on_error: OnError | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.on_error = on_error


class PrefixScan(Protocol):
    """Looks at one channel of one answer while it arrives, so that its beginning may leave early.

    Laws: however a text is cut into pieces, no part of what `screen_reply` would withhold it for
    has been said to be clear; and None is said only of a beginning that `screen_reply` withholds,
    whatever follows.
    """

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        ...


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

    def screen_request(self, request: Request) -> RequestScreen | Delegated:
        """Judge a request on its way to the model."""
        ...

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen | Delegated:
        """Judge a reply to `request` (as this layer let it through) on its way to the user."""
        ...

    def identity(self) -> SafeguardIdentity:
        """Return what this layer is: the same value on every call and in every process."""
        ...


@runtime_checkable
class StreamingLayer(Protocol):
    """A layer that can look at the beginning of an answer; any other is shown it whole.

    Its `screen_reply` never rewrites: what has left cannot be changed. One that does has failed,
    whether the answer came in pieces or not, so that both are judged alike.
    """

    def open_scan(self, request: Request, channel: Channel) -> PrefixScan:
        """Begin to look at the answer to `request` (as this layer let it through)."""
        ...
