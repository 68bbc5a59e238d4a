"""Where exchanges are kept in order: segment files, brokers."""

from shipworthy.traffic.logs.opening import KINDS, open_reader, open_writer
from shipworthy.traffic.logs.protocol import (
    Entry,
    LogFull,
    LogReader,
    LogWriter,
    Stored,
    partition_of,
)

__all__ = [
    "KINDS",
    "Entry",
    "LogFull",
    "LogReader",
    "LogWriter",
    "Stored",
    "open_reader",
    "open_writer",
    "partition_of",
]
