"""Reads what came back over a wire format, whole or in pieces, into what the user got.

A reading is strict where a wrong one could turn "not measured" into "held": an answer that does not
say how it ended is incomplete, and what is no answer of the format is a complaint.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from shipworthy.instruments.targets.openai.tool_text import plain_arguments
from shipworthy.records.live.exchanges import ApiDialect
from shipworthy.vocabulary import ToolCall

Ending = Literal["stop", "length", "filter", ""]

_ENDINGS: Final[Mapping[str, Ending]] = {
    "stop": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "completed": "stop",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "content_filter": "filter",
    "refusal": "filter",
}
_TOKENS_BELIEVED: Final = 10_000_000


class NoAnswerError(Exception):
    """What came back is no answer of its wire format; the text says why, without its content."""


@dataclass(slots=True)
class Heard:
    """An answer as it is put together."""

    text: str = ""
    reasoning: str = ""
    calls: dict[int, list[str]] = field(default_factory=dict)
    """By place: name, and arguments as JSON."""
    ending: Ending = ""
    served: str = ""
    tokens: tuple[int, int] = (0, 0)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Return the calls; arguments that are no object are kept as they are."""
        return tuple(
            ToolCall(name=name, arguments=_arguments(written))
            for _, (name, written) in sorted(self.calls.items())
        )

    def add_call(self, place: int, name: str, written: str) -> None:
        """Add a call, or a further part of one."""
        call = self.calls.setdefault(place, ["", ""])
        call[0] += name
        call[1] += written


def heard_whole(dialect: ApiDialect, body: bytes) -> Heard:
    """Read a whole answer.

    Raises:
        NoAnswerError: when it is none.
    """
    heard = Heard()
    _read(_WHOLE[dialect], heard, body)
    return heard


def heard_stream(dialect: ApiDialect, body: bytes) -> Heard:
    """Read an answer that came as server-sent events.

    Raises:
        NoAnswerError: when an event is none of the format, or says that there was an error.
    """
    heard = Heard()
    for data in _events(body):
        if data != b"[DONE]":
            _read(_PIECES[dialect], heard, data)
    return heard


