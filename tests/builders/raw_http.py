"""Bytes on a socket: what no well-behaved client sends, and answers read one by one."""

import socket
from dataclasses import dataclass, field
from typing import Self

_PATIENCE_S = 10.0


@dataclass
class RawAnswer:
    """An answer as it came: `complete` where its framing ended it."""

    status: int
    headers: dict[str, str]
    body: bytes
    complete: bool
    chunks: list[bytes] = field(default_factory=list)


class RawClient:
    """A connection on which tests write what they like."""

    def __init__(self, address: tuple[str, int], patience_s: float = _PATIENCE_S) -> None:
        self._socket = socket.create_connection(address, patience_s)
        self._held = b""

    def send(self, data: bytes) -> None:
        """Write bytes."""
        self._socket.sendall(data)

    def send_no_more(self) -> None:
        """Close this side of the connection; the other may still answer."""
        self._socket.shutdown(socket.SHUT_WR)

    def begun(self) -> RawAnswer:
        """Read the head of an answer whose chunks are read one by one."""
        status, headers = self._head()
        return RawAnswer(status, headers, b"", complete=False)

    def chunk(self) -> bytes | None:
        """Read the next chunk: empty at the end, None where the connection broke."""
        try:
            size = int(self._until(b"\r\n"), 16)
        except (ConnectionError, ValueError):
            return None
        data = self._exactly(size + 2)
        return data[:-2] if len(data) == size + 2 else None

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def ended(self) -> bool:
        """Whether the server closed the connection and sent no more."""
        try:
            return not self._held and not self._socket.recv(1)
        except ConnectionError:
            return True

    def answer(self, *, bare: bool = False) -> RawAnswer:
        """Read one answer; `bare` for one to HEAD."""
        status, headers = self._head()
        if bare or status in {100, 204, 304}:
            return RawAnswer(status, headers, b"", complete=True)
        if "content-length" in headers:
            body = self._exactly(int(headers["content-length"]))
            whole = len(body) == int(headers["content-length"])
            return RawAnswer(status, headers, body, complete=whole)
        if headers.get("transfer-encoding") == "chunked":
            chunks, whole = self._chunks()
            return RawAnswer(status, headers, b"".join(chunks), whole, chunks)
        body = self._rest()
        return RawAnswer(status, headers, body, complete=True)

    def _head(self) -> tuple[int, dict[str, str]]:
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        pairs = [line.partition(": ") for line in lines[1:] if line]
        return int(lines[0].split(" ")[1]), {name.lower(): value for name, _, value in pairs}

    def _chunks(self) -> tuple[list[bytes], bool]:
        chunks: list[bytes] = []
        while True:
            try:
                size = int(self._until(b"\r\n"), 16)
            except (ConnectionError, ValueError):
                return chunks, False
            data = self._exactly(size + 2)
            if len(data) < size + 2:
                return chunks, False
            if not size:
                return chunks, True
            chunks.append(data[:-2])

    def _more(self) -> bool:
        try:
            data = self._socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self._held += data
        return bool(data)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._held:
            if not self._more():
                raise ConnectionError(f"closed after {self._held!r}")
        found, _, self._held = self._held.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._held) < size and self._more():
            pass
        found, self._held = self._held[:size], self._held[size:]
        return found

    def _rest(self) -> bytes:
        while self._more():
            pass
        found, self._held = self._held, b""
        return found


def posted(path: str, body: bytes, *lines: str) -> bytes:
    """Write a request with a body and a length; `lines` are further headers."""
    head = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def chunked(path: str, parts: list[bytes], *lines: str) -> bytes:
    """Write a request whose body comes in chunks."""
    head = [f"POST {path} HTTP/1.1", "Host: test", "Transfer-Encoding: chunked", *lines]
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"0\r\n\r\n"
