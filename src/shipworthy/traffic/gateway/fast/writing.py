"""The way back to one client of the fast front: heads, chunks and when to wait."""

import asyncio
from http import HTTPStatus
from typing import Final

_HIGH: Final = 64 * 1024
"""Bytes that may wait for a client before its exchange waits for it."""

_REASONS: Final = {status.value: status.phrase.encode() for status in HTTPStatus}


class Writer:
    """Writes answers on one connection; `keep`, `modern` and `bare` are of the request answered.

    Attributes:
        full: whether the client takes too little at present.
        full_since: since when.
        keep: whether the connection is kept after the answer.
        modern: whether the client speaks HTTP/1.1, and so chunks.
        bare: whether the answer has to come without its body (HEAD).
    """

    __slots__ = (
        "_drained",
        "_head",
        "_loop",
        "_transport",
        "bare",
        "full",
        "full_since",
        "keep",
        "modern",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._drained: asyncio.Future[None] | None = None
        self._head = b""
        self.full = False
        self.full_since = 0.0
        self.keep = self.modern = True
        self.bare = False

    @property
    def gone(self) -> bool:
        """Whether there is no connection any more."""
        return self._transport is None

    def connect(self, transport: asyncio.Transport) -> None:
        """Write on this transport from now on."""
        transport.set_write_buffer_limits(high=_HIGH)
        self._transport = transport

    def disconnect(self) -> None:
        """The connection is gone: nothing is written any more, and nobody waits."""
        self._transport = None
        self.release()

    def release(self) -> None:
        """Let go whoever waits for the client."""
        self.full = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def whole(self, status: int, content_type: str, body: bytes, extra: bytes = b"") -> None:
        """Send a complete answer."""
        if self._transport is None:
            return
        head = b"".join(
            (
                b"HTTP/1.1 ",
                str(status).encode(),
                b" ",
                _REASONS.get(status, b""),
                b"\r\ncontent-type: ",
                content_type.encode(),
                b"\r\ncontent-length: ",
                str(len(body)).encode(),
                b"\r\n",
                extra,
                b"\r\n" if self.keep else b"connection: close\r\n\r\n",
            )
        )
        self._transport.write(head if self.bare else head + body)

    def begin(self, content_type: str, extra: bytes = b"") -> None:
        """Begin a stream; a client of HTTP/1.0 gets it until the connection closes.

        The head leaves with the first bytes of the body: one call of the system instead of two.
        """
        if self.modern:
            framing = b"transfer-encoding: chunked\r\n"
        else:
            self.keep, framing = False, b""
        if not self.keep:
            framing += b"connection: close\r\n"
        parts = (content_type.encode(), b"\r\ncache-control: no-cache\r\n", framing, extra)
        self._head = b"HTTP/1.1 200 OK\r\ncontent-type: " + b"".join(parts) + b"\r\n"

    def write(self, data: bytes) -> None:
        """Send the next bytes of a stream."""
        if self._transport is None or not data:
            return
        if self.modern:
            data = b"%b%x\r\n%b\r\n" % (self._head, len(data), data)
        else:
            data = self._head + data
        self._head = b""
        self._transport.write(data)

    def end(self, data: bytes) -> None:
        """Send the last bytes of a stream, which may be none, and end it well."""
        if self._transport is None:
            return
        if self.modern:
            last = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data) if data else b"0\r\n\r\n"
        else:
            last = data
        self._transport.write(self._head + last)
        self._head = b""

    def abort(self) -> None:
        """Break the connection; what was written may be lost."""
        if self._transport is not None:
            self._transport.abort()

    async def drain(self) -> None:
        """Wait until the client has taken enough."""
        if self.full and self._transport is not None:
            self._drained = self._loop.create_future()
            try:
                await self._drained
            finally:
                self._drained = None

    def finish(self) -> None:
        """Say that nothing follows; the client may still be sending."""
        if self._transport is not None:
            self._transport.write_eof()

    def close(self) -> None:
        """Close the connection after what was written has been sent."""
        if self._transport is not None:
            self._transport.close()
