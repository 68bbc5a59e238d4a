"""Answers in the chat-completions dialect.

A reply is read strictly where a wrong reading could turn "not measured" into "held": no text and
no call, no known reason for the end, or an empty answer are failures, never empty replies.

Reasoning comes under several names and in several shapes. All text under any of them is kept: what
was returned is judged, whether or not a product would have shown it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.instruments.targets.openai.tool_text import parse_calls, plain_arguments
from shipworthy.kernel import Record
from shipworthy.vocabulary import Failure, Reply, Request, ToolCall, Usage

TOKENS_BELIEVED: Final = 10_000_000
"""A count beyond it is not a count: no context window is that large."""

_FINISH: Final[dict[str, Literal["stop", "length"]]] = {
    "stop": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
}
_FILTERS: Final = frozenset({"content_filter", "content-filter", "content_policy_violation"})
_THOUGHTS: Final = frozenset({"thinking", "reasoning"})
_LABELS: Final = frozenset({"type", "format", "id"})
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,48}")


class _Function(msgspec.Struct):
    name: str
    arguments: str | dict[str, Any] | None = None


class _Call(msgspec.Struct):
    function: _Function


class _Part(msgspec.Struct):
    type: str
    text: str = ""
    refusal: str = ""
    thinking: Any = None
    reasoning: Any = None


class _Message(msgspec.Struct):
    content: str | list[_Part] | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    reasoning_details: Any = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: msgspec.Raw = msgspec.Raw()
    model: str = ""


class _ModelEntry(msgspec.Struct):
    id: str


class _ModelList(msgspec.Struct):
    data: list[_ModelEntry]


_completion: Final = msgspec.json.Decoder(_Completion)
_models: Final = msgspec.json.Decoder(_ModelList)


class Completion(Record, frozen=True, kw_only=True):
    """A decoded answer and the model name it carried."""

    result: Reply | Failure
    served: str = ""


def decode_completion(
    body: bytes, request: Request, credential: Credential, latency_ms: int
) -> Completion:
    """Read a completion; whatever cannot be one becomes a failure that says why."""
    try:
        answer = _completion.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Completion(result=_undecodable(error, latency_ms))
    usage = _usage(answer.usage, latency_ms)
    served = answer.model.replace("\\", "/").rpartition("/")[2][:80]
    result = _outcome(answer, request, usage)
    if isinstance(result, Reply) and _repeats(credential, result, served):
        return Completion(result=_malformed("the answer repeats the credential", usage))
    return Completion(result=result, served=served)


def decode_models(body: bytes) -> list[str] | None:
    """Return the model names of a `/models` answer, or nothing when it is not one."""
    try:
        return [entry.id for entry in _models.decode(body).data]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def error_code(body: bytes, credential: Credential) -> str:
    """Return the error code of an error body: one plain word, or nothing.

    The message is left alone: endpoints quote keys, addresses and prompts in it.
    """
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    error = decoded.get("error") if isinstance(decoded, dict) else None
    if not isinstance(error, dict):
        return ""
    words = (error.get("code"), error.get("type"))
    plain = (word for word in words if isinstance(word, str) and _CODE.fullmatch(word))
    return next((word for word in plain if not credential.occurs_in(word)), "")


def is_filter_code(code: str) -> bool:
    """Say whether an error code means that a content filter refused the exchange."""
    return code in _FILTERS


def _outcome(answer: _Completion, request: Request, usage: Usage) -> Reply | Failure:
    if not answer.choices:
        return _malformed("the answer has no choices", usage)
    choice = answer.choices[0]
    if choice.finish_reason in _FILTERS:
        return Failure(
            reason="filtered-upstream", detail="the endpoint filtered the answer", usage=usage
        )
    finish = _FINISH.get(choice.finish_reason or "")
    if finish is None:
        return _malformed("the answer does not say how it ended", usage)
    text = _text(choice.message)
    calls = _native_calls(choice.message) or parse_calls(text, request.tools)
    reasoning = _reasoning(choice.message)
    if text.strip() or calls or reasoning:
        return Reply(text=text, reasoning=reasoning, tool_calls=calls, finish=finish, usage=usage)
    if finish == "length":
        detail = "the token limit was reached before any text"
        return Failure(reason="response-truncated", detail=detail, usage=usage)
    return _malformed("the answer is empty", usage)


def _text(message: _Message) -> str:
    if isinstance(message.content, list):
        parts = (part for part in message.content if part.type not in _THOUGHTS)
        return "".join(part.text or part.refusal for part in parts)
    return message.content or message.refusal or ""


def _reasoning(message: _Message) -> str:
    carried = [message.reasoning_content, message.reasoning, message.reasoning_details]
    if isinstance(message.content, list):
        for part in message.content:
            carried += [part.thinking, part.reasoning]
            if part.type in _THOUGHTS:
                carried += [part.text]
    # the same words often come under two names
    texts = dict.fromkeys(text for value in carried for text in _texts_in(value))
    return "\n".join(texts)


def _texts_in(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str) and current.strip():
            yield current
        elif isinstance(current, dict):
            kept = [inner for name, inner in current.items() if name not in _LABELS]
            waiting.extend(reversed(kept))
        elif isinstance(current, list):
            waiting.extend(reversed(current))


def _native_calls(message: _Message) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(name=call.function.name, arguments=_arguments(call.function.arguments))
        for call in message.tool_calls or ()
    )


def _arguments(carried: str | dict[str, Any] | None) -> dict[str, str]:
    if not isinstance(carried, str):
        return plain_arguments(carried)
    if not carried.strip():
        return {}
    try:
        return plain_arguments(msgspec.json.decode(carried))
    except (msgspec.DecodeError, RecursionError):
        return plain_arguments(carried)


def _usage(raw: msgspec.Raw, latency_ms: int) -> Usage:
    try:
        counts = msgspec.json.decode(raw) if bytes(raw) else None
    except (msgspec.DecodeError, RecursionError):
        counts = None
    known = counts if isinstance(counts, dict) else {}
    return Usage(
        prompt_tokens=_count(known.get("prompt_tokens")),
        completion_tokens=_count(known.get("completion_tokens")),
        latency_ms=latency_ms,
    )


def _count(value: object) -> int:
    believable = type(value) is int and 0 <= value <= TOKENS_BELIEVED
    return value if believable and isinstance(value, int) else 0


def _repeats(credential: Credential, reply: Reply, served: str) -> bool:
    arguments = [
        part for call in reply.tool_calls for pair in call.arguments.items() for part in pair
    ]
    return any(
        credential.occurs_in(text) for text in (reply.text, reply.reasoning, served, *arguments)
    )


def _undecodable(error: Exception, latency_ms: int) -> Failure:
    usage = Usage(latency_ms=latency_ms)
    if isinstance(error, msgspec.DecodeError) and "truncated" in str(error):
        return Failure(reason="response-truncated", detail="the JSON stops halfway", usage=usage)
    what = "not JSON" if not isinstance(error, msgspec.ValidationError) else "not a completion"
    return Failure(reason="response-malformed", detail=f"the answer is {what}", usage=usage)


def _malformed(detail: str, usage: Usage) -> Failure:
    return Failure(reason="response-malformed", detail=detail, usage=usage)
