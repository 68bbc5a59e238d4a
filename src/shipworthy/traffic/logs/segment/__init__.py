"""The log of one machine: a folder of hash-chained segment files."""

from shipworthy.traffic.logs.segment.checking import Damage, LogHealth, PartitionHealth, verify_log
from shipworthy.traffic.logs.segment.options import SegmentOptions
from shipworthy.traffic.logs.segment.reading import (
    PartitionCursor,
    SealedPart,
    SegmentSource,
    open_segment_reader,
    sealed_parts,
)
from shipworthy.traffic.logs.segment.writing import SegmentWriter, open_segment_writer

__all__ = [
    "Damage",
    "LogHealth",
    "PartitionCursor",
    "PartitionHealth",
    "SealedPart",
    "SegmentOptions",
    "SegmentSource",
    "SegmentWriter",
    "open_segment_reader",
    "open_segment_writer",
    "sealed_parts",
    "verify_log",
]
