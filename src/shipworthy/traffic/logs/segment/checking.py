"""Verification of a whole log: every record, seal and link between segments."""

from dataclasses import dataclass
from pathlib import Path

from shipworthy.kernel import Digest, Problem
from shipworthy.traffic.logs.segment.layout import (
    PartitionFiles,
    SegmentSeal,
    damaged,
    first_kept,
    partition_files,
    partition_folder,
    read_identity,
    read_seal,
)
from shipworthy.traffic.logs.segment.mark import Mark, load_mark, mark_path
from shipworthy.traffic.logs.segment.recovery import (
    OpenSegment,
    check_previous,
    check_sealed,
    scan,
)


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written: the file, and what is wrong, where."""

    file: str
    what: str


@dataclass(frozen=True, slots=True)
class PartitionHealth:
    """What was found in one partition.

    Attributes:
        partition: its number.
        first: offset of the first entry that is still kept.
        next: offset after the last acknowledged entry, by its mark.
        entries: entries that were read and found whole.
        removed: entries whose segments were removed on purpose; their seals are whole.
        chain: hexadecimal digest at the end: publish it, and a log cut short later shows.
        roots: Merkle roots of the seals, in order.
        damages: all that is wrong, in the order of the segments.
    """

    partition: int
    first: int
    next: int
    entries: int
    removed: int
    chain: str
    roots: tuple[Digest, ...]
    damages: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class LogHealth:
    """What was found in a log."""

    log: str
    partitions: tuple[PartitionHealth, ...]

    @property
    def damages(self) -> tuple[Damage, ...]:
        """All that is wrong."""
        return tuple(damage for one in self.partitions for damage in one.damages)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was acknowledged and not removed on purpose is there."""
        return not self.damages

    @property
    def entries(self) -> int:
        """Entries that were read and found whole."""
        return sum(one.entries for one in self.partitions)


def verify_log(folder: Path) -> LogHealth:
    """Read a whole log and check all of it; it may be written at the same time.

    Raises:
        Problem: `log-missing` when there is no log in the folder.
    """
    identity = read_identity(folder)
    return LogHealth(
        identity.id,
        tuple(
            _verify(partition_folder(folder, one), one, identity.id)
            for one in range(identity.partitions)
        ),
    )


def _verify(folder: Path, partition: int, log: str) -> PartitionHealth:
    files, damages = partition_files(folder), list[Damage]()
    kept, mark = 0, None
    try:
        kept, mark = first_kept(folder), load_mark(folder)
    except Problem as problem:
        damages.append(_damage(problem))
    if mark is None:
        if not damages and (files.segments[1:] or files.seals):
            damages.append(Damage(str(mark_path(folder)), "the mark of the partition is missing"))
        return PartitionHealth(partition, 0, 0, 0, 0, "", (), tuple(damages))
    seals = _seals(files, mark.segment, (log, partition), damages)
    entries = 0
    for number in range(kept, mark.segment):
        try:
            check_sealed(files, number)
            entries += seals[number].count if number in seals else 0
        except Problem as problem:
            damages.append(_damage(problem))
    last = _open_segment(files, mark, seals, damages)
    entries += last.tree.size if last is not None else 0
    removed = sum(seal.count for number, seal in seals.items() if number < kept)
    roots = tuple(seal.root for _, seal in sorted(seals.items()))
    return PartitionHealth(
        partition,
        removed,
        mark.place.offset,
        entries,
        removed,
        mark.place.chain.hex(),
        roots,
        tuple(dict.fromkeys(damages)),
    )


def _seals(
    files: PartitionFiles, count: int, owner: tuple[str, int], damages: list[Damage]
) -> dict[int, SegmentSeal]:
    """Check that the seals before the segment that is written follow each other."""
    found: dict[int, SegmentSeal] = {}
    before: tuple[Digest, int] | None = ("", 0)
    for number in range(count):
        try:
            seal, digest = read_seal(files.seal(number))
        except Problem as problem:
            damages.append(_damage(problem))
            before = None
            continue
        named = (seal.log, seal.partition, seal.number)
        follows = before is None or (seal.previous, seal.first) == before
        if named != (*owner, number) or not follows:
            what = "the seal does not follow the one before it"
            damages.append(Damage(str(files.seal(number)), what))
        found[number], before = seal, (digest, seal.first + seal.count)
    return found


def _open_segment(
    files: PartitionFiles, mark: Mark, seals: dict[int, SegmentSeal], damages: list[Damage]
) -> OpenSegment | None:
    """Check the segment that is written, up to the mark: what follows may be half written."""
    try:
        found = scan(files, mark.segment, mark, mark.place.position)
        before = seals.get(mark.segment - 1)
        if before is not None or mark.segment == 0:
            check_previous(files, found.header)
        if before is not None and found.header.first != before.first + before.count:
            what = "the segment does not begin where the one before it ends"
            raise damaged(files.segment(mark.segment), 0, what, found.header.first)
    except Problem as problem:
        damages.append(_damage(problem))
        return None
    return found


def _damage(problem: Problem) -> Damage:
    first = problem.diagnostics[0]
    return Damage(first.location.file if first.location else "", first.message)
