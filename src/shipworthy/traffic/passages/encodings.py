"""Content encodings, undone within a bound: a small body must not become an enormous one."""

import zlib
from typing import Final, Protocol

from shipworthy.traffic.dialects.reading import Unreadable

_GZIP: Final = 16 + zlib.MAX_WBITS
_ENCODINGS: Final = {"", "identity", "gzip", "x-gzip", "deflate"}
_MEMBERS: Final = 64


class _Inflating(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Decoder:
    """Undoes one content encoding, piece by piece.

    Raises:
        Unreadable: 415 for an encoding other than identity, gzip and deflate.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding and encoding.strip().lower()
        if self._encoding not in _ENCODINGS:
            raise Unreadable(415, "unsupported", "content encodings here: identity, gzip, deflate")
        self._plain = self._encoding in {"", "identity"}
        self._limit = limit
        self._size = 0
        self._members = 0
        self._inflating: _Inflating | None = None
        self._head = b""

    def feed(self, data: bytes) -> bytes:
        """Return what the next bytes stand for; raises `Unreadable` beyond the limit."""
        plain = data if self._plain else self._inflate(data)
        self._size += len(plain)
        if self._size > self._limit:
            raise Unreadable(413, "too-large", "the body is too long")
        return plain

    def finish(self) -> None:
        """Check that the body has come to its end; raises `Unreadable`."""
        if self._plain:
            return
        if self._head or self._inflating is None or not self._inflating.eof:
            raise Unreadable(400, "invalid", "the compressed body breaks off")

    def _inflate(self, data: bytes) -> bytes:
        found: list[bytes] = []
        room = self._limit - self._size + 1
        while data and room > 0:
            if self._inflating is None or self._inflating.eof:
                self._head += data
                if len(self._head) < 2:
                    break
                data, self._head = self._head, b""
                self._inflating = self._begin(data)
            try:
                plain = self._inflating.decompress(data, room)
            except zlib.error:
                raise Unreadable(400, "invalid", "the body is not compressed as it says") from None
            found.append(plain)
            room -= len(plain)
            data = self._inflating.unused_data or self._inflating.unconsumed_tail
        return b"".join(found)

    def _begin(self, head: bytes) -> _Inflating:
        """Begin a member; `deflate` means zlib, but some send it without the header."""
        self._members += 1
        if self._members > (1 if self._encoding == "deflate" else _MEMBERS):
            raise Unreadable(400, "invalid", "the compressed body goes on after its end")
        if self._encoding != "deflate":
            return zlib.decompressobj(_GZIP)
        wrapped = head[0] & 0x0F == 8 and (head[0] * 256 + head[1]) % 31 == 0
        return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def decoded(body: bytes, encoding: str, limit: int) -> bytes:
    """Return what a whole body stands for; raises `Unreadable`."""
    if not encoding and len(body) <= limit:
        return body
    decoder = Decoder(encoding, limit)
    plain = decoder.feed(body)
    decoder.finish()
    return plain
