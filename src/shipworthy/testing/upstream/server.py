"""A scripted model server that speaks the four dialects and misbehaves on demand.

A real HTTP/1.1 server on the loopback interface, in a thread of its own, that writes every byte
itself, so that an answer can break at any of them.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from shipworthy.testing.upstream.wording import PATHS, Script, events, last_text, whole_answer

_READY_S: Final = 10.0
_FOREVER_S: Final = 3600.0
_MIB: Final = 1024 * 1024
_HUGE_MIB: Final = 64


class UpstreamFault(Enum):
    """One way of misbehaving."""

    DIES = "the connection breaks in the middle of the answer"
    HANGS = "no answer at all"
    STALLS = "the answer stops in the middle, and the connection stays"
    RESETS = "the connection closes instead of an answer"
    BAD_JSON = "a whole answer that is no JSON, or an event that is none"
    WRONG_SHAPE = "JSON that is no answer of the dialect"
    HUGE = "an answer of 64 MiB"
    ENDLESS = "an answer without end"
    NOT_HTTP = "bytes that are no HTTP"
    SERVER_ERROR = "HTTP 500"
    HTML = "an HTML page with status 200"
    NO_END = "a stream that closes without its own end"
    BYTE_BY_BYTE = "every byte of the answer apart"


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as the server received it."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


Answering = Callable[[Heard], Script | UpstreamFault | tuple[Script, UpstreamFault]]


def echo(heard: Heard) -> Script:
    """Say what the user said last, in pieces of a word."""
    words = f"You said: {last_text(heard.path, heard.body)}".split(" ")
    return Script(tuple(word if i == 0 else f" {word}" for i, word in enumerate(words)))


class ScriptedUpstream:
    """The server; use it as a context manager.

    Attributes:
        url: base URL, without the path of a dialect.
        heard: requests received, in order.
        open: connections that are open now.
        connections: connections that were made.
        broken_off: connections that the client closed while it was answered.
    """

    def __init__(self, answering: Answering = echo) -> None:
        self.answering = answering
        self.url = ""
        self.heard: list[Heard] = []
        self.open = 0
        self.connections = 0
        self.broken_off = 0
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._ready = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="upstream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_READY_S):
            raise TimeoutError("the scripted server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(_READY_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._client, "127.0.0.1", 0, limit=_MIB)
        host, port = server.sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}"
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return False
        lines = head.decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1]
        pairs = (line.partition(":") for line in lines[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        heard = Heard(path, headers, msgspec.json.decode(body, type=dict[str, Any]))
        self.heard.append(heard)
        gone = asyncio.ensure_future(_hung_up(reader))
        work = asyncio.ensure_future(self._answer(heard, writer))
        try:
            await asyncio.wait({gone, work}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self.broken_off += 1
                work.cancel()
                return False
            return await work
        finally:
            gone.cancel()
            work.cancel()
            await asyncio.gather(gone, work, return_exceptions=True)

    async def _answer(self, heard: Heard, writer: asyncio.StreamWriter) -> bool:
        if heard.path not in PATHS:
            writer.write(_whole(404, b'{"error": "no such path"}'))
            return True
        answer = self.answering(heard)
        fault = answer if isinstance(answer, UpstreamFault) else None
        script = echo(heard)
        if isinstance(answer, tuple):
            script, fault = answer
        elif isinstance(answer, Script):
            script = answer
        if fault in _INSTEAD:
            return await _INSTEAD[fault](writer)
        if heard.body.get("stream") is True:
            return await _stream(heard, script, fault, writer)
        return await _one(heard, script, fault, writer)


async def _hung_up(reader: asyncio.StreamReader) -> None:
    """Return when the client closes; it sends nothing while it waits for an answer."""
    await reader.read(1)


async def _one(
    heard: Heard, script: Script, fault: UpstreamFault | None, writer: asyncio.StreamWriter
) -> bool:
    await asyncio.sleep(script.pause_s)
    body = whole_answer(heard.path, script, int(heard.body.get("n", 1)))
    if fault is UpstreamFault.BAD_JSON:
        body = body[: len(body) // 2]
    answer = _whole(200, body)
    if fault in {UpstreamFault.DIES, UpstreamFault.STALLS, UpstreamFault.NO_END}:
        writer.write(answer[: -len(body) // 2])
        await writer.drain()
        if fault is UpstreamFault.STALLS:
            await asyncio.sleep(_FOREVER_S)
        return False
    if fault is UpstreamFault.BYTE_BY_BYTE:
        await _drip(writer, answer)
    else:
        writer.write(answer)
    await writer.drain()
    return True


async def _stream(
    heard: Heard, script: Script, fault: UpstreamFault | None, writer: asyncio.StreamWriter
) -> bool:
    kind = b"content-type: text/event-stream\r\n"
    writer.write(b"HTTP/1.1 200 OK\r\n" + kind + b"transfer-encoding: chunked\r\n\r\n")
    sent = list(events(heard.path, script, int(heard.body.get("n", 1))))
    half = len(sent) // 2
    for place, event in enumerate(sent):
        if script.pause_s:
            await asyncio.sleep(script.pause_s)
        if fault is UpstreamFault.BAD_JSON and place == half:
            writer.write(_chunk(b'data: {"choices": [{"delta"\n\n'))
            continue
        if fault is UpstreamFault.BYTE_BY_BYTE:
            for byte in event:
                await _drip(writer, _chunk(bytes((byte,))))
            continue
        if fault in {UpstreamFault.DIES, UpstreamFault.STALLS} and place == half:
            writer.write(_chunk(event)[:-9])
            await writer.drain()
            if fault is UpstreamFault.STALLS:
                await asyncio.sleep(_FOREVER_S)
            return False
        if fault is UpstreamFault.NO_END and place == half:
            break
        writer.write(_chunk(event))
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
    await asyncio.sleep(0)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _whole(status: int, body: bytes, kind: bytes = b"application/json") -> bytes:
    length = str(len(body)).encode()
    line = b"HTTP/1.1 " + str(status).encode() + b" Scripted\r\ncontent-type: " + kind
    return line + b"\r\ncontent-length: " + length + b"\r\n\r\n" + body


async def _hangs(writer: asyncio.StreamWriter) -> bool:
    del writer
    await asyncio.sleep(_FOREVER_S)
    return False


async def _resets(writer: asyncio.StreamWriter) -> bool:
    writer.transport.abort()
    return False


async def _not_http(writer: asyncio.StreamWriter) -> bool:
    writer.write(b"\x00\x01 220 mail.example ESMTP\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await writer.drain()
    return False


async def _server_error(writer: asyncio.StreamWriter) -> bool:
    writer.write(_whole(500, b'{"error": {"message": "overloaded", "type": "server_error"}}'))
    return True


async def _html(writer: asyncio.StreamWriter) -> bool:
    writer.write(_whole(200, b"<html><body>Welcome</body></html>", b"text/html"))
    return True


async def _wrong_shape(writer: asyncio.StreamWriter) -> bool:
    writer.write(_whole(200, b'{"answer": 42}'))
    return True


async def _huge(writer: asyncio.StreamWriter) -> bool:
    return await _blocks(writer, _HUGE_MIB)


async def _endless(writer: asyncio.StreamWriter) -> bool:
    return await _blocks(writer, 1 << 30)


async def _blocks(writer: asyncio.StreamWriter, number: int) -> bool:
    kind = b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    writer.write(b"HTTP/1.1 200 OK\r\n" + kind)
    block = _chunk(b" " * _MIB)
    for _ in range(number):
        writer.write(block)
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    return True


_INSTEAD: Final = {
    UpstreamFault.HANGS: _hangs,
    UpstreamFault.RESETS: _resets,
    UpstreamFault.NOT_HTTP: _not_http,
    UpstreamFault.SERVER_ERROR: _server_error,
    UpstreamFault.HTML: _html,
    UpstreamFault.WRONG_SHAPE: _wrong_shape,
    UpstreamFault.HUGE: _huge,
    UpstreamFault.ENDLESS: _endless,
}
"""Faults that need no script."""
