"""Segments: one file per run of trials, and one of canaries; a canonical JSON line each, synced.

A line counts once its newline is on disk. A crash can only leave bytes after the last newline;
they are no record. Anything else that is not a canonical record was changed afterwards.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from shipworthy.evidence.files import complete_lines, sync_folder, tampered
from shipworthy.evidence.merkle import Tree
from shipworthy.kernel import Digest, Problem, Record, canonical_bytes, read_record
from shipworthy.records import Trial

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a run's end entry says of a segment: number of records and Merkle root over lines."""

    trials: int
    root: Digest


@dataclass(frozen=True, slots=True)
class SyncPolicy:
    """How much a power cut may cost: trials or seconds since the last fsync."""

    trials: int = 64
    seconds: float = 1.0


class SegmentWriter:
    """Appends the trials, or the canaries, of one run to a new file.

    A killed process loses nothing that `append` returned from; a power cut loses at most what
    `SyncPolicy` allows.

    Raises:
        Problem: `segment-exists` when the file is already there: every run has its own.
    """

    def __init__(
        self,
        path: Path,
        policy: SyncPolicy | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Unbuffered: one write call per line, so that lines never interleave half-written.
            self._stream = path.open("xb", buffering=0)
        except FileExistsError:
            raise Problem.of(
                "segment-exists",
                f"the run already has a file `{path}`",
                help="a resumed campaign starts a new run",
            ) from None
        sync_folder(path.parent)
        self._policy = policy or SyncPolicy()
        self._monotonic = monotonic
        self._tree = Tree()
        self._unsynced = 0
        self._synced_at = monotonic()

    def append(self, record: Record) -> None:
        """Write one record; synced when the policy says so."""
        line = canonical_bytes(record)
        self._stream.write(line + b"\n")
        self._tree.append(line)
        self._unsynced += 1
        due = self._monotonic() - self._synced_at >= self._policy.seconds
        if due or self._unsynced >= self._policy.trials:
            self.flush()

    def flush(self) -> None:
        """Make everything appended so far durable."""
        if self._unsynced:
            os.fsync(self._stream.fileno())
        self._unsynced = 0
        self._synced_at = self._monotonic()

    def seal(self) -> Seal:
        """Make durable and return count and root so far."""
        self.flush()
        return seal_of(self._tree)

    def close(self) -> Seal:
        """Close the file and return its seal."""
        if self._stream.closed:
            return seal_of(self._tree)
        seal = self.seal()
        self._stream.close()
        return seal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def segment_lines(path: Path) -> list[bytes]:
    """Return the complete lines of a segment without their newlines."""
    return complete_lines(path.read_bytes())


def read_segment(path: Path, tree: Tree | None = None) -> Iterator[Trial]:
    """Yield the trials of a segment in file order; as `read_records`."""
    return read_records(path, Trial, tree)


def read_records(path: Path, kind: type[R], tree: Tree | None = None) -> Iterator[R]:
    """Yield the records of a segment in file order; a torn tail is left out.

    Every line is added to `tree`, so that the segment's seal can be told without a second reading.

    Raises:
        Problem: `segment-altered` (integrity) at a line that is no canonical record of its kind.
    """
    what = "trial" if kind is Trial else "canary"
    for number, line in enumerate(segment_lines(path), start=1):
        try:
            record = read_record(line, kind, str(path))
            same = canonical_bytes(record) == line
        except Problem as problem:
            message = problem.diagnostics[0].message
            raise tampered(
                "segment-altered", f"not a {what} record: {message}", str(path), number
            ) from None
        if not same:
            raise tampered("segment-altered", f"{what} not in canonical form", str(path), number)
        if tree is not None:
            tree.append(line)
        yield record


def seal_segment(path: Path) -> Seal:
    """Return count and root of the complete lines on disk: for a run that died unsealed."""
    tree = Tree()
    for line in segment_lines(path):
        tree.append(line)
    return seal_of(tree)


def seal_of(tree: Tree) -> Seal:
    """Return count and root of a tree over a segment's lines."""
    return Seal(tree.size, f"sha256:{tree.root().hex()}")
