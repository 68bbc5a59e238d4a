"""Files of lines as a log: a file is a partition, the byte at which a line starts its offset.

A line ends with its line break. What follows the last one is a line only when it is whole JSON:
else it may still be being written, and waits.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from shipworthy.kernel import Location
from shipworthy.traffic.logs import Stored
from shipworthy.traffic.sources.files import refuse_shorter
from shipworthy.traffic.sources.positions import Positions

LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes; a longer line is unreadable, and is stepped over."""

_PAUSE_S: Final = 0.2
_RAW: Final = msgspec.json.Decoder(msgspec.Raw)


@dataclass(slots=True)
class LineReader:
    """Reads the lines of files in turn; see `LogReader`."""

    files: Mapping[int, Path]
    positions: Positions
    _at: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._at = {number: self._start(number) for number in self.files}

    @property
    def partitions(self) -> int:
        """Number of files of this member."""
        return len(self.files)

    def assigned(self) -> frozenset[int]:
        """Return the numbers of the files."""
        return frozenset(self.files)

    async def poll(self, most: int, wait_s: float) -> Sequence[Stored]:
        """Return up to `most` lines, one file after the other.

        Raises:
            Problem: `source-cut` (integrity) for a file that became shorter.
        """
        waited = 0.0
        while True:
            found = self._read(most)
            if found or waited >= wait_s:
                return found
            await asyncio.sleep(min(_PAUSE_S, wait_s - waited) or 0)
            waited += _PAUSE_S

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Keep how far each file is done with."""
        self.positions.write(positions)

    async def starts(self) -> Mapping[int, int]:
        """Return nothing: a file is kept from its beginning."""
        return {}

    async def ends(self) -> Mapping[int, int]:
        """Return nothing: a file has no end that was acknowledged, and is read until it ends."""
        return {}

    async def close(self) -> None:
        """Nothing is held open."""

    def where(self, number: int, offset: int) -> Location:
        """Return file and line of an entry."""
        return line_at(self.files[number], offset)

    def _start(self, number: int) -> int:
        """Return the byte at which the first line starts that is not done with."""
        position = self.positions.read(number)
        path = self.files[number]
        refuse_shorter(path, path.stat().st_size, position)
        if position == 0:
            return 0
        with path.open("rb") as stream:
            # A position may lie inside the line that is done with: what starts later counts.
            stream.seek(position - 1)
            return position - 1 + len(stream.readline())

    def _read(self, most: int) -> list[Stored]:
        found: list[Stored] = []
        for number, path in self.files.items():
            refuse_shorter(path, path.stat().st_size, self._at[number])
            found += self._lines(number, path, most - len(found))
            if len(found) >= most:
                break
        return found

    def _lines(self, number: int, path: Path, most: int) -> Iterator[Stored]:
        with path.open("rb") as stream:
            stream.seek(self._at[number])
            taken = 0
            while taken < most:
                start = self._at[number]
                line = stream.readline(LONGEST_LINE)
                whole = line.endswith(b"\n")
                rest = 0 if whole or len(line) < LONGEST_LINE else _rest_of_line(stream)
                if not line or not (whole or rest or _is_json(line)):
                    return
                self._at[number] = start + len(line) + rest
                if line.strip():
                    taken += 1
                    yield Stored(partition=number, offset=start, key="", body=line.rstrip(b"\r\n"))


def line_at(path: Path, offset: int) -> Location:
    """Return the line of a file that starts at a byte."""
    line, left = 1, offset
    with path.open("rb") as stream:
        while left and (data := stream.read(min(left, 1 << 20))):
            line += data.count(b"\n")
            left -= len(data)
    return Location(str(path), line)


def _rest_of_line(stream: BinaryIO) -> int:
    """Step over the rest of a line that is too long; return how many bytes it has."""
    rest = 0
    while piece := stream.readline(LONGEST_LINE):
        rest += len(piece)
        if piece.endswith(b"\n"):
            break
    return rest


def _is_json(line: bytes) -> bool:
    try:
        _RAW.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
