"""Where exchanges are kept in order: segment files, brokers."""

from shipworthy.traffic.logs.opening import KINDS, open_reader, open_writer
from shipworthy.traffic.logs.protocol import (
    Entry,
    LogFull,
    LogReader,
    LogWriter,
    Stored,
    ends_to_read,
    partition_of,
)

__all__ = [
    "KINDS",
    "Entry",
    "LogFull",
    "LogReader",
    "LogWriter",
    "Stored",
    "ends_to_read",
    "open_reader",
    "open_writer",
    "partition_of",
]
