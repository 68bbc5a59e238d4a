"""Protocol-buffer bytes of OTLP as the objects of OTLP's JSON form, so that one reader reads both.

Only what is read of the messages is in the table (opentelemetry-proto 1.x: `logs/v1`, `trace/v1`,
`common/v1`); other fields are stepped over, as the format asks. No package is needed for it.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final, Literal

Kind = Literal["text", "bytes", "bool", "int", "double", "fixed64"]

_DEEPEST: Final = 32
"""Messages within messages; attribute values may nest, and nobody's need so far."""

_ONE = False
_MANY = True

SCHEMA: Final[dict[str, dict[int, tuple[str, str, bool]]]] = {
    "LogsRequest": {1: ("resourceLogs", "ResourceLogs", _MANY)},
    "ResourceLogs": {
        1: ("resource", "Resource", _ONE),
        2: ("scopeLogs", "ScopeLogs", _MANY),
    },
    "ScopeLogs": {2: ("logRecords", "LogRecord", _MANY)},
    "LogRecord": {
        1: ("timeUnixNano", "fixed64", _ONE),
        5: ("body", "AnyValue", _ONE),
        6: ("attributes", "KeyValue", _MANY),
        9: ("traceId", "bytes", _ONE),
        10: ("spanId", "bytes", _ONE),
        11: ("observedTimeUnixNano", "fixed64", _ONE),
        12: ("eventName", "text", _ONE),
    },
    "TraceRequest": {1: ("resourceSpans", "ResourceSpans", _MANY)},
    "ResourceSpans": {
        1: ("resource", "Resource", _ONE),
        2: ("scopeSpans", "ScopeSpans", _MANY),
    },
    "ScopeSpans": {2: ("spans", "Span", _MANY)},
    "Span": {
        1: ("traceId", "bytes", _ONE),
        2: ("spanId", "bytes", _ONE),
        5: ("name", "text", _ONE),
        7: ("startTimeUnixNano", "fixed64", _ONE),
        9: ("attributes", "KeyValue", _MANY),
        11: ("events", "SpanEvent", _MANY),
    },
    "SpanEvent": {
        1: ("timeUnixNano", "fixed64", _ONE),
        2: ("name", "text", _ONE),
        3: ("attributes", "KeyValue", _MANY),
    },
    "Resource": {1: ("attributes", "KeyValue", _MANY)},
    "KeyValue": {1: ("key", "text", _ONE), 2: ("value", "AnyValue", _ONE)},
    "AnyValue": {
        1: ("stringValue", "text", _ONE),
        2: ("boolValue", "bool", _ONE),
        3: ("intValue", "int", _ONE),
        4: ("doubleValue", "double", _ONE),
        5: ("arrayValue", "ArrayValue", _ONE),
        6: ("kvlistValue", "KeyValueList", _ONE),
        7: ("bytesValue", "bytes", _ONE),
    },
    "ArrayValue": {1: ("values", "AnyValue", _MANY)},
    "KeyValueList": {1: ("values", "KeyValue", _MANY)},
}
"""Field number: name in JSON, kind or message, whether it is repeated."""


def from_wire(data: bytes, message: str, depth: int = 0) -> dict[str, Any]:
    """Return a message as OTLP's JSON form has it; ids are hexadecimal there.

    Raises:
        ValueError: for bytes that are no such message.
    """
    if depth > _DEEPEST:
        raise ValueError("values are nested too deep")
    fields = SCHEMA[message]
    found: dict[str, Any] = {}
    for number, wire, value in _fields(data):
        known = fields.get(number)
        if known is None:
            continue
        name, kind, many = known
        read = _value(value, wire, kind, depth)
        if many:
            found.setdefault(name, []).append(read)
        else:
            found[name] = read
    return found


def _value(value: int | bytes, wire: int, kind: str, depth: int) -> Any:
    if kind in {"bool", "int"}:
        if not isinstance(value, int) or wire != 0:
            raise ValueError("a number is written as something else")
        if kind == "bool":
            return value != 0
        return value - (1 << 64) if value >= 1 << 63 else value
    if kind in {"fixed64", "double"}:
        if not isinstance(value, int) or wire != 1:
            raise ValueError("a number of eight bytes is written as something else")
        return value if kind == "fixed64" else struct.unpack("<d", value.to_bytes(8, "little"))[0]
    if not isinstance(value, bytes):
        raise ValueError("text or a message is written as a number")  # noqa: TRY004 - what came is wrong, not our types
    if kind == "text":
        return value.decode()
    if kind == "bytes":
        return value.hex()
    return from_wire(value, kind, depth + 1)


def _fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield number, wire type and value of each field."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        value: int | bytes
        match wire:
            case 0:
                value, at = _varint(data, at)
            case 1 | 5:
                size = 8 if wire == 1 else 4
                value, at = int.from_bytes(_take(data, at, size), "little"), at + size
            case 2:
                size, at = _varint(data, at)
                value, at = _take(data, at, size), at + size
            case _:
                raise ValueError(f"no wire type {wire}")
        if number == 0:
            raise ValueError("field 0 does not exist")
        yield number, wire, value


def _take(data: bytes, at: int, size: int) -> bytes:
    if at + size > len(data):
        raise ValueError("the message is cut off")
    return data[at : at + size]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("the message is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")
