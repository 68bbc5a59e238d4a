"""Entries of a segment log, read in order up to the mark, each checked as it is read."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipworthy.kernel import Problem
from shipworthy.traffic.logs.groups import GroupReader, VersionFolder, new_member
from shipworthy.traffic.logs.protocol import Stored
from shipworthy.traffic.logs.segment.files import SegmentFile
from shipworthy.traffic.logs.segment.frames import BrokenBatchError, Place
from shipworthy.traffic.logs.segment.layout import (
    damaged,
    first_kept,
    first_offset,
    partition_files,
    partition_folder,
    read_identity,
    read_seal,
    seal_path,
    segment_path,
)
from shipworthy.traffic.logs.segment.mark import Mark, load_mark, mark_path
from shipworthy.traffic.logs.segment.options import read_options


class PartitionCursor:
    """Reads one partition from an offset on.

    Raises:
        Problem: `log-damaged` (integrity), also when the log ends before `offset`; `log-removed`
            when retention removed what was to be read.
    """

    def __init__(self, folder: Path, partition: int, offset: int) -> None:
        self._folder, self._partition = folder, partition
        self._next = offset
        self._file: SegmentFile | None = None
        self._place = Place(0, b"", 0, 0)
        self._limit = 0
        self._ready: list[Stored] = []

    @property
    def offset(self) -> int:
        """Offset of the next entry that `read` returns."""
        return self._next

    def read(self, most: int) -> list[Stored]:
        """Return up to `most` entries that were acknowledged by now."""
        while len(self._ready) < most and self._reach():
            self._read_batch()
        taken, self._ready = self._ready[:most], self._ready[most:]
        if taken:
            self._next = taken[-1].offset + 1
        return taken

    def close(self) -> None:
        """Close the segment that is open."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _reach(self) -> bool:
        """Say whether another batch was acknowledged; goes into the next segment where it must."""
        while self._file is None or self._place.position >= self._limit:
            mark = load_mark(self._folder)
            if mark is None:
                if self._next:
                    raise _cut(self._folder, self._next, 0)
                return False
            if self._file is None:
                self._find(mark)
            assert self._file is not None
            number = self._file.header.number
            live = number == mark.segment
            if number > mark.segment or (live and mark.place.position < self._place.position):
                raise _cut(self._folder, self._next, mark.place.offset)
            self._limit = mark.place.position if live else self._sealed_bytes(number)
            if self._place.position < self._limit:
                return True
            if live:
                return False
            self._follow(number)
        return True

    def _read_batch(self) -> None:
        file = self._file
        assert file is not None
        try:
            batch = file.batch(self._place, self._limit)
        except BrokenBatchError as error:
            raise damaged(file.path, self._place.position, str(error), error.offset) from None
        partition, wanted = self._partition, self._next
        self._ready += [
            Stored(partition, offset, key, body)
            for offset, (key, body) in enumerate(batch.entries, start=batch.head.first)
            if offset >= wanted
        ]
        self._place = batch.after

    def _sealed_bytes(self, number: int) -> int:
        return read_seal(seal_path(self._folder, number))[0].bytes

    def _find(self, mark: Mark) -> None:
        """Open the segment that holds the next offset, or the last where it is to be written."""
        if self._next > mark.place.offset:
            raise _cut(self._folder, self._next, mark.place.offset)
        last = mark.segment
        files, kept = partition_files(self._folder), first_kept(self._folder)
        for number in reversed(range(kept, last + 1)):
            with SegmentFile(files.segment(number)) as file:
                if self._next < file.header.first:
                    continue
            self._file = SegmentFile(files.segment(number))
            limit = mark.place.position if number == last else self._sealed_bytes(number)
            self._place = self._file.find(self._next, limit)
            return
        if self._next == 0 and not kept:
            raise damaged(files.segment(0), 0, "the segment is missing", 0)
        raise _removed(self._folder, self._next)

    def _follow(self, number: int) -> None:
        """Go on in the next segment, which must name the seal of this one."""
        seal, digest = read_seal(seal_path(self._folder, number))
        if self._place.chain.hex() != seal.last:
            path = seal_path(self._folder, number)
            raise damaged(path, 0, "the seal is not that of its segment", seal.first)
        file = SegmentFile(segment_path(self._folder, number + 1))
        if file.header.previous != digest or file.start.offset != self._place.offset:
            file.close()
            what = "the segment does not follow the seal before it"
            raise damaged(file.path, 0, what, self._place.offset)
        self.close()
        self._file, self._place, self._limit = file, file.start, 0


