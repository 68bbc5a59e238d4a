"""What a dialect is: a wire format, read into the engine's words and written back.

A dialect does no input and output and keeps no state; a `StreamCodec` is the state of one stream.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.records.live import ApiDialect
from shipworthy.traffic.dialects.reading import Kind, Reading
from shipworthy.traffic.dialects.sse import ServerEvent
from shipworthy.vocabulary import Reply, Request, Sampling, ToolCall, Usage

Tree = dict[str, Any]
"""A decoded JSON object."""

Place = tuple[str | int, ...]
"""Keys and indices that lead to a value inside a tree; empty for a turn that has no place."""


class Asked(Struct, frozen=True):
    """A request as it was read.

    Attributes:
        body: the bytes, decompressed; they go on unchanged where no layer rewrote.
        tree: the decoded body; never changed.
        request: what the layers see.
        places: where each turn's content stands in the tree; empty for a turn that was made of
            something else than a turn (the schema of an answer, say) and cannot be rewritten.
        model: the model that was asked for.
        stream: whether the answer is to come in pieces.
        choices: how many answers were asked for.
        sampling: how answers are to be drawn.
        media: parts that no layer sees and the policy lets pass, by kind.
        usage_wanted: whether a stream is to end with a count of tokens.
        conversation: id of the conversation where the client gave one, else empty.
        reading: the policy it was read under.
        created: seconds since 1970, shown in answers that are made here.
    """

    body: bytes
    tree: Tree
    request: Request
    places: tuple[Place, ...]
    model: str
    stream: bool
    choices: int
    sampling: Sampling
    media: Mapping[str, int]
    usage_wanted: bool
    conversation: str
    reading: Reading
    created: int = 0


class Said(Struct, frozen=True):
    """One answer of the model as it was read; `word` is why it stopped, in the dialect's word."""

    choice: int
    text: str
    reasoning: str
    calls: tuple[ToolCall, ...]
    word: str


class Answered(Struct, frozen=True):
    """A whole answer as it was read.

    Attributes:
        body: the bytes, decompressed; they go on unchanged where all is known and cleared.
        tree: the decoded answer without what is not known.
        whole: whether the tree is all of the body, so that the body itself may leave.
        said: the answers, by choice.
        usage: tokens as the model's server counted them.
        answered_by: the model that the answer names.
        media: what passed unseen, by kind.
    """

    body: bytes
    tree: Tree
    whole: bool
    said: tuple[Said, ...]
    usage: Usage
    answered_by: str
    media: Mapping[str, int] = {}


class Ruled(Struct, frozen=True):
    """An answer after the layers.

    Attributes:
        choice: which answer.
        reply: the answer as the layers left it; finish `withheld` where it is a refusal.
        changed: whether it is something else than the model said.
    """

    choice: int
    reply: Reply
    changed: bool


PieceKind = Literal["start", "open", "say", "follow", "call", "end", "tail"]
"""What of a stream an event is, which says when it may leave.

`start`: at once, since it holds nothing of the answer. `open`: with the next piece behind it that
leaves. `say`: when its text is clear. `follow`: when all before it has left. `call`: a part of a
tool call, held to the end. `end`: why a choice stopped, held to the end. `tail`: after all choices.
"""


class Piece(Struct):
    """One event of a stream, or one choice's share of it.

    Attributes:
        kind: when it may leave.
        choice: which answer.
        raw: the event as it leaves where it leaves whole; empty where it never does.
        channel: what of the answer `text` belongs to.
        text: what is new to the layers in it; a `follow` with text leaves whole or not at all.
        about: what the codec needs to write a part of it.
        cut: whether its beginning has left, so that `raw` must not.
    """

    kind: PieceKind
    choice: int
    raw: bytes
    channel: Channel = "text"
    text: str = ""
    about: Any = None
    cut: bool = False


class StreamCodec(Protocol):
    """One stream of a dialect: events in, events out. Keeps what has left, so that it ends well."""

    usage: Usage
    answered_by: str
    media: dict[str, int]

    def read(self, event: ServerEvent) -> Sequence[Piece]:
        """Read an event of the model's server; raises `Unreadable`."""
        ...

    @property
    def done(self) -> bool:
        """Whether the stream's own end has been read."""
        ...

    @property
    def complete(self) -> bool:
        """Whether every answer that was asked for has ended."""
        ...

    def calls(self, choice: int) -> tuple[ToolCall, ...]:
        """Return the tool calls of a choice that have been read; raises `Unreadable`."""
        ...

    def word(self, choice: int) -> str:
        """Return why a choice stopped, in the dialect's word, or an empty string."""
        ...

    def emit(self, piece: Piece) -> bytes:
        """Let a piece leave whole."""
        ...

    def part(self, piece: Piece, text: str) -> bytes:
        """Let the beginning of a `say` leave."""
        ...

    def rest(self, ruled: Ruled, text: str, reasoning: str) -> bytes:
        """Write the rest of an answer that was rewritten, with its calls and its end."""
        ...

    def withheld(self, choice: int, refusal: str) -> bytes:
        """End a choice as filtered; `refusal` is empty where a part of the answer had left."""
        ...

    def close(self, tail: Sequence[Piece]) -> bytes:
        """Write what ends the stream after all choices ended."""
        ...

    def error(self, kind: Kind, message: str) -> bytes:
        """Write an error as the end of the stream."""
        ...


class Dialect(Protocol):
    """A wire format."""

    @property
    def name(self) -> ApiDialect:
        """Its name in records."""
        ...

    @property
    def path(self) -> str:
        """The path that clients post to."""
        ...

    def read_request(self, body: bytes, reading: Reading, created: int = 0) -> Asked:
        """Read a request; raises `Unreadable`."""
        ...

    def write_request(self, asked: Asked, admitted: Request) -> bytes:
        """Write a request as the layers let it through; raises `Unreadable` where it cannot be."""
        ...

    def read_reply(self, asked: Asked, body: bytes) -> Answered:
        """Read a whole answer; raises `Unreadable`."""
        ...

    def write_reply(self, asked: Asked, answered: Answered, ruled: Sequence[Ruled]) -> bytes:
        """Write a whole answer as the layers let it through."""
        ...

    def refusal(self, asked: Asked, text: str) -> bytes:
        """Write an ordinary answer that holds only a refusal: JSON, or a stream if asked for."""
        ...

    def error(self, status: int, kind: Kind, message: str) -> bytes:
        """Write an error body."""
        ...

    def open_stream(self, asked: Asked) -> StreamCodec:
        """Begin to read a stream that answers."""
        ...
