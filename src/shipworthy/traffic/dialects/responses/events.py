"""Streams of responses: items, their parts, and texts that come in pieces and are then repeated.

An event that repeats a text must repeat what its pieces said. Where it goes on, the new end is
shown to the layers first; where it says something else, the stream cannot be read.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.traffic.dialects.answers import (
    OneAtATime,
    decode_answer,
    known_part,
    objects,
    own_text,
    strings_in,
    usage_of,
)
from shipworthy.traffic.dialects.choices.errors import openai_error
from shipworthy.traffic.dialects.protocol import Asked, Piece, Ruled, Tree
from shipworthy.traffic.dialects.reading import Kind, broken
from shipworthy.traffic.dialects.responses.calls import CallItems
from shipworthy.traffic.dialects.responses.items import (
    FILTERED,
    own_item,
    own_logprobs,
    own_response,
    part_text,
)
from shipworthy.traffic.dialects.responses.shapes import (
    ANNOTATION,
    BEGINNINGS,
    CALL_EVENTS,
    CALL_NAMES,
    ENDS,
    EVENTS,
    PART_EVENTS,
    PART_NAMES,
    TEXT_EVENTS,
    TEXT_NAMES,
    stem,
)
from shipworthy.traffic.dialects.responses.writing import SentEvents
from shipworthy.traffic.dialects.shapes import is_word
from shipworthy.traffic.dialects.sse import COMMENT, ServerEvent, write_event
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.vocabulary import ToolCall, Usage

_ITEMS: Final = 1024
_FAILED: Final = {"error", "response.failed", "response.cancelled"}
_Key = tuple[int, str, int]
_Reader = Callable[["ResponseCodec", Tree, bytes], Sequence[Piece]]
"""Reads one kind of event; the bytes are empty where not all of it may leave."""


class ResponseCodec:
    """One stream of a response."""

    def __init__(self, asked: Asked) -> None:
        self.usage = Usage()
        self.answered_by = ""
        self.media: dict[str, int] = {}
        self.done = False
        self._asked = asked
        self._sent = SentEvents(asked)
        self._word = ""
        self._usage_tree: Any = None
        self._numbers: dict[int, int | None] = {}
        self._dropped = 0
        self._texts: dict[_Key, str] = {}
        self._beside: set[str] = set()
        self._order = OneAtATime()
        self._calls = CallItems()

    @property
    def complete(self) -> bool:
        """Whether the response has ended."""
        return bool(self._word)

    def read(self, event: ServerEvent) -> Sequence[Piece]:
        """Read an event."""
        data = event.data
        if data is None:
            return (Piece("start", 0, COMMENT),)
        if data.strip() == b"[DONE]":
            return ()
        came = decode_answer(data)
        kind = own_text(came, "type")
        if kind in _FAILED or event.name == b"error" or came.get("error"):
            raise broken("the model's server reported an error inside the stream")
        tree, whole = known_part(came, EVENTS, self._asked.reading, self.media)
        reader = self._READERS.get(kind)
        if tree is None or reader is None:
            return self._unknown(came)
        if kind not in BEGINNINGS and kind not in ENDS:
            numbered = self._renumbered(tree, kind)
            if numbered is None:
                return ()
            whole = whole and numbered is tree
            tree = numbered
        return reader(self, tree, write_event(data, kind.encode()) if whole else b"")

    def calls(self, choice: int) -> tuple[ToolCall, ...]:  # noqa: ARG002 - one choice
        """Return the calls of the response; raises `Unreadable` where events contradict."""
        return self._calls.calls()

    def word(self, choice: int) -> str:  # noqa: ARG002 - one choice
        """Return why the response stopped."""
        return self._word

    def emit(self, piece: Piece) -> bytes:
        """Let a piece leave whole."""
        return self._sent.passing(piece.about, piece.raw) if piece.about else piece.raw

    def part(self, piece: Piece, text: str) -> bytes:
        """Let the beginning of a text leave."""
        kept = {key: one for key, one in piece.about.items() if key != "obfuscation"}
        written = {**kept, "delta": text}
        if "logprobs" in written:
            written["logprobs"] = []
        return self._sent.write(written)

    def rest(self, ruled: Ruled, text: str, reasoning: str) -> bytes:
        """Write the rest of an answer that a layer rewrote."""
        said = self._sent.say("reasoning", reasoning) + self._sent.say("text", text)
        closed = said + self._sent.close_item("completed")
        calls = self._sent.calls(ruled.reply.tool_calls, self._calls.ids())
        if self._word == "completed":
            return closed + calls + self._sent.end("completed", "", self._usage_tree)
        return closed + calls + self._sent.end("incomplete", self._word, self._usage_tree)

    def withheld(self, choice: int, refusal: str) -> bytes:  # noqa: ARG002 - one choice
        """End the response as filtered."""
        said = self._sent.begin() + self._sent.say("text", refusal)
        closed = self._sent.close_item("completed" if refusal else "incomplete")
        return said + closed + self._sent.end("incomplete", FILTERED, self._usage_tree)

    def close(self, tail: Sequence[Piece]) -> bytes:
        """Write nothing: the last event is the end."""
        return b"".join(piece.raw for piece in tail)

    def error(self, kind: Kind, message: str) -> bytes:
        """Write an error, on which clients raise."""
        made = openai_error(kind, message)["error"]
        told = {"code": made["code"] or made["type"], "message": message, "param": None}
        return self._sent.write({"type": "error", **told})

    def _renumbered(self, tree: Tree, kind: str) -> Tree | None:
        """Return an event with its item's number among those that leave; None if it does not."""
        index = tree.get("output_index")
        if type(index) is not int:
            raise broken("an event of the stream names no item")
        if kind == "response.output_item.added":
            if index in self._numbers or len(self._numbers) > _ITEMS:
                raise broken("an item of the stream does not begin as it should")
            left_out = tree.get("item") is None
            self._numbers[index] = None if left_out else index - self._dropped
            self._dropped += left_out
        elif index not in self._numbers:
            raise broken("an item of the stream goes on that has not begun")
        number = self._numbers[index]
        if number is None or number == index:
            return None if number is None else tree
        return {**tree, "output_index": number}

    def _beginning(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        response = tree.get("response")
        if not isinstance(response, dict) or response.get("output") or self._numbers:
            raise broken("the stream of the model's server does not begin as it should")
        self.answered_by = own_text(response, "model")
        own, same = own_response(response, self._asked)
        return (Piece("start", 0, raw if same else b"", about={**tree, "response": own}),)

    def _item(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        item, added = tree.get("item"), tree["type"].endswith("added")
        if item is None:
            raise broken("an item of the stream ends as another kind than it began")
        if item.get("type") in {"function_call", "custom_tool_call"}:
            self._calls.item(tree["output_index"], item)
            return (Piece("call", 0, raw, about=tree),)
        gates = self._gates(tree["output_index"], item)
        own, same = own_item(item)
        event = Piece("follow", 0, raw if same else b"", about={**tree, "item": own})
        if added and not gates:
            event.kind = "open"
        return [*gates, event]

    def _part(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        name, last = stem(tree["type"])
        part, number = tree.get("part"), tree.get(PART_EVENTS[name], 0)
        if part is None:
            raise broken("a part of the stream is of no known kind")
        summary = name == "response.reasoning_summary_part"
        gates = self._part_gates(tree["output_index"], number, part, summary=summary)
        own, same = own_logprobs(part, part_text(part))
        event = Piece("follow", 0, raw if same else b"", about={**tree, "part": own})
        if last == "added" and not gates:
            event.kind = "open"
        return [*gates, event]

    def _text(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        name, last = stem(tree["type"])
        channel, numbered, field = TEXT_EVENTS[name]
        key = (tree["output_index"], name, tree.get(numbered, 0))
        spoken = own_text(tree, "delta" if last == "delta" else field)
        own, same = own_logprobs(tree, spoken)
        raw = raw if same else b""
        if last == "delta":
            self._texts[key] = self._texts.get(key, "") + spoken
            if spoken:
                self._order.go_on(_channel(channel), key)
            return (Piece("say", 0, raw, _channel(channel), spoken, own),)
        return [*self._gate(key, _channel(channel), spoken), Piece("follow", 0, raw, about=own)]

    def _call(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        name, last = stem(tree["type"])
        index = tree["output_index"]
        if last == "delta":
            self._calls.fragment(index, own_text(tree, "delta"))
        else:
            self._calls.repeated(index, own_text(tree, CALL_EVENTS[name]), own_text(tree, "name"))
        return (Piece("call", 0, raw, about=tree),)

    def _annotation(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        return [*self._beside_gates([tree.get("annotation")]), Piece("follow", 0, raw, about=tree)]

    def _end(self, tree: Tree, raw: bytes) -> Sequence[Piece]:
        response = tree.get("response")
        if not isinstance(response, dict) or not isinstance(response.get("output"), list):
            raise broken("the end of the stream holds no response")
        own, same = own_response(response, self._asked)
        gates: list[Piece] = []
        for index, item in enumerate(objects(own["output"])):
            if item.get("type") in {"function_call", "custom_tool_call"}:
                self._calls.item(index, item)
            else:
                gates += self._gates(index, item)
        self.usage = usage_of(own.get("usage"), "input_tokens", "output_tokens")
        self._usage_tree = own.get("usage")
        self.answered_by = own_text(own, "model") or self.answered_by
        status = tree["type"].removeprefix("response.")
        self._word = own_text(own.get("incomplete_details"), "reason") or status
        self.done = True
        return [*gates, Piece("end", 0, raw if same else b"", about={**tree, "response": own})]

    def _unknown(self, tree: Tree) -> Sequence[Piece]:
        """Leave out an event of an unknown kind, or let it pass where the policy says so."""
        if self._asked.reading.unknown_parts == "refuse" or not is_word(own_text(tree, "type")):
            return ()
        self.media["unknown"] = self.media.get("unknown", 0) + 1
        return (Piece("follow", 0, write_event(encode(tree), tree["type"].encode())),)

    def _gates(self, index: int, item: Tree) -> list[Piece]:
        """Return what an item says that no event before it said."""
        gates: list[Piece] = []
        for field in ("summary", "content"):
            for number, part in enumerate(objects(item.get(field))):
                gates += self._part_gates(index, number, part, summary=field == "summary")
        return gates

    def _part_gates(self, index: int, number: int, part: Tree, *, summary: bool) -> list[Piece]:
        kind = own_text(part, "type")
        family = {"output_text": "output_text", "refusal": "refusal"}.get(kind)
        channel: Channel = "text" if family else "reasoning"
        reasoning = "reasoning_summary_text" if summary else "reasoning_text"
        key = (index, f"response.{family or reasoning}", number)
        said = self._gate(key, channel, part_text(part))
        return said + self._beside_gates(part.get("annotations") or [])

    def _gate(self, key: _Key, channel: Channel, text: str) -> list[Piece]:
        known = self._texts.get(key, "")
        if not text.startswith(known) and text:
            raise broken("the stream repeats a text that it has not said")
        if len(text) <= len(known):
            return []
        self._texts[key] = text
        self._order.go_on(channel, key)
        return [Piece("follow", 0, b"", channel, text[len(known) :])]

    def _beside_gates(self, annotations: Any) -> list[Piece]:
        shown = [strings_in([one]) for one in annotations] if isinstance(annotations, list) else []
        new = [text for text in shown if text and text not in self._beside]
        self._beside.update(new)
        if new:
            self._order.go_on("reasoning")
        return [Piece("follow", 0, b"", "reasoning", text) for text in new]

    _READERS: ClassVar[dict[str, _Reader]] = {
        **dict.fromkeys(BEGINNINGS, _beginning),
        **dict.fromkeys(ENDS, _end),
        "response.output_item.added": _item,
        "response.output_item.done": _item,
        ANNOTATION: _annotation,
        **dict.fromkeys(PART_NAMES, _part),
        **dict.fromkeys(TEXT_NAMES, _text),
        **dict.fromkeys(CALL_NAMES, _call),
    }


def _channel(name: str) -> Channel:
    return "reasoning" if name == "reasoning" else "text"
