"""Answers in a file: a CSV table with the columns `item` and `label`."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shipworthy.app.labelling.work import Answer
from shipworthy.kernel import (
    Location,
    Problem,
    TooLargeError,
    did_you_mean,
    read_bounded,
    system_reason,
)
from shipworthy.records import LabelAnswer
from shipworthy.records.judging.labels import ANSWER_WORDS

COLUMNS: Final = ("item", "label")
LARGEST_SHEET: Final = 16 * 1024 * 1024
"""Bytes. A label takes about forty."""


def read_answer(word: str, location: Location | None = None) -> LabelAnswer:
    """Return the answer that a word stands for.

    Raises:
        Problem: `label-answer` for any other word.
    """
    answer = ANSWER_WORDS.get(word.strip().lower())
    if answer is None:
        raise Problem.of(
            "label-answer",
            f"`{word}` is no answer",
            location=location,
            help="`yes`, `no` or `unsure`, or their first letters",
        )
    return answer


def read_sheet(path: Path) -> tuple[Answer, ...]:
    """Read a table of answers.

    Raises:
        Problem: `label-sheet` for a file that is no such table, `label-answer`, `label-twice` for
            an item that is in it twice; each with file and line.
    """
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        answers = tuple(_answers(rows, path))
    except csv.Error as error:
        raise _refusal(f"not a table: {error}", path, rows.line_num) from None
    seen: set[str] = set()
    for answer in answers:
        if answer.item in seen:
            raise Problem.of(
                "label-twice",
                f"`{answer.item}` is in the table twice",
                location=answer.location,
                help="give one answer for each item",
            )
        seen.add(answer.item)
    return answers


def _answers(rows: "Iterator[list[str]]", path: Path) -> Iterator[Answer]:
    header = [name.strip() for name in next(rows, [])]
    if sorted(header) != sorted(COLUMNS):
        strange = next((name for name in header if name not in COLUMNS), "")
        advice = did_you_mean(strange, COLUMNS) if strange else "the first line is `item,label`"
        raise _refusal("the table needs the columns `item` and `label`, no others", path, 1, advice)
    at_item, at_label = header.index("item"), header.index("label")
    for row in rows:
        line = rows.line_num  # type: ignore[attr-defined]  # csv.reader has it, Iterator hides it
        if not row:
            continue
        if len(row) != len(COLUMNS):
            raise _refusal(f"the row has {len(row)} cells", path, line)
        place = Location(str(path), line)
        yield Answer(
            item=row[at_item].strip(), answer=read_answer(row[at_label], place), location=place
        )


def _text(path: Path) -> str:
    try:
        data = read_bounded(path, LARGEST_SHEET)
    except TooLargeError as error:
        raise _refusal(system_reason(error), path, 0) from None
    except OSError as error:
        raise _refusal(f"cannot be read: {system_reason(error)}", path, 0) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal("not UTF-8 text", path, data.count(b"\n", 0, error.start) + 1) from None


def _refusal(message: str, path: Path, line: int, advice: str = "") -> Problem:
    return Problem.of(
        "label-sheet",
        message,
        location=Location(str(path), line),
        help=advice or "a table in CSV whose first line is `item,label`",
    )
