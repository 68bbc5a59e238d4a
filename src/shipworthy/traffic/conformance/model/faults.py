"""What a server sends that misbehaves, with the mark in it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.conformance.answers import (
    Said,
    cut_stream,
    cut_whole,
    stream_events,
    whole_tree,
)
from shipworthy.traffic.conformance.answers.cutting import USUAL_SIZE

_JSON: Final = "application/json"
_EVENTS: Final = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Whole:
    """What would have been said."""

    dialect: ApiDialect
    stream: bool
    said: Said
    secret: str

    @property
    def kind(self) -> str:
        """The content type."""
        return _EVENTS if self.stream else _JSON

    def pieces(self, said: Said | None = None) -> list[bytes]:
        """The body, in the pieces in which it is sent."""
        return self.of_mode(self.said if said is None else said, stream=self.stream)

    def of_mode(self, said: Said, *, stream: bool) -> list[bytes]:
        """The body, whole or as a stream."""
        if stream:
            return cut_stream(stream_events(self.dialect, said, USUAL_SIZE), "events")
        return cut_whole(whole_tree(self.dialect, said), "plain")

    def upto_mark(self) -> list[bytes]:
        """The body, up to and with the mark's last character."""
        if not self.stream:
            body = b"".join(self.pieces())
            place = body.find(self.secret.encode()) + len(self.secret)
            return [body[:place]]
        pieces = self.pieces()
        for length in range(len(pieces), 0, -1):
            if self.secret[-3:].encode() in pieces[length - 1]:
                return pieces[:length]
        return pieces[: len(pieces) * 2 // 3]


@dataclass(frozen=True, slots=True)
class Broken:
    """An answer that is none."""

    pieces: list[bytes]
    kind: str = _JSON
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    dies: bool = False


def _dies(whole: Whole) -> Broken:
    return Broken(whole.upto_mark(), whole.kind, dies=True)


def _no_end(whole: Whole) -> Broken:
    return Broken(whole.upto_mark(), whole.kind)


def _bad_json(whole: Whole) -> Broken:
    bad = f'{{"choices": [{{"text": "{whole.secret}", }}}}'.encode()
    if not whole.stream:
        return Broken([bad])
    begun = whole.pieces(Said())
    half = len(begun) // 2
    return Broken([*begun[:half], b"data: " + bad + b"\n\n", *begun[half:]], _EVENTS)


def _wrong_shape(whole: Whole) -> Broken:
    odd = json.dumps({"answer": {"value": whole.secret}}).encode()
    if not whole.stream:
        return Broken([odd])
    begun = whole.pieces(Said())
    half = len(begun) // 2
    return Broken([*begun[:half], b"data: " + odd + b"\n\n", *begun[half:]], _EVENTS)


def _wrong_type(whole: Whole) -> Broken:
    return Broken(whole.pieces(), "text/html; charset=utf-8")


def _other_mode(whole: Whole) -> Broken:
    kind = _JSON if whole.stream else _EVENTS
    return Broken(whole.of_mode(whole.said, stream=not whole.stream), kind)


def _error(secret: str) -> dict[str, object]:
    error = {"message": f"could not finish: {secret}", "type": "server_error", "code": "failed"}
    return {"type": "error", "error": error}


def _error_body(whole: Whole) -> Broken:
    return Broken([json.dumps(_error(whole.secret)).encode()], status=400)


def _error_event(whole: Whole) -> Broken:
    begun = whole.pieces(Said())
    written = json.dumps({**_error(whole.secret), "message": whole.secret}).encode()
    event = b"event: error\ndata: " + written + b"\n\n"
    return Broken([*begun[: len(begun) // 2], event], _EVENTS)


def _header(whole: Whole) -> Broken:
    headers = (("X-Trace", whole.secret), ("Openai-Organization", whole.secret))
    return Broken(whole.pieces(Said()), whole.kind, headers=headers)


def _after_end(whole: Whole) -> Broken:
    text = whole.of_mode(Said(parts=(whole.secret,)), stream=whole.stream)
    return Broken([*whole.pieces(Said()), *text], whole.kind)


def _twice(whole: Whole) -> Broken:
    field = b'"x_note":"nothing","x_note":' + json.dumps(whole.secret).encode() + b","
    pieces = whole.pieces(Said())
    place = next(i for i, piece in enumerate(pieces) if b"{" in piece)
    pieces[place] = pieces[place].replace(b"{", b"{" + field, 1)
    return Broken(pieces, whole.kind)


def _plain_text(whole: Whole) -> Broken:
    return Broken([f"The answer: {whole.secret}\n".encode()], "text/plain")


FAULTY: Final[Mapping[str, Callable[[Whole], Broken]]] = {
    "dies": _dies,
    "no-end": _no_end,
    "bad-json": _bad_json,
    "wrong-shape": _wrong_shape,
    "wrong-type": _wrong_type,
    "other-mode": _other_mode,
    "error-body": _error_body,
    "error-event": _error_event,
    "header": _header,
    "after-end": _after_end,
    "twice": _twice,
    "plain-text": _plain_text,
}
"""How each fault is sent."""
