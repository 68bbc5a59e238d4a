"""The portable front: aiohttp's server, which is always installed."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from shipworthy.traffic.gateway.gateway import Gateway
from shipworthy.traffic.gateway.wire import (
    HEAD_LIMIT,
    HEADER_COUNT,
    JSON_TYPE,
    Incoming,
    error_body,
)

_SWEEP_S: Final = 0.25
_IDLE_S: Final = 75.0


class _Refused(Exception):  # noqa: N818 - it says what happened
    """A request that is turned away before its body has been read."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class PortableFront:
    """Listens; the same contract as the fast front, at several times its cost."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._loop = asyncio.get_running_loop()
        self._server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._heads: dict[_TimedHandler, float] = {}
        self._listening: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    async def listen(self, bound: socket.socket) -> None:
        """Take connections on a socket that is bound already."""
        self._listening = await self._loop.create_server(self._protocol, sock=bound, backlog=1024)
        self._sweep()

    def stop_listening(self) -> None:
        """Take no more connections; those that wait for a request end."""
        if self._listening is not None:
            self._listening.close()
        self._server.pre_shutdown()

    async def close(self) -> None:
        """Break what is left."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        await self._server.shutdown(0.0)

    def _protocol(self) -> asyncio.Protocol:
        return _TimedHandler(self._server, self._loop, self._heads, self._is_crowded)

    def _is_crowded(self) -> bool:
        """Say whether there are more connections than may be; counts who is refused for that."""
        most = self._gateway.limits.connections
        if not most or len(self._server.connections) <= most:
            return False
        self._gateway.state.metrics.event("connection-refused")
        return True

    def _sweep(self) -> None:
        oldest = self._loop.time() - self._gateway.limits.head_seconds
        for handler, since in tuple(self._heads.items()):
            if since < oldest:
                self._gateway.state.metrics.event("client-too-slow")
                handler.force_close()
                self._heads.pop(handler, None)
        self._sweeping = self._loop.call_later(_SWEEP_S, self._sweep)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        handler = request.protocol
        if isinstance(handler, _TimedHandler):
            self._heads.pop(handler, None)
        gateway = self._gateway
        held = 0
        try:
            headers = _headers(request, gateway.alone)
            body = await self._body(request)
            held = len(body)
            path = request.rel_url.raw_path.encode()
            # aiohttp's parser gives the trailers of a request to the next one on its connection.
            last = b"transfer-encoding" in headers
            out = _Out(request, gateway.limits.body_seconds, last=last)
            await gateway.serve(Incoming(request.method.encode(), path, headers, body), out)
            return await out.finish()
        except _Refused as refused:
            gateway.state.metrics.event("request-refused")
            return _refusal(refused)
        finally:
            gateway.state.memory.give(held)
            if isinstance(handler, _TimedHandler):
                handler.expect_head()

    async def _body(self, request: web.BaseRequest) -> bytes:
        """Read the body within the limits; what was held for a body that fails is given back."""
        most = self._gateway.serving.reading.body_limit_bytes
        memory = self._gateway.state.memory
        if request.content_length is not None and request.content_length > most:
            raise _Refused(413, "the body is too large")
        if request.version >= (1, 1) and "expect" in request.headers:
            if not self._gateway.speaks(request.rel_url.raw_path.encode()):
                raise _Refused(404, "this path is not served")
            if request.transport is not None:
                request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._gateway.limits.body_seconds):
                async for part in request.content.iter_any():
                    self._hold(size + len(part), len(part))
                    size += len(part)
                    parts.append(part)
        except TimeoutError:
            memory.give(size)
            raise _Refused(408, "the request took too long") from None
        except BaseException:
            memory.give(size)
            raise
        return b"".join(parts)

    def _hold(self, size: int, more: int) -> None:
        if size > self._gateway.serving.reading.body_limit_bytes:
            raise _Refused(413, "the body is too large")
        if not self._gateway.state.memory.take(more):
            raise _Refused(503, "no memory for the request")


def _headers(request: web.BaseRequest, alone: frozenset[bytes]) -> Mapping[bytes, bytes]:
    if len(request.raw_headers) > HEADER_COUNT:
        raise _Refused(431, "too many headers")
    if sum(len(name) + len(value) + 4 for name, value in request.raw_headers) > HEAD_LIMIT:
        raise _Refused(431, "the head of the request is too large")
    headers: dict[bytes, bytes] = {}
    for raw, value in request.raw_headers:
        name = raw.lower()
        if name not in headers:
            headers[name] = value
        elif name in alone:
            raise _Refused(400, "a header stands twice that may stand once")
        else:
            headers[name] += b", " + value
    coding = headers.get(b"transfer-encoding")
    if coding is not None and (coding.lower() != b"chunked" or request.version < (1, 1)):
        raise _Refused(400, "a transfer encoding that is not `chunked`")
    if b"host" not in headers and request.version >= (1, 1):
        raise _Refused(400, "the header `host` is missing")
    if headers.get(b"expect", b"100-continue").lower() != b"100-continue":
        raise _Refused(417, "an expectation that is not `100-continue`")
    return headers


