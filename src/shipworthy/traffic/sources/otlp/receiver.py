"""Takes what an OpenTelemetry exporter sends over HTTP, and writes it to a log before it says yes.

`POST /v1/logs` and `POST /v1/traces`, JSON or protocol buffers, plain or gzip. An exporter that got
an answer of 200 may forget what it sent: it is durable then. What cannot be read as an exchange is
kept as it came, so that the monitor counts it; the exporter is told how many there were.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from aiohttp import web

from shipworthy.kernel import Problem
from shipworthy.traffic.logs import Entry, LogWriter
from shipworthy.traffic.sources.otlp.events import Event, read_export
from shipworthy.traffic.sources.otlp.exchanges import exchanges_of, is_exchange
from shipworthy.traffic.sources.reading import NotAnExchangeError

LARGEST_EXPORT: Final = 32 * 1024 * 1024
"""Bytes of one request, as sent and unpacked."""

_RETRY_S: Final = "5"


@dataclass(slots=True)
class Receiver:
    """What arrived so far. `other` are events that are no exchanges at all."""

    writer: LogWriter
    deployment: str
    exchanges: int = 0
    unreadable: int = 0
    other: int = 0
    _encoder: msgspec.json.Encoder = field(default_factory=msgspec.json.Encoder)

    def application(self) -> web.Application:
        """Return the routes."""
        served = web.Application(client_max_size=LARGEST_EXPORT)
        served.router.add_post("/v1/logs", self._logs)
        served.router.add_post("/v1/traces", self._traces)
        return served

    async def _logs(self, request: web.Request) -> web.Response:
        return await self._take(request, "logs")

    async def _traces(self, request: web.Request) -> web.Response:
        return await self._take(request, "traces")

    async def _take(self, request: web.Request, signal: str) -> web.Response:
        body = await request.read()
        try:
            events = list(read_export(body, request.headers.get("Content-Type", ""), signal))
        except (ValueError, RecursionError) as error:
            return _answer(request, 400, {"code": 3, "message": str(error)[:200]})
        wanted = [event for event in events if is_exchange(event)]
        kept = [list(self._entries(event)) for event in wanted]
        lost = sum(1 for entries in kept for _, why in entries if why)
        try:
            await self.writer.append([entry for entries in kept for entry, _ in entries])
        except Problem as problem:
            refused = _answer(request, 503, {"code": 14, "message": problem.diagnostics[0].message})
            refused.headers["Retry-After"] = _RETRY_S
            return refused
        self.other += len(events) - len(wanted)
        self.unreadable += lost
        self.exchanges += sum(len(entries) for entries in kept) - lost
        if not lost:
            return _answer(request, 200, {})
        told = next(why for entries in kept for _, why in entries if why)
        name = "rejectedLogRecords" if signal == "logs" else "rejectedSpans"
        partial = {name: str(lost), "errorMessage": told}
        return _answer(request, 200, {"partialSuccess": partial})

    def _entries(self, event: Event) -> Iterator[tuple[Entry, str]]:
        try:
            records = list(exchanges_of(event, self.deployment))
        except NotAnExchangeError as error:
            yield Entry(key=event.id or "unreadable", body=_as_it_came(event)), str(error)
            return
        for record in records:
            key = record.account or record.conversation or record.id
            yield Entry(key=key, body=self._encoder.encode(record)), ""


def _as_it_came(event: Event) -> bytes:
    return msgspec.json.encode({"unreadable": event.name, "id": event.id, "held": event.attributes})


def _answer(request: web.Request, status: int, told: dict[str, Any]) -> web.Response:
    """Answer in the form that was sent; protocol buffers carry what they have a field for."""
    if not request.headers.get("Content-Type", "").startswith("application/x-protobuf"):
        return web.json_response(told, status=status)
    return web.Response(
        status=status, body=_as_wire(status, told), content_type="application/x-protobuf"
    )


def _as_wire(status: int, told: dict[str, Any]) -> bytes:
    if status == 200:
        partial = told.get("partialSuccess")
        if not partial:
            return b""
        rejected = next(int(value) for name, value in partial.items() if name != "errorMessage")
        return _field(1, b"\x08" + _varint(rejected) + _field(2, partial["errorMessage"].encode()))
    return b"\x08" + _varint(told["code"]) + _field(2, told["message"].encode())


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
