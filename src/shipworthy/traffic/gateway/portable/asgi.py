"""The gateway as an ASGI application, for those who run a server of their own in front."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from shipworthy.traffic.gateway.gateway import Gateway
from shipworthy.traffic.gateway.wire import JSON_TYPE, Incoming, error_body

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


class AsgiGateway:
    """An ASGI 3 application around a gateway that somebody else opened and will close.

    Sizes of heads, slow clients and the framing of HTTP/1.1 are the server's task; bodies, limits
    and everything behind them are ours, as on the other fronts.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is refused."""
        if scope["type"] != "http":
            raise ValueError(f"`{scope['type']}` is not served: only HTTP")
        out = _Out(send)
        gateway = self._gateway
        headers, body = _headers(scope["headers"], gateway.alone), None
        if headers is None:
            out.whole(400, JSON_TYPE, error_body("invalid_request", "a header stands twice"))
        else:
            body = await self._body(receive, out)
        try:
            if headers is not None and body is not None:
                path = scope.get("raw_path") or scope["path"].encode()
                asked = Incoming(scope["method"].encode(), path.partition(b"?")[0], headers, body)
                await _until_gone(gateway.serve(asked, out), receive)
            await out.finish()
        finally:
            gateway.state.memory.give(len(body or b""))

    async def _body(self, receive: Receive, out: "_Out") -> bytes | None:
        most = self._gateway.serving.reading.body_limit_bytes
        memory = self._gateway.state.memory
        parts: list[bytes] = []
        size = 0
        more = True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                memory.give(size)
                return None
            part = event.get("body", b"")
            taken = memory.take(len(part))
            size += len(part) if taken else 0
            if size > most or not taken:
                memory.give(size)
                status, why = (413, "too large") if taken else (503, "more than there is room for")
                message = f"the body of the request is {why}"
                out.whole(status, JSON_TYPE, error_body("invalid_request", message))
                return None
            parts.append(part)
            more = event.get("more_body", False)
        return b"".join(parts)


def _headers(raw: Any, alone: frozenset[bytes]) -> Mapping[bytes, bytes] | None:
    headers: dict[bytes, bytes] = {}
    for given, value in raw:
        name = bytes(given).lower()
        if name not in headers:
            headers[name] = bytes(value)
        elif name in alone:
            return None
        else:
            headers[name] += b", " + bytes(value)
    return headers


async def _until_gone(serving: Any, receive: Receive) -> None:
    """Serve; end the exchange where the client goes away before its answer is complete."""
    work = asyncio.ensure_future(serving)
    watch = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    finally:
        watch.cancel()
        if not work.done():
            work.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Out:
    """The way back: events, sent in `drain` and `finish`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._events: list[Event] = []
        self._broken = False

    @property
    def full(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._events)

    def whole(self, status: int, content_type: str, body: bytes, extra: bytes = b"") -> None:
        """Send a complete answer."""
        lines = [(b"content-length", str(len(body)).encode()), *_lines(content_type, extra)]
        self._events += [
            {"type": "http.response.start", "status": status, "headers": lines},
            {"type": "http.response.body", "body": body},
        ]

    def begin(self, content_type: str, extra: bytes = b"") -> None:
        """Begin a stream of status 200."""
        lines = [*_lines(content_type, extra), (b"cache-control", b"no-cache")]
        self._events.append({"type": "http.response.start", "status": 200, "headers": lines})

    def write(self, data: bytes) -> None:
        """Send the next bytes of a stream."""
        if data:
            self._events.append({"type": "http.response.body", "body": data, "more_body": True})

    def end(self, data: bytes) -> None:
        """Send the last bytes of a stream and end it well."""
        self._events.append({"type": "http.response.body", "body": data})

    def abort(self) -> None:
        """Leave the answer without its end: the server breaks the connection."""
        self._broken = True
        self._events.clear()

    async def drain(self) -> None:
        """Send what waits."""
        while self._events and not self._broken:
            await self._send(self._events.pop(0))

    async def finish(self) -> None:
        """Send the rest; an answer that was broken off must not look complete.

        Raises:
            ConnectionAbortedError: so that the server breaks the connection.
        """
        await self.drain()
        if self._broken:
            raise ConnectionAbortedError("the answer was broken off")


def _lines(content_type: str, extra: bytes) -> list[tuple[bytes, bytes]]:
    found = [(b"content-type", content_type.encode())]
    for line in extra.split(b"\r\n"):
        name, colon, value = line.partition(b": ")
        if colon:
            found.append((name, value))
    return found
