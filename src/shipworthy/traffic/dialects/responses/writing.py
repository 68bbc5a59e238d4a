"""What of a stream of responses has left, and events that are written here to end it well."""

from typing import Any, Final

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.traffic.dialects.protocol import Asked, Tree
from shipworthy.traffic.dialects.responses.items import (
    call_items,
    made_response,
    message_item,
    part_text,
    reasoning_item,
)
from shipworthy.traffic.dialects.responses.shapes import PART_EVENTS, TEXT_EVENTS, stem
from shipworthy.traffic.dialects.sse import write_event
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.vocabulary import ToolCall

_TEXT_EVENT: Final = {
    "output_text": "response.output_text",
    "refusal": "response.refusal",
    "reasoning_text": "response.reasoning_text",
    "summary_text": "response.reasoning_summary_text",
}
_PART_OF: Final[dict[Channel, str]] = {"text": "output_text", "reasoning": "summary_text"}


class SentEvents:
    """The client's side of a stream: numbers events, and knows which item and part are open."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._number = 0
        self._begun = False
        self._base: Tree = {}
        self._items: list[Tree] = []
        self._item: Tree | None = None
        self._index = -1
        self._parts: list[Tree] = []
        self._part: Tree | None = None
        self._part_index = 0
        self._text_done = False

    def passing(self, event: Tree, raw: bytes) -> bytes:
        """Let an event leave: as it came where its number is the next one, else numbered anew."""
        self._track(event)
        number = event.get("sequence_number")
        if raw and number in {None, self._number}:
            self._number += 1
            return raw
        return self.write(event, tracked=True)

    def write(self, event: Tree, *, tracked: bool = False) -> bytes:
        """Write an event with the next number."""
        if not tracked:
            self._track(event)
        written = {**event, "sequence_number": self._number}
        self._number += 1
        return write_event(encode(written), event["type"].encode())

    def begin(self) -> bytes:
        """Write the beginning of a stream, if nothing has begun."""
        if self._begun:
            return b""
        response = made_response(self._asked, {}, [], "in_progress")
        return self.write({"type": "response.created", "response": response})

    def say(self, channel: Channel, text: str) -> bytes:
        """Write a text, in the part that is open if it is one of its kind, else in a new item."""
        if not text:
            return b""
        kind = _PART_OF[channel]
        opened = b""
        if self._part is None or self._part["type"] != kind:
            opened = self.close_item("completed") + self._open(kind)
        delta = {"type": f"{_TEXT_EVENT[kind]}.delta", **self._place(kind), "delta": text}
        return opened + self.write(delta | ({"logprobs": []} if kind == "output_text" else {}))

    def close_item(self, status: str) -> bytes:
        """Close what is open: the text, its part and its item."""
        if self._item is None:
            return b""
        closed = b""
        if self._part is not None:
            part, kind = self._part, self._part["type"]
            name = _TEXT_EVENT[kind]
            field = TEXT_EVENTS[name][2]
            place = self._place(kind)
            done = {"type": f"{name}.done", **place, field: part_text(part)}
            beside: Tree = {"logprobs": []} if kind == "output_text" else {}
            closed = b"" if self._text_done else self.write(done | beside)
            closed += self.write({"type": f"{_part_event(kind)}.done", **place, "part": part})
        field = "summary" if self._item["type"] == "reasoning" else "content"
        item = {**self._item, field: self._parts}
        if self._item["type"] == "message":
            item["status"] = status
        done = {"type": "response.output_item.done", "output_index": self._index, "item": item}
        return closed + self.write(done)

    def calls(self, calls: tuple[ToolCall, ...], ids: dict[int, str]) -> bytes:
        """Write calls that layers left, each whole."""
        found: list[bytes] = []
        for item in call_items(calls, self._asked, ids):
            index = self._index + 1
            place = {"output_index": index, "item_id": item["id"]}
            arguments = item["arguments"]
            begun = {**item, "arguments": "", "status": "in_progress"}
            name = "response.function_call_arguments"
            found += [
                self.write(
                    {"type": "response.output_item.added", "output_index": index, "item": begun}
                ),
                self.write({"type": f"{name}.delta", **place, "delta": arguments}),
                self.write({"type": f"{name}.done", **place, "arguments": arguments}),
                self.write(
                    {"type": "response.output_item.done", "output_index": index, "item": item}
                ),
            ]
        return b"".join(found)

    def end(self, status: str, reason: str, usage: Any) -> bytes:
        """Write the end of the stream with the items that have left."""
        response = made_response(self._asked, self._base, self._items, status)
        if reason:
            response["incomplete_details"] = {"reason": reason}
        if usage is not None:
            response["usage"] = usage
        return self.write({"type": f"response.{status}", "response": response})

    def _open(self, kind: str) -> bytes:
        index = self._index + 1
        if kind == "output_text":
            item = message_item(self._asked, "", "in_progress")
            part: Tree = {"type": kind, "text": "", "annotations": []}
        else:
            item = reasoning_item(self._asked, "")
            part = {"type": kind, "text": ""}
        item["id"] = f"{item['id']}_{index}"
        added = {"type": "response.output_item.added", "output_index": index, "item": item}
        opened = self.write(added)
        place = self._place(kind)
        return opened + self.write({"type": f"{_part_event(kind)}.added", **place, "part": part})

    def _place(self, kind: str) -> Tree:
        number = "summary_index" if kind == "summary_text" else "content_index"
        item_id = self._item["id"] if self._item and "id" in self._item else ""
        place = {"item_id": item_id, "output_index": self._index}
        return {**place, number: self._part_index if self._part else len(self._parts)}

    def _track(self, event: Tree) -> None:
        name, last = stem(event["type"])
        if "response" in event:
            self._begun = True
            self._base = event["response"]
        elif name == "response.output_item":
            self._track_item(event, last)
        elif name in PART_EVENTS and last == "added":
            self._part, self._text_done = dict(event["part"]), False
            self._part_index = event.get(PART_EVENTS[name], 0)
        elif name in PART_EVENTS:
            self._parts.append(event["part"])
            self._part = None
        elif name in TEXT_EVENTS and last == "delta" and self._part is not None:
            field = "refusal" if self._part["type"] == "refusal" else "text"
            self._part[field] = self._part.get(field, "") + event["delta"]
        elif name in TEXT_EVENTS and self._part is not None:
            field = TEXT_EVENTS[name][2]
            self._part[field] = event.get(field, "")
            self._text_done = True

    def _track_item(self, event: Tree, last: str) -> None:
        self._part, self._parts = None, []
        if last == "added":
            self._item, self._index = event["item"], event["output_index"]
        else:
            self._items.append(event["item"])
            self._item = None


def _part_event(kind: str) -> str:
    return "response.reasoning_summary_part" if kind == "summary_text" else "response.content_part"
