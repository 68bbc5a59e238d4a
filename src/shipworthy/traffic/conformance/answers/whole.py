"""Whole answers in the four dialects."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.conformance.answers.said import Said

Tree = dict[str, Any]

MODEL: Final = "scripted-1"
CREATED: Final = 1_700_000_000
_TOKENS: Final = {"prompt_tokens": 60, "completion_tokens": 18, "total_tokens": 78}


def whole_tree(dialect: ApiDialect, said: Said) -> Tree:
    """Return a whole answer."""
    tree = _WHOLE[dialect](said)
    if said.unknown:
        tree["x_trace"] = said.unknown
    return tree


def chat_calls(said: Said) -> list[Tree]:
    """Return the tool calls of a chat message."""
    return [
        {
            "id": f"call_{place}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for place, (name, arguments) in enumerate(said.calls)
    ]


def response_items(said: Said) -> list[Tree]:
    """Return the items of a response, as they are when they are done."""
    items: list[Tree] = []
    if said.reasoning:
        summary = [{"type": "summary_text", "text": said.reasoning}]
        items.append({"type": "reasoning", "id": "rs_0", "summary": summary})
    content: list[Tree] = [
        {"type": "output_text", "text": text, "annotations": []} for text in said.parts if text
    ]
    if said.refusal:
        content.append({"type": "refusal", "refusal": said.refusal})
    items.append(_message_item("msg_0", content))
    if said.second:
        second = {"type": "output_text", "text": said.second, "annotations": []}
        items.append(_message_item("msg_1", [second]))
    for place, (name, arguments) in enumerate(said.calls):
        items.append(
            {
                "type": "function_call",
                "id": f"fc_{place}",
                "call_id": f"call_{place}",
                "name": name,
                "arguments": arguments,
                "status": "completed",
            }
        )
    return items


def response_object(items: list[Tree], status: str) -> Tree:
    """Return the object around the items of a response."""
    usage = {
        "input_tokens": 60,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 18,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 78,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": MODEL,
        "output": items,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": usage if status == "completed" else None,
    }


def message_blocks(said: Said) -> list[Tree]:
    """Return the blocks of a message."""
    blocks: list[Tree] = []
    if said.reasoning:
        blocks.append({"type": "thinking", "thinking": said.reasoning, "signature": "c2ln"})
    blocks += [{"type": "text", "text": text} for text in said.parts if text]
    for place, (name, arguments) in enumerate(said.calls):
        called = {"name": name, "input": json.loads(arguments)}
        blocks.append({"type": "tool_use", "id": f"toolu_{place}", **called})
    return blocks


def message_object(blocks: list[Tree], stop: str | None) -> Tree:
    """Return the object around the blocks of a message."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": blocks,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 60, "output_tokens": 18},
    }


def _message_item(name: str, content: list[Tree]) -> Tree:
    return {
        "type": "message",
        "id": name,
        "status": "completed",
        "role": "assistant",
        "content": content,
    }


def _chat(said: Said) -> Tree:
    first: Tree = {"role": "assistant", "content": said.text or None}
    if said.reasoning:
        first["reasoning_content"] = said.reasoning
    if said.refusal:
        first["refusal"] = said.refusal
    if said.calls:
        first["tool_calls"] = chat_calls(said)
    finish = "tool_calls" if said.calls else "stop"
    choices = [{"index": 0, "message": first, "finish_reason": finish}]
    if said.second:
        second = {"role": "assistant", "content": said.second}
        choices.append({"index": 1, "message": second, "finish_reason": "stop"})
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": CREATED, "model": MODEL}
    return {**head, "choices": choices, "usage": _TOKENS}


def _completion(said: Said) -> Tree:
    texts = [said.text, said.second] if said.second else [said.text]
    choices = [
        {"index": place, "text": text, "logprobs": None, "finish_reason": "stop"}
        for place, text in enumerate(texts)
    ]
    head = {"id": "cmpl-1", "object": "text_completion", "created": CREATED, "model": MODEL}
    return {**head, "choices": choices, "usage": _TOKENS}


def _response(said: Said) -> Tree:
    return response_object(response_items(said), "completed")


def _message(said: Said) -> Tree:
    return message_object(message_blocks(said), "tool_use" if said.calls else "end_turn")


_WHOLE: Final[Mapping[ApiDialect, Callable[[Said], Tree]]] = {
    "chat": _chat,
    "completions": _completion,
    "responses": _response,
    "messages": _message,
}
