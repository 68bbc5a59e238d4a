"""Strict readers: each takes only what the client library of its dialect would take."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.conformance.clients.lanes import event_data
from shipworthy.traffic.conformance.clients.read import Malformed, Read, need
from shipworthy.traffic.conformance.clients.typed_events import message_stream, response_stream
from shipworthy.traffic.conformance.clients.wholes import (
    read_chat,
    read_completion,
    read_message,
    read_response,
)

__all__ = ["Malformed", "Read", "read_answer"]

Tree = dict[str, Any]
Event = tuple[str, Tree]


def read_answer(dialect: ApiDialect, body: bytes, *, stream: bool) -> Read:
    """Read an answer with status 200.

    Raises:
        Malformed: what is wrong with it, in a few words.
    """
    try:
        if not stream:
            return _WHOLE[dialect](_object(body))
        events = event_data(body)
        need(bool(events), "a stream without events")
        if dialect in {"chat", "completions"}:
            return _chunks(events)
        typed = [(name, _object(data)) for name, data in events if data != b"[DONE]"]
        return _TYPED[dialect](typed)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Malformed(f"a field is missing or of the wrong kind ({error!s:.60})") from None


def _object(data: bytes) -> Tree:
    try:
        value = json.loads(data)
    except ValueError:
        raise Malformed("not JSON") from None
    need(isinstance(value, dict), "no JSON object")
    assert isinstance(value, dict)
    return value


@dataclass(slots=True)
class _Choice:
    """One answer of a stream, as far as it has been read."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: dict[int, list[str]] = field(default_factory=dict)
    finish: str = ""

    def take(self, choice: Tree) -> None:
        """Add what a chunk says."""
        delta = choice.get("delta")
        if delta is None:
            delta = {"content": choice.get("text")}
        said = any(delta.get(name) for name in ("content", "refusal", "tool_calls"))
        need(not (said and self.finish), "it goes on after its end")
        self.text += delta.get("content") or ""
        self.reasoning += delta.get("reasoning_content") or ""
        self.refusal += delta.get("refusal") or ""
        for call in delta.get("tool_calls") or ():
            function = call["function"]
            known = self.calls.setdefault(call["index"], ["", ""])
            known[0] += function.get("name") or ""
            known[1] += function.get("arguments") or ""
        self.finish = choice.get("finish_reason") or self.finish


def _chunks(events: list[tuple[str, bytes]]) -> Read:
    read, choices, done = Read(), dict[int, _Choice](), False
    for _, data in events:
        need(not done, "it goes on after [DONE]")
        if data == b"[DONE]":
            done = True
            continue
        chunk = _object(data)
        if chunk.get("error"):
            read.error = True
            continue
        for choice in chunk["choices"]:
            choices.setdefault(choice["index"], _Choice()).take(choice)
    if read.error:
        return read
    need(done, "no [DONE]")
    need(bool(choices), "no choice")
    for place, one in sorted(choices.items()):
        need(bool(one.finish), "a choice without a finish_reason")
        read.texts[place] = one.text
        read.refusal += one.refusal
        read.reasoning += one.reasoning
        for name, written in one.calls.values():
            need(bool(name), "a call without a name")
            read.call(name, written)
    return read


_WHOLE: Final[Mapping[ApiDialect, Callable[[Tree], Read]]] = {
    "chat": read_chat,
    "completions": read_completion,
    "messages": read_message,
    "responses": read_response,
}
_TYPED: Final[Mapping[ApiDialect, Callable[[list[Event]], Read]]] = {
    "messages": message_stream,
    "responses": response_stream,
}
