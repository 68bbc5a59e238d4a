"""Answers of responses: what is known of them, and how items are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shipworthy.traffic.dialects.answers import made_id, objects, own_text, strings_in
from shipworthy.traffic.dialects.choices.logprobs import repeated
from shipworthy.traffic.dialects.protocol import Asked, Tree
from shipworthy.traffic.dialects.shapes import (
    ANY,
    NUMBER,
    SEAL,
    TEXT,
    WORD,
    ByType,
    Listed,
    Shape,
    is_field,
)
from shipworthy.traffic.dialects.words import INPUT, arguments_text, call_of
from shipworthy.vocabulary import ToolCall

FILTERED: Final = "content_filter"
"""Why an answer is incomplete that was withheld."""

PARTS: Final = ByType(
    {
        "output_text": {"type": WORD, "text": TEXT, "annotations": Listed(ANY), "logprobs": ANY},
        "refusal": {"type": WORD, "refusal": TEXT},
        "reasoning_text": {"type": WORD, "text": TEXT},
        "summary_text": {"type": WORD, "text": TEXT},
    }
)
_ITEM: Final = {"id": WORD, "type": WORD, "status": WORD}
ITEMS: Final = ByType(
    {
        "message": {**_ITEM, "role": WORD, "phase": WORD, "content": Listed(PARTS)},
        "reasoning": {
            **_ITEM,
            "summary": Listed(PARTS),
            "content": Listed(PARTS),
            "encrypted_content": SEAL,
        },
        "function_call": {**_ITEM, "call_id": WORD, "name": TEXT, "arguments": TEXT},
        "custom_tool_call": {**_ITEM, "call_id": WORD, "name": TEXT, "input": TEXT},
    }
)
"""Items whose content layers are shown, by type."""

_ECHOED: Final = (
    "instructions",
    "tools",
    "tool_choice",
    "text",
    "reasoning",
    "metadata",
    "user",
    "prompt",
    "conversation",
    "safety_identifier",
    "prompt_cache_key",
)
RESPONSE: Final[Mapping[str, Shape]] = {
    "id": WORD,
    "object": WORD,
    "status": WORD,
    "model": WORD,
    "service_tier": WORD,
    "truncation": WORD,
    "previous_response_id": WORD,
    "prompt_cache_retention": WORD,
    "billing": {"payer": WORD},
    "incomplete_details": {"reason": WORD},
    "created_at": NUMBER,
    "usage": NUMBER,
    "output": Listed(ITEMS),
    **dict.fromkeys(_ECHOED, ANY),
}
_SETTING: Final = re.compile(r"[a-z0-9_.]{0,32}")


@dataclass(slots=True)
class Heard:
    """What the items of an answer say.

    Texts are kept by item, by field and by part, so that an event that repeats one can be compared.
    """

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)


def hear(items: list[Tree]) -> Heard:
    """Return what the items of a whole answer say, in their order."""
    heard = Heard()
    for item in items:
        match own_text(item, "type"):
            case "message":
                for part in objects(item.get("content")):
                    heard.text.append(part_text(part))
                    heard.reasoning.append(strings_in(part.get("annotations") or []))
            case "reasoning":
                parts = [*objects(item.get("summary")), *objects(item.get("content"))]
                heard.reasoning += [part_text(part) for part in parts]
            case "function_call" | "custom_tool_call":
                heard.calls.append(item_call(item))
            case _:
                pass
    return heard


def part_text(part: Tree) -> str:
    """Return the text of a part; a part has one field for it."""
    return own_text(part, "text") + own_text(part, "refusal")


def item_call(item: Tree) -> ToolCall:
    """Return the call that an item holds."""
    if item.get("type") == "custom_tool_call":
        return ToolCall(name=own_text(item, "name"), arguments={INPUT: own_text(item, "input")})
    return call_of(item.get("name"), own_text(item, "arguments"))


def own_response(response: Tree, asked: Asked) -> tuple[Tree, bool]:
    """Return an answer that repeats of the request only what the client sent, and if that is all.

    Servers repeat the request, with what a layer put in front of it. Words that are settings stay.
    """
    changed: Tree = {}
    for name in _ECHOED:
        value, sent = response.get(name), asked.tree.get(name)
        if value is not None and value != sent and (name == "instructions" or not _is_plain(value)):
            changed[name] = sent if sent is not None else ([] if name == "tools" else None)
    output = response.get("output")
    if isinstance(output, list):
        items = [own_item(one)[0] for one in output]
        if any(one is not other for one, other in zip(items, output, strict=True)):
            changed["output"] = items
    return ({**response, **changed}, False) if changed else (response, True)


def own_item(item: Tree) -> tuple[Tree, bool]:
    """Return an item whose log probabilities repeat its text, and whether that is all of it."""
    content = item.get("content")
    if not isinstance(content, list):
        return item, True
    parts = [own_logprobs(part, part_text(part))[0] for part in content]
    if all(one is other for one, other in zip(parts, content, strict=True)):
        return item, True
    return {**item, "content": parts}, False


def own_logprobs(holder: Tree, text: str) -> tuple[Tree, bool]:
    """Return something with log probabilities that repeat its text, and whether that is all."""
    logprobs = holder.get("logprobs")
    if not logprobs:
        return holder, True
    kept = repeated({"content": logprobs}, text)
    if kept is not None and kept["content"] == logprobs:
        return holder, True
    return {**holder, "logprobs": kept["content"] if kept else []}, False


def made_response(asked: Asked, base: Tree, output: list[Tree], status: str) -> Tree:
    """Return a response that is made here, after the beginning that the model's server sent."""
    empty = {
        "id": made_id("resp_", asked),
        "object": "response",
        "created_at": asked.created,
        "model": asked.model,
        "error": None,
        "instructions": asked.tree.get("instructions"),
        "metadata": asked.tree.get("metadata") or {},
        "parallel_tool_calls": asked.tree.get("parallel_tool_calls", True),
        "temperature": asked.tree.get("temperature"),
        "tool_choice": asked.tree.get("tool_choice", "auto"),
        "tools": asked.tree.get("tools") or [],
        "top_p": asked.tree.get("top_p"),
    }
    reason = {"reason": FILTERED} if status == "incomplete" else None
    ended = {"status": status, "incomplete_details": reason, "output": output}
    return {**empty, **base, **ended}


