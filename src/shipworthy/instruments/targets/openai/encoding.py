"""Requests in the chat-completions dialect.

An agent's earlier calls and their results go along as the endpoint's dialect has them, with ids of
our own that count the calls; or in words, as assistant's and user's turns.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

import msgspec

from shipworthy.instruments.targets.openai.tool_text import (
    describe_tools,
    results_text,
    text_with_calls,
)
from shipworthy.kernel import Record
from shipworthy.vocabulary import Message, Request, Sampling, Tool

_encoder: Final = msgspec.json.Encoder()


class Dialect(Record, frozen=True, kw_only=True):
    """How this endpoint wants to be asked."""

    model: str
    sampling: Sampling
    native_tools: bool = False
    max_tokens_field: str = "max_tokens"
    repeat_penalty_field: str = ""
    flags: dict[str, bool] = msgspec.field(default_factory=dict)
    """Further switches of the engine, sent as they are."""

    @property
    def marks(self) -> str:
        """What differs from the plain dialect, for an identity: it changes what the model reads."""
        marks = [
            "native tools" if self.native_tools else "",
            self.max_tokens_field if self.max_tokens_field != "max_tokens" else "",
            self.repeat_penalty_field,
        ]
        return "".join(f", {mark}" for mark in marks if mark)


def encode_request(request: Request, dialect: Dialect) -> bytes:
    """Return the body of a chat completion request."""
    sampling = dialect.sampling
    body: dict[str, object] = {
        "model": dialect.model,
        "messages": _messages(request, native=dialect.native_tools),
        dialect.max_tokens_field: sampling.max_tokens,
        "temperature": float(sampling.temperature),
        "top_p": float(sampling.top_p),
        "seed": request.seed,
        "stream": False,
    }
    if dialect.repeat_penalty_field:
        body[dialect.repeat_penalty_field] = float(sampling.repeat_penalty)
    if dialect.native_tools and request.tools:
        body["tools"] = [_schema(tool) for tool in request.tools]
        body["tool_choice"] = "auto"
    body.update(dialect.flags)
    return _encoder.encode(body)


def _messages(request: Request, *, native: bool) -> list[dict[str, Any]]:
    if native:
        return _one_system_turn(_native_turns(request.messages))
    turns = [*request.messages]
    if request.tools:
        offer = describe_tools(request.tools)
        place = next((n for n, turn in enumerate(turns) if turn.role == "system"), None)
        if place is None:
            turns.insert(0, Message(role="system", content=offer))
        else:
            content = f"{turns[place].content}\n\n{offer}"
            turns[place] = Message(role="system", content=content)
    return _one_system_turn(_worded_turns(turns, request.tools))


def _native_turns(turns: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """Yield turns with calls as objects; results answer the latest calls in their order."""
    numbers = count()
    open_ids: list[str] = []
    for turn in turns:
        if turn.role == "tool":
            answered = open_ids.pop(0) if open_ids else _call_id(next(numbers))
            yield {"role": "tool", "tool_call_id": answered, "content": turn.content}
        elif turn.tool_calls:
            open_ids = [_call_id(next(numbers)) for _ in turn.tool_calls]
            calls = [
                {
                    "id": name,
                    "type": "function",
                    "function": {
                        "name": call.name,
                        "arguments": _encoder.encode(call.arguments).decode(),
                    },
                }
                for name, call in zip(open_ids, turn.tool_calls, strict=True)
            ]
            yield {"role": turn.role, "content": turn.content, "tool_calls": calls}
        else:
            yield {"role": turn.role, "content": turn.content}


def _call_id(number: int) -> str:
    """Return an id of nine letters and digits, which the strictest endpoints want."""
    return f"call{number:05d}"


def _worded_turns(turns: Sequence[Message], tools: Sequence[Tool]) -> Iterator[dict[str, Any]]:
    """Yield turns with calls and results in words; news after results joins them."""
    results: list[str] = []
    for turn in turns:
        if turn.role == "tool":
            results.append(turn.content)
            continue
        if results and turn.role == "user":
            content = f"{results_text(results)}\n\n{turn.content}"
            results = []
            yield {"role": "user", "content": content}
            continue
        if results:
            yield {"role": "user", "content": results_text(results)}
            results = []
        calls = turn.tool_calls or ()
        yield {"role": turn.role, "content": text_with_calls(turn.content, calls, tools)}
    if results:
        yield {"role": "user", "content": results_text(results)}


def _one_system_turn(turns: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighbouring system turns: many chat templates refuse, or misread, a second one."""
    joined: list[dict[str, Any]] = []
    for turn in turns:
        if turn["role"] == "system" and joined and joined[-1]["role"] == "system":
            joined[-1]["content"] += f"\n\n{turn['content']}"
        else:
            joined.append(turn)
    return joined


def _schema(tool: Tool) -> dict[str, object]:
    properties = {
        parameter.name: {"type": "string", "description": parameter.description}
        for parameter in tool.parameters
    }
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": list(properties),
            },
        },
    }