def _read(reader: "_Reader", heard: Heard, data: bytes) -> None:
    try:
        reader(heard, _object(msgspec.json.decode(data)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NoAnswerError("not JSON") from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        raise NoAnswerError("not of its wire format") from None


def _events(body: bytes) -> Iterator[bytes]:
    """Yield the data of each event (WHATWG HTML, section 9.2); a torn last one is left out."""
    for block in body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n\n")[:-1]:
        lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line[:5] == b"data:"]
        if lines:
            yield b"\n".join(lines)


def _chat_whole(heard: Heard, document: dict[str, Any]) -> None:
    choice = document["choices"][0]
    message = choice["message"]
    heard.text = _content(message.get("content")) or message.get("refusal") or ""
    heard.reasoning = _string(message.get("reasoning_content") or message.get("reasoning"))
    for place, call in enumerate(message.get("tool_calls") or ()):
        function = call["function"]
        heard.add_call(place, function["name"], function.get("arguments") or "")
    _end(heard, choice.get("finish_reason"), document)


def _chat_piece(heard: Heard, document: dict[str, Any]) -> None:
    _refuse_error(document)
    for choice in document.get("choices") or ():
        delta = choice.get("delta") or {}
        heard.text += _string(delta.get("content")) + _string(delta.get("refusal"))
        heard.reasoning += _string(delta.get("reasoning_content") or delta.get("reasoning"))
        for call in delta.get("tool_calls") or ():
            function = call.get("function") or {}
            name, arguments = function.get("name"), function.get("arguments")
            heard.add_call(int(call.get("index", 0)), _string(name), _string(arguments))
        _end(heard, choice.get("finish_reason"), document)
    _note(heard, document, document.get("usage"))


def _completions_piece(heard: Heard, document: dict[str, Any]) -> None:
    _refuse_error(document)
    for choice in document.get("choices") or ():
        heard.text += _string(choice["text"])
        _end(heard, choice.get("finish_reason"), document)
    _note(heard, document, document.get("usage"))


def _completions_whole(heard: Heard, document: dict[str, Any]) -> None:
    if not document["choices"]:
        raise ValueError("no choice")
    _completions_piece(heard, document)


def _responses_whole(heard: Heard, document: dict[str, Any]) -> None:
    _refuse_error(document)
    for place, item in enumerate(document["output"]):
        match item["type"]:
            case "message":
                for part in item["content"]:
                    heard.text += _string(part.get("text")) + _string(part.get("refusal"))
            case "function_call":
                heard.add_call(place, item["name"], item.get("arguments") or "")
            case "reasoning":
                parts = [*(item.get("summary") or ()), *(item.get("content") or ())]
                heard.reasoning += "\n".join(_string(part.get("text")) for part in parts)
            case _:
                pass
    reason = (document.get("incomplete_details") or {}).get("reason")
    _end(heard, reason or document.get("status"), document)


def _responses_piece(heard: Heard, document: dict[str, Any]) -> None:
    match document["type"]:
        case "response.output_text.delta" | "response.refusal.delta":
            heard.text += document["delta"]
        case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
            heard.reasoning += document["delta"]
        case "response.output_item.done" if document["item"].get("type") == "function_call":
            item = document["item"]
            heard.add_call(len(heard.calls), item["name"], item.get("arguments") or "")
        case "response.completed" | "response.incomplete" | "response.failed":
            final = Heard()
            _responses_whole(final, document["response"])
            _check_end(heard, final)
        case "error":
            raise NoAnswerError("the stream says that there was an error")
        case _:
            pass


def _check_end(heard: Heard, final: Heard) -> None:
    """Take the ending of the last event, and all that only it says: the user got that as well."""
    heard.ending, heard.served, heard.tokens = final.ending, final.served, final.tokens
    if final.text and final.text not in heard.text:
        heard.text += final.text
    if not heard.calls:
        heard.calls = final.calls


def _messages_whole(heard: Heard, document: dict[str, Any]) -> None:
    _refuse_error(document)
    for place, block in enumerate(document["content"]):
        _block(heard, place, block)
        if block["type"] == "tool_use":
            heard.calls[place][1] = msgspec.json.encode(block.get("input") or {}).decode()
    _end(heard, document.get("stop_reason"), document)


def _messages_piece(heard: Heard, document: dict[str, Any]) -> None:
    match document["type"]:
        case "message_start":
            _note(heard, document["message"], document["message"].get("usage"))
        case "content_block_start":
            _block(heard, int(document["index"]), document["content_block"])
        case "content_block_delta":
            delta = document["delta"]
            heard.text += _string(delta.get("text"))
            heard.reasoning += _string(delta.get("thinking"))
            if delta["type"] == "input_json_delta":
                heard.add_call(int(document["index"]), "", delta["partial_json"])
        case "message_delta":
            _end(heard, document["delta"].get("stop_reason"), {"usage": document.get("usage")})
        case "error":
            raise NoAnswerError("the stream says that there was an error")
        case _:
            pass


def _block(heard: Heard, place: int, block: dict[str, Any]) -> None:
    match block["type"]:
        case "text":
            heard.text += _string(block.get("text"))
        case "thinking":
            heard.reasoning += _string(block.get("thinking"))
        case "tool_use":
            heard.add_call(place, block["name"], "")
        case _:
            pass


def _end(heard: Heard, said: object, document: dict[str, Any]) -> None:
    if isinstance(said, str):
        heard.ending = _ENDINGS.get(said, "")
    _note(heard, document, document.get("usage"))


def _note(heard: Heard, document: dict[str, Any], usage: object) -> None:
    served = document.get("model")
    if isinstance(served, str) and served:
        heard.served = served.replace("\\", "/").rpartition("/")[2][:80]
    if isinstance(usage, dict):
        read = _count(usage.get("prompt_tokens"), usage.get("input_tokens"))
        wrote = _count(usage.get("completion_tokens"), usage.get("output_tokens"))
        heard.tokens = (max(heard.tokens[0], read), max(heard.tokens[1], wrote))


def _count(*values: object) -> int:
    believed = (v for v in values if type(v) is int and 0 <= v <= _TOKENS_BELIEVED)
    return next(believed, 0)


def _content(value: object) -> str:
    if isinstance(value, list):
        return "".join(_string(part.get("text")) + _string(part.get("refusal")) for part in value)
    return _string(value)


def _string(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise TypeError("text was expected")


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return value


def _refuse_error(document: dict[str, Any]) -> None:
    if document.get("error"):
        raise NoAnswerError("it says that there was an error")


def _arguments(written: str) -> dict[str, str]:
    if not written.strip():
        return {}
    try:
        return plain_arguments(msgspec.json.decode(written))
    except (msgspec.DecodeError, RecursionError):
        return plain_arguments(written)


_Reader = Callable[[Heard, dict[str, Any]], None]

_WHOLE: Final[Mapping[ApiDialect, _Reader]] = {
    "chat": _chat_whole,
    "completions": _completions_whole,
    "responses": _responses_whole,
    "messages": _messages_whole,
}
_PIECES: Final[Mapping[ApiDialect, _Reader]] = {
    "chat": _chat_piece,
    "completions": _completions_piece,
    "responses": _responses_piece,
    "messages": _messages_piece,
}
