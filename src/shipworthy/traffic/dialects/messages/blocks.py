"""Answers of messages: what is known of them, and how blocks are written."""

from collections.abc import Mapping
from typing import Any, Final

from shipworthy.traffic.dialects.answers import made_id, own_text, strings_in
from shipworthy.traffic.dialects.protocol import Asked, Tree
from shipworthy.traffic.dialects.reading import Kind
from shipworthy.traffic.dialects.shapes import (
    ANY,
    NUMBER,
    SEAL,
    TEXT,
    WORD,
    ByType,
    Listed,
    Shape,
)
from shipworthy.traffic.dialects.words import argument_object
from shipworthy.vocabulary import ToolCall, Usage

FILTERED: Final = "refusal"
"""Why an answer ended that was withheld."""

_CALLER: Final = {"type": WORD, "tool_id": WORD}
BLOCKS: Final[Mapping[str, Shape]] = {
    "text": {"type": WORD, "text": TEXT, "citations": Listed(ANY)},
    "thinking": {"type": WORD, "thinking": TEXT, "signature": SEAL},
    "tool_use": {
        "type": WORD,
        "id": WORD,
        "name": TEXT,
        "input": ANY,
        "toolset_name": WORD,
        "caller": _CALLER,
    },
}
"""Blocks whose content layers are shown, by type; ciphered reasoning is none."""

_USAGE: Final = {"service_tier": WORD, "inference_geo": WORD, "speed": WORD}
_ENDED: Final[Mapping[str, Shape]] = {
    "stop_reason": WORD,
    "stop_sequence": ANY,
    "stop_details": {"type": WORD, "category": WORD, "explanation": TEXT},
}
MESSAGE: Final[Mapping[str, Shape]] = {
    "id": WORD,
    "type": WORD,
    "role": WORD,
    "model": WORD,
    "content": Listed(ByType(BLOCKS)),
    "usage": _USAGE,
    **_ENDED,
}
_DELTAS: Final = {
    "text_delta": {"type": WORD, "text": TEXT},
    "thinking_delta": {"type": WORD, "thinking": TEXT},
    "signature_delta": {"type": WORD, "signature": SEAL},
    "citations_delta": {"type": WORD, "citation": ANY},
    "input_json_delta": {"type": WORD, "partial_json": TEXT},
}
_NUMBERED: Final = {"type": WORD, "index": NUMBER}
EVENT: Final = ByType(
    {
        "message_start": {"type": WORD, "message": MESSAGE},
        "content_block_start": {**_NUMBERED, "content_block": ByType(BLOCKS)},
        "content_block_delta": {**_NUMBERED, "delta": ByType(_DELTAS)},
        "content_block_stop": _NUMBERED,
        "message_delta": {"type": WORD, "delta": _ENDED, "usage": _USAGE},
        "message_stop": {"type": WORD},
    }
)
_ERRORS: Final[Mapping[Kind, str]] = {
    "invalid": "invalid_request_error",
    "unsupported": "invalid_request_error",
    "too-large": "request_too_large",
    "refused": "permission_error",
    "upstream": "api_error",
    "internal": "api_error",
    "limited": "rate_limit_error",
    "stopped": "api_error",
}


def error_object(kind: Kind, message: str) -> Tree:
    """Return the body of an error."""
    return {"type": "error", "error": {"type": _ERRORS[kind], "message": message}}


def block_texts(block: Tree) -> tuple[str, str]:
    """Return the text and the reasoning that a block shows; what it cites is beside the answer."""
    if block.get("type") == "thinking":
        return "", own_text(block, "thinking")
    return own_text(block, "text"), strings_in(block.get("citations") or [])


def own_end(ended: Tree, asked: Asked) -> tuple[Tree, bool]:
    """Return an end without a stop sequence that the client did not name, and whether it is all."""
    sequence = ended.get("stop_sequence")
    named = asked.tree.get("stop_sequences")
    if sequence is None or (isinstance(named, list) and sequence in named):
        return ended, True
    return {**ended, "stop_sequence": None}, False


def made_message(asked: Asked, content: list[Tree], word: str | None) -> Tree:
    """Return a message that is made here."""
    return {
        "id": made_id("msg_", asked),
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": content,
        "stop_reason": word,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def text_block(text: str) -> Tree:
    """Return a block of text."""
    return {"type": "text", "text": text}


def thinking_block(text: str) -> Tree:
    """Return a block of reasoning that a layer rewrote: nobody has signed it."""
    return {"type": "thinking", "thinking": text, "signature": ""}


def call_blocks(calls: tuple[ToolCall, ...], ids: Mapping[int, str]) -> list[Tree]:
    """Return blocks of calls, with the ids they had."""
    return [
        {
            "type": "tool_use",
            "id": ids.get(at) or f"toolu_{at}",
            "name": call.name,
            "input": argument_object(call),
        }
        for at, call in enumerate(calls)
    ]


def word_after(word: str, calls: tuple[ToolCall, ...]) -> str:
    """Return why an answer stopped that a layer rewrote."""
    return "end_turn" if word == "tool_use" and not calls else word or "end_turn"


def merged_usage(usage: Usage, counted: Any) -> Usage:
    """Return counts of tokens after an event that gives some of them."""
    if not isinstance(counted, dict):
        return usage
    asked, said = counted.get("input_tokens"), counted.get("output_tokens")
    return Usage(
        prompt_tokens=asked if type(asked) is int and asked > 0 else usage.prompt_tokens,
        completion_tokens=said if type(said) is int and said >= 0 else usage.completion_tokens,
    )
