"""Tool calls of chat completions: whole, or in fragments of arguments that a stream brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shipworthy.traffic.dialects.answers import objects, own_text
from shipworthy.traffic.dialects.protocol import Tree
from shipworthy.traffic.dialects.reading import broken
from shipworthy.traffic.dialects.shapes import NUMBER, TEXT, WORD, Listed
from shipworthy.traffic.dialects.words import INPUT, arguments_text, call_of
from shipworthy.vocabulary import ToolCall

_FUNCTION: Final = {"name": TEXT, "arguments": TEXT}

CALL_SHAPES: Final = {
    "tool_calls": Listed(
        {
            "index": NUMBER,
            "id": WORD,
            "type": WORD,
            "function": _FUNCTION,
            "custom": {"name": TEXT, "input": TEXT},
        }
    ),
    "function_call": _FUNCTION,
}
"""What is known of calls in a message or a delta."""

_LEGACY: Final = -1
_CALLS: Final = 256


def calls_of(message: Tree) -> tuple[ToolCall, ...]:
    """Return the calls of a whole message: of a request or an answer."""
    if not message.get("tool_calls") and not message.get("function_call"):
        return ()
    parts = CallParts()
    parts.take(message)
    return parts.calls()


def written_calls(calls: tuple[ToolCall, ...], ids: Mapping[int, str]) -> list[Tree]:
    """Write calls that layers left or rewrote, with the ids they had."""
    return [
        {
            "index": at,
            "id": ids.get(at) or f"call_{at}",
            "type": "function",
            "function": {"name": call.name, "arguments": arguments_text(call)},
        }
        for at, call in enumerate(calls)
    ]


@dataclass(slots=True)
class _Fragments:
    id: str = ""
    custom: bool = False
    name: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


class CallParts:
    """The calls of one choice while they arrive."""

    def __init__(self) -> None:
        self._calls: dict[int, _Fragments] = {}

    def take(self, delta: Tree) -> None:
        """Take the fragments of one delta."""
        listed = objects(delta.get("tool_calls"))
        for position, one in enumerate(listed):
            index = one.get("index")
            self._add(index if type(index) is int and index >= 0 else position, one)
        legacy = delta.get("function_call")
        if isinstance(legacy, dict):
            self._add(_LEGACY, {"function": legacy})

    def calls(self) -> tuple[ToolCall, ...]:
        """Return the calls so far, by index."""
        return tuple(_joined(self._calls[at]) for at in sorted(self._calls))

    def ids(self) -> dict[int, str]:
        """Return the ids, by position."""
        return {place: self._calls[at].id for place, at in enumerate(sorted(self._calls))}

    def _add(self, index: int, fragment: Tree) -> None:
        if len(self._calls) > _CALLS:
            raise broken("an answer holds too many tool calls")
        parts = self._calls.setdefault(index, _Fragments())
        parts.id = parts.id or own_text(fragment, "id")
        function, custom = fragment.get("function"), fragment.get("custom")
        parts.name.append(own_text(function, "name") + own_text(custom, "name"))
        parts.written.append(own_text(function, "arguments") + own_text(custom, "input"))
        parts.custom = parts.custom or isinstance(custom, dict)


def _joined(parts: _Fragments) -> ToolCall:
    name, written = "".join(parts.name), "".join(parts.written)
    return (
        ToolCall(name=name, arguments={INPUT: written}) if parts.custom else call_of(name, written)
    )
