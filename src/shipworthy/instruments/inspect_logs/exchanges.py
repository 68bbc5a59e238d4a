"""What was said in a logged sample, as a request and a reply of ours."""

import json
import math
from typing import Any, Final, Literal

from shipworthy.instruments.inspect_logs.documents import Message as LoggedTurn
from shipworthy.instruments.inspect_logs.documents import Sample
from shipworthy.instruments.inspect_logs.untrusted_json import shown
from shipworthy.kernel.canonical import SAFE_INTEGER
from shipworthy.vocabulary import Failure, Message, Reply, Request, ToolCall, Unassessed, Usage

_ATTACHED: Final = "attachment://"
_SHOWN_PARTS: Final = frozenset({"text", "reasoning"})
_FINISH: Final[dict[str, Literal["length", "filter"]]] = {
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "filter",
}


def request_of(sample: Sample) -> Request:
    """Return what the dataset asked, before any solver added to it: it is the same in every arm."""
    files = sample.attachments or {}
    if isinstance(sample.input, str):
        return Request(messages=(_turn("user", _resolved(sample.input, files)),))
    return Request(messages=tuple(_turn(one.role, _text(one, files)) for one in sample.input))


def reply_of(sample: Sample, outcome: object) -> Reply | Failure:
    """Return the last answer; a failure where there is none."""
    if not sample.output.choices:
        reason = outcome.reason if isinstance(outcome, Unassessed) else "response-malformed"
        return Failure(reason=reason, detail="no answer of the model", usage=usage_of(sample))
    choice, files = sample.output.choices[0], sample.attachments or {}
    return Reply(
        text=_text(choice.message, files),
        reasoning=_text(choice.message, files, "reasoning"),
        tool_calls=tuple(
            call_of(one.get("function", ""), one.get("arguments"))
            for one in choice.message.tool_calls or ()
        ),
        finish=_FINISH.get(choice.stop_reason, "stop"),
        usage=usage_of(sample),
    )


def usage_of(sample: Sample) -> Usage:
    """Return the tokens of all models of a sample, and the time that it worked."""
    used = (sample.model_usage or {}).values()
    seconds = sample.working_time or 0.0
    return Usage(
        prompt_tokens=_bounded(sum(one.input_tokens for one in used)),
        completion_tokens=_bounded(sum(one.output_tokens for one in used)),
        latency_ms=_bounded(round(seconds * 1000)) if math.isfinite(seconds) else 0,
    )


def _bounded(number: int) -> int:
    return max(0, min(number, SAFE_INTEGER))


def _turn(role: str, content: str) -> Message:
    match role:
        case "system" | "user" | "assistant":
            return Message(role=role, content=content)
        case _:
            return Message(role="user", content=f"[{shown(role)}] {content}")


def _text(turn: LoggedTurn, files: dict[str, str], kind: str = "text") -> str:
    """Return the parts of one kind; a part that is no text is named by its kind."""
    if isinstance(turn.content, str):
        return _resolved(turn.content, files) if kind == "text" else ""
    found = []
    for part in turn.content:
        what = part.get("type")
        if what == kind:
            found.append(_resolved(part.get(kind), files))
        elif kind == "text" and what not in _SHOWN_PARTS:
            found.append(f"[{shown(str(what))}]")
    return "\n".join(found)


def _resolved(text: Any, files: dict[str, str]) -> str:
    if not isinstance(text, str):
        return ""
    name = text.removeprefix(_ATTACHED)
    return shown(files.get(name, text) if name != text else text)


def call_of(function: object, given: object) -> ToolCall:
    """Return a call of a tool as text; arguments that are no table stand under `arguments`."""
    arguments = given if isinstance(given, dict) else {"arguments": given}
    return ToolCall(
        name=shown(str(function)),
        arguments={_key(name): _value(value) for name, value in arguments.items()},
    )


def _key(name: str) -> str:
    """Names in canonical JSON are ASCII."""
    return name.encode("ascii", "backslashreplace").decode("ascii")


def _value(value: Any) -> str:
    return shown(value) if isinstance(value, str) else json.dumps(value, sort_keys=True)
