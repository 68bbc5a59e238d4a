"""Requests in the four dialects; and where a mark is planted in them."""

from collections.abc import Mapping
from typing import Any, Final

from shipworthy.records.live import ApiDialect

Tree = dict[str, Any]

PATHS: Final[Mapping[ApiDialect, str]] = {
    "chat": "/v1/chat/completions",
    "completions": "/v1/completions",
    "responses": "/v1/responses",
    "messages": "/v1/messages",
}
PLACES: Final[Mapping[ApiDialect, tuple[str, ...]]] = {
    "chat": ("user", "system", "parts", "assistant", "tool-result", "call", "tool"),
    "completions": ("user",),
    "responses": ("user", "system", "parts", "assistant", "tool-result", "call", "tool"),
    "messages": ("user", "system", "parts", "assistant", "tool-result", "call", "tool"),
}
"""Places of a request that a dialect has."""
OPERATORS_PLACES: Final = frozenset({"system", "tool"})
"""Places that the operator's program writes, in most deployments; the others are open to users."""

_QUESTION: Final = "Which café opens early?"


def ask(dialect: ApiDialect, model: str, *, stream: bool, second: bool = False) -> Tree:
    """Return a plain request; `second` asks for two choices."""
    body = _ASKED[dialect](model, {})
    if stream:
        body["stream"] = True
    if second and dialect in {"chat", "completions"}:
        body["n"] = 2
    return body


def ask_with(dialect: ApiDialect, model: str, place: str, secret: str) -> Tree:
    """Return a request that holds `secret` in a place."""
    return _ASKED[dialect](model, {place: f"{_QUESTION} {secret} "})


def _chat(model: str, said: Mapping[str, str]) -> Tree:
    messages: list[Tree] = [{"role": "system", "content": said.get("system", "Be brief.")}]
    if {"assistant", "tool-result", "call"} & said.keys():
        arguments = f'{{"rows":[{{"note":"{said.get("call", "none")}"}}]}}'
        call = {"name": "find", "arguments": arguments}
        messages += [
            {"role": "user", "content": _QUESTION},
            {
                "role": "assistant",
                "content": said.get("assistant", "I look it up."),
                "tool_calls": [{"id": "call_0", "type": "function", "function": call}],
            },
            {
                "role": "tool",
                "tool_call_id": "call_0",
                "content": said.get("tool-result", "nothing found"),
            },
        ]
    last: str | list[Tree] = said.get("user", _QUESTION)
    if "parts" in said:
        last = [{"type": "text", "text": text} for text in (_QUESTION, said["parts"])]
    messages.append({"role": "user", "content": last})
    function = {"name": "find", "description": said.get("tool", "Find."), "parameters": _SCHEMA}
    return {
        "model": model,
        "messages": messages,
        "tools": [{"type": "function", "function": function}],
    }


def _completion(model: str, said: Mapping[str, str]) -> Tree:
    return {"model": model, "prompt": said.get("user", _QUESTION), "max_tokens": 64}


def _response(model: str, said: Mapping[str, str]) -> Tree:
    turns: list[Tree] = []
    if {"assistant", "tool-result", "call"} & said.keys():
        arguments = f'{{"rows":[{{"note":"{said.get("call", "none")}"}}]}}'
        call = {"type": "function_call", "call_id": "call_0", "name": "find"}
        result = {"type": "function_call_output", "call_id": "call_0"}
        text = [{"type": "output_text", "text": said.get("assistant", "I look.")}]
        turns += [
            {"role": "user", "content": _QUESTION},
            {"type": "message", "role": "assistant", "content": text},
            {**call, "arguments": arguments},
            {**result, "output": said.get("tool-result", "nothing found")},
        ]
    last: str | list[Tree] = said.get("user", _QUESTION)
    if "parts" in said:
        last = [{"type": "input_text", "text": text} for text in (_QUESTION, said["parts"])]
    turns.append({"role": "user", "content": last})
    tool = {"type": "function", "name": "find", "description": said.get("tool", "Find.")}
    return {
        "model": model,
        "instructions": said.get("system", "Be brief."),
        "input": turns,
        "tools": [{**tool, "parameters": _SCHEMA}],
    }


def _message(model: str, said: Mapping[str, str]) -> Tree:
    messages: list[Tree] = []
    if {"assistant", "tool-result", "call"} & said.keys():
        rows = {"rows": [{"note": said.get("call", "none")}]}
        use = {"type": "tool_use", "id": "toolu_0", "name": "find", "input": rows}
        result = [{"type": "text", "text": said.get("tool-result", "nothing found")}]
        messages += [
            {"role": "user", "content": _QUESTION},
            {
                "role": "assistant",
                "content": [{"type": "text", "text": said.get("assistant", "I look.")}, use],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_0", "content": result}],
            },
            {"role": "assistant", "content": "Nothing was found."},
        ]
    last: str | list[Tree] = said.get("user", _QUESTION)
    if "parts" in said:
        last = [{"type": "text", "text": text} for text in (_QUESTION, said["parts"])]
    messages.append({"role": "user", "content": last})
    tool = {"name": "find", "description": said.get("tool", "Find."), "input_schema": _SCHEMA}
    return {
        "model": model,
        "max_tokens": 64,
        "system": said.get("system", "Be brief."),
        "messages": messages,
        "tools": [tool],
    }


_SCHEMA: Final[Tree] = {
    "type": "object",
    "properties": {"place": {"type": "string"}},
    "additionalProperties": True,
}
_ASKED: Final = {
    "chat": _chat,
    "completions": _completion,
    "responses": _response,
    "messages": _message,
}
