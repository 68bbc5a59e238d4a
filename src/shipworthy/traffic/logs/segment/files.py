"""One segment file, read: batch after batch, each checked against the one before."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from shipworthy.kernel import Problem
from shipworthy.traffic.logs.segment.frames import (
    HEADER,
    TRAILER,
    BrokenBatchError,
    Expand,
    Head,
    Place,
    read_head,
    read_records,
)
from shipworthy.traffic.logs.segment.layout import (
    HEADER_BYTES,
    SegmentHeader,
    damaged,
    identity_path,
    partition_folder,
    read_header,
    read_identity,
    segment_path,
)
from shipworthy.traffic.logs.segment.packing import expander


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch as read: its header, keys and bodies, digests of its records, what comes after."""

    head: Head
    entries: list[tuple[str, bytes]]
    chains: list[bytes]
    after: Place


class SegmentFile:
    """An open segment; read only.

    Raises:
        Problem: `log-damaged` (integrity) when the file is missing or its header is none.
    """

    def __init__(self, path: Path, expand: Expand | None = None) -> None:
        self.path = path
        try:
            self._handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            raise damaged(path, 0, "the segment is missing") from None
        try:
            self.header, line = read_header(os.pread(self._handle, HEADER_BYTES, 0), path)
            _refuse_moved(self.header, path)
        except Problem:
            os.close(self._handle)
            raise
        self.nonce = bytes.fromhex(self.header.nonce)
        self.start = start_of(self.header, line)
        self._expand = expand or expander()

    @property
    def size(self) -> int:
        """Bytes of the file at present."""
        return os.fstat(self._handle).st_size

    def batch(self, place: Place, limit: int) -> ReadBatch:
        """Read the batch at `place`, which ends at `limit` at the latest.

        Raises:
            BrokenBatchError: when it is not the batch that was written there.
        """
        head = self._head(place, limit)
        rest = os.pread(self._handle, head.stored + TRAILER, place.position + HEADER.size)
        entries, chains, last = read_records(head, rest, place.chain, self._expand)
        after = Place(place.position + head.size, last, place.number + 1, place.offset + head.count)
        return ReadBatch(head, entries, chains, after)

    def batches(self, limit: int) -> Iterator[ReadBatch]:
        """Read all batches up to `limit`.

        Raises:
            Problem: `log-damaged` (integrity) with byte and offset.
        """
        place = self.start
        while place.position < limit:
            try:
                batch = self.batch(place, limit)
            except BrokenBatchError as error:
                raise damaged(self.path, place.position, str(error), error.offset) from None
            yield batch
            place = batch.after

    def find(self, offset: int, limit: int) -> Place:
        """Return the place of the batch that holds `offset`, or of the end at `limit`.

        Only headers and ends of batches are read on the way.

        Raises:
            Problem: `log-damaged` (integrity).
        """
        place = self.start
        while place.position < limit:
            try:
                head = self._head(place, limit)
            except BrokenBatchError as error:
                raise damaged(self.path, place.position, str(error), error.offset) from None
            if offset < place.offset + head.count:
                break
            end = place.position + head.size
            chain = os.pread(self._handle, TRAILER, end - TRAILER)
            place = Place(end, chain, place.number + 1, place.offset + head.count)
        return place

    def rest(self, position: int) -> bytes:
        """Return the bytes of the file from a position on."""
        return os.pread(self._handle, max(self.size - position, 0), position)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _head(self, place: Place, limit: int) -> Head:
        raw = os.pread(self._handle, HEADER.size, place.position)
        head = read_head(raw, self.nonce, place)
        if place.position + head.size > limit:
            raise BrokenBatchError("a batch is cut short", place.offset)
        return head


def start_of(header: SegmentHeader, line: bytes) -> Place:
    """Return where the first batch of a segment stands, and the digest that its chain begins at."""
    return Place(len(line), hashlib.sha256(line).digest(), header.first_batch, header.first)


def _refuse_moved(header: SegmentHeader, path: Path) -> None:
    """A segment says itself where it belongs, so that none can take the place of another."""
    folder = path.parent.parent
    if identity_path(folder).is_file() and read_identity(folder).id != header.log:
        raise damaged(path, 0, "a segment of another log stands here", header.first)
    belongs = segment_path(partition_folder(path.parent.parent, header.partition), header.number)
    if belongs != path:
        what = f"segment {header.number} of partition {header.partition} stands here"
        raise damaged(path, 0, what, header.first)