def message_item(asked: Asked, text: str, status: str) -> Tree:
    """Return a message with one text."""
    part = {"type": "output_text", "text": text, "annotations": []}
    content = [] if status == "in_progress" else [part]
    item = {"type": "message", "id": made_id("msg_", asked), "status": status}
    return {**item, "role": "assistant", "content": content}


def reasoning_item(asked: Asked, text: str) -> Tree:
    """Return reasoning with one summary."""
    summary = [{"type": "summary_text", "text": text}] if text else []
    return {"type": "reasoning", "id": made_id("rs_", asked), "summary": summary}


def call_items(calls: tuple[ToolCall, ...], asked: Asked, ids: Mapping[int, str]) -> list[Tree]:
    """Return items of calls, with the ids they had."""
    return [
        {
            "type": "function_call",
            "id": f"{made_id('fc_', asked)}_{at}",
            "call_id": ids.get(at) or f"call_{at}",
            "name": call.name,
            "arguments": arguments_text(call),
            "status": "completed",
        }
        for at, call in enumerate(calls)
    ]


def _is_plain(value: Any) -> bool:
    """Say whether all words inside a value are settings: short, in lower case, without spaces."""
    rest = [value]
    for one in rest:  # grows while it is walked
        if isinstance(one, dict):
            if not all(is_field(key) for key in one):
                return False
            rest += one.values()
        elif isinstance(one, list):
            rest += one
        elif isinstance(one, str) and _SETTING.fullmatch(one) is None:
            return False
    return True
