"""Strict readers of the two dialects whose events have types: messages and responses."""

import json
from collections.abc import Iterable
from typing import Any, Final

from shipworthy.traffic.conformance.clients.read import Malformed, Read, need
from shipworthy.traffic.conformance.clients.wholes import read_response, take_block

Tree = dict[str, Any]
Event = tuple[str, Tree]


class _Message:
    """A message as its events build it; the order of events is a small grammar."""

    def __init__(self) -> None:
        self.read = Read({0: ""})
        self.state = "new"
        self.blocks: list[Tree] = []
        self.written = ""

    def take(self, kind: str, event: Tree) -> None:
        """Take one event."""
        before, after = _GRAMMAR.get(kind, ("", ""))
        need(bool(before), f"an event `{kind:.30}` that nobody knows")
        need(self.state == before, f"`{kind}` where the stream is {self.state}")
        match kind:
            case "message_start":
                need(event["message"]["content"] == [], "a message that begins with content")
            case "content_block_start":
                need(event["index"] == len(self.blocks), "blocks out of order")
                self.blocks.append(dict(event["content_block"]))
                self.written = ""
            case "content_block_delta":
                need(event["index"] == len(self.blocks) - 1, "a delta of another block")
                self._delta(self.blocks[-1], event["delta"])
            case "content_block_stop":
                if self.blocks[-1]["type"] == "tool_use":
                    self.blocks[-1]["input"] = _arguments(self.written)
            case "message_delta":
                need(bool(event["delta"]["stop_reason"]), "an end without a stop_reason")
            case _:
                pass
        self.state = after

    def _delta(self, block: Tree, delta: Tree) -> None:
        match delta["type"], block["type"]:
            case "text_delta", "text":
                block["text"] += delta["text"]
            case "thinking_delta", "thinking":
                block["thinking"] += delta["thinking"]
            case "signature_delta", "thinking":
                block["signature"] = delta["signature"]
            case "input_json_delta", "tool_use":
                self.written += delta["partial_json"]
            case "citations_delta", "text":
                pass
            case kind, of:
                raise Malformed(f"a `{kind!s:.20}` in a block `{of!s:.20}`")


_GRAMMAR: Final = {
    "message_start": ("new", "between blocks"),
    "content_block_start": ("between blocks", "in a block"),
    "content_block_delta": ("in a block", "in a block"),
    "content_block_stop": ("in a block", "between blocks"),
    "message_delta": ("between blocks", "at its end"),
    "message_stop": ("at its end", "over"),
}


def _arguments(written: str) -> Any:
    try:
        return json.loads(written or "{}")
    except ValueError:
        raise Malformed("arguments of a call that are no JSON") from None


def message_stream(events: Iterable[Event]) -> Read:
    """Read the events of a message."""
    message = _Message()
    for name, event in events:
        need(name == event["type"], "an event whose name is not its type")
        if name == "ping":
            continue
        if name == "error":
            return Read(error=True)
        message.take(name, event)
    need(message.state == "over", f"it ends {message.state}")
    for block in message.blocks:
        take_block(message.read, block)
    return message.read


def response_stream(events: Iterable[Event]) -> Read:
    """Read the events of a response: its last one holds it whole, and the deltas must agree."""
    deltas: dict[tuple[object, ...], str] = {}
    final: Tree | None = None
    last = -1
    for given, event in events:
        name = event["type"]
        # clients of this dialect go by the type within the data, and take events without a name
        need(given in {"", name}, "an event whose name is not its type")
        need(final is None, "an event after the end")
        if name in {"error", "response.failed"}:
            return Read(error=True)
        number = event.get("sequence_number", last + 1)
        need(number > last, "events out of order")
        last = number
        if name in {"response.completed", "response.incomplete"}:
            final = event["response"]
        elif name.endswith(".delta"):
            where = (event["output_index"], event.get("content_index"), event.get("summary_index"))
            deltas[where] = deltas.get(where, "") + event["delta"]
    need(final is not None, "no last event")
    assert final is not None
    read = read_response(final)
    for (place, content, summary), said in deltas.items():
        item = final["output"][place]
        if content is not None:
            part = item["content"][content]
            whole = part.get("text") or part.get("refusal") or ""
        elif summary is not None:
            whole = item["summary"][summary]["text"]
        else:
            whole = item["arguments"]
        need(said == whole, "deltas that are not the text of the last event")
    return read
