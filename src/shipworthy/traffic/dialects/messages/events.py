"""Streams of messages: one message, its blocks one after another, each with its own events."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.traffic.dialects.answers import (
    OneAtATime,
    decode_answer,
    known_part,
    own_text,
    strings_in,
)
from shipworthy.traffic.dialects.messages.blocks import (
    EVENT,
    FILTERED,
    call_blocks,
    error_object,
    made_message,
    merged_usage,
    own_end,
    text_block,
    thinking_block,
    word_after,
)
from shipworthy.traffic.dialects.protocol import Asked, Piece, PieceKind, Ruled, Tree
from shipworthy.traffic.dialects.reading import Kind, broken
from shipworthy.traffic.dialects.shapes import is_word
from shipworthy.traffic.dialects.sse import COMMENT, ServerEvent, write_event
from shipworthy.traffic.dialects.strict_json import canonical_text, encode
from shipworthy.traffic.dialects.templates import Templates
from shipworthy.traffic.dialects.words import call_of
from shipworthy.vocabulary import ToolCall, Usage

_DELTAS: Final[dict[str, tuple[Channel, str]]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("reasoning", "thinking"),
}
_KIND_OF: Final[dict[Channel, str]] = {"text": "text", "reasoning": "thinking"}
_ALLOWED: Final = {
    "text": {"text_delta", "citations_delta"},
    "thinking": {"thinking_delta", "signature_delta"},
    "tool_use": {"input_json_delta"},
}
_BLOCKS: Final = 1024
_Reader = Callable[["MessageCodec", ServerEvent, Tree], Sequence[Piece]]
"""Reads one kind of event; the event is without data where not all of it may leave."""


class MessageCodec:
    """One stream of a message."""

    def __init__(self, asked: Asked) -> None:
        self.usage = Usage()
        self.answered_by = ""
        self.media: dict[str, int] = {}
        self.done = False
        self._asked = asked
        self._templates = Templates()
        self._order = OneAtATime()
        self._word = ""
        self._started = False
        self._kinds: dict[int, str] = {}
        self._dropped = 0
        self._numbers: dict[int, int] = {}
        self._calls: dict[int, tuple[Tree, list[str]]] = {}
        # what has left
        self._sent_start = False
        self._open: tuple[int, str] | None = None
        self._next = 0

    @property
    def complete(self) -> bool:
        """Whether the message has said why it stopped."""
        return bool(self._word)

    def read(self, event: ServerEvent) -> Sequence[Piece]:
        """Read an event."""
        data = event.data
        if data is None:
            return (Piece("start", 0, COMMENT),)
        known = self._templates.read(event.name, data)
        if known is not None:
            if self._word:
                raise broken("an answer went on after its end")
            return (known,)
        came = decode_answer(data)
        kind = own_text(came, "type")
        if kind == "error" or event.name == b"error" or came.get("error"):
            raise broken("the model's server reported an error inside the stream")
        if kind == "ping":
            return (Piece("start", 0, write_event(b'{"type": "ping"}', b"ping")),)
        tree, whole = known_part(came, EVENT, self._asked.reading, self.media)
        reader = self._READERS.get(kind)
        if tree is None or reader is None:
            return self._unknown(came)
        return reader(self, event if whole else ServerEvent(event.name, None), tree)

    def calls(self, choice: int) -> tuple[ToolCall, ...]:  # noqa: ARG002 - one choice
        """Return the calls of the message."""
        if any(block.get("input") and any(parts) for block, parts in self._calls.values()):
            raise broken("a tool call of the stream begins with one input and goes on with another")
        return tuple(
            call_of(block.get("name"), "".join(parts) if any(parts) else block.get("input"))
            for block, parts in self._calls.values()
        )

    def word(self, choice: int) -> str:  # noqa: ARG002 - one choice
        """Return why the message stopped."""
        return self._word

    def emit(self, piece: Piece) -> bytes:
        """Let a piece leave whole, and remember which block is open."""
        about = piece.about
        if isinstance(about, dict):
            match about["type"]:
                case "message_start":
                    self._sent_start = True
                case "content_block_start":
                    self._open = (about["index"], about["content_block"]["type"])
                    self._next = about["index"] + 1
                case "content_block_stop":
                    self._open = None
                case _:
                    pass
        return piece.raw

    def part(self, piece: Piece, text: str) -> bytes:
        """Let the beginning of a text leave."""
        tree = piece.about if isinstance(piece.about, dict) else decode_answer(piece.about)
        return self._write({**tree, "delta": _said(piece.channel, text)})

    def rest(self, ruled: Ruled, text: str, reasoning: str) -> bytes:
        """Write the rest of an answer that a layer rewrote."""
        ids = [own_text(block, "id") for block, _ in self._calls.values()]
        calls = ruled.reply.tool_calls
        found = [self._say("reasoning", reasoning), self._say("text", text), self._close_block()]
        for block in call_blocks(calls, dict(enumerate(ids))):
            given = canonical_text(block["input"])
            delta = {"type": "input_json_delta", "partial_json": given}
            found += [
                self._open_block({**block, "input": {}}),
                self._write(
                    {"type": "content_block_delta", "index": self._next - 1, "delta": delta}
                ),
                self._close_block(),
            ]
        return b"".join(found) + self._end(word_after(self._word, calls))

    def withheld(self, choice: int, refusal: str) -> bytes:  # noqa: ARG002 - one choice
        """End the message as refused."""
        begun = b"" if self._sent_start else self._begin()
        return begun + self._say("text", refusal) + self._close_block() + self._end(FILTERED)

    def close(self, tail: Sequence[Piece]) -> bytes:
        """Write the end of the stream."""
        return tail[0].raw if tail else self._write({"type": "message_stop"})

    def error(self, kind: Kind, message: str) -> bytes:
        """Write an error, on which clients raise."""
        return self._write(error_object(kind, message))

    def _start(self, event: ServerEvent, tree: Tree) -> Sequence[Piece]:
        message = tree.get("message")
        if self._started or not isinstance(message, dict) or message.get("content"):
            raise broken("the stream of the model's server does not begin as it should")
        self._started = True
        self.answered_by = own_text(message, "model")
        self.usage = merged_usage(self.usage, message.get("usage"))
        ended, same = own_end(message, self._asked)
        if own_text(message.get("stop_details"), "explanation"):
            ended, same = {**ended, "stop_details": None}, False
        tree = {**tree, "message": ended}
        return (Piece("start", 0, self._raw(tree, event if same else None), about=tree),)

    def _block_start(self, event: ServerEvent, tree: Tree) -> Sequence[Piece]:
        index, block = tree.get("index"), tree.get("content_block")
        if type(index) is not int or index in self._kinds or len(self._kinds) > _BLOCKS:
            raise broken("a block of the stream does not begin as it should")
        kind = self._kinds[index] = own_text(block, "type")
        if block is None:
            self._dropped += 1
            return ()
        self._numbers[index] = index - self._dropped
        tree = {**tree, "index": self._numbers[index]}
        raw = self._raw(tree, event)
        if kind == "tool_use":
            self._calls[index] = (block, [])
            return (Piece("call", 0, raw, about=tree),)
        channel: Channel = "reasoning" if kind == "thinking" else "text"
        text, cited = own_text(block, _KIND_OF[channel]), block.get("citations")
        if not text and not cited:
            return (Piece("open", 0, raw, about=tree),)
        # an opening that already says something becomes one that does not, and what it says
        opened = {**tree, "content_block": {**block, _KIND_OF[channel]: ""}}
        opened["content_block"].pop("citations", None)
        if text:
            self._go_on(channel, index)
        said = self._deltas(tree["index"], channel, text, cited)
        return [Piece("open", 0, self._write(opened), about=opened), *said]

    def _deltas(self, index: int, channel: Channel, text: str, cited: object) -> list[Piece]:
        found = []
        frame = {"type": "content_block_delta", "index": index}
        if text:
            said = {**frame, "delta": _said(channel, text)}
            found.append(Piece("say", 0, self._write(said), channel, text, said))
        for one in cited if isinstance(cited, list) else ():
            beside = {**frame, "delta": {"type": "citations_delta", "citation": one}}
            raw = self._write(beside)
            self._go_on("reasoning")
            found.append(Piece("follow", 0, raw, "reasoning", strings_in([one]), beside))
        return found

    def _delta(self, event: ServerEvent, tree: Tree) -> Sequence[Piece]:
        index, delta = self._index(tree), tree.get("delta")
        if index is None or delta is None:
            return ()
        kind, block = own_text(delta, "type"), self._kinds[index]
        if kind not in _ALLOWED.get(block, ()):
            if self._asked.reading.unknown_parts == "refuse":
                raise broken("a block of the stream goes on in no known way")
            return self._unknown({**tree, "index": self._numbers[index]})
        tree = {**tree, "index": self._numbers[index]}
        raw = self._raw(tree, event)
        if kind == "input_json_delta":
            self._calls[index][1].append(own_text(delta, "partial_json"))
            return (Piece("call", 0, raw, about=tree),)
        if kind == "citations_delta":
            self._go_on("reasoning")
            cited = strings_in([delta.get("citation")])
            return (Piece("follow", 0, raw, "reasoning", cited, tree),)
        if kind == "signature_delta":
            return (Piece("follow", 0, raw, about=tree),)
        channel, field = _DELTAS[kind]
        if own_text(delta, field):
            self._go_on(channel, index)
        piece = Piece("say", 0, raw, channel, own_text(delta, field), tree)
        if event.data and not self._dropped:
            self._templates.learn(event, piece, field)
        return (piece,)

    def _go_on(self, channel: Channel, *blocks: int) -> None:
        if self._order.go_on(channel, *blocks):
            self._templates.forget()

    def _block_stop(self, event: ServerEvent, tree: Tree) -> Sequence[Piece]:
        index = self._index(tree)
        if index is None:
            return ()
        tree = {**tree, "index": self._numbers[index]}
        raw = self._raw(tree, event)
        kind: PieceKind = "call" if self._kinds[index] == "tool_use" else "follow"
        return (Piece(kind, 0, raw, about=tree),)

    def _message_delta(self, event: ServerEvent, tree: Tree) -> Sequence[Piece]:
        delta = tree.get("delta")
        if not isinstance(delta, dict):
            raise broken("the end of the stream gives no reason")
        self.usage = merged_usage(self.usage, tree.get("usage"))
        self._word = own_text(delta, "stop_reason") or self._word
        ended, same = own_end(delta, self._asked)
        explained = own_text(ended.get("stop_details"), "explanation")
        raw = self._raw({**tree, "delta": ended}, event if same else None)
        return (Piece("end", 0, raw, "reasoning", f"\n{explained}" if explained else ""),)

    def _message_stop(self, event: ServerEvent, tree: Tree) -> Sequence[Piece]:
        self.done = True
        return (Piece("tail", 0, self._raw(tree, event)),)

    def _unknown(self, tree: Tree) -> Sequence[Piece]:
        """Leave out an event of an unknown kind, or let it pass where the policy says so."""
        name = own_text(tree, "type")
        if self._asked.reading.unknown_parts == "refuse" or not is_word(name):
            return ()
        self.media["unknown"] = self.media.get("unknown", 0) + 1
        return (Piece("follow", 0, self._write(tree), about=tree),)

    def _index(self, tree: Tree) -> int | None:
        """Return the number of an open block, or None of one that is left out."""
        index = tree.get("index")
        if type(index) is not int or index not in self._kinds or self._word:
            raise broken("a block of the stream goes on that is not open")
        return index if index in self._numbers else None

    def _raw(self, tree: Tree, event: ServerEvent | None) -> bytes:
        """Return an event as it came, where all of it may leave and keeps its number."""
        came = event.data if event and not self._dropped else None
        return self._write(tree) if came is None else write_event(came, tree["type"].encode())

    def _write(self, tree: Tree) -> bytes:
        return write_event(encode(tree), tree["type"].encode())

    def _begin(self) -> bytes:
        self._sent_start = True
        return self._write(
            {"type": "message_start", "message": made_message(self._asked, [], None)}
        )

    def _say(self, channel: Channel, text: str) -> bytes:
        if not text:
            return b""
        kind = _KIND_OF[channel]
        opened = b""
        if self._open is None or self._open[1] != kind:
            empty = text_block("") if kind == "text" else thinking_block("")
            opened = self._close_block() + self._open_block(empty)
        said = {
            "type": "content_block_delta",
            "index": self._next - 1,
            "delta": _said(channel, text),
        }
        return opened + self._write(said)

    def _open_block(self, block: Tree) -> bytes:
        self._open = (self._next, block["type"])
        self._next += 1
        return self._write(
            {"type": "content_block_start", "index": self._open[0], "content_block": block}
        )

    def _close_block(self) -> bytes:
        if self._open is None:
            return b""
        index, _ = self._open
        self._open = None
        return self._write({"type": "content_block_stop", "index": index})

    def _end(self, word: str) -> bytes:
        usage = {"output_tokens": self.usage.completion_tokens}
        ended = {"stop_reason": word, "stop_sequence": None}
        return self._write({"type": "message_delta", "delta": ended, "usage": usage})

    _READERS: ClassVar[dict[str, _Reader]] = {
        "message_start": _start,
        "content_block_start": _block_start,
        "content_block_delta": _delta,
        "content_block_stop": _block_stop,
        "message_delta": _message_delta,
        "message_stop": _message_stop,
    }


def _said(channel: Channel, text: str) -> dict[str, Any]:
    kind = _KIND_OF[channel]
    return {"type": f"{kind}_delta", kind: text}
