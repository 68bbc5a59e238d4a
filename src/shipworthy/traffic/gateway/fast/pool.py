"""Connections to the model's server: kept alive, raw bytes, deadlines swept rather than armed."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, Final, cast

import httptools

from shipworthy.records.live import UpstreamSection
from shipworthy.traffic.gateway.addresses import Address
from shipworthy.traffic.gateway.wire import UpstreamBroken

_HIGH: Final = 256 * 1024
"""Bytes of an answer that may wait before its server is told to pause."""

_IDLE_S: Final = 4.0
"""An idle connection is used again within this time; many servers close theirs after 5 s."""

_SWEEP_S: Final = 0.1
_HEAD_LIMIT: Final = 64 * 1024


class Pool:
    """Connections to one server, at most so many; who finds none free waits in order."""

    def __init__(self, section: UpstreamSection, address: Address) -> None:
        self._section = section
        self._address = address
        self._prefix = b"host: " + address.authority + b"\r\naccept-encoding: identity\r\n"
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._opening = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._loop = asyncio.get_running_loop()
        self._tls = ssl.create_default_context() if address.secure else None
        self._closed = False
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """Open connections."""
        return len(self._open)

    async def send(self, path: bytes, headers: bytes, body: bytes) -> "Connection":
        """Post a request and return its answer once its head is there; raises `UpstreamBroken`.

        A connection that was kept alive may have been closed by the server in this very moment.
        Where it ends before the first byte of an answer the request is sent once more, on a new
        connection.
        """
        length = str(len(body)).encode()
        head = b"".join(
            (b"POST ", self._address.prefix, path, b" HTTP/1.1\r\n", self._prefix, headers)
        )
        request = b"".join((head, b"content-length: ", length, b"\r\n\r\n", body))
        while True:
            connection = await self._take()
            used_before = connection.used
            try:
                await connection.ask(request)
            except UpstreamBroken:
                connection.close()
                if used_before and connection.silent:
                    self._drop_idle()
                    continue
                raise
            except BaseException:
                connection.close()
                raise
            return connection

    async def close(self) -> None:
        """Close idle connections; those in use close with their answers."""
        self._closed = True
        self._drop_idle()
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None

    def _drop_idle(self) -> None:
        for connection in self._idle:
            connection.drop()
        self._idle.clear()

    async def _take(self) -> "Connection":
        newest_dead = self._loop.time() - _IDLE_S
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and connection.touched > newest_dead:
                return connection
            connection.drop()
        if len(self._open) + self._opening >= self._section.connections:
            await self._wait()
            return await self._take()
        return await self._connect()

    async def _wait(self) -> None:
        place: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._section.connect_seconds):
                await place
        except TimeoutError:
            raise UpstreamBroken("no connection was free in time", late=True) from None
        finally:
            if place in self._waiting:
                self._waiting.remove(place)

    async def _connect(self) -> "Connection":
        self._opening += 1
        address = self._address
        try:
            async with asyncio.timeout(self._section.connect_seconds):
                _, connection = await self._loop.create_connection(
                    lambda: Connection(self._loop, self._section, self._released),
                    address.host,
                    address.port,
                    ssl=self._tls,
                    server_hostname=address.host if self._tls else None,
                )
        except TimeoutError:
            raise UpstreamBroken("no connection in time", late=True) from None
        except (OSError, ssl.SSLError) as error:
            raise UpstreamBroken(f"no connection: {type(error).__name__}") from None
        finally:
            self._opening -= 1
        self._open.add(connection)
        if self._sweeping is None and not self._closed:
            self._sweeping = self._loop.call_later(_SWEEP_S, self._sweep)
        return connection

    def _released(self, connection: "Connection") -> None:
        """Take back a connection whose answer is done with, or which is gone."""
        if connection.usable and not self._closed:
            self._idle.append(connection)
        else:
            self._open.discard(connection)
            if connection in self._idle:
                self._idle.remove(connection)
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                break

    def _sweep(self) -> None:
        now = self._loop.time()
        for connection in tuple(self._open):
            connection.check(now)
        again = self._open or not self._closed
        self._sweeping = self._loop.call_later(_SWEEP_S, self._sweep) if again else None


class Connection(asyncio.Protocol):
    """One connection, and the answer that is under way on it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        section: UpstreamSection,
        released: Callable[["Connection"], None],
    ) -> None:
        self._loop = loop
        self._section = section
        self._released = released
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._sink: Callable[[bytes], bool] | None = None
        self._enough = False
        self._sunk: BaseException | None = None
        self._chunks: list[bytes] = []
        self._held = 0
        self._paused = False
        self._broken: UpstreamBroken | None = None
        self._asking = False
        self._ended = False
        self._until_close = False
        self._kept = False
        self._head_bytes = 0
        self._asked_at = 0.0
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.touched = loop.time()
        self.used = False
        self.silent = True

    @property
    def usable(self) -> bool:
        """Whether another request may be sent on it."""
        return self._transport is not None and not self._asking

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for the head of its answer; raises `UpstreamBroken`."""
        transport = self._transport
        if transport is None:
            raise UpstreamBroken("the connection was lost")
        self.status = 0
        self.headers = {}
        self._chunks = []
        self._held = self._head_bytes = 0
        self._broken = None
        self._ended = self._until_close = self._kept = False
        self.silent = self._asking = True
        self.touched = self._asked_at = self._loop.time()
        transport.write(request)
        while not self.status and self._broken is None:
            await self._arrival()
        if self._broken is not None:
            raise self._broken

    async def pour(self, sink: Callable[[bytes], bool]) -> bool:
        """Hand what arrives to `sink`; see `UpstreamReply`.

        While this waits, `sink` is called where bytes are received: a piece of a stream goes from
        one socket to the other without waking a task.
        """
        while True:
            if self._chunks:
                if sink(self._gathered()):
                    return False
                continue
            if self._broken is not None:
                raise self._broken
            if self._ended:
                return True
            self._sink, self._enough, self._sunk = sink, False, None
            try:
                await self._arrival()
            finally:
                self._sink = None
            if self._sunk is not None:
                raise self._sunk
            if self._enough:
                return False

    def close(self) -> None:
        """Let go of the answer; the connection is kept only where all of it has arrived."""
        if not self._asking:
            return
        keep = self._ended and self._broken is None and self._kept
        self._asking = False
        self.used = True
        self.touched = self._loop.time()
        if not keep:
            self.drop()
        self._released(self)

    def drop(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def check(self, now: float) -> None:
        """End an answer that is later than it may be."""
        if not self._asking or self._ended or self._broken is not None:
            return
        limits = self._section
        if now - self._asked_at > limits.timeout_seconds:
            self._fail("the answer took too long", late=True)
        elif not self.status and now - self.touched > limits.first_byte_seconds:
            self._fail("no answer in time", late=True)
        elif self.status and not self._paused and now - self.touched > limits.idle_seconds:
            self._fail("the answer paused for too long", late=True)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; it wakes who reads, once."""
        if not self._asking or self._ended:
            # Bytes that nobody asked for: whatever follows cannot be told from an answer.
            self._lose()
            return
        self.touched = self._loop.time()
        self.silent = False
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if self._ended:
                self._kept = False
            else:
                self._fail("the answer is no HTTP")
        if self._held > _HIGH and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._deliver()

    def eof_received(self) -> None:
        """The server is done; `connection_lost` follows."""

    def connection_lost(self, error: Exception | None) -> None:
        """End an answer that has no length with the connection; break any other."""
        self._transport = None
        if not self._asking:
            self._released(self)
            return
        if self._until_close and self.status and error is None:
            self._ended = True
        elif not self._ended:
            self._fail("the connection broke")
        self._wake()

    def on_message_begin(self) -> None:
        """Refuse a second answer behind the one that was asked for."""
        if self._ended:
            raise ValueError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; trailers come after what they would change, and are left out."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > _HEAD_LIMIT:
            raise ValueError("head too large")
        if not self.status:
            self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """The head is there, unless it is an interim one."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        sized = b"content-length" in self.headers or b"transfer-encoding" in self.headers
        self._until_close = not sized and status not in {204, 304}
        # Asked here: at the end of an answer the parser has forgotten what its head said.
        self._kept = not self._until_close and bool(self._parser.should_keep_alive())
        self.status = status

    def on_body(self, data: bytes) -> None:
        """Collect a part of the body."""
        self._chunks.append(data)
        self._held += len(data)

    def on_message_complete(self) -> None:
        """The answer is complete, unless it was an interim one."""
        if self.status:
            self._ended = True
        else:
            self.headers = {}

    def _gathered(self) -> bytes:
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks = []
        self._held = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self.touched = self._loop.time()
            self._transport.resume_reading()
        return data

    def _deliver(self) -> None:
        """Hand on what arrived where somebody pours; wake whoever waits for more than that."""
        sink = self._sink
        if sink is not None and self._chunks:
            try:
                self._enough = sink(self._gathered())
            except BaseException as error:  # noqa: BLE001 - `pour` raises it where the sink came from
                self._sunk = error
            if self._enough or self._sunk is not None:
                self._sink = sink = None
        if sink is None or self._ended or self._broken is not None:
            self._wake()

    async def _arrival(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, why: str, *, late: bool = False) -> None:
        self._broken = UpstreamBroken(why, late=late)
        self.drop()
        self._wake()

    def _lose(self) -> None:
        self.drop()
        self._kept = False
