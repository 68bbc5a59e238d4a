"""Passages of an HTML page: scripts, styles, drawings and preformatted text are not read."""

import re
from html.parser import HTMLParser
from typing import Final

from shipworthy.stages.reporting.statistics_lint.prose.passages import (
    Line,
    Passage,
    TableRow,
    passage_of,
    table_passages,
)

_SILENT: Final = frozenset({"script", "style", "svg", "pre", "template", "noscript", "math"})
_BLOCKS: Final = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details div dl dt fieldset "
        "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p "
        "section summary table tbody td tfoot th thead title tr ul",
    )
)


def page_passages(text: str) -> tuple[Passage, ...]:
    """Return the passages of a page, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.finish()
    return tuple(reader.passages)


class _Reader(HTMLParser):
    """Collects text between the tags of blocks; tables row by row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.passages: list[Passage] = []
        self._open: list[Line] = []
        self._silent: list[str] = []
        self._rows: list[TableRow] = []
        self._cells: list[str] | None = None
        self._row_line = 0
        self._depth = 0
        self._tables = 0
        self._before = ""
        self._caption = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self._break()
        if tag == "table":
            self._depth += 1
        elif tag == "tr" and self._depth:
            self._end_row()
            self._cells, self._row_line = [], self.getpos()[0]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        elif tag in {"td", "th"} and self._cells is not None:
            self._cells.append(self._taken())
        elif tag == "caption":
            self._caption = self._taken()
        elif tag in _BLOCKS:
            self._break()
        if tag in {"tr", "table"}:
            self._end_row()
        if tag == "table" and self._depth:
            self._depth -= 1
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        first = self.getpos()[0]
        for number, text in enumerate(data.split("\n"), first):
            if text.strip():
                self._open.append(Line(number, text))

    def finish(self) -> None:
        """End what a page that breaks off left open."""
        self._end_row()
        self._end_table()
        self._break()

    def _taken(self) -> str:
        text = passage_of(self._open).text
        self._open = []
        return text

    def _break(self) -> None:
        if self._open and self._cells is None:
            passage = passage_of(self._open)
            self.passages.append(passage)
            self._before = passage.text
            self._open = []

    def _end_row(self) -> None:
        if self._cells is None:
            return
        if self._open:
            self._cells.append(self._taken())
        if self._cells:
            self._rows.append(TableRow(self._row_line, tuple(self._cells)))
        self._cells = None

    def _end_table(self) -> None:
        if self._rows:
            self._tables += 1
            before = f"{self._before}\n{self._caption}"
            self.passages.extend(table_passages(self._rows, before, self._tables))
        self._rows, self._caption = [], ""
