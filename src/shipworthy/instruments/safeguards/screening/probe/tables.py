"""A person's own table of labelled texts, read strictly: every complaint names its line."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from shipworthy.instruments.safeguards.measuring import LabelledSet, LabelledText, normal_form
from shipworthy.kernel import (
    Diagnostic,
    Location,
    Problem,
    digest_bytes,
    read_bounded,
    system_reason,
    utf8_text,
)

LARGEST_TABLE: Final = 64_000_000
"""Bytes."""

_MOST_NAMED: Final = 20
"""Contradictions that are named; the rest are counted."""

_CODE: Final = "probe-table"


def read_own_table(path: Path) -> LabelledSet:
    """Read a table of labelled texts.

    Raises:
        Problem: `probe-table` with the line, for a file that is no such table and for every text
            that is called harmful in one line and harmless in another. Texts are one text where
            they differ in case and white space alone.
    """
    try:
        data = read_bounded(path, LARGEST_TABLE)
    except OSError as error:
        raise Problem.of(_CODE, system_reason(error), location=Location(str(path))) from None
    rows = csv.DictReader(io.StringIO(utf8_text(data, str(path), _CODE), newline=""))
    try:
        lined = list(_lined(path, rows))
    except csv.Error as error:
        raise bad_table(path, f"not a table: {error}", rows.reader.line_num) from None
    against = list(_contradictions(path, lined))
    if against:
        raise Problem([*against[:_MOST_NAMED], *_rest(path, len(against) - _MOST_NAMED)])
    return LabelledSet(path.name, digest_bytes(data), tuple(text for _, text in lined))


def _lined(path: Path, rows: "csv.DictReader[str]") -> Iterator[tuple[int, LabelledText]]:
    """Yield each text with the line on which its row ends."""
    columns: Sequence[str] = rows.fieldnames or ()
    wanted = ["text"] if "text" in columns else ["prompt", "answer"]
    if not columns:
        raise bad_table(path, "the table is empty", 1)
    for column in (*wanted, "harmful"):
        if column not in columns:
            raise bad_table(path, f"there is no column `{column}`", 1)
    for row in rows:
        if row["harmful"] not in {"0", "1"}:
            raise bad_table(path, "`harmful` is neither 0 nor 1", rows.line_num)
        said = "\n".join(row[column] or "" for column in wanted)
        yield rows.line_num, LabelledText(said, row["harmful"] == "1")


def _contradictions(path: Path, lined: Sequence[tuple[int, LabelledText]]) -> Iterator[Diagnostic]:
    """Yield a complaint for each line that says otherwise than the first one of its text."""
    first: dict[str, tuple[int, bool]] = {}
    for line, item in lined:
        known, harmful = first.setdefault(normal_form(item.text), (line, item.attack))
        if harmful != item.attack:
            yield Diagnostic(
                _CODE,
                f"`harmful` is {int(item.attack)} here and {int(harmful)} in line {known}, "
                "for one text",
                Location(str(path), line),
                "keep one of the two lines: a probe cannot learn both, nor be measured on them",
            )


def _rest(path: Path, more: int) -> Iterator[Diagnostic]:
    if more > 0:
        yield Diagnostic(
            _CODE, f"and {more:,} more lines that contradict another", Location(str(path))
        )


def bad_table(path: Path, message: str, line: int) -> Problem:
    """Return what is raised where a file is no table of labelled texts."""
    return Problem.of(
        _CODE,
        message,
        location=Location(str(path), line),
        help="columns `text` (or `prompt` and `answer`) and `harmful`, which is 0 or 1",
    )
