"""What is known of the events of a stream of responses."""

from collections.abc import Mapping
from typing import Final

from shipworthy.traffic.dialects.responses.items import ITEMS, PARTS, RESPONSE
from shipworthy.traffic.dialects.shapes import ANY, NUMBER, TEXT, WORD, ByType

_EVENT: Final = {"type": WORD, "sequence_number": NUMBER, "obfuscation": WORD}
_PLACED: Final = {
    **_EVENT,
    "item_id": WORD,
    "output_index": NUMBER,
    "content_index": NUMBER,
    "summary_index": NUMBER,
}
_DELTA: Final = {**_PLACED, "delta": TEXT}

BEGINNINGS: Final = {"response.created", "response.in_progress", "response.queued"}
ENDS: Final = {"response.completed", "response.incomplete"}
PART_EVENTS: Final[Mapping[str, str]] = {
    "response.content_part": "content_index",
    "response.reasoning_summary_part": "summary_index",
}
"""Events about parts, without `.added` and `.done`, and the field that numbers the part."""

TEXT_EVENTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "response.output_text": ("text", "content_index", "text"),
    "response.refusal": ("text", "content_index", "refusal"),
    "response.reasoning_text": ("reasoning", "content_index", "text"),
    "response.reasoning_summary_text": ("reasoning", "summary_index", "text"),
}
"""Events about texts, without `.delta` and `.done`: their channel, what numbers the part, and the
field of the event `.done` that repeats the text."""

CALL_EVENTS: Final[Mapping[str, str]] = {
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
}
"""Events about what a tool is given, without `.delta` and `.done`, and the field repeating it."""

PART_NAMES: Final = tuple(f"{name}.{last}" for name in PART_EVENTS for last in ("added", "done"))
TEXT_NAMES: Final = tuple(f"{name}.{last}" for name in TEXT_EVENTS for last in ("delta", "done"))
CALL_NAMES: Final = tuple(f"{name}.{last}" for name in CALL_EVENTS for last in ("delta", "done"))

ANNOTATION: Final = "response.output_text.annotation.added"

EVENTS: Final = ByType(
    {
        **{name: {**_EVENT, "response": RESPONSE} for name in (*BEGINNINGS, *ENDS)},
        "response.output_item.added": {**_PLACED, "item": ITEMS},
        "response.output_item.done": {**_PLACED, "item": ITEMS},
        **{name: {**_PLACED, "part": PARTS} for name in PART_NAMES},
        **{f"{name}.delta": {**_DELTA, "logprobs": ANY} for name in TEXT_EVENTS},
        **{f"{name}.delta": _DELTA for name in CALL_EVENTS},
        **{
            f"{name}.done": {**_PLACED, field: TEXT, "logprobs": ANY}
            for name, (_, _, field) in TEXT_EVENTS.items()
        },
        **{
            f"{name}.done": {**_PLACED, field: TEXT, "name": TEXT}
            for name, field in CALL_EVENTS.items()
        },
        ANNOTATION: {**_PLACED, "annotation_index": NUMBER, "annotation": ANY},
    }
)


def stem(kind: str) -> tuple[str, str]:
    """Return the name of an event without its last word, and the last word."""
    name, _, last = kind.rpartition(".")
    return name, last
