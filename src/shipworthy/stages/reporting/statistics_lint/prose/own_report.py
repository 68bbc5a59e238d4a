"""Passages of a `report.json` that Shipworthy wrote; other JSON is refused."""

from collections.abc import Iterator, Mapping
from itertools import count

import msgspec

from shipworthy.kernel import Location, Problem
from shipworthy.records import Claim, display
from shipworthy.stages.reporting.document import (
    SCHEMA,
    ClaimRef,
    Clause,
    Definition,
    Document,
    Inline,
    KeyFigure,
    Mark,
    Moment,
    Table,
)
from shipworthy.stages.reporting.statistics_lint.prose.passages import (
    Passage,
    TableRow,
    plain,
    table_passages,
)


def own_report_passages(data: bytes, name: str) -> tuple[Passage, ...]:
    """Return the passages of a report, with the ids of sections as places.

    Raises:
        Problem: `lint-report-json` for anything that is not such a report.
    """
    try:
        document = msgspec.json.decode(data, type=Document)
    except msgspec.DecodeError as error:
        raise _foreign(name, str(error)) from None
    if document.schema != SCHEMA:
        raise _foreign(name, f"its schema is `{document.schema}`")
    reader = _Reader({entry.claim.id: entry.claim for entry in document.evidence})
    return tuple(
        passage
        for section in document.sections
        for passage in reader.passages(section.blocks, f"section {section.id}")
    )


def _foreign(name: str, why: str) -> Problem:
    return Problem.of(
        "lint-report-json",
        f"this JSON is no report of Shipworthy: {why}",
        location=Location(name),
        help="give the report as text, Markdown or HTML",
    )


class _Reader:
    """Turns blocks into words, with the numbers that their claims show."""

    def __init__(self, claims: Mapping[str, Claim]) -> None:
        self._claims = claims
        self._tables = count(1)

    def passages(self, node: object, place: str) -> Iterator[Passage]:
        """Yield the passages of a part of the document, in reading order."""
        if isinstance(node, Table):
            yield from self._table(node, place)
        elif isinstance(node, KeyFigure):
            yield Passage(text=f"{self._text(node.value)} {self._text(node.label)}", place=place)
        elif isinstance(node, Definition):
            yield Passage(text=f"{self._text(node.term)}: {self._text(node.details)}", place=place)
        elif isinstance(node, tuple) and node and isinstance(node[0], Inline):
            yield Passage(text=self._text(node), place=place)
        elif isinstance(node, tuple):
            for member in node:
                yield from self.passages(member, place)
        elif isinstance(node, msgspec.Struct):
            for field in node.__struct_fields__:
                yield from self.passages(getattr(node, field), place)

    def _table(self, table: Table, place: str) -> Iterator[Passage]:
        head = TableRow(0, tuple(self._text(column.words) for column in table.columns))
        rows = [TableRow(0, tuple(self._text(cell) for cell in row.cells)) for row in table.rows]
        before = f"{self._text(table.caption)}\n{self._text(table.note)}"
        for row in table_passages([head, *rows], before, next(self._tables)):
            yield Passage(text=row.text, place=place, context=row.context, table=row.table)

    def _text(self, words: tuple[Inline, ...]) -> str:
        return plain("".join(self._word(word) for word in words))

    def _word(self, word: Inline) -> str:
        if isinstance(word, ClaimRef):
            claim = self._claims.get(word.id)
            return display(claim) if claim else "?"
        if isinstance(word, Clause):
            return word.id
        if isinstance(word, Mark):
            return word.state
        return word.at if isinstance(word, Moment) else word.text
