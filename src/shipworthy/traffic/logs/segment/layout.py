"""Names, headers and seals of a segment log's files."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.kernel import (
    Digest,
    ExitCode,
    Location,
    Problem,
    Record,
    canonical_bytes,
    digest_bytes,
    read_record,
    system_reason,
)

VERSION: Final = 1
HEADER_BYTES: Final = 4096
"""Most bytes of a segment's header."""

_NONCE: Final = re.compile("[0-9a-f]{32}")

SEGMENT: Final = ".seg"
SEAL: Final = ".seal"


class LogIdentity(Record, frozen=True, kw_only=True, tag="live-log"):
    """`log.json`: what all partitions of a log have in common."""

    version: int = VERSION
    id: str
    partitions: int


class SegmentHeader(Record, frozen=True, kw_only=True, tag="live-segment"):
    """The first line of a segment.

    Attributes:
        log: id of the log.
        partition: which partition.
        number: which segment of the partition, from 0.
        first: offset of its first entry.
        first_batch: number of its first batch.
        nonce: 32 random hexadecimal digits that begin every batch of the segment.
        previous: digest of the seal of the segment before, or empty for the first.
        created_ms: milliseconds since 1970, by the writer's clock.
    """

    version: int = VERSION
    log: str
    partition: int
    number: int
    first: int
    first_batch: int
    nonce: str
    previous: Digest
    created_ms: int


class SegmentSeal(Record, frozen=True, kw_only=True, tag="live-seal"):
    """What is left of a segment when its records are gone.

    Attributes:
        log: id of the log.
        partition: which partition.
        number: which segment of the partition.
        first: offset of its first entry.
        count: entries in it.
        batches: number of the batch after its last.
        bytes: size of its file.
        root: Merkle root (RFC 6962) over the digests of its records.
        last: the digest that ends its last batch, hexadecimal.
        previous: digest of the seal of the segment before, or empty.
        first_ms: time of its first batch, or 0 without any.
        last_ms: time of its last batch, or 0.
    """

    version: int = VERSION
    log: str
    partition: int
    number: int
    first: int
    count: int
    batches: int
    bytes: int
    root: Digest
    last: str
    previous: Digest
    first_ms: int = 0
    last_ms: int = 0


class Kept(Record, frozen=True, kw_only=True, tag="live-kept"):
    """`kept.json`: segments before `number` were removed on purpose; their seals stay."""

    number: int
    removed_ms: int


@dataclass(frozen=True, slots=True)
class PartitionFiles:
    """The files of one partition, by number of segment."""

    folder: Path
    segments: tuple[int, ...]
    seals: tuple[int, ...]

    def segment(self, number: int) -> Path:
        """Path of a segment."""
        return segment_path(self.folder, number)

    def seal(self, number: int) -> Path:
        """Path of a seal."""
        return seal_path(self.folder, number)


def partition_folder(folder: Path, partition: int) -> Path:
    """Folder of a partition."""
    return folder / f"p{partition:04d}"


def segment_path(folder: Path, number: int) -> Path:
    """Path of a segment in its partition's folder."""
    return folder / f"{number:010d}{SEGMENT}"


def seal_path(folder: Path, number: int) -> Path:
    """Path of a seal in its partition's folder."""
    return folder / f"{number:010d}{SEAL}"


def partition_files(folder: Path) -> PartitionFiles:
    """List a partition's segments and seals in the order of their numbers."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return PartitionFiles(folder, _numbers(names, SEGMENT), _numbers(names, SEAL))


def _numbers(names: Iterable[str], ending: str) -> tuple[int, ...]:
    stems = (name.removesuffix(ending) for name in names if name.endswith(ending))
    return tuple(sorted(int(stem) for stem in stems if stem.isdigit()))


def new_nonce() -> str:
    """Draw the bytes that begin every batch of a segment: content cannot guess them."""
    return secrets.token_hex(16)


def header_line(header: SegmentHeader) -> bytes:
    """Return the bytes of a segment's header."""
    return canonical_bytes(header) + b"\n"


def read_header(data: bytes, path: Path) -> tuple[SegmentHeader, bytes]:
    """Read a header from the beginning of a segment; returns it and its line.

    Raises:
        Problem: `log-damaged` (integrity).
    """
    line, newline, _ = data[:HEADER_BYTES].partition(b"\n")
    if not newline:
        raise damaged(path, 0, "the header of the segment is cut short")
    try:
        header = msgspec.json.decode(line, type=SegmentHeader)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(path, 0, f"the header of the segment is none: {error}") from None
    if canonical_bytes(header) != line or _NONCE.fullmatch(header.nonce) is None:
        raise damaged(path, 0, "the header of the segment was changed")
    return header, line + newline


def read_seal(path: Path) -> tuple[SegmentSeal, Digest]:
    """Read a seal; returns it and the digest of its file.

    Raises:
        Problem: `log-damaged` (integrity) when it is missing or none.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise damaged(path, 0, "the seal is missing") from None
    try:
        seal = msgspec.json.decode(data, type=SegmentSeal)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(path, 0, f"the seal is none: {error}") from None
    if canonical_bytes(seal) + b"\n" != data:
        raise damaged(path, 0, "the seal was changed")
    return seal, digest_bytes(data)


def seal_bytes(seal: SegmentSeal) -> bytes:
    """Return the bytes of a seal's file."""
    return canonical_bytes(seal) + b"\n"


def first_kept(folder: Path) -> int:
    """Return the number of the first segment that was not removed on purpose."""
    path = folder / "kept.json"
    if not path.is_file():
        return 0
    return read_record(path.read_bytes(), Kept, str(path)).number


def first_offset(folder: Path) -> int:
    """Return the offset of the first entry of a partition that was not removed on purpose.

    Raises:
        Problem: `log-damaged` (integrity) when the seal before it is not as it was written.
    """
    kept = first_kept(folder)
    if not kept:
        return 0
    seal, _ = read_seal(seal_path(folder, kept - 1))
    return seal.first + seal.count


def identity_path(folder: Path) -> Path:
    """Path of `log.json`."""
    return folder / "log.json"


def read_identity(folder: Path) -> LogIdentity:
    """Read `log.json`.

    Raises:
        Problem: `log-missing` when there is none, `record-invalid` when it is none.
    """
    path = identity_path(folder)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Problem.of(
            "log-missing",
            f"there is no log in `{folder}` that can be read: {system_reason(error)}",
            help="check the folder; whoever writes the log makes it",
        ) from None
    return read_record(data, LogIdentity, str(path))


def damaged(path: Path, position: int, what: str, offset: int | None = None) -> Problem:
    """Build the problem of a log that is not as it was written."""
    entry = "" if offset is None else f", entry {offset}"
    return Problem.of(
        "log-damaged",
        f"{what} (byte {position}{entry})",
        location=Location(str(path)),
        help="restore the file from a copy that verifies; what it held is in doubt from there on",
        exit_code=ExitCode.INTEGRITY,
    )
