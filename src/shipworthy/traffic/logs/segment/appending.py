"""One partition of a segment log, written: batches, rotation, what happens when the disk is full.

Everything here blocks; `writing` carries it out in a thread.
"""

import errno
import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from shipworthy.evidence.merkle import Tree
from shipworthy.kernel import Digest, ExitCode, Problem, digest_bytes, system_reason
from shipworthy.traffic.logs.protocol import Entry, log_full
from shipworthy.traffic.logs.segment.disk import Disk
from shipworthy.traffic.logs.segment.files import start_of
from shipworthy.traffic.logs.segment.frames import Batch, Compress, encode_batch
from shipworthy.traffic.logs.segment.layout import (
    SegmentHeader,
    SegmentSeal,
    header_line,
    new_nonce,
    partition_files,
    seal_bytes,
    seal_path,
    segment_path,
)
from shipworthy.traffic.logs.segment.mark import Mark, mark_bytes, mark_path
from shipworthy.traffic.logs.segment.recovery import OpenSegment, previous_digest, recover

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a segment is sealed and the next begun: bytes of its file, milliseconds of its age."""

    bytes: int = 64 * 1024 * 1024
    milliseconds: int = 3_600_000


class PartitionWriter:
    """Appends batches to a partition; the only one that does so at a time.

    Raises:
        Problem: `log-busy` when another process writes the partition, `log-damaged` (integrity)
            when it is not as it was left, `log-full`.
    """

    def __init__(
        self,
        folder: Path,
        log: str,
        partition: int,
        now_ms: int,
        rotation: Rotation | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.folder = folder
        self._log, self._partition = log, partition
        self._open: OpenSegment
        self._rotation = rotation or Rotation()
        self._disk = disk or Disk()
        self._failed, self._untidy = "", False
        self._segment = self._mark_handle = -1
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder)
        try:
            self._begin(now_ms)
        except OSError as error:
            self._release()
            raise self._problem(error) from None
        except BaseException:
            self._release()
            raise

    @property
    def next_offset(self) -> int:
        """Offset of the next entry."""
        return self._open.place.offset

    @property
    def is_empty(self) -> bool:
        """Whether the segment that is written has no entry yet."""
        return self._open.tree.size == 0 and not self._open.sealed

    def due(self, now_ms: int) -> bool:
        """Say whether the next batch belongs into a new segment."""
        found = self._open
        if found.sealed:
            return True
        old = found.first_ms and now_ms - found.first_ms >= self._rotation.milliseconds
        return bool(old) or found.place.position >= self._rotation.bytes

    def encode(self, entries: Sequence[Entry], now_ms: int, compress: Compress | None) -> Batch:
        """Write entries as the bytes of the next batch; nothing is stored yet."""
        nonce = bytes.fromhex(self._open.header.nonce)
        return encode_batch(entries, self._open.place, nonce, now_ms, compress)

    def store(self, batch: Batch, now_ms: int) -> None:
        """Make a batch durable: after this it is acknowledged.

        Raises:
            Problem: `log-full` (`LogFull`) when there is no room, and nothing of the batch stays;
                `log-broken` when the device failed: what is on it is known again after opening.
        """
        self._refuse_broken()
        found = self._open
        try:
            if self._untidy:
                self._tidy()
            self._disk.write(self._segment, batch.data, found.place.position)
            self._disk.sync(self._segment)
            self._write_mark(Mark(found.header.number, batch.after))
        except OSError as error:
            self._take_back(error)
        for chain in batch.chains:
            found.tree.append(chain)
        first_ms = found.first_ms or now_ms
        self._open = OpenSegment(found.header, batch.after, found.tree, first_ms, now_ms)

    def rotate(self, now_ms: int) -> Digest:
        """Seal the segment and begin the next; returns the digest of the seal.

        Raises:
            Problem: as `store`; nothing is lost, and the next call goes on from there.
        """
        self._refuse_broken()
        found = self._open
        path = segment_path(self.folder, found.header.number)
        try:
            if self._untidy:
                self._tidy()
            if found.sealed:
                digest = previous_digest(partition_files(self.folder), found.header.number + 1)
            else:
                data = seal_bytes(self._seal())
                self._disk.replace(seal_path(self.folder, found.header.number), data)
                digest = digest_bytes(data)
            self._open = replace(found, sealed=True)
            self._next_segment(digest, now_ms)
        except OSError as error:
            raise self._problem(error, path) from None
        return digest

    def close(self) -> None:
        """Make the mark durable and let go of the partition."""
        if self._lock < 0:
            return
        try:
            # a mark that is behind costs the next opening a moment and nobody an entry
            with suppress(OSError):
                self._disk.sync(self._mark_handle)
        finally:
            self._release()

    def _begin(self, now_ms: int) -> None:
        found = recover(self.folder)
        if found is None:
            header = self._header(0, 0, 0, "", now_ms)
            line = header_line(header)
            self._disk.replace(segment_path(self.folder, 0), line)
            found = OpenSegment(header, start_of(header, line), Tree())
        self._open = found
        number, place = found.header.number, found.place
        self._segment = os.open(segment_path(self.folder, number), os.O_RDWR)
        if os.fstat(self._segment).st_size != place.position:
            self._disk.cut(self._segment, place.position)
        # whole batches after the mark may still be in memory alone
        self._disk.sync(self._segment)
        if not mark_path(self.folder).exists():
            self._disk.replace(mark_path(self.folder), mark_bytes(Mark(number, place)))
        self._mark_handle = os.open(mark_path(self.folder), os.O_RDWR)
        self._write_mark(Mark(number, place))
        self._disk.sync(self._mark_handle)

    def _next_segment(self, previous: Digest, now_ms: int) -> None:
        found = self._open
        header = self._header(
            found.header.number + 1, found.place.offset, found.place.number, previous, now_ms
        )
        line = header_line(header)
        path = segment_path(self.folder, header.number)
        self._disk.replace(path, line)
        handle, place = os.open(path, os.O_RDWR), start_of(header, line)
        try:
            self._write_mark(Mark(header.number, place))
        except OSError:
            os.close(handle)
            raise
        os.close(self._segment)
        self._segment = handle
        self._open = OpenSegment(header, place, Tree())

    def _header(
        self, number: int, first: int, first_batch: int, previous: Digest, now_ms: int
    ) -> SegmentHeader:
        return SegmentHeader(
            log=self._log,
            partition=self._partition,
            number=number,
            first=first,
            first_batch=first_batch,
            nonce=new_nonce(),
            previous=previous,
            created_ms=now_ms,
        )

    def _seal(self) -> SegmentSeal:
        found = self._open
        header = found.header
        return SegmentSeal(
            log=header.log,
            partition=header.partition,
            number=header.number,
            first=header.first,
            count=found.tree.size,
            batches=found.place.number,
            bytes=found.place.position,
            root=f"sha256:{found.tree.root().hex()}",
            last=found.place.chain.hex(),
            previous=header.previous,
            first_ms=found.first_ms,
            last_ms=found.last_ms,
        )

    def _write_mark(self, mark: Mark) -> None:
        self._disk.write(self._mark_handle, mark_bytes(mark), 0)

    def _take_back(self, error: OSError) -> None:
        """Leave nothing of a batch that was not acknowledged, then say what happened."""
        if error.errno in _FULL:
            self._untidy = True
            try:
                self._tidy()
            except OSError as second:
                # where not even that can be done now, it is done before the next batch
                error = second
        raise self._problem(error) from None

    def _tidy(self) -> None:
        found = self._open
        self._disk.cut(self._segment, found.place.position)
        self._write_mark(Mark(found.header.number, found.place))
        self._untidy = False

    def _problem(self, error: OSError, path: Path | None = None) -> Problem:
        if error.errno in _FULL:
            return log_full(str(path or self.folder), system_reason(error))
        # After a failed sync nobody knows what the device holds: only reading it again can tell.
        self._failed = system_reason(error)
        return self._broken()

    def _broken(self) -> Problem:
        return Problem.of(
            "log-broken",
            f"the log `{self.folder}` cannot be written: {self._failed}",
            help="repair the device and open the log again: what was acknowledged is checked then",
            exit_code=ExitCode.ENVIRONMENT,
        )

    def _refuse_broken(self) -> None:
        if self._failed:
            raise self._broken()

    def _release(self) -> None:
        for handle in (self._segment, self._mark_handle, self._lock):
            if handle >= 0:
                os.close(handle)
        self._segment = self._mark_handle = self._lock = -1


def _locked(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Problem.of(
            "log-busy",
            f"another process writes `{folder}`",
            help="one process writes a partition: stop the other, or give each its own `lane`",
        ) from None
    return handle
