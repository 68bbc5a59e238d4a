"""The sealed segments of a log, for work that takes them in any order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shipworthy.traffic.logs.protocol import Stored
from shipworthy.traffic.logs.segment.files import SegmentFile
from shipworthy.traffic.logs.segment.layout import (
    first_kept,
    partition_files,
    partition_folder,
    read_identity,
    read_seal,
)


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
