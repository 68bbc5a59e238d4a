"""An event of the generative-AI conventions as exchanges, one an answer.

Messages come as JSON text (spans) or as structures (events); both are read. What no layer could
read, as blobs and files, is counted in `media` and stays out of the content.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from shipworthy.kernel import digest_of, is_unicode
from shipworthy.records.live import ExchangeContent, ExchangeRecord, GuardVerdict
from shipworthy.traffic.sources.otlp import names
from shipworthy.traffic.sources.otlp.events import Event
from shipworthy.traffic.sources.reading import NotAnExchangeError
from shipworthy.vocabulary import Message, Sampling, ToolCall, Usage

_ROLES: Final = {"system", "user", "assistant", "tool"}


def is_exchange(event: Event) -> bool:
    """Whether an event is one exchange with a model; others are none of the monitor's business."""
    operation = event.attributes.get(names.OPERATION)
    if event.name == names.DETAILS:
        return True
    return operation in {"chat", "generate_content", "text_completion"}


def exchanges_of(event: Event, deployment: str) -> Iterator[ExchangeRecord]:
    """Yield the exchanges of an event.

    Raises:
        NotAnExchangeError: when it holds something that is not read, or lacks its time or id.
    """
    held = event.attributes
    response = held.get(names.RESPONSE_ID)
    name = event.id or (response if isinstance(response, str) else "")
    if not name:
        raise NotAnExchangeError("neither a trace and span nor `gen_ai.response.id`")
    if not event.at_ms:
        raise NotAnExchangeError("no time was given")
    media: Counter[str] = Counter()
    system = _turns_of_parts(held.get(names.SYSTEM), media)
    asked = (*system, *_turns(held.get(names.INPUT), names.INPUT, media))
    answers: list[dict[str, Any] | None] = [*_messages(held.get(names.OUTPUT), names.OUTPUT)]
    error = held.get(names.ERROR)
    for choice, answer in enumerate(answers or [None]):
        content: tuple[ExchangeContent, ...] = ()
        here = Counter(media)
        if answer is not None and asked:
            content = (_content(asked, answer, here),)
        yield ExchangeRecord(
            id=name if choice == 0 else f"{name}/{choice}",
            at_ms=event.at_ms,
            deployment=deployment,
            account=next((_text(held, user) for user in names.USERS if _text(held, user)), ""),
            conversation=_text(held, names.CONVERSATION),
            dialect=names.DIALECT_OF.get(_text(held, names.OPERATION), "chat"),  # type: ignore[arg-type]  # the table holds dialects
            stream=held.get(names.STREAM) is True,
            choice=choice,
            model=_text(held, names.REQUEST_MODEL),
            answered_by=_text(held, names.RESPONSE_MODEL),
            system_prompt=digest_of(system) if system else "",
            sampling=_sampling(held),
            request=digest_of(asked) if asked else "",
            reply=digest_of(content[0].text) if content else "",
            finish=_finish(held, answer, choice),
            status=500 if error else 200,
            verdict=GuardVerdict(
                engine="",
                actions=(),
                enforced="failed" if error else "released",
                why=_one_line(error) if error else "",
            ),
            usage=Usage(
                prompt_tokens=_count(held, names.INPUT_TOKENS),
                completion_tokens=_count(held, names.OUTPUT_TOKENS),
            ),
            media=dict(here),
            content=content,
        )


def _content(
    asked: tuple[Message, ...], answer: dict[str, Any], media: Counter[str]
) -> ExchangeContent:
    texts: list[str] = []
    reasoning: list[str] = []
    calls: list[ToolCall] = []
    for part in _parts(answer, names.OUTPUT):
        match part.get("type"):
            case "text":
                texts.append(_said(part))
            case "reasoning":
                reasoning.append(_said(part))
            case "tool_call":
                calls.append(_call(part))
            case str(kind):
                media[kind] += 1
            case _:
                raise NotAnExchangeError("a part has no type")
    return ExchangeContent(
        messages=asked,
        text="\n".join(texts),
        reasoning="\n".join(reasoning),
        tool_calls=tuple(calls),
    )


def _turns(value: Any, place: str, media: Counter[str]) -> Iterator[Message]:
    for message in _messages(value, place):
        yield from _turn(message, place, media)


