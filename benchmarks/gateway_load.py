"""The two ends of `gateway.py`: a model server that says the same thing, and clients that ask.

Both are bare protocols on uvloop, so that what they cost does not hide what lies between them.
"""

import argparse
import asyncio
import socket
import sys
import time
from collections.abc import Iterator

import msgspec
import uvloop

WORDS = (
    "The meeting is on Tuesday at ten in the small room on the second floor. We will go through "
    "the budget for the next quarter, then look at the plans for the new office, and finish with "
    "questions from the team about holidays. Here is a short summary of the book. A young woman "
    "inherits a bookshop in a town by the sea, and learns how to run it from an old friend of her "
    "uncle. Over a year she repairs the roof, finds new customers and makes peace with her sister. "
)
"""Ordinary prose that no layer holds; a run in which one does is refused."""

PIECES = 64
TEXT = (WORDS * 2)[:600]
HELD = b"cannot be answered here"


def whole() -> bytes:
    """Return the model's answer to a request that wants it whole: 600 characters."""
    message = {"role": "assistant", "content": TEXT}
    answer = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 130, "total_tokens": 250},
    }
    body = msgspec.json.encode(answer)
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    head += f"content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def chunks() -> Iterator[bytes]:
    """Yield the pieces of a stream, each as one chunk of HTTP; the first has the head before it."""
    words = [f"{word} " for word in (WORDS * 2).split()][: PIECES - 2]

    def event(delta: dict[str, str], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000}
        data = b"data: " + msgspec.json.encode({**head, "model": "m", "choices": [choice]})
        return b"%x\r\n%b\r\n" % (len(data) + 2, data + b"\n\n")

    yield (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        + event({"role": "assistant", "content": ""})
    )
    for word in words:
        yield event({"content": word})
    yield event({}, "stop")
    yield b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


def request(*, stream: bool) -> bytes:
    """Return a request of about 2 KB, with a system turn and three more."""
    filler = (WORDS * 2)[:400]
    turns = [
        {"role": "system", "content": filler},
        {"role": "user", "content": filler},
        {"role": "assistant", "content": filler},
        {"role": "user", "content": filler},
    ]
    body = msgspec.json.encode({"model": "m", "messages": turns, "stream": stream})
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
        "authorization: Bearer sk-of-a-client\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Model(asyncio.Protocol):
    """The model server: whole answers at once, streams paced or in one burst."""

    def __init__(self, pause_s: float) -> None:
        self._pause = pause_s
        self._held = b""
        self._whole = whole()
        self._chunks = list(chunks())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, mark, body = self._held.partition(b"\r\n\r\n")
        if not mark:
            return
        low = head.lower()
        size = int(low.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        if len(body) < size:
            return
        self._held = body[size:]
        if not size:  # some proxies ask for what there is, beside their traffic
            self._transport.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        elif b'"stream":true' not in body:
            self._transport.write(self._whole)
        elif self._pause:
            self._next(0)
        else:
            for chunk in self._chunks:
                self._transport.write(chunk)

    def _next(self, place: int) -> None:
        if place < len(self._chunks) and not self._transport.is_closing():
            self._transport.write(self._chunks[place])
            asyncio.get_running_loop().call_later(self._pause, self._next, place + 1)


class Client(asyncio.Protocol):
    """One client that asks again as soon as it has its answer."""

    def __init__(self, load: "Load", wanted: bytes, end: bytes) -> None:
        self._load = load
        self._wanted = wanted
        self._end = end
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        if self._load.take():
            self._at = time.perf_counter()
            self._transport.write(self._wanted)
        else:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._held += data
        if not self._held.startswith(b"HTTP/1.1 200"):
            if len(self._held) >= 12:
                self._load.fail(self._held[:400])
            return
        if self._end:
            complete = self._held.endswith(self._end)
        else:
            head, mark, body = self._held.partition(b"\r\n\r\n")
            low = head.lower()
            size = int(low.partition(b"content-length:")[2].split(b"\r\n")[0]) if mark else 0
            complete = bool(mark) and len(body) == size
        if complete and HELD in self._held:
            self._load.fail(b"a layer withheld the answer")
        elif complete:
            self._held = b""
            self._load.done(time.perf_counter() - self._at)
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._load.left()


class Load:
    """So many requests over so many connections."""

    def __init__(self, number: int, connections: int) -> None:
        self._left = number
        self._open = connections
        self.finished = asyncio.Event()
        self.latencies: list[float] = []
        self.failure = b""

    def take(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def done(self, seconds: float) -> None:
        self.latencies.append(seconds)

    def fail(self, said: bytes) -> None:
        self.failure = said
        self.finished.set()

    def left(self) -> None:
        self._open -= 1
        if not self._open:
            self.finished.set()


async def ask(port: int, number: int, connections: int, *, stream: bool) -> list[float]:
    """Ask so often; return the seconds that each answer took.

    Raises:
        RuntimeError: an answer was no 200, or answers are missing.
    """
    loop = asyncio.get_running_loop()
    load = Load(number, connections)
    wanted = request(stream=stream)
    end = b"\r\n0\r\n\r\n" if stream else b""
    for _ in range(connections):
        await loop.create_connection(lambda: Client(load, wanted, end), "127.0.0.1", port)
    await load.finished.wait()
    if load.failure or len(load.latencies) < number:
        raise RuntimeError(f"{len(load.latencies)} of {number} answers; {load.failure!r}")
    return load.latencies


async def serve(pause_s: float) -> None:
    """Serve as the model; print the port."""
    loop = asyncio.get_running_loop()
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = await loop.create_server(lambda: Model(pause_s), sock=bound, backlog=2048)
    print(bound.getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pause", type=float, default=0.0)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(parser.parse_args().pause))
    sys.exit()
