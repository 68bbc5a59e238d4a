"""The scripted model server: it says what the case wants, in the dialect that it is asked in."""

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field, replace
from typing import Final

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.conformance.answers import (
    Said,
    cut_stream,
    cut_whole,
    stream_events,
    whole_tree,
)
from shipworthy.traffic.conformance.answers.cutting import DELTA_SIZES, USUAL_SIZE
from shipworthy.traffic.conformance.model.faults import FAULTY, Broken, Whole
from shipworthy.traffic.conformance.model.http import (
    Heard,
    LoopbackServer,
    head,
    tree,
    write_pieces,
    write_whole,
)

_ENDINGS: Final[tuple[tuple[str, ApiDialect], ...]] = (
    ("/chat/completions", "chat"),
    ("/completions", "completions"),
    ("/responses", "responses"),
    ("/messages", "messages"),
)
_JSON: Final = "application/json"
_EVENTS: Final = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said next.

    Attributes:
        said: the answer.
        cut: how its bytes are cut.
        fault: how the server misbehaves, or empty.
        secret: what the fault repeats.
    """

    said: Said = field(default_factory=Said)
    cut: str = ""
    fault: str = ""
    secret: str = ""


class ScriptedModel(LoopbackServer):
    """A model server that answers every path with the turn that is set."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        super().__init__(port, host)
        self._lock = threading.Lock()
        self._turn = Turn()

    def take(self, turn: Turn) -> None:
        """Say this from now on, and forget what was heard."""
        with self._lock:
            self._turn = turn
            self.heard.clear()

    def answer(self, heard: Heard, connection: socket.socket) -> None:
        """Answer in the dialect of the path, or with everything that might be read as an answer."""
        with self._lock:
            turn = self._turn
        dialect = _dialect(heard.path)
        if dialect is None:
            if heard.path.partition("?")[0].rstrip("/").endswith("/models"):
                listed = [{"id": "scripted-1", "object": "model", "owned_by": "suite"}]
                write_whole(connection, tree({"object": "list", "data": listed}), _JSON)
                return
            # some other path of the server: whatever it is, it repeats what must not leave
            write_whole(connection, tree(whole_tree("chat", turn.said)), _JSON)
            return
        stream = _asks_for_stream(heard.body)
        if turn.fault:
            broken = FAULTY[turn.fault](Whole(dialect, stream, turn.said, turn.secret))
            self._break(connection, broken)
        elif stream:
            self._stream(connection, dialect, turn)
        else:
            self._whole(connection, dialect, turn)

    def _whole(self, connection: socket.socket, dialect: ApiDialect, turn: Turn) -> None:
        cut = turn.cut if turn.cut in {"bytes", "escaped", "gzip", "chunked", "huge"} else "plain"
        pieces = cut_whole(whole_tree(dialect, turn.said), cut)
        coding = (("Content-Encoding", "gzip"),) if cut == "gzip" else ()
        if len(pieces) == 1:
            length = ("Content-Length", str(len(pieces[0])))
            connection.sendall(head(200, _JSON, (*coding, length)) + pieces[0])
            return
        connection.sendall(head(200, _JSON, (*coding, ("Transfer-Encoding", "chunked"))))
        write_pieces(connection, pieces)

    def _stream(self, connection: socket.socket, dialect: ApiDialect, turn: Turn) -> None:
        size = DELTA_SIZES.get(turn.cut, USUAL_SIZE)
        pieces = cut_stream(stream_events(dialect, turn.said, size), turn.cut)
        coding = (("Content-Encoding", "gzip"),) if turn.cut == "gzip" else ()
        connection.sendall(head(200, _EVENTS, (*coding, ("Transfer-Encoding", "chunked"))))
        write_pieces(connection, pieces)

    def _break(self, connection: socket.socket, broken: Broken) -> None:
        extra = (*broken.headers, ("Transfer-Encoding", "chunked"))
        connection.sendall(head(broken.status, broken.kind, extra))
        write_pieces(connection, broken.pieces, end=not broken.dies)
        if broken.dies:
            # a reset and not an end: the rest never comes
            linger = struct.pack("ii", 1, 0)
            self.hang(0.05)
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()


def huge(said: Said, padding: int) -> Said:
    """Return the answer after a long harmless text."""
    filler = ("All is well here. " * (padding // 18 + 1))[:padding]
    return replace(said, parts=(filler + said.parts[0], *said.parts[1:]))


def _dialect(path: str) -> ApiDialect | None:
    plain = path.partition("?")[0].rstrip("/")
    return next((name for ending, name in _ENDINGS if plain.endswith(ending)), None)


def _asks_for_stream(body: bytes) -> bool:
    try:
        asked = json.loads(body)
    except ValueError:
        return b'"stream":true' in body.replace(b" ", b"")
    return isinstance(asked, dict) and asked.get("stream") is True