class SegmentSource:
    """All partitions of a segment log, for a `GroupReader`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.partitions = read_identity(folder).partitions
        self._cursors: dict[int, PartitionCursor] = {}

    async def read(self, partition: int, offset: int, most: int) -> Sequence[Stored]:
        """Return entries of a partition from an offset on, without waiting."""
        cursor = self._cursors.get(partition)
        if cursor is None or cursor.offset != offset:
            await self.forget(partition)
            cursor = PartitionCursor(partition_folder(self._folder, partition), partition, offset)
            self._cursors[partition] = cursor
        return cursor.read(most)

    async def forget(self, partition: int) -> None:
        """Let go of a partition."""
        cursor = self._cursors.pop(partition, None)
        if cursor is not None:
            cursor.close()

    def first(self, partition: int) -> int:
        """Return the offset of the first entry of a partition that is kept."""
        return first_offset(partition_folder(self._folder, partition))

    async def starts(self) -> Mapping[int, int]:
        """Return the offset of the first entry that is kept, by partition."""
        return {partition: self.first(partition) for partition in range(self.partitions)}

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        found = {}
        for partition in range(self.partitions):
            mark = load_mark(partition_folder(self._folder, partition))
            found[partition] = mark.place.offset if mark else 0
        return found

    async def close(self) -> None:
        """Let go of all partitions."""
        for partition in list(self._cursors):
            await self.forget(partition)


@dataclass(frozen=True, slots=True)
class SealedPart:
    """One sealed segment.

    Attributes:
        path: its file.
        partition: whose it is.
        first: offset of its first entry.
        end: offset after its last.
        bytes: size that was sealed.
    """

    path: Path
    partition: int
    first: int
    end: int
    bytes: int

    def entries(self) -> Iterator[Stored]:
        """Read the entries of the segment, in order.

        Raises:
            Problem: `log-damaged` (integrity).
        """
        with SegmentFile(self.path) as segment:
            for batch in segment.batches(self.bytes):
                for offset, (key, body) in enumerate(batch.entries, start=batch.head.first):
                    yield Stored(self.partition, offset, key, body)


def sealed_parts(folder: Path) -> tuple[SealedPart, ...]:
    """Return the sealed segments that are kept, by partition and in order.

    Raises:
        Problem: `log-missing`; `log-damaged` (integrity) when a seal is not as it was written.
    """
    found = []
    for partition in range(read_identity(folder).partitions):
        files = partition_files(partition_folder(folder, partition))
        kept = first_kept(files.folder)
        for number in (one for one in files.seals if one >= kept):
            seal, _ = read_seal(files.seal(number))
            end = seal.first + seal.count
            found.append(SealedPart(files.segment(number), partition, seal.first, end, seal.bytes))
    return tuple(found)


async def open_segment_reader(options: Mapping[str, object], group: str) -> GroupReader:
    """Join a group of readers of a segment log; see `open_reader`."""
    found = read_options(options)
    source = await asyncio.to_thread(SegmentSource, found.path)
    store = VersionFolder(found.path / "groups" / group)
    return GroupReader(
        source, store, group, found.member or new_member(), found.lease_seconds * 1000
    )


def _cut(folder: Path, read: int, end: int) -> Problem:
    """Entries were read that the log does not have any more: nobody knows what else it lost."""
    return damaged(
        mark_path(folder), 0, f"the log ends at entry {end}, and was read to {read}", end
    )


def _removed(folder: Path, offset: int) -> Problem:
    return Problem.of(
        "log-removed",
        f"entry {offset} of `{folder}` was removed before it was read",
        help="what is missing stays uncounted: begin a new group, which reads from the first "
        "entry that is kept, and say so where its results are used",
    )
