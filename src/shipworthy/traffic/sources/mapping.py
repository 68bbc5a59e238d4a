"""Other people's records as exchanges: a table says where each field is.

Nothing is guessed: a field whose path leads nowhere in a record is missing in it, and a record
without a time, or with a field of another kind than the table says, is unreadable.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from shipworthy.kernel import digest_bytes, digest_of
from shipworthy.records.live import (
    Enforced,
    ExchangeContent,
    ExchangeRecord,
    GuardVerdict,
)
from shipworthy.records.live.monitors import MappedFields
from shipworthy.traffic.sources.reading import Decode, NotAnExchangeError
from shipworthy.vocabulary import LayerAction, Message, Sampling

_PER_SECOND: Final = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
_ROLES: Final = {"system", "user", "assistant", "tool"}
_OTHER_ROLES: Final = {
    "developer": "system",
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
}

Find = Callable[[Any], Any]


def mapped(fields: MappedFields, deployment: str) -> Decode:
    """Return what reads records by the table, as exchanges of a deployment."""
    find = {name: _path(getattr(fields, name)) for name in _PATHS}

    def decode(body: bytes) -> ExchangeRecord:
        try:
            found = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NotAnExchangeError(str(error)) from None
        if not isinstance(found, dict):
            raise NotAnExchangeError("not a JSON object")
        return _exchange(found, body, find, fields, deployment)

    return decode


_PATHS: Final = (
    "at",
    "id",
    "account",
    "conversation",
    "model",
    "answered_by",
    "messages",
    "system",
    "prompt",
    "reply",
    "reasoning",
    "finish",
    "status",
    "stream",
    "flagged",
    "withheld",
)


def _exchange(
    found: dict[str, Any],
    body: bytes,
    find: Mapping[str, Find],
    fields: MappedFields,
    deployment: str,
) -> ExchangeRecord:
    def text(name: str) -> str:
        value = find[name](found)
        if value is None:
            return ""
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        raise NotAnExchangeError(f"`{getattr(fields, name)}` is no text")

    messages, reply = _messages(found, find, fields), text("reply")
    has_reply = bool(fields.reply) and find["reply"](found) is not None
    status = find["status"](found)
    content: tuple[ExchangeContent, ...] = ()
    if messages and has_reply:
        content = (ExchangeContent(messages=messages, text=reply, reasoning=text("reasoning")),)
    return ExchangeRecord(
        id=text("id") or digest_bytes(body),
        at_ms=_moment(find["at"](found), fields),
        deployment=deployment,
        account=text("account"),
        conversation=text("conversation"),
        dialect=fields.dialect,
        stream=find["stream"](found) is True,
        model=text("model"),
        answered_by=text("answered_by"),
        sampling=Sampling(),
        request=digest_of(messages) if messages else "",
        reply=digest_of(reply) if has_reply else "",
        finish=text("finish"),
        status=status if isinstance(status, int) and not isinstance(status, bool) else 200,
        verdict=_verdict(found, find, fields),
        content=content,
    )


def _verdict(found: Any, find: Mapping[str, Find], fields: MappedFields) -> GuardVerdict:
    """Without a path to a verdict, none was recorded: the engine is then the empty digest."""
    withheld = bool(find["withheld"](found))
    enforced: Enforced = "withheld" if withheld else "released"
    flagged = find["flagged"](found)
    if not (fields.flagged or fields.withheld) or (flagged is None and not withheld):
        return GuardVerdict(engine="", actions=(), enforced=enforced)
    noticed = "withheld" if withheld else "flagged" if flagged else "passed"
    action = LayerAction(layer=fields.layer, action=noticed)  # type: ignore[arg-type]  # one of three
    return GuardVerdict(engine="", actions=(action,), enforced=enforced)


def _messages(found: Any, find: Mapping[str, Find], fields: MappedFields) -> tuple[Message, ...]:
    turns = find["messages"](found)
    if isinstance(turns, str):
        try:
            turns = msgspec.json.decode(turns)
        except (msgspec.DecodeError, RecursionError) as error:
            raise NotAnExchangeError(f"`{fields.messages}` holds no JSON: {error}") from None
    listed = [] if turns is None else turns
    if not isinstance(listed, list):
        raise NotAnExchangeError(f"`{fields.messages}` is no list of turns")
    written = [read_turn(turn, fields.messages) for turn in listed]
    for name, role in (("system", "system"), ("prompt", "user")):
        value = find[name](found)
        if isinstance(value, str):
            turn = Message(role=role, content=value)  # type: ignore[arg-type]  # one of two
            written.append(turn)
        elif value is not None:
            raise NotAnExchangeError(f"`{getattr(fields, name)}` is no text")
    return tuple(written)


def read_turn(turn: Any, place: str) -> Message:
    """Read a turn with `role` and `content`; content may be text or parts, each with its text.

    Raises:
        NotAnExchangeError: for another role, or a part that is not text: what no layer could read
            must not look as if it had been read.
    """
    if not isinstance(turn, dict):
        raise NotAnExchangeError(f"a turn of `{place}` is no object")
    role = turn.get("role")
    role = _OTHER_ROLES.get(role, role) if isinstance(role, str) else None
    if role not in _ROLES:
        raise NotAnExchangeError(f"a turn of `{place}` has no known role")
    content = turn.get("content")
    if content is None:
        content = ""
    if isinstance(content, list):
        content = "\n".join(_part(part, place) for part in content)
    if not isinstance(content, str):
        raise NotAnExchangeError(f"a turn of `{place}` has content of another kind than text")
    return Message(role=role, content=content)  # type: ignore[arg-type]  # checked above


def _part(part: Any, place: str) -> str:
    text = part.get("text") if isinstance(part, dict) else part
    if not isinstance(text, str):
        raise NotAnExchangeError(f"a turn of `{place}` has a part that is no text")
    return text


def _moment(value: Any, fields: MappedFields) -> int:
    """Return milliseconds since 1970."""
    if isinstance(value, str):
        if value.isascii() and value.isdecimal():
            value = int(value)
        else:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                raise NotAnExchangeError(f"`{fields.at}` is no time by RFC 3339") from None
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return int(zoned.timestamp() * 1000)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise NotAnExchangeError(f"`{fields.at}` is no time")
    per_second = _PER_SECOND[fields.at_unit]
    if isinstance(value, int):
        return value * 1000 // per_second
    return int(value * 1000 / per_second)


def _path(dotted: str) -> Find:
    parts: Sequence[str] = dotted.split(".") if dotted else ()

    def find(value: Any) -> Any:
        if not parts:
            return None
        for index, part in enumerate(parts):
            if isinstance(value, dict):
                rest = ".".join(parts[index:])
                if rest in value:
                    # a key with dots in it, as OpenTelemetry attributes have
                    return value[rest]
                value = value.get(part)
            elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            else:
                return None
        return value

    return find
