"""Removal of whole sealed segments. Their seals stay, so that what was there can still be named."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shipworthy.evidence.files import write_atomically
from shipworthy.kernel import canonical_bytes
from shipworthy.traffic.logs.segment.layout import (
    Kept,
    PartitionFiles,
    first_kept,
    partition_files,
    read_seal,
)


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept: bytes and milliseconds a partition; 0 keeps all."""

    bytes: int = 0
    milliseconds: int = 0

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is ever removed."""
        return not self.bytes and not self.milliseconds


def remove_old(folder: Path, retention: Retention, now_ms: int, unread: int | None = None) -> int:
    """Remove sealed segments from the front of a partition; returns how many.

    The decision is written down before the first file goes, so that a crash in between leaves no
    gap that looks like damage.

    Args:
        folder: the partition's folder.
        retention: how much is kept.
        now_ms: milliseconds since 1970.
        unread: entries from this offset on are kept whatever their age; None keeps none for that.

    Raises:
        Problem: `log-damaged` (integrity) when a seal is not as it was written.
    """
    files = partition_files(folder)
    kept = first_kept(folder)
    until = max([kept, *_removable(files, retention, now_ms, unread)])
    if until > kept:
        note = Kept(number=until, removed_ms=now_ms)
        write_atomically(folder / "kept.json", canonical_bytes(note) + b"\n")
    gone = [number for number in files.segments if number < until]
    for number in gone:
        files.segment(number).unlink(missing_ok=True)
    return len(gone)


def _removable(
    files: PartitionFiles, retention: Retention, now_ms: int, unread: int | None
) -> Iterator[int]:
    """Yield, for each segment that may go with all before it, the number after it."""
    sealed = [number for number in files.segments if number in files.seals]
    total = sum(files.segment(number).stat().st_size for number in files.segments)
    for number in sealed:
        if number == files.segments[-1]:
            return  # the last segment is where the next batch or header goes
        seal, _ = read_seal(files.seal(number))
        aged = retention.milliseconds and now_ms - seal.last_ms > retention.milliseconds
        large = retention.bytes and total > retention.bytes
        unread_here = unread is not None and unread < seal.first + seal.count
        if unread_here or not (aged or large):
            return
        total -= seal.bytes
        yield number + 1


def wall_ms() -> int:
    """Return the wall clock in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
