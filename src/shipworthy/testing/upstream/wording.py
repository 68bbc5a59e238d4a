"""Answers of a scripted model in the four dialects, as JSON and as events of a stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

Tree = dict[str, Any]

MODEL: Final = "scripted-1"
_USAGE: Final = {"prompt_tokens": 60, "completion_tokens": 18, "total_tokens": 78}


@dataclass(frozen=True, slots=True)
class Script:
    """What the model says, before any fault.

    Attributes:
        pieces: the text, in the pieces in which a stream sends it.
        reasoning: what it thinks first; no dialect but chat, responses and messages says it.
        calls: tool calls, by name and arguments as JSON text.
        pause_s: seconds before each piece of a stream, or before a whole answer.
    """

    pieces: tuple[str, ...]
    reasoning: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    pause_s: float = 0.0

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.pieces)


def whole_answer(path: str, script: Script, choices: int = 1) -> bytes:
    """Return a whole answer in the dialect of a path."""
    return msgspec.json.encode(_WHOLE[path](script, choices))


def events(path: str, script: Script, choices: int = 1) -> Iterator[bytes]:
    """Yield the events of a stream in the dialect of a path, each with its blank line."""
    return _STREAMS[path](script, choices)


def last_text(path: str, body: Mapping[str, Any]) -> str:
    """Return the last text that the user sent, so that tests can tell answers apart."""
    if path == "/v1/completions":
        return str(body.get("prompt", ""))
    turns = body.get("input" if path == "/v1/responses" else "messages", "")
    if isinstance(turns, str):
        return turns
    said = [turn.get("content", "") for turn in turns if turn.get("role") == "user"]
    last = said[-1] if said else ""
    if isinstance(last, str):
        return last
    return "".join(part.get("text", "") for part in last)


def _calls(script: Script) -> list[Tree]:
    return [
        {"id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for i, (name, arguments) in enumerate(script.calls)
    ]


def _chat(script: Script, choices: int) -> Tree:
    message: Tree = {"role": "assistant", "content": script.text}
    if script.reasoning:
        message["reasoning_content"] = script.reasoning
    if script.calls:
        message["tool_calls"] = _calls(script)
    finish = "tool_calls" if script.calls else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": MODEL,
        "choices": [
            {"index": i, "message": message, "finish_reason": finish} for i in range(choices)
        ],
        "usage": _USAGE,
    }


def _completion(script: Script, choices: int) -> Tree:
    return {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 1_700_000_000,
        "model": MODEL,
        "choices": [
            {"index": i, "text": script.text, "logprobs": None, "finish_reason": "stop"}
            for i in range(choices)
        ],
        "usage": _USAGE,
    }


def _response(script: Script, choices: int) -> Tree:
    del choices
    output: list[Tree] = []
    if script.reasoning:
        summary = [{"type": "summary_text", "text": script.reasoning}]
        output.append({"type": "reasoning", "id": "rs_1", "summary": summary})
    output.append(_output_message(script.text, "completed"))
    for i, (name, arguments) in enumerate(script.calls):
        output.append(_function_call(i, name, arguments))
    return _response_object("completed", output)


def _function_call(i: int, name: str, arguments: str) -> Tree:
    return {
        "type": "function_call",
        "id": f"fc_{i}",
        "call_id": f"call_{i}",
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


def _output_message(text: str, status: str) -> Tree:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "type": "message",
        "id": "msg_1",
        "status": status,
        "role": "assistant",
        "content": content if text else [],
    }


def _response_object(status: str, output: list[Tree]) -> Tree:
    usage = {"input_tokens": 60, "output_tokens": 18, "total_tokens": 78}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": status,
        "model": MODEL,
        "output": output,
        "usage": usage if status == "completed" else None,
    }


def _message(script: Script, choices: int) -> Tree:
    del choices
    content: list[Tree] = []
    if script.reasoning:
        thought = {"type": "thinking", "thinking": script.reasoning, "signature": "c2ln"}
        content.append(thought)
    content.append({"type": "text", "text": script.text})
    for i, (name, arguments) in enumerate(script.calls):
        called = {"name": name, "input": msgspec.json.decode(arguments)}
        content.append({"type": "tool_use", "id": f"toolu_{i}", **called})
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": content,
        "stop_reason": "tool_use" if script.calls else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 60, "output_tokens": 18},
    }


def _data(tree: Tree) -> bytes:
    return b"data: " + msgspec.json.encode(tree) + b"\n\n"


def _named(tree: Tree) -> bytes:
    kind: str = tree["type"]
    return b"event: " + kind.encode() + b"\n" + _data(tree)


def _chat_events(script: Script, choices: int) -> Iterator[bytes]:
    def chunk(choice: int, delta: Tree, finish: str | None = None) -> bytes:
        return _data(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1_700_000_000,
                "model": MODEL,
                "choices": [{"index": choice, "delta": delta, "finish_reason": finish}],
            }
        )

    for i in range(choices):
        yield chunk(i, {"role": "assistant", "content": ""})
    if script.reasoning:
        yield from (chunk(i, {"reasoning_content": script.reasoning}) for i in range(choices))
    for piece in script.pieces:
        yield from (chunk(i, {"content": piece}) for i in range(choices))
    for number, call in enumerate(_calls(script)):
        begun = {**call, "function": {"name": call["function"]["name"], "arguments": ""}}
        rest = {"index": number, "function": {"arguments": call["function"]["arguments"]}}
        yield chunk(0, {"tool_calls": [{"index": number, **begun}]})
        yield chunk(0, {"tool_calls": [rest]})
    finish = "tool_calls" if script.calls else "stop"
    yield from (chunk(i, {}, finish) for i in range(choices))
    yield b"data: [DONE]\n\n"


def _completion_events(script: Script, choices: int) -> Iterator[bytes]:
    for piece in (*script.pieces, None):
        for i in range(choices):
            finish = "stop" if piece is None else None
            choice = {"index": i, "text": piece or "", "logprobs": None, "finish_reason": finish}
            head = {"id": "cmpl-1", "object": "text_completion", "created": 1_700_000_000}
            yield _data({**head, "model": MODEL, "choices": [choice]})
    yield b"data: [DONE]\n\n"


def _response_events(script: Script, choices: int) -> Iterator[bytes]:
    del choices
    number = iter(range(1_000_000))

    def event(kind: str, **fields: Any) -> bytes:
        return _named({"type": kind, "sequence_number": next(number), **fields})

    yield event("response.created", response=_response_object("in_progress", []))
    yield event("response.in_progress", response=_response_object("in_progress", []))
    place: Tree = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": "", "annotations": []}
    yield event(
        "response.output_item.added", output_index=0, item=_output_message("", "in_progress")
    )
    yield event("response.content_part.added", **place, part=part)
    for piece in script.pieces:
        yield event("response.output_text.delta", **place, delta=piece)
    yield event("response.output_text.done", **place, text=script.text)
    yield event("response.content_part.done", **place, part={**part, "text": script.text})
    done = _output_message(script.text, "completed")
    yield event("response.output_item.done", output_index=0, item=done)
    for i, (name, arguments) in enumerate(script.calls):
        item = _function_call(i, name, arguments)
        begun = {**item, "arguments": "", "status": "in_progress"}
        where: Tree = {"item_id": item["id"], "output_index": i + 1}
        yield event("response.output_item.added", output_index=i + 1, item=begun)
        yield event("response.function_call_arguments.delta", **where, delta=arguments)
        yield event("response.function_call_arguments.done", **where, arguments=arguments)
        yield event("response.output_item.done", output_index=i + 1, item=item)
    plain = Script(script.pieces, calls=script.calls)
    yield event("response.completed", response=_response(plain, 1))


def _message_events(script: Script, choices: int) -> Iterator[bytes]:
    whole = _message(script, choices)
    begun = {**whole, "content": [], "stop_reason": None}
    yield _named({"type": "message_start", "message": begun})
    for index, block in enumerate(whole["content"]):
        yield from _block_events(index, block, script)
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield _named({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 18}})
    yield _named({"type": "message_stop"})


def _block_events(index: int, block: Tree, script: Script) -> Iterator[bytes]:
    match block["type"]:
        case "text":
            empty: Tree = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in script.pieces]
        case "thinking":
            empty = {"type": "thinking", "thinking": "", "signature": ""}
            deltas = [
                {"type": "thinking_delta", "thinking": block["thinking"]},
                {"type": "signature_delta", "signature": block["signature"]},
            ]
        case _:
            empty = {**block, "input": {}}
            arguments = msgspec.json.encode(block["input"]).decode()
            deltas = [{"type": "input_json_delta", "partial_json": arguments}]
    yield _named({"type": "content_block_start", "index": index, "content_block": empty})
    for delta in deltas:
        yield _named({"type": "content_block_delta", "index": index, "delta": delta})
    yield _named({"type": "content_block_stop", "index": index})


_WHOLE: Final = {
    "/v1/chat/completions": _chat,
    "/v1/completions": _completion,
    "/v1/responses": _response,
    "/v1/messages": _message,
}
_STREAMS: Final = {
    "/v1/chat/completions": _chat_events,
    "/v1/completions": _completion_events,
    "/v1/responses": _response_events,
    "/v1/messages": _message_events,
}

PATHS: Final = tuple(_WHOLE)
"""The paths that are answered."""
