"""Fast reading of events that differ from one before in nothing but one string.

Nearly all events of a stream repeat the one before, with another piece of text. Where the bytes in
front of that text and behind it are those of an event that was read with all care, and what stands
between is exactly one JSON string, the event says the same with this text: there is no other way to
read it. All else is read with all care again.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.traffic.dialects.protocol import Piece
from shipworthy.traffic.dialects.sse import ServerEvent, write_event
from shipworthy.traffic.dialects.strict_json import NotPlainJson, decode_text

_KEPT: Final = 4
"""Templates kept of one stream: a few channels and choices take turns."""


@dataclass(frozen=True, slots=True)
class _Template:
    name: bytes
    prefix: bytes
    suffix: bytes
    size: int
    choice: int
    channel: Channel


class Templates:
    """What is remembered of the events of one stream."""

    def __init__(self) -> None:
        self._known: list[_Template] = []

    def read(self, name: bytes, data: bytes) -> Piece | None:
        """Return the event as a piece if it repeats one that is known, else None."""
        for known in self._known:
            if (
                data.startswith(known.prefix)
                and data.endswith(known.suffix)
                and len(data) > known.size
                and name == known.name
            ):
                try:
                    text = decode_text(data[len(known.prefix) : len(data) - len(known.suffix)])
                except NotPlainJson:
                    return None
                if not text:
                    return None
                raw = write_event(data, name)
                return Piece("say", known.choice, raw, known.channel, text, data)
        return None

    def forget(self) -> None:
        """Read everything with all care again: another text goes on."""
        self._known = []

    def learn(self, event: ServerEvent, piece: Piece, field: str) -> None:
        """Remember an event that was read with all care and whose only text is in `field`."""
        data = event.data or b""
        found = list(_pattern(field).finditer(data))
        if len(found) != 1 or not piece.text:
            return
        start, end = found[0].span(1)
        try:
            if decode_text(data[start:end]) != piece.text:
                return
        except NotPlainJson:
            return
        made = _Template(
            name=event.name,
            prefix=data[:start],
            suffix=data[end:],
            size=start + len(data) - end + 1,
            choice=piece.choice,
            channel=piece.channel,
        )
        self._known = [made, *self._known][:_KEPT]


@cache
def _pattern(field: str) -> re.Pattern[bytes]:
    """Return what finds a field that holds a string; a quote after a backslash begins no field."""
    return re.compile(rb'(?<!\\)"' + field.encode() + rb'"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*")')
