"""Server-sent events, read from pieces of bytes and written.

As the standard has it (WHATWG HTML, 9.2.6): lines end with CR, LF or CRLF; a byte order mark at the
beginning is left out; a line that begins with a colon is a comment; `data` lines are joined with a
line feed; an event without data is none; an event that no empty line ended is thrown away.
"""

from typing import Final

from msgspec import Struct

from shipworthy.traffic.dialects.reading import Unreadable, broken

_MARK: Final = b"\xef\xbb\xbf"

COMMENT: Final = b":\n\n"
"""A comment without text, written where the far side sent one: it keeps a connection open."""


class ServerEvent(Struct, frozen=True, gc=False):
    """One event: its name (empty where none was given) and its data, in UTF-8.

    A comment is an event with `data` None; its text is not kept.
    """

    name: bytes
    data: bytes | None


_COMMENT_EVENT: Final = ServerEvent(b"", None)


class EventReader:
    """Reads events from bytes in any pieces; each event is returned as soon as it has ended.

    `trouble` is set where an event is longer than `limit` bytes; nothing is returned after that.
    """

    def __init__(self, limit: int) -> None:
        self.trouble: Unreadable | None = None
        self._limit = limit
        self._line: list[bytes] = []
        self._held = 0
        self._name = b""
        self._data: list[bytes] = []
        self._size = 0
        self._at_start = True
        self._after_return = False

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Take the next bytes; return the events that they end."""
        if self.trouble:
            return []
        if self._at_start:
            piece = self._without_mark(piece)
        if self._held or self._size or self._after_return or b"\r" in piece:
            return self._by_lines(piece)
        end = len(piece) - 2
        if piece[:6] == b"data: " and piece.find(b"\n") == end < self._limit:
            # one event of one line, as one read of a stream brings it; it ends with two of them
            if piece[end:] == b"\n\n":
                return [ServerEvent(b"", piece[6:end])]
        elif piece.endswith(b"\n\n"):
            return self._whole(piece)
        return self._by_lines(piece)

    def _whole(self, piece: bytes) -> list[ServerEvent]:
        """Read a piece that ends with an event, as nearly all pieces do."""
        events: list[ServerEvent] = []
        for block in piece[:-2].split(b"\n\n"):
            if len(block) >= self._limit:
                self.trouble = _too_long()
                break
            if block[:6] == b"data: " and b"\n" not in block:
                events.append(ServerEvent(b"", block[6:]))
                continue
            for line in block.split(b"\n"):
                self._take(line, events)
            self._take(b"", events)
        return events

    def _by_lines(self, piece: bytes) -> list[ServerEvent]:
        events: list[ServerEvent] = []
        if self._after_return and piece:
            piece = piece.removeprefix(b"\n")
            self._after_return = False
        if not piece:
            return events
        self._after_return = piece.endswith(b"\r")
        lines = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._line.append(lines[0])
        self._held += len(lines[0])
        if len(lines) > 1:
            lines[0] = b"".join(self._line)
            self._line = [lines.pop()]
            self._held = len(self._line[0])
            for line in lines:
                self._take(line, events)
        if self._size + self._held >= self._limit:
            self.trouble = self.trouble or _too_long()
        return events

    def _take(self, line: bytes, events: list[ServerEvent]) -> None:
        if self.trouble:
            return
        if not line:
            if self._data:
                events.append(ServerEvent(self._name, b"\n".join(self._data)))
            self._name, self._data, self._size = b"", [], 0
            return
        self._size += len(line) + 1
        if self._size > self._limit:
            self.trouble = _too_long()
            return
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not field:
            events.append(_COMMENT_EVENT)
        elif field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value
        # `id`, `retry` and unknown fields mean nothing to these dialects, and do not go on.

    def _without_mark(self, piece: bytes) -> bytes:
        held = b"".join(self._line) + piece
        self._line, self._held = [], 0
        if len(held) < len(_MARK) and _MARK.startswith(held):
            self._line, self._held = [held], len(held)
            return b""
        self._at_start = False
        return held.removeprefix(_MARK)


def _too_long() -> Unreadable:
    return broken("an event of the stream is too long")


def write_event(data: bytes, name: bytes = b"") -> bytes:
    """Write one event; `data` is JSON or a marker. A line break in it makes another data line."""
    if b"\n" in data or b"\r" in data:
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        data = b"\ndata: ".join(lines)
    if name:
        return b"event: " + name + b"\ndata: " + data + b"\n\n"
    return b"data: " + data + b"\n\n"
