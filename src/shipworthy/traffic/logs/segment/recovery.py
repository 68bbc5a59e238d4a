"""What a writer finds when it opens a partition: where to go on, or what is wrong.

Bytes after the last whole batch are a write that a crash cut short, and were never acknowledged,
unless the mark says otherwise or a later batch stands after them.
"""

from dataclasses import dataclass
from pathlib import Path

from shipworthy.evidence.merkle import Tree
from shipworthy.kernel import Digest
from shipworthy.traffic.logs.segment.files import SegmentFile
from shipworthy.traffic.logs.segment.frames import BrokenBatchError, Place, later_batch
from shipworthy.traffic.logs.segment.layout import (
    PartitionFiles,
    SegmentHeader,
    damaged,
    partition_files,
    read_seal,
)
from shipworthy.traffic.logs.segment.mark import Mark, load_mark, mark_path


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """The last segment of a partition as it was found.

    Attributes:
        header: its header.
        place: where the next batch goes.
        tree: the digests of its records.
        first_ms: time of its first batch, or 0.
        last_ms: time of its last batch, or 0.
        sealed: whether its seal is there already and only the next segment is missing.
    """

    header: SegmentHeader
    place: Place
    tree: Tree
    first_ms: int = 0
    last_ms: int = 0
    sealed: bool = False


def recover(folder: Path) -> OpenSegment | None:
    """Find where a partition goes on; None when nothing was ever written in it.

    Raises:
        Problem: `log-damaged` (integrity) with file, byte and offset.
    """
    files, mark = partition_files(folder), load_mark(folder)
    if mark is None:
        return _unmarked(files)
    if not files.segments or files.segments[-1] < mark.segment:
        raise damaged(files.segment(mark.segment), 0, "the segment is missing", mark.place.offset)
    last = files.segments[-1]
    for number in range(mark.segment, last):
        check_sealed(files, number, mark)
    found = scan(files, last, mark)
    check_previous(files, found.header)
    return found


def scan(
    files: PartitionFiles, number: int, mark: Mark | None, limit: int | None = None
) -> OpenSegment:
    """Read the segment that is being written up to its last whole batch, or up to `limit`.

    Raises:
        Problem: `log-damaged` (integrity) when anything that was acknowledged is not there.
    """
    acknowledged = mark.place if mark is not None and mark.segment == number else None
    tree, first_ms, last_ms = Tree(), 0, 0
    with SegmentFile(files.segment(number)) as segment:
        place, end = segment.start, segment.size
        end = end if limit is None else min(end, limit)
        met = acknowledged is None or acknowledged == place
        while place.position < end:
            try:
                batch = segment.batch(place, end)
            except BrokenBatchError as error:
                _refuse_damage(segment, place, acknowledged, error)
                break
            place = batch.after
            met = met or acknowledged == place
            first_ms, last_ms = first_ms or batch.head.at_ms, batch.head.at_ms
            for chain in batch.chains:
                tree.append(chain)
        if not met:
            what = "entries that were acknowledged are missing"
            raise damaged(segment.path, place.position, what, place.offset)
        sealed = number in files.seals
        return OpenSegment(segment.header, place, tree, first_ms, last_ms, sealed)


def check_sealed(files: PartitionFiles, number: int, mark: Mark | None = None) -> None:
    """Check a whole segment against its seal.

    Raises:
        Problem: `log-damaged` (integrity).
    """
    seal, _ = read_seal(files.seal(number))
    found = scan(files, number, mark)
    size = files.segment(number).stat().st_size
    if size != seal.bytes or found.place.position != seal.bytes:
        what = f"the segment has not the {seal.bytes} bytes of its seal"
        raise damaged(
            files.segment(number), min(size, found.place.position), what, found.place.offset
        )
    if found.header.previous != seal.previous:
        raise damaged(files.segment(number), 0, "the segment is not the one that was sealed")
    root = f"sha256:{found.tree.root().hex()}"
    if (root, found.place.chain.hex(), found.tree.size) != (seal.root, seal.last, seal.count):
        raise damaged(files.seal(number), 0, "the seal is not that of its segment", seal.first)


def previous_digest(files: PartitionFiles, number: int) -> Digest:
    """Return the digest of the seal before a segment, or empty for the first.

    Raises:
        Problem: `log-damaged` (integrity) when it is missing.
    """
    return read_seal(files.seal(number - 1))[1] if number else ""


def check_previous(files: PartitionFiles, header: SegmentHeader) -> None:
    """Check that a segment names the seal before it.

    Raises:
        Problem: `log-damaged` (integrity).
    """
    if header.previous != previous_digest(files, header.number):
        what = "the segment does not follow the seal before it"
        raise damaged(files.segment(header.number), 0, what, header.first)


def _refuse_damage(
    segment: SegmentFile, place: Place, acknowledged: Place | None, error: BrokenBatchError
) -> None:
    promised = acknowledged is not None and place.position < acknowledged.position
    if promised or later_batch(segment.rest(place.position), segment.nonce, place.number):
        raise damaged(segment.path, place.position, str(error), error.offset) from None


def _unmarked(files: PartitionFiles) -> OpenSegment | None:
    """A partition whose first writer was killed before it wrote the mark has no batch yet."""
    if not files.segments and not files.seals:
        return None
    fresh = files.segments == (0,) and not files.seals
    if fresh:
        found = scan(files, 0, None)
        if found.tree.size == 0 and found.place.offset == 0:
            return found
    raise damaged(mark_path(files.folder), 0, "the mark of the partition is missing")