def _turn(message: dict[str, Any], place: str, media: Counter[str]) -> Iterator[Message]:
    role = message.get("role")
    role = "system" if role == "developer" else role
    if role not in _ROLES:
        raise NotAnExchangeError(f"a message of `{place}` has no known role")
    texts: list[str] = []
    calls: list[ToolCall] = []
    answers: list[str] = []
    for part in _parts(message, place):
        match part.get("type"):
            case "text" | "reasoning":
                texts.append(_said(part))
            case "tool_call":
                calls.append(_call(part))
            case "tool_call_response":
                answers.append(_response(part))
            case str(kind):
                media[kind] += 1
            case _:
                raise NotAnExchangeError(f"a part of `{place}` has no type")
    if texts or calls or not answers:
        yield Message(
            role=role,  # type: ignore[arg-type]  # checked above
            content="\n".join(texts),
            confidential=role == "system",
            tool_calls=tuple(calls) if calls else msgspec.UNSET,
        )
    for text in answers:
        yield Message(role="tool", content=text)


def _turns_of_parts(value: Any, media: Counter[str]) -> tuple[Message, ...]:
    """System instructions are a list of parts without a message around them."""
    listed = _listed(value, names.SYSTEM)
    if not listed:
        return ()
    return tuple(_turn({"role": "system", "parts": listed}, names.SYSTEM, media))


def _messages(value: Any, place: str) -> Iterator[dict[str, Any]]:
    for message in _listed(value, place):
        if not isinstance(message, dict):
            raise NotAnExchangeError(f"a message of `{place}` is no object")
        yield message


def _listed(value: Any, place: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise NotAnExchangeError(f"`{place}` is text and holds no JSON") from None
    if value is None:
        return []
    if not isinstance(value, list):
        raise NotAnExchangeError(f"`{place}` is no list")
    return value


def _parts(message: dict[str, Any], place: str) -> Iterator[dict[str, Any]]:
    parts = message.get("parts")
    if parts is None and isinstance(message.get("content"), str):
        parts = [{"type": "text", "content": message["content"]}]
    if not isinstance(parts, list):
        raise NotAnExchangeError(f"a message of `{place}` has no parts")
    for part in parts:
        if not isinstance(part, dict):
            raise NotAnExchangeError(f"a part of `{place}` is no object")
        yield part


def _said(part: dict[str, Any]) -> str:
    content = part.get("content")
    if not isinstance(content, str) or not is_unicode(content):
        raise NotAnExchangeError("a part of text holds no text")
    return content


def _call(part: dict[str, Any]) -> ToolCall:
    name, given = part.get("name"), part.get("arguments")
    if not isinstance(name, str):
        raise NotAnExchangeError("a tool call has no name")
    if isinstance(given, str):
        try:
            given = msgspec.json.decode(given)
        except (msgspec.DecodeError, RecursionError):
            given = {"": given}
    if given is None:
        given = {}
    held = given if isinstance(given, dict) else {"": given}
    return ToolCall(name=name, arguments={str(key): _as_text(one) for key, one in held.items()})


def _response(part: dict[str, Any]) -> str:
    for name in names.RESPONSES:
        if name in part:
            return _as_text(part[name])
    raise NotAnExchangeError("a tool's answer has neither `response` nor `result`")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _finish(held: Mapping[str, Any], answer: dict[str, Any] | None, choice: int) -> str:
    own = answer.get("finish_reason") if answer else None
    if isinstance(own, str):
        return own
    reasons = held.get(names.FINISH_REASONS)
    if isinstance(reasons, list) and choice < len(reasons) and isinstance(reasons[choice], str):
        return str(reasons[choice])
    return ""


def _sampling(held: Mapping[str, Any]) -> Sampling:
    usual = Sampling()
    return Sampling(
        temperature=_decimal(held.get(names.TEMPERATURE), usual.temperature),
        top_p=_decimal(held.get(names.TOP_P), usual.top_p),
        max_tokens=_count(held, names.MAX_TOKENS) or usual.max_tokens,
    )


def _decimal(value: Any, usual: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return usual
    return str(float(value))


def _count(held: Mapping[str, Any], name: str) -> int:
    value = held.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _text(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    return value if isinstance(value, str) and is_unicode(value) else ""


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())[:200]
