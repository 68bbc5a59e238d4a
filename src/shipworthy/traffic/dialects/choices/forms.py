"""What chat completions and completions have in common, and the little in which they differ."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from msgspec import Struct

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.traffic.dialects.protocol import PieceKind, Tree
from shipworthy.traffic.dialects.reading import Reading
from shipworthy.traffic.dialects.shapes import NUMBER, WORD, Listed, Shape
from shipworthy.vocabulary import Reply

FILTERED: Final = "content_filter"
"""Why an answer ended that was withheld."""


class Share(Struct, frozen=True):
    """A part of a chunk that is of one kind.

    Attributes:
        kind: when it may leave.
        choice: the chunk's choice with this part alone.
        channel: what of the answer it belongs to.
        text: what layers are shown of it.
        field: the one field that holds the text, where one alone does.
    """

    kind: PieceKind
    choice: Tree
    channel: Channel = "text"
    text: str = ""
    field: str = ""


class ChunkForm(Protocol):
    """How a chunk of a stream holds text."""

    @property
    def object_name(self) -> str:
        """The word in `object`."""
        ...

    @property
    def id_prefix(self) -> str:
        """How ids begin."""
        ...

    def shape(self, reading: Reading) -> Shape:
        """Return what is known of a chunk."""
        ...

    def shares(self, choice: Tree) -> list[Share]:
        """Take a choice of a chunk apart, without its index and why it stopped."""
        ...

    def partial(self, choice: Tree, channel: Channel, text: str) -> Tree:
        """Return a choice of a chunk with only a part of its text."""
        ...

    def say(self, channel: Channel, text: str) -> Tree:
        """Return a choice of a chunk that says something."""
        ...

    def calls(self, reply: Reply, ids: Mapping[int, str]) -> Tree | None:
        """Return a choice of a chunk with all calls, or None where there are none."""
        ...

    def end(self) -> Tree:
        """Return a choice of a chunk that says nothing."""
        ...


def answer_shape(choice: Mapping[str, Shape]) -> dict[str, Shape]:
    """Return the shape of an answer or a chunk around that of its choices."""
    return {
        "id": WORD,
        "object": WORD,
        "created": NUMBER,
        "model": WORD,
        "system_fingerprint": WORD,
        "service_tier": WORD,
        "obfuscation": WORD,
        "choices": Listed(choice),
    }


def frame_of(tree: Tree) -> dict[str, Any]:
    """Return what the chunks of one stream have in common."""
    names = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
    return {name: tree[name] for name in names if name in tree}
