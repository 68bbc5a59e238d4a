"""Where exchanges come from when no gateway of ours logged them: files, exporters, brokers.

A source is a log (`LogReader`) and a way to read its entries (`Decode`); what cannot be read is an
`Unreadable`, never nothing.
"""

from shipworthy.traffic.sources.columns import ColumnReader
from shipworthy.traffic.sources.files import named_files, shared_out
from shipworthy.traffic.sources.lines import LineReader
from shipworthy.traffic.sources.mapping import mapped
from shipworthy.traffic.sources.positions import Positions
from shipworthy.traffic.sources.reading import (
    Decode,
    NotAnExchangeError,
    Unreadable,
    decode_own,
)

__all__ = [
    "ColumnReader",
    "Decode",
    "LineReader",
    "NotAnExchangeError",
    "Positions",
    "Unreadable",
    "decode_own",
    "mapped",
    "named_files",
    "shared_out",
]
