"""The mark of a partition: up to where it was acknowledged. Readers go no further.

It is written after the data is durable and without a sync of its own: a killed process loses
nothing of it, and after a power cut it may be behind, never ahead.
"""

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.traffic.logs.segment.frames import Place
from shipworthy.traffic.logs.segment.layout import damaged

_FORM: Final = struct.Struct(">4sQQ32sQQ")
_CHECK: Final = struct.Struct(">I")
_MAGIC: Final = b"SWM1"
_TRIES: Final = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """The segment that is written, and the place in it up to which everything is durable."""

    segment: int
    place: Place


def mark_bytes(mark: Mark) -> bytes:
    """Return the bytes of a mark."""
    place = mark.place
    form = _FORM.pack(_MAGIC, mark.segment, place.position, place.chain, place.number, place.offset)
    return form + _CHECK.pack(zlib.crc32(form))


def mark_path(folder: Path) -> Path:
    """Path of a partition's mark."""
    return folder / "mark"


def read_mark(handle: int, folder: Path) -> Mark:
    """Read the mark from an open file; waits out a writer that is in the middle of it.

    Raises:
        Problem: `log-damaged` (integrity) when it does not become whole.
    """
    for _ in range(_TRIES):
        data = os.pread(handle, _FORM.size + _CHECK.size, 0)
        mark = _parsed(data)
        if mark is not None:
            return mark
    raise damaged(mark_path(folder), 0, "the mark of the partition was changed")


def load_mark(folder: Path) -> Mark | None:
    """Read a partition's mark, or None where there is none yet."""
    try:
        handle = os.open(mark_path(folder), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return read_mark(handle, folder)
    finally:
        os.close(handle)


def _parsed(data: bytes) -> Mark | None:
    if len(data) != _FORM.size + _CHECK.size:
        return None
    form, check = data[: _FORM.size], data[_FORM.size :]
    if _CHECK.unpack(check)[0] != zlib.crc32(form):
        return None
    magic, segment, position, chain, number, offset = _FORM.unpack(form)
    return Mark(segment, Place(position, chain, number, offset)) if magic == _MAGIC else None
