"""An OpenAI-compatible endpoint with one fixed answer, in a process of its own.

What it costs is not charged to the client under measurement. It is a bare `asyncio.Protocol`: it
reads requests up to their Content-Length, keeps connections open, and answers with the same bytes
after the same delay. Nothing is parsed that need not be, so that it is never the slower side.

    python benchmarks/mock_server.py [--delay-ms 50] [--port 0]

prints its base URL on the first line and serves until its standard input closes.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

ANSWER: Final = "I'm sorry, but I can't help with that request. I can help you with something else."
"""A refusal: every harness has to judge it, none has to do more than that."""

COMPLETION: Final = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 0,
    "model": "mock",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": ANSWER},
            "finish_reason": "stop",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 60, "completion_tokens": 18, "total_tokens": 78},
}
MODELS: Final = {"object": "list", "data": [{"id": "mock", "object": "model"}]}


def framed(document: object) -> bytes:
    """Return a whole HTTP response."""
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: keep-alive\r\n\r\n" + body


_COMPLETION_BYTES: Final = framed(COMPLETION)
_MODELS_BYTES: Final = framed(MODELS)


@dataclass(slots=True)
class Tally:
    """What the server has seen."""

    requests: int = 0
    in_flight: int = 0
    peak: int = 0


class Connection(asyncio.Protocol):
    """One client connection: requests one after another, pipelining allowed."""

    def __init__(self, delay_s: float, tally: Tally) -> None:
        self._delay_s = delay_s
        self._tally = tally
        self._held = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held = self._held + data if self._held else data
        while True:
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._held[:end]
            whole = end + 4 + _content_length(head)
            if len(self._held) < whole:
                return
            self._held = self._held[whole:]
            self._answer(_MODELS_BYTES if head.startswith(b"GET") else _COMPLETION_BYTES)

    def _answer(self, response: bytes) -> None:
        tally = self._tally
        tally.requests += 1
        tally.in_flight += 1
        tally.peak = max(tally.peak, tally.in_flight)
        if self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, self._send, response)
        else:
            self._send(response)

    def _send(self, response: bytes) -> None:
        self._tally.in_flight -= 1
        if not self._transport.is_closing():
            self._transport.write(response)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port: int, delay_s: float) -> None:
    """Serve until standard input closes, then report on standard error."""
    loop = asyncio.get_running_loop()
    tally = Tally()
    server = await loop.create_server(lambda: Connection(delay_s, tally), "127.0.0.1", port)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    seen = {
        "requests": tally.requests,
        "peak": tally.peak,
        "cpu_s": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(seen), file=sys.stderr, flush=True)


@dataclass(slots=True)
class Endpoint:
    """A running server; `requests` is known once it has stopped."""

    url: str
    requests: int = 0


@contextmanager
def running(delay_ms: int = 0) -> Iterator[Endpoint]:
    """Run the server beside this process."""
    command = [sys.executable, __file__, "--delay-ms", str(delay_ms)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        endpoint = Endpoint(process.stdout.readline().strip())
        yield endpoint
        process.stdin.close()
        endpoint.requests = json.loads(process.stderr.read())["requests"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay-ms", type=int, default=0)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.delay_ms / 1000))
