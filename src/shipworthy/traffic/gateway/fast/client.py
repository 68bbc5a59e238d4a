"""One connection of a client of the fast front: its requests, in order, and its slowness."""

import asyncio
from collections import deque
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httptools

from shipworthy.traffic.gateway.fast.writing import Writer
from shipworthy.traffic.gateway.gateway import Gateway
from shipworthy.traffic.gateway.wire import (
    HEAD_LIMIT,
    HEADER_COUNT,
    JSON_TYPE,
    Incoming,
    error_body,
)

_PIPELINED: Final = 16
"""Requests of one connection that may wait for the answer before them."""

_IDLE_S: Final = 75.0
"""How long a connection may be kept without a request."""

_LINGER_S: Final = 1.0
"""How long what a refused client still sends is thrown away, so that it can read why."""

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Client(asyncio.Protocol):
    """One connection: parses requests and answers them one after the other."""

    def __init__(
        self, gateway: Gateway, loop: asyncio.AbstractEventLoop, clients: "set[Client]"
    ) -> None:
        self._gateway = gateway
        self._loop = loop
        self._clients = clients
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpRequestParser(self)
        self._queue: deque[tuple[Incoming, bool, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._out = Writer(loop)
        self._paused = False
        self._since = loop.time()
        """When the head began to arrive, or the connection began to wait for one."""
        self._phase = "idle"
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._count = self._head_bytes = self._raw_bytes = 0
        self._body: list[bytes] = []
        self._held = self._body_bytes = 0
        self._complaint: tuple[int, str] | None = None
        self._ending = False
        self._asked = False
        """Whether a request has arrived: one that never asks is given no longer than for a head."""
        self._owes_leave = False
        """Whether a client waits to be told to go on, until the answer before is complete."""

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport, unless there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        most = self._gateway.limits.connections
        if most and len(self._clients) >= most:
            self._gateway.state.metrics.event("connection-refused")
            self.break_off()
            return
        self._clients.add(self)
        self._out.connect(self._transport)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, and begin with what is complete."""
        if self._ending:
            return
        if self._phase == "idle":
            self._phase = "head"
            self._since = self._loop.time()
            self._head_bytes = self._count = self._raw_bytes = 0
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse_connection()
            return
        if self._phase == "head":
            # A header that has not ended was not yet counted by the parser's callbacks.
            self._raw_bytes += len(data)
            if self._raw_bytes > HEAD_LIMIT:
                self._complaint = (431, "the head of the request is too large")
                self._refuse_connection()
                return
        if len(self._queue) >= _PIPELINED and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """A client that sends no more is gone: its connection closes."""

    def connection_lost(self, error: Exception | None) -> None:
        """End what runs for this client."""
        del error
        self._transport = None
        self._clients.discard(self)
        self._queue.clear()
        self._give_back()
        self._out.disconnect()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        """The client takes too little at present."""
        self._out.full = True
        self._out.full_since = self._loop.time()

    def resume_writing(self) -> None:
        """The client has taken enough."""
        self._out.release()

    # What the parser calls.

    def on_url(self, url: bytes) -> None:
        """Collect the target of the request."""
        self._url += url
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; trailers are counted and not kept."""
        self._grow(len(name) + len(value) + 4)
        self._count += 1
        if self._count > HEADER_COUNT:
            self._complain(431, "too many headers")
        if self._phase == "body":
            return
        name = name.lower()
        if name not in self._headers:
            self._headers[name] = value
        elif name in self._gateway.alone:
            self._complain(400, "a header stands twice that may stand once")
        else:
            self._headers[name] += b", " + value

    def on_headers_complete(self) -> None:
        """Check what the head says before any of the body is taken."""
        parser, headers = self._parser, self._headers
        self._phase = "body"
        self._since = self._loop.time()
        modern = parser.get_http_version() == "1.1"
        coding = headers.get(b"transfer-encoding")
        if coding is not None and (coding.lower() != b"chunked" or not modern):
            self._complain(400, "a transfer encoding that is not `chunked`")
        if modern and b"host" not in headers:
            self._complain(400, "the header `host` is missing")
        length = headers.get(b"content-length")
        most = self._gateway.serving.reading.body_limit_bytes
        if length is not None and int(length) > most:
            self._complain(413, "the body is too large")
        expected = headers.get(b"expect")
        if expected is not None and modern:
            self._expect(expected, parser.get_method())

    def on_body(self, data: bytes) -> None:
        """Collect a part of the body, within the limits."""
        self._body_bytes += len(data)
        if self._body_bytes > self._gateway.serving.reading.body_limit_bytes:
            self._complain(413, "the body is too large")
        if not self._gateway.state.memory.take(len(data)):
            self._complain(503, "no memory for the request")
        self._held += len(data)
        self._body.append(data)

    def on_message_complete(self) -> None:
        """Begin the request, or queue it behind those before it."""
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        method = self._parser.get_method()
        path = self._url.partition(b"?")[0]
        if not path.startswith(b"/"):
            path = urlsplit(path).path or b"/"
        asked = Incoming(method, path, self._headers, body)
        self._url = b""
        self._headers = {}
        self._body = []
        self._body_bytes = 0
        self._phase = "idle"
        self._asked = True
        self._owes_leave = False
        self._head_bytes = self._raw_bytes = self._count = 0
        self._since = self._loop.time()
        modern = self._parser.get_http_version() == "1.1"
        self._queue.append((asked, self._parser.should_keep_alive(), modern))
        if self._task is None:
            self._task = self._loop.create_task(self._work())

    # What the front calls.

    def check(self, now: float) -> None:
        """End the connection where its client is too slow."""
        limits = self._gateway.limits
        if self._out.full and now - self._out.full_since > limits.body_seconds:
            self._gateway.state.metrics.event("client-too-slow")
            self.break_off()
            return
        if self._task is not None or self._ending:
            return
        waited = now - self._since
        if self._phase == "idle" and waited > (_IDLE_S if self._asked else limits.head_seconds):
            self._close()
        elif (self._phase == "head" and waited > limits.head_seconds) or (
            self._phase == "body" and waited > limits.body_seconds
        ):
            self._gateway.state.metrics.event("client-too-slow")
            self._complaint = (408, "the request took too long")
            self._refuse_connection()

    def wind_up(self) -> None:
        """Close once what is under way has been answered."""
        self._out.keep = False
        if self._task is None and self._phase == "idle":
            self._close()

    def break_off(self) -> None:
        """Close at once; what was written may be lost."""
        self._ending = True
        if self._transport is not None:
            self._transport.abort()

    async def _work(self) -> None:
        out = self._out
        try:
            while self._queue and self._transport is not None:
                asked, keep, modern = self._queue.popleft()
                out.keep = keep and not self._gateway.draining
                out.modern = modern
                out.bare = asked.method == b"HEAD"
                await self._gateway.serve(asked, out)
                self._give_back(len(asked.body))
                if not out.keep or self._gateway.draining:
                    self._close()
                    return
                self._resume()
        except asyncio.CancelledError:
            self._give_back()
        finally:
            self._task = None
            self._since = self._loop.time()
        if self._complaint is not None:
            self._refuse_connection()
        elif self._owes_leave and self._transport is not None:
            self._owes_leave = False
            self._transport.write(_CONTINUE)

    def _resume(self) -> None:
        if self._paused and len(self._queue) < _PIPELINED and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()

    def _expect(self, expected: bytes, method: bytes) -> None:
        if expected.lower() != b"100-continue":
            self._complain(417, "an expectation that is not `100-continue`")
        path = self._url.partition(b"?")[0]
        if method != b"POST" or not self._gateway.speaks(path):
            self._complain(404, "this path is not served")
        if self._task is not None:
            self._owes_leave = True
        elif self._transport is not None:
            self._transport.write(_CONTINUE)

    def _grow(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > HEAD_LIMIT:
            self._complain(431, "the head of the request is too large")

    def _complain(self, status: int, message: str) -> None:
        self._complaint = (status, message)
        raise ValueError(message)

    def _refuse_connection(self) -> None:
        """Answer what is no request that can be understood, and close.

        Whatever follows on this connection cannot be told from a request of somebody else. While an
        earlier request is under way the complaint waits for its answer.
        """
        self._ending = True
        if self._complaint is None:
            self._complaint = (400, "this is no HTTP/1.1 request")
        if self._task is not None:
            return
        status, message = self._complaint
        self._complaint = None
        self._gateway.state.metrics.event("request-refused")
        self._out.keep = self._out.bare = False
        self._out.whole(status, JSON_TYPE, error_body("invalid_request", message))
        # Closed at once, with bytes of the client unread, the system would take the answer back.
        self._out.finish()
        self._loop.call_later(_LINGER_S, self.break_off)

    def _close(self) -> None:
        """Close after what was written has been sent."""
        self._ending = True
        self._out.close()

    def _give_back(self, size: int | None = None) -> None:
        given = self._held if size is None else min(size, self._held)
        self._held -= given
        self._gateway.state.memory.give(given)
