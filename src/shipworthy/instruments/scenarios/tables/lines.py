"""The rows of a table as they are written: CSV with a header, or JSON Lines."""

import csv
import io
import json
from collections.abc import Iterator, Mapping

Written = Mapping[str, object]
"""A row by column, without what is empty."""


class FaultError(ValueError):
    """What is wrong with one row, and what would be right."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = advice


def rows_of(text: str, suffix: str) -> Iterator[tuple[int, Written | FaultError]]:
    """Yield the rows of a `.csv`, or of JSON Lines, each with the number of its (last) line."""
    return _csv(text) if suffix == ".csv" else _json_lines(text)


def _csv(text: str) -> Iterator[tuple[int, Written | FaultError]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        for row in reader:
            if "" in row or None in row.values():
                said = "a row has another number of fields than the header"
                yield (
                    reader.line_num,
                    FaultError(said, "put a field that holds a comma into quotes"),
                )
            else:
                yield reader.line_num, {key: value for key, value in row.items() if value}
    except csv.Error as error:
        said = f"not valid CSV: {error}"
        yield reader.reader.line_num, FaultError(said, "put odd fields into quotes")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON: it stands for an answer that somebody lacks")


def _json_lines(text: str) -> Iterator[tuple[int, Written | FaultError]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_float=str, parse_constant=_refuse)
        except (ValueError, RecursionError):
            yield number, FaultError("not valid JSON", "write one object on each line")
            continue
        if not isinstance(row, dict):
            yield number, FaultError("not an object", 'write `{"domain": ..., "request": ...}`')
        else:
            yield number, {key: value for key, value in row.items() if value not in ("", None)}
