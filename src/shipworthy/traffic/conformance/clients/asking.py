"""One request to the gateway under test, over a connection of its own."""

import contextlib
import gzip
import re
import time
import zlib
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from typing import Final
from urllib.parse import urlsplit

from shipworthy.kernel import Problem

_MOST_BYTES: Final = 20_000_000
_OF_A_DIALECT: Final = re.compile(r"/(completions|responses|messages)/?$")


@dataclass(frozen=True, slots=True)
class Query:
    """A request: everything that is sent."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a client got.

    Attributes:
        status: of HTTP; 0 where none arrived.
        head: the header fields as text.
        kind: content type, lower case, without parameters.
        body: the decoded body, as far as it arrived.
        complete: whether the answer came to its end.
        why: what went wrong, if anything.
    """

    status: int = 0
    head: str = ""
    kind: str = ""
    body: bytes = b""
    complete: bool = False
    why: str = ""


class Asker:
    """Asks one gateway."""

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        right = parts.scheme in {"http", "https"} and not _OF_A_DIALECT.search(parts.path)
        if not right or not parts.hostname or port == -1:
            raise Problem.of(
                "conform-url",
                f"`{url}` is no address of a gateway",
                help="write it as `http://127.0.0.1:8080`, without the path of a dialect",
            )
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port = parts.hostname, port
        self._prefix = parts.path.rstrip("/").removesuffix("/v1")
        self._timeout_s = timeout_s

    def listens(self, within_s: float) -> bool:
        """Wait until somebody takes connections."""
        deadline = time.monotonic() + within_s
        while True:
            connection = self._kind(self._host, self._port, timeout=2)
            with contextlib.closing(connection):
                try:
                    connection.connect()
                except OSError:
                    if time.monotonic() >= deadline:
                        return False
                    time.sleep(0.1)
                else:
                    return True

    def ask(self, query: Query) -> Arrived:
        """Send a request and read what comes, until the end or the deadline."""
        connection = self._kind(self._host, self._port, timeout=self._timeout_s)
        deadline = time.monotonic() + self._timeout_s
        with contextlib.closing(connection):
            try:
                path = self._prefix + query.path
                connection.putrequest(query.method, path, skip_accept_encoding=True)
                for name, value in query.headers:
                    connection.putheader(name, value)
                connection.endheaders(query.body)
                response = connection.getresponse()
            except (OSError, HTTPException) as error:
                return Arrived(why=type(error).__name__)
            pieces: list[bytes] = []
            why = ""
            try:
                while piece := response.read1(65_536):
                    pieces.append(piece)
                    if time.monotonic() > deadline or sum(map(len, pieces)) > _MOST_BYTES:
                        why = "it did not end"
                        break
            except IncompleteRead as error:
                pieces.append(error.partial)
                why = "broken off"
            except (OSError, HTTPException, ValueError) as error:
                why = f"broken off ({type(error).__name__})"
            remaining = response.length
            if not why and remaining:
                why = "broken off"
            head = str(response.headers)
            kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
            coding = str(response.headers.get("content-encoding", "")).lower()
            body, bad = _decoded(b"".join(pieces), coding)
            why = why or bad
            return Arrived(response.status, head, kind, body, not why, why)


def _decoded(body: bytes, coding: str) -> tuple[bytes, str]:
    if coding in {"", "identity"}:
        return body, ""
    window = {"gzip": 31, "x-gzip": 31, "deflate": 15}.get(coding)
    if window is None:
        return body, f"in the unknown encoding {coding}"
    try:
        stream = zlib.decompressobj(window)
        return stream.decompress(body, _MOST_BYTES), ""
    except zlib.error:
        return body, f"not in the encoding {coding} that it names"


def gzipped(body: bytes) -> bytes:
    """Return the body as gzip."""
    return gzip.compress(body, mtime=0)


def chunked(body: bytes) -> bytes:
    """Return the body in chunks of 50 bytes, with their ends."""
    pieces = [body[i : i + 50] for i in range(0, len(body), 50)]
    return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"