def _refusal(refused: _Refused) -> web.Response:
    response = web.Response(
        status=refused.status,
        body=error_body("invalid_request", refused.message),
        content_type=JSON_TYPE,
    )
    response.force_close()
    return response


class _TimedHandler(web.RequestHandler):
    """aiohttp's protocol, with the time at which the head of a request began to arrive."""

    def __init__(
        self,
        server: web.Server,
        loop: asyncio.AbstractEventLoop,
        heads: "dict[_TimedHandler, float]",
        is_crowded: Callable[[], bool],
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=_IDLE_S,
            access_log=None,  # type: ignore[arg-type]  # none is what its own runner passes
            max_line_size=HEAD_LIMIT,
            max_headers=HEADER_COUNT,
            max_field_size=HEAD_LIMIT,
            auto_decompress=False,
            lingering_time=0.0,
        )
        self._loop_time = loop.time
        self._heads = heads
        self._is_crowded = is_crowded
        self._waits = True

    def expect_head(self) -> None:
        """From now on bytes begin another head."""
        self._waits = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the time before the first byte as well; one too many is closed at once."""
        super().connection_made(transport)
        if self._is_crowded():
            self.force_close()
            return
        self._heads[self] = self._loop_time()

    def data_received(self, data: bytes) -> None:
        """Note when the first bytes of a head come."""
        if self._waits:
            self._waits = False
            self._heads.setdefault(self, self._loop_time())
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._heads.pop(self, None)
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP in words of ours: aiohttp's quote the request."""
        del request, exc, message
        kind = status if status in {400, 408, 413, 431} else 400 if status < 500 else 500
        self._heads.pop(self, None)
        return _refusal(_Refused(kind, "this is no HTTP/1.1 request"))


class _Out:
    """The way back to one client; everything is written in `drain` and `finish`."""

    def __init__(self, request: web.BaseRequest, patience_s: float, *, last: bool) -> None:
        """`last`: the connection closes after this answer, and what waits behind it is dropped."""
        self._request = request
        self._last = last
        self._patience = patience_s
        self._response: web.StreamResponse | None = None
        self._pending: list[bytes] = []
        self._broken = False

    @property
    def full(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._pending)

    def whole(self, status: int, content_type: str, body: bytes, extra: bytes = b"") -> None:
        """Send a complete answer."""
        headers = _lines(extra)
        headers["content-type"] = content_type
        self._respond(web.Response(status=status, body=body, headers=headers))

    def begin(self, content_type: str, extra: bytes = b"") -> None:
        """Begin a stream of status 200."""
        headers = _lines(extra)
        headers["content-type"] = content_type
        headers["cache-control"] = "no-cache"
        self._respond(web.StreamResponse(status=200, headers=headers))

    def write(self, data: bytes) -> None:
        """Send the next bytes of a stream."""
        if data:
            self._pending.append(data)

    def end(self, data: bytes) -> None:
        """Send the last bytes of a stream; `finish` ends it."""
        self.write(data)

    def _respond(self, response: web.StreamResponse) -> None:
        if self._last:
            response.force_close()
        self._response = response

    def abort(self) -> None:
        """Break the connection."""
        self._broken = True
        if self._request.transport is not None:
            self._request.transport.abort()

    async def drain(self) -> None:
        """Write what waits, and wait until the client has taken enough."""
        response = self._response
        if response is None or self._broken:
            return
        data = b"".join(self._pending)
        self._pending.clear()
        try:
            async with asyncio.timeout(self._patience):
                if not response.prepared:
                    await response.prepare(self._request)
                if data:
                    await response.write(data)
        except TimeoutError:
            self.abort()
            raise asyncio.CancelledError from None
        except ConnectionError:
            raise asyncio.CancelledError from None

    async def finish(self) -> web.StreamResponse:
        """Write the rest and return what aiohttp is to end."""
        response = self._response
        if response is None or self._broken:
            return web.Response(status=500)
        if not isinstance(response, web.Response):
            await self.drain()
            await response.write_eof()
        return response


def _lines(extra: bytes) -> dict[str, str]:
    found: dict[str, Any] = {}
    for line in extra.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(": ")
        if colon:
            found[name] = value
    return found
