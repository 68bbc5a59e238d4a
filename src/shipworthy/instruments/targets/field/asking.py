"""Writes a conversation in a wire format, as an ordinary client would: nothing marks a replay.

Formats as published: OpenAI chat completions, completions and responses; Anthropic messages
(version 2023-06-01). Two of them know no seed, and their answers are drawn anew each time.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.exchanges import ApiDialect
from shipworthy.vocabulary import Message, Request, Sampling, Tool

PATHS: Final[Mapping[ApiDialect, str]] = {
    "chat": "/v1/chat/completions",
    "completions": "/v1/completions",
    "responses": "/v1/responses",
    "messages": "/v1/messages",
}

_SPEAKERS: Final = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}

Body = dict[str, Any]


def written(route: FieldRoute, request: Request, model: str, sampling: Sampling) -> bytes:
    """Return the body of a request for an answer."""
    body = _WRITERS[route.dialect](request, sampling)
    body = {"model": model, **body, "temperature": float(sampling.temperature)}
    body["top_p"] = float(sampling.top_p)
    if route.stream:
        body["stream"] = True
    return msgspec.json.encode(body)


def _chat(request: Request, sampling: Sampling) -> Body:
    body: Body = {
        "messages": [_turn(turn) for turn in request.messages],
        "max_tokens": sampling.max_tokens,
        "seed": request.seed,
    }
    if request.tools:
        body["tools"] = [{"type": "function", "function": _function(t)} for t in request.tools]
    return body


def _completions(request: Request, sampling: Sampling) -> Body:
    said = [f"{_SPEAKERS[turn.role]}: {turn.content}" for turn in request.messages]
    return {
        "prompt": "\n\n".join([*said, "Assistant:"]),
        "max_tokens": sampling.max_tokens,
        "seed": request.seed,
    }


def _responses(request: Request, sampling: Sampling) -> Body:
    body: Body = {
        "input": [_turn(turn) for turn in request.messages],
        "max_output_tokens": sampling.max_tokens,
    }
    if request.tools:
        body["tools"] = [{"type": "function", **_function(tool)} for tool in request.tools]
    return body


def _messages(request: Request, sampling: Sampling) -> Body:
    system = [turn.content for turn in request.messages if turn.role == "system"]
    body: Body = {
        "max_tokens": sampling.max_tokens,
        "messages": [_turn(turn) for turn in request.messages if turn.role != "system"],
    }
    if system:
        body["system"] = "\n\n".join(system)
    if request.tools:
        body["tools"] = [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": _function(tool)["parameters"],
            }
            for tool in request.tools
        ]
    return body


def _turn(turn: Message) -> dict[str, str]:
    return {"role": turn.role, "content": turn.content}


def _function(tool: Tool) -> Body:
    fields = {
        one.name: {"type": "string", "description": one.description} for one in tool.parameters
    }
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": {"type": "object", "properties": fields, "required": list(fields)},
    }


_WRITERS: Final[Mapping[ApiDialect, Callable[[Request, Sampling], Body]]] = {
    "chat": _chat,
    "completions": _completions,
    "responses": _responses,
    "messages": _messages,
}
