"""What every front and every way to the model's server has in common: two protocols, no sockets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

JSON_TYPE: Final = "application/json"

PASSED_BACK: Final = (b"retry-after", b"x-request-id", b"request-id")
"""Headers of the model's server that the client is given."""

PASSED_ON: Final = (
    b"anthropic-version",
    b"openai-organization",
    b"openai-project",
    b"traceparent",
    b"x-request-id",
)
"""Headers of the client that the model's server is given, besides its key.

Headers that switch on features of a dialect (`anthropic-beta`, `openai-beta`) are not among them:
what they bring into an answer is not known to the layers.
"""

ALONE: Final = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"expect",
        b"host",
        b"transfer-encoding",
        b"x-api-key",
    }
)
"""Headers that stand once or not at all: of two nobody knows which one counts."""

HEAD_LIMIT: Final = 32 * 1024
"""Bytes of a request head, trailers included."""

HEADER_COUNT: Final = 100


@dataclass(slots=True)
class Incoming:
    """A request whose body has arrived. Header names are in lower case."""

    method: bytes
    path: bytes
    headers: Mapping[bytes, bytes]
    body: bytes


class Responder(Protocol):
    """The way back to one client."""

    @property
    def full(self) -> bool:
        """Whether more should be written only after `drain`."""
        ...

    def whole(self, status: int, content_type: str, body: bytes, extra: bytes = b"") -> None:
        """Send a complete answer; `extra` is further header lines, each with its line end."""
        ...

    def begin(self, content_type: str, extra: bytes = b"") -> None:
        """Begin a stream of status 200."""
        ...

    def write(self, data: bytes) -> None:
        """Send the next bytes of a stream."""
        ...

    def end(self, data: bytes) -> None:
        """Send the last bytes of a stream, which may be none, and end it well."""
        ...

    def abort(self) -> None:
        """Break the connection, so that the client cannot take what it has for the whole."""
        ...

    async def drain(self) -> None:
        """Wait until the client has taken enough."""
        ...


class UpstreamBroken(Exception):  # noqa: N818 - it says what happened
    """The model's server did not answer, or not to the end. `late` where a deadline passed."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.late = late


class UpstreamReply(Protocol):
    """An answer of the model's server whose head has arrived."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        """Headers, with names in lower case."""
        ...

    async def pour(self, sink: Callable[[bytes], bool]) -> bool:
        """Hand the body to `sink` piece by piece; say whether it came to its end.

        Ends early where `sink` returns True: it takes no more at present, or ever. A later call
        goes on from there. While nobody pours, little more than a buffer's worth arrives. Raises
        `UpstreamBroken`, and whatever `sink` raises.
        """
        ...

    def close(self) -> None:
        """Let go of it; what has not been read is not wanted. A second call does nothing."""
        ...


class Upstream(Protocol):
    """The way to the model's server."""

    @property
    def connections(self) -> int:
        """Open connections."""
        ...

    async def send(self, path: bytes, headers: bytes, body: bytes) -> UpstreamReply:
        """Post a request and return its answer once its head is there; raises `UpstreamBroken`.

        `headers` are complete header lines beside host, length and encodings.
        """
        ...

    async def close(self) -> None:
        """Close idle connections; those in use close with their answers."""
        ...


def error_body(kind: str, message: str) -> bytes:
    """Write an error for who speaks no dialect: a wrong path, a request that is no HTTP."""
    return msgspec.json.encode({"error": {"type": kind, "message": message}})
