"""A model's server that says the next thing only when a test tells it to: no clock decides."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
    b"Connection: close\r\n\r\n"
)
PATIENCE_S = 30.0


@dataclass
class PacedModel:
    """Answers a request that holds a word with the events of that word; `None` waits for `go`.

    Attributes:
        scripts: events by the word.
        url: where it listens.
        asked: requests that arrived.
        gone: connections that the other side closed while it waited or sent.
    """

    scripts: Mapping[str, Sequence[bytes | None]]
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    gates: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    gone: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def go(self) -> None:
        """Let it pass the next wait."""
        self.gates.release()

    def settle(self) -> None:
        """Take back what `go` was said and not waited for: an answer may have ended before."""
        while self.gates.acquire(blocking=False):
            pass

    def serve(self, connection: socket.socket) -> None:
        """Answer one request."""
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE_S)
            asked = _request(connection)
            self.asked.append(asked)
            connection.sendall(_HEAD)
            steps = next(steps for word, steps in self.scripts.items() if word.encode() in asked)
            for step in steps:
                if step is None:
                    if not self._waited(connection):
                        self.gone.release()
                        return
                else:
                    connection.sendall(b"%x\r\n%b\r\n" % (len(step), step))
            connection.sendall(b"0\r\n\r\n")

    def _waited(self, connection: socket.socket) -> bool:
        """Wait for `go`; say whether the other side is still there."""
        connection.settimeout(0.02)
        while not self.gates.acquire(blocking=False):
            try:
                if not connection.recv(1):
                    return False
            except TimeoutError:
                continue
            except OSError:
                return False
        connection.settimeout(PATIENCE_S)
        return True


@contextmanager
def paced_model(scripts: Mapping[str, Sequence[bytes | None]]) -> Iterator[PacedModel]:
    """Serve on the loopback until the end of the block."""
    model = PacedModel(scripts)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        model.url = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=model.serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield model
        finally:
            # A close alone does not wake a thread that waits in `accept`.
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def chat_event(choice: int = 0, text: str = "", finish: str | None = None) -> bytes:
    """Return one event of a chat stream."""
    delta = {"content": text} if text else {}
    tree = {
        "id": "c-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": choice, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(tree).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def chat_parts(body: bytes) -> tuple[dict[int, str], dict[int, str]]:
    """Return the text and the reason of the end of each choice in a chat stream."""
    texts: dict[int, str] = {}
    ends: dict[int, str] = {}
    for line in body.split(b"\n"):
        if not line.startswith(b"data: {"):
            continue
        for choice in json.loads(line[6:]).get("choices", ()):
            at = choice["index"]
            texts[at] = texts.get(at, "") + (choice["delta"].get("content") or "")
            if choice["finish_reason"]:
                ends[at] = choice["finish_reason"]
    return texts, ends


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    size = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < size:
        body += _more(connection)
    return body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("closed")
    return data
