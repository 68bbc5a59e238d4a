"""What an exporter sent, taken apart: one event a log record, a span or an event of a span."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from shipworthy.traffic.sources.otlp.wire import from_wire

_NANOSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, with attributes as plain values.

    `id` is made of trace and span, and is empty where there are none; `at_ms` is 0 where no time
    was given.
    """

    name: str
    id: str
    at_ms: int
    attributes: dict[str, Any]


def read_export(body: bytes, content_type: str, signal: str) -> Iterator[Event]:
    """Yield the events of one export request; `signal` is `logs` or `traces`.

    Raises:
        ValueError: when the body is no such request, or of another content type.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-protobuf":
        export = from_wire(body, "LogsRequest" if signal == "logs" else "TraceRequest")
    elif kind == "application/json":
        try:
            export = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(f"not JSON: {error}") from None
    else:
        raise ValueError("`Content-Type` is neither application/json nor application/x-protobuf")
    if not isinstance(export, dict):
        raise ValueError("not an export request")  # noqa: TRY004 - what came is wrong, not our types
    return _logs(export) if signal == "logs" else _spans(export)


def _logs(export: dict[str, Any]) -> Iterator[Event]:
    for resource in _objects(export, "resourceLogs"):
        shared = _attributes(resource.get("resource"))
        for scope in _objects(resource, "scopeLogs"):
            for record in _objects(scope, "logRecords"):
                own = _attributes(record)
                name = record.get("eventName") or own.get("event.name") or ""
                body = plain(record.get("body")) if "body" in record else None
                held = body if isinstance(body, dict) else {}
                time = _number(record.get("timeUnixNano")) or _number(
                    record.get("observedTimeUnixNano")
                )
                yield Event(
                    name=name if isinstance(name, str) else "",
                    id=_identity(record),
                    at_ms=time // _NANOSECONDS,
                    attributes={**shared, **held, **own},
                )


def _spans(export: dict[str, Any]) -> Iterator[Event]:
    """A span holds an exchange, or an event of it does; the event then knows what the span does."""
    for resource in _objects(export, "resourceSpans"):
        shared = _attributes(resource.get("resource"))
        for scope in _objects(resource, "scopeSpans"):
            for span in _objects(scope, "spans"):
                own = {**shared, **_attributes(span)}
                for event in _objects(span, "events"):
                    own.update(_attributes(event))
                name = span.get("name")
                yield Event(
                    name=name if isinstance(name, str) else "",
                    id=_identity(span),
                    at_ms=_number(span.get("startTimeUnixNano")) // _NANOSECONDS,
                    attributes=own,
                )


def _identity(found: dict[str, Any]) -> str:
    trace, span = found.get("traceId"), found.get("spanId")
    if isinstance(trace, str) and isinstance(span, str) and trace and span:
        return f"{trace.lower()}-{span.lower()}"
    return ""


def _attributes(holder: Any) -> dict[str, Any]:
    if not isinstance(holder, dict):
        return {}
    return {
        entry["key"]: plain(entry.get("value"))
        for entry in _objects(holder, "attributes")
        if isinstance(entry.get("key"), str)
    }


def plain(value: Any) -> Any:
    """Return an `AnyValue` as a plain value.

    Raises:
        ValueError: for a value of no kind that OTLP has.
    """
    if value is None or value == {}:
        return None
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("an attribute has no value that OTLP knows")
    ((kind, held),) = value.items()
    match kind:
        case "stringValue" | "boolValue" | "doubleValue" | "bytesValue":
            return held
        case "intValue":
            return _number(held)
        case "arrayValue":
            return [plain(one) for one in _objects(held, "values")]
        case "kvlistValue":
            return {
                str(entry.get("key")): plain(entry.get("value"))
                for entry in _objects(held, "values")
            }
        case _:
            raise ValueError(f"an attribute has a value of kind `{kind}`")


def _number(value: Any) -> int:
    """64-bit numbers are text in OTLP's JSON form, and some exporters write them as numbers."""
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.lstrip("-").isascii() and value.lstrip("-").isdecimal():
        return int(value)
    raise ValueError("a whole number is written as something else")


def _objects(holder: Any, name: str) -> Iterator[dict[str, Any]]:
    listed = holder.get(name) if isinstance(holder, dict) else None
    if listed is None:
        return
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ValueError(f"`{name}` is no list of objects")
    yield from listed
