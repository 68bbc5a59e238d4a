"""What a deployment file says of a segment log."""

from collections.abc import Mapping
from pathlib import Path

from shipworthy.kernel import Problem, Record, convert_record
from shipworthy.traffic.logs.segment.appending import Rotation


class SegmentOptions(Record, frozen=True, kw_only=True):
    """Options of a segment log.

    Attributes:
        folder: where it is kept; made by the first writer.
        partitions: partitions of each writer; entries of one key land in one.
        lane: which of several writing processes this is, from 0.
        lanes: how many processes write: each has `partitions` of its own.
        segment_bytes: size at which a segment is sealed.
        segment_seconds: age at which a segment is sealed, at the next append.
        compress: pack batches with zstd.
        retain_bytes: sealed segments of a partition beyond so many bytes are removed; 0 keeps all.
        retain_seconds: sealed segments older than this are removed; 0 keeps all.
        keep_unread: never remove what a group of readers has not committed.
        lease_seconds: how long a reader that falls silent keeps its partitions.
        member: name of the reader in its group; drawn at random when empty.
    """

    folder: str
    partitions: int = 4
    lane: int = 0
    lanes: int = 1
    segment_bytes: int = 64 * 1024 * 1024
    segment_seconds: int = 3600
    compress: bool = False
    retain_bytes: int = 0
    retain_seconds: int = 0
    keep_unread: bool = True
    lease_seconds: int = 15
    member: str = ""

    @property
    def path(self) -> Path:
        """The folder."""
        return Path(self.folder)

    @property
    def rotation(self) -> Rotation:
        """When segments are sealed."""
        return Rotation(self.segment_bytes, self.segment_seconds * 1000)

    @property
    def own_partitions(self) -> range:
        """Partitions that this writer writes."""
        return range(self.lane * self.partitions, (self.lane + 1) * self.partitions)


def read_options(options: Mapping[str, object]) -> SegmentOptions:
    """Read the options of a segment log.

    Raises:
        Problem: `record-invalid` for an unknown or mistyped option, `log-options` for a number
            outside its range.
    """
    found = convert_record(dict(options), SegmentOptions, "log `segment`")
    _within("partitions", found.partitions, 1, 256)
    _within("lanes", found.lanes, 1, 256)
    _within("lane", found.lane, 0, found.lanes - 1)
    _within("segment_bytes", found.segment_bytes, 4096, 1 << 40)
    _within("segment_seconds", found.segment_seconds, 1, 1 << 31)
    _within("lease_seconds", found.lease_seconds, 1, 3600)
    _within("retain_bytes", found.retain_bytes, 0, 1 << 50)
    _within("retain_seconds", found.retain_seconds, 0, 1 << 40)
    return found


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Problem.of(
            "log-options",
            f"`{name} = {value}` of the log is out of range",
            help=f"from {least} to {most}",
        )
