"""Streamed answers in the four dialects: events as (name, JSON tree), `[DONE]` as a text."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.conformance.answers.said import Said
from shipworthy.traffic.conformance.answers.whole import (
    CREATED,
    MODEL,
    Tree,
    chat_calls,
    message_blocks,
    message_object,
    response_items,
    response_object,
)

Event = tuple[str, Tree | str]


def stream_events(dialect: ApiDialect, said: Said, size: int) -> list[Event]:
    """Return the events of a stream; `size` is the number of characters of a delta."""
    events = list(_STREAMS[dialect](said, size))
    if said.unknown:
        middle = events[len(events) // 2][1]
        assert isinstance(middle, dict)
        middle["x_trace"] = said.unknown
    return events


def _pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def _chat(said: Said, size: int) -> Iterator[Event]:
    def chunk(choice: int, delta: Tree, finish: str | None = None) -> Event:
        one = {"index": choice, "delta": delta, "finish_reason": finish}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED}
        return "", {**head, "model": MODEL, "choices": [one]}

    yield chunk(0, {"role": "assistant", "content": ""})
    for field, text in (
        ("reasoning_content", said.reasoning),
        ("content", said.text),
        ("refusal", said.refusal),
    ):
        yield from (chunk(0, {field: piece}) for piece in _pieces(text, size))
    for place, call in enumerate(chat_calls(said)):
        function = call["function"]
        begun = {**call, "function": {"name": function["name"], "arguments": ""}}
        yield chunk(0, {"tool_calls": [{"index": place, **begun}]})
        for piece in _pieces(function["arguments"], size):
            rest = {"index": place, "function": {"arguments": piece}}
            yield chunk(0, {"tool_calls": [rest]})
    if said.second:
        yield chunk(1, {"role": "assistant", "content": ""})
        yield from (chunk(1, {"content": piece}) for piece in _pieces(said.second, size))
    yield chunk(0, {}, "tool_calls" if said.calls else "stop")
    if said.second:
        yield chunk(1, {}, "stop")
    yield "", "[DONE]"


def _completion(said: Said, size: int) -> Iterator[Event]:
    texts = [said.text, said.second] if said.second else [said.text]
    said_pieces = [(i, piece) for i, text in enumerate(texts) for piece in _pieces(text, size)]
    for place, piece in (*said_pieces, *((i, None) for i in range(len(texts)))):
        finish = "stop" if piece is None else None
        choice = {"index": place, "text": piece or "", "logprobs": None}
        head = {"id": "cmpl-1", "object": "text_completion", "created": CREATED}
        yield "", {**head, "model": MODEL, "choices": [{**choice, "finish_reason": finish}]}
    yield "", "[DONE]"


def _response(said: Said, size: int) -> Iterator[Event]:
    number = iter(range(1_000_000))

    def event(kind: str, **fields: Any) -> Event:
        return kind, {"type": kind, "sequence_number": next(number), **fields}

    yield event("response.created", response=response_object([], "in_progress"))
    yield event("response.in_progress", response=response_object([], "in_progress"))
    items = response_items(said)
    for place, item in enumerate(items):
        empty = _begun(item)
        yield event("response.output_item.added", output_index=place, item=empty)
        for kind, fields in _steps(item, size):
            at = {"item_id": item["id"], "output_index": place}
            yield event(f"response.{kind}", **at, **fields)
        yield event("response.output_item.done", output_index=place, item=item)
    yield event("response.completed", response=response_object(items, "completed"))


def _begun(item: Tree) -> Tree:
    fields = {"content": [], "summary": [], "arguments": "", "status": "in_progress"}
    return {name: fields.get(name, value) for name, value in item.items()}


def _steps(item: Tree, size: int) -> Iterator[tuple[str, Tree]]:
    if item["type"] == "function_call":
        for piece in _pieces(item["arguments"], size):
            yield "function_call_arguments.delta", {"delta": piece}
        yield "function_call_arguments.done", {"arguments": item["arguments"]}
        return
    summary = item["type"] == "reasoning"
    index = "summary_index" if summary else "content_index"
    part_word = "reasoning_summary_part" if summary else "content_part"
    for place, part in enumerate(item["summary"] if summary else item["content"]):
        field = "refusal" if part["type"] == "refusal" else "text"
        word = "reasoning_summary_text" if summary else _PART_WORDS[part["type"]]
        at = {index: place}
        yield f"{part_word}.added", {**at, "part": {**part, field: ""}}
        for piece in _pieces(part[field], size):
            yield f"{word}.delta", {**at, "delta": piece}
        yield f"{word}.done", {**at, field: part[field]}
        yield f"{part_word}.done", {**at, "part": part}


def _message(said: Said, size: int) -> Iterator[Event]:
    def event(kind: str, **fields: Any) -> Event:
        return kind, {"type": kind, **fields}

    yield event("message_start", message=message_object([], None))
    for place, block in enumerate(message_blocks(said)):
        empty, deltas = _block(block, size)
        yield event("content_block_start", index=place, content_block=empty)
        for delta in deltas:
            yield event("content_block_delta", index=place, delta=delta)
        yield event("content_block_stop", index=place)
    stop = "tool_use" if said.calls else "end_turn"
    delta = {"stop_reason": stop, "stop_sequence": None}
    yield event("message_delta", delta=delta, usage={"output_tokens": 18})
    yield event("message_stop")


def _block(block: Tree, size: int) -> tuple[Tree, list[Tree]]:
    match block["type"]:
        case "text":
            pieces = _pieces(block["text"], size)
            return {**block, "text": ""}, [{"type": "text_delta", "text": one} for one in pieces]
        case "thinking":
            pieces = _pieces(block["thinking"], size)
            deltas = [{"type": "thinking_delta", "thinking": one} for one in pieces]
            signature = {"type": "signature_delta", "signature": block["signature"]}
            return {**block, "thinking": "", "signature": ""}, [*deltas, signature]
        case _:
            pass
    written = json.dumps(block["input"], ensure_ascii=False, separators=(",", ":"))
    pieces = _pieces(written, size)
    deltas = [{"type": "input_json_delta", "partial_json": one} for one in pieces]
    return {**block, "input": {}}, deltas


_PART_WORDS: Final = {"output_text": "output_text", "refusal": "refusal"}
_STREAMS: Final[Mapping[ApiDialect, Callable[[Said, int], Iterator[Event]]]] = {
    "chat": _chat,
    "completions": _completion,
    "responses": _response,
    "messages": _message,
}
