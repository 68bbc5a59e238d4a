"""One answer of a stream on its way out: what is clear leaves, in order, and the rest waits."""

from collections import deque
from collections.abc import Callable

from shipworthy.instruments.safeguards.engine import ReplyStream
from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.traffic.dialects import Piece, StreamCodec


class Lane:
    """The pieces of one choice between the model's server and the client.

    Nothing overtakes a text that waits, since clients read events in order. Where a text is clear
    only in part, its beginning leaves.
    """

    def __init__(
        self, choice: int, stream: ReplyStream, codec: StreamCodec, clock: Callable[[], float]
    ) -> None:
        self.choice = choice
        self.stream = stream
        self.stopped = False
        self.guard_s = 0.0
        self.sent: dict[Channel, int] = {"text": 0, "reasoning": 0}
        self._codec = codec
        self._clock = clock
        self._fed: dict[Channel, int] = {"text": 0, "reasoning": 0}
        self._clear: dict[Channel, int] = {"text": 0, "reasoning": 0}
        self._queue: deque[tuple[Piece, int]] = deque()
        self._openers: list[Piece] = []

    @property
    def left(self) -> int:
        """Characters of the answer that have left."""
        return self.sent["text"] + self.sent["reasoning"]

    def put(self, piece: Piece) -> bytes:
        """Take the next piece; return what may leave now."""
        if self.stopped:
            return b""
        if piece.kind == "start":
            return self._codec.emit(piece)
        channel, text = piece.channel, piece.text
        if text:
            clock = self._clock
            begun = clock()
            flow = self.stream.feed(channel, text)
            self.guard_s += clock() - begun
            fed = self._fed[channel] = self._fed[channel] + len(text)
            if flow.stop:
                self.stopped = True
                return b""
            clear = self._clear[channel] = flow.clear
            if clear >= fed and not self._queue and not self._openers:
                self.sent[channel] += len(text)
                return self._codec.emit(piece)
        self._queue.append((piece, self._fed[channel]))
        return self._drain()

    def flush(self) -> bytes:
        """Let all leave that waits, once the whole answer is cleared."""
        found = [self._emit(piece) for piece in self._openers]
        self._openers = []
        found += [self._emit(piece) for piece, _ in self._queue]
        self._queue.clear()
        return b"".join(found)

    def _drain(self) -> bytes:
        found: list[bytes] = []
        while self._queue:
            piece, end = self._queue[0]
            if piece.kind in {"call", "end"}:
                break
            if piece.text and end > self._clear[piece.channel]:
                found.append(self._beginning(piece, end))
                break
            self._queue.popleft()
            if not piece.text and (piece.kind == "open" or self._openers):
                self._openers.append(piece)
                continue
            found += [self._emit(opener) for opener in self._openers]
            self._openers = []
            found.append(self._emit(piece))
        return b"".join(found)

    def _beginning(self, piece: Piece, end: int) -> bytes:
        """Let the clear beginning of a text leave, if the event can be divided."""
        room = self._clear[piece.channel] - (end - len(piece.text))
        if piece.kind != "say" or room <= 0:
            return b""
        opened = b"".join(self._emit(opener) for opener in self._openers)
        self._openers = []
        part = self._codec.part(piece, piece.text[:room])
        piece.text, piece.cut = piece.text[room:], True
        self.sent[piece.channel] += room
        return opened + part

    def _emit(self, piece: Piece) -> bytes:
        self.sent[piece.channel] += len(piece.text)
        return self._codec.part(piece, piece.text) if piece.cut else self._codec.emit(piece)
