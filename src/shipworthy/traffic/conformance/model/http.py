"""A small HTTP/1.1 server in threads that writes every byte itself, so that it can misbehave."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from shipworthy.kernel import ExitCode, Problem

_LONGEST_HEAD: Final = 100_000
_LONGEST_BODY: Final = 8_000_000
_IDLE_S: Final = 120.0
BETWEEN_S: Final = 0.003
"""Seconds between two pieces of an answer, so that they are not read as one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as a server received it."""

    method: str
    path: str
    head: str
    body: bytes


class LoopbackServer:
    """A server on the loopback interface; use it as a context manager.

    Attributes:
        url: base URL.
        heard: requests received, in order.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.heard: list[Heard] = []
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, ValueError):
                    server.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 64

        try:
            self._server = Server((host, port), Handler)
        except OSError as error:
            raise Problem.of(
                "conform-listen",
                f"the scripted server cannot listen on {host}:{port}: {error.strerror}",
                help="take another port, or end what has it",
                exit_code=ExitCode.ENVIRONMENT,
            ) from None
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self, connection: socket.socket) -> None:
        """Read one request and answer it; the connection ends with the answer."""
        connection.settimeout(_IDLE_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heard = _read(connection)
        if heard is not None:
            self.heard.append(heard)
            self.answer(heard, connection)

    def answer(self, heard: Heard, connection: socket.socket) -> None:
        """Answer a request."""
        raise NotImplementedError

    def hang(self, seconds: float) -> None:
        """Say nothing for so long, or until the server ends."""
        self._ended.wait(seconds)


def _read(connection: socket.socket) -> Heard | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more or len(data) > _LONGEST_HEAD:
            return None
        data += more
    raw, _, body = data.partition(b"\r\n\r\n")
    head = raw.decode("latin-1")
    first, *lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    if fields.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    method, path, *_ = first.split(" ")
    if "chunked" in fields.get("transfer-encoding", "").lower():
        while not body.endswith(b"0\r\n\r\n") and len(body) < _LONGEST_BODY:
            more = connection.recv(65_536)
            if not more:
                break
            body += more
    else:
        length = min(int(fields.get("content-length", "0")), _LONGEST_BODY)
        while len(body) < length:
            more = connection.recv(65_536)
            if not more:
                return None
            body += more
    return Heard(method, path, head, body)


def head(status: int, kind: str, extra: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return the head of an answer."""
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in extra]
    return ("\r\n".join(lines) + "\r\n").encode() + b"\r\n"


def write_whole(connection: socket.socket, answer: bytes, kind: str, status: int = 200) -> None:
    """Write an answer with its length."""
    length = (("Content-Length", str(len(answer))),)
    connection.sendall(head(status, kind, length) + answer)


def write_pieces(connection: socket.socket, pieces: Sequence[bytes], *, end: bool = True) -> None:
    """Write the body of an answer in chunks; with a pause between large pieces only."""
    for piece in pieces:
        connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        if len(piece) > 8:
            time.sleep(BETWEEN_S)
    if end:
        connection.sendall(b"0\r\n\r\n")


def tree(value: Any) -> bytes:
    """Return JSON."""
    import json

    return json.dumps(value, ensure_ascii=False).encode()
