"""Parquet files as a log: a file is a partition, the number of a row its offset.

Rows are read one row group after the other, so that a file may be larger than memory. A row becomes
a JSON object of its columns; one column alone, `record`, of text or bytes holds our own records.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.traffic.logs import Stored
from shipworthy.traffic.sources.files import refuse_shorter
from shipworthy.traffic.sources.positions import Positions

RECORD: Final = "record"
"""The column that holds a whole record of ours."""

_BATCH: Final = 4096


@dataclass(slots=True)
class ColumnReader:
    """Reads the rows of files in turn; see `LogReader`."""

    files: Mapping[int, Path]
    positions: Positions
    _rows: dict[int, int] = field(default_factory=dict)
    _open: dict[int, Iterator[Stored]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, path in self.files.items():
            rows = _opened(path).metadata.num_rows
            start = self.positions.read(number)
            refuse_shorter(path, rows, start)
            self._rows[number] = rows
            self._open[number] = _rows(number, path, start)

    @property
    def partitions(self) -> int:
        """Number of files of this member."""
        return len(self.files)

    def assigned(self) -> frozenset[int]:
        """Return the numbers of the files."""
        return frozenset(self.files)

    async def poll(self, most: int, wait_s: float) -> Sequence[Stored]:
        """Return up to `most` rows; files of columns are complete, so nothing more will come."""
        found: list[Stored] = []
        for number in self.files:
            while len(found) < most and (entry := next(self._open[number], None)):
                found.append(entry)
        if not found:
            await asyncio.sleep(wait_s)
        return found

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Keep how far each file is done with."""
        self.positions.write(positions)

    async def starts(self) -> Mapping[int, int]:
        """Return nothing: a file is kept from its beginning."""
        return {}

    async def ends(self) -> Mapping[int, int]:
        """Return the numbers of rows."""
        return dict(self._rows)

    async def close(self) -> None:
        """Let go of the files."""
        self._open.clear()

    def where(self, number: int, offset: int) -> Location:
        """Return file and row of an entry, the first being row 1."""
        return Location(str(self.files[number]), offset + 1)


def _rows(number: int, path: Path, start: int) -> Iterator[Stored]:
    opened = _opened(path)
    columns: list[str] = opened.schema_arrow.names
    row = 0
    for group in range(opened.metadata.num_row_groups):
        size = opened.metadata.row_group(group).num_rows
        if row + size <= start:
            row += size
            continue
        for batch in opened.iter_batches(batch_size=_BATCH, row_groups=[group]):
            for values in batch.to_pylist():
                if row >= start:
                    yield Stored(partition=number, offset=row, key="", body=_body(values, columns))
                row += 1


def _body(values: dict[str, Any], columns: Sequence[str]) -> bytes:
    if list(columns) == [RECORD]:
        held = values[RECORD]
        return held.encode() if isinstance(held, str) else held or b"null"
    return msgspec.json.encode(values)


def _opened(path: Path) -> Any:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise Problem.of(
            "extra-missing",
            "reading Parquet needs `pyarrow`, which is not installed",
            help="run `pip install 'shipworthy[parquet]'`",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    try:
        return ParquetFile(path)
    except ArrowException as error:
        raise Problem.of(
            "source-columns",
            f"not a Parquet file: {str(error).splitlines()[0]}",
            location=Location(str(path)),
            help='give a `.parquet` file, or use `kind = "jsonl"`',
        ) from None
