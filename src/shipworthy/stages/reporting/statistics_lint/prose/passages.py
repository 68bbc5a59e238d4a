"""What the lint of prose reads: passages of a document, and the sentences in them.

A passage is what stands together: a paragraph, a list item, a heading or a row of a table. What has
to stand nearby (an n, a bound) may stand in its `context` too: the caption, the head and the other
rows of a table, or the sentence before a list.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from shipworthy.stages.reporting.statistics_lint.prose.words import OUTCOME

_BARE_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,]\d+)?")
_PLAIN: Final = str.maketrans(
    {
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
    }
)
_END: Final = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_SHORT: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|approx|resp|al|Fig|Figs|Eq|Sec|Tab|No|Nos|Dr|Prof|incl|excl)|\b[A-Z])$"
)
"""Abbreviations after which a sentence goes on."""


def plain(text: str) -> str:
    """Return text with one kind of space, dash and quotation mark each; the length stays."""
    return text.translate(_PLAIN)


@lru_cache(maxsize=1024)
def _mentioned(words: re.Pattern[str], context: str) -> bool:
    """Search a context once: all rows of a table share theirs."""
    return bool(words.search(context))


@dataclass(frozen=True)
class Passage:
    """Words that stand together.

    Attributes:
        text: the words, in one line, as `plain` leaves them.
        lines: pairs of an offset into `text` and the 1-based line that begins there; empty for
            documents without lines.
        place: where it stands, in words, for documents without lines.
        context: words that count as nearby.
        table: number of the table that it is a row of, from 1; 0 outside of tables.
    """

    text: str
    lines: tuple[tuple[int, int], ...] = ()
    place: str = ""
    context: str = ""
    table: int = 0

    @cached_property
    def near(self) -> str:
        """The passage and what counts as nearby."""
        return f"{self.text}\n{self.context}"

    def nearby(self, words: re.Pattern[str]) -> bool:
        """Say whether such words stand in the passage or nearby."""
        return bool(words.search(self.text)) or _mentioned(words, self.context)

    def line_at(self, offset: int) -> int:
        """Return the line of an offset; 0 where the document has none."""
        if not self.lines:
            return 0
        index = bisect_right(self.lines, (offset, 1 << 30)) - 1
        return self.lines[max(index, 0)][1]

    @cached_property
    def sentences(self) -> tuple["Sentence", ...]:
        """The sentences in order; a row of a table is one."""
        starts = [0] if self.table else list(self._starts())
        ends = [*starts[1:], len(self.text)]
        return tuple(
            Sentence(self, start, self.text[start:end])
            for start, end in zip(starts, ends, strict=True)
        )

    def _starts(self) -> Iterator[int]:
        yield 0
        for found in _END.finditer(self.text):
            if not _SHORT.search(self.text, 0, found.start()):
                yield found.end()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, with the offset at which it begins in its passage."""

    passage: Passage
    start: int
    text: str

    @property
    def following(self) -> str:
        """The rest of the passage after the sentence."""
        return self.passage.text[self.start + len(self.text) :]


@dataclass(frozen=True, slots=True)
class Prose:
    """A document: its name for messages, and its passages in order."""

    name: str
    passages: tuple[Passage, ...]

    def sentences(self) -> Iterator[Sentence]:
        """Yield all sentences in order."""
        for passage in self.passages:
            yield from passage.sentences

    def mentions(self, words: re.Pattern[str]) -> bool:
        """Say whether some passage has such words."""
        return any(words.search(passage.text) for passage in self.passages)


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one source line."""

    number: int
    text: str


def passage_of(lines: list[Line], context: str = "", table: int = 0) -> Passage:
    """Join lines into a passage, with a space between them."""
    words, marks, offset = [], [], 0
    for line in lines:
        text = plain(line.text.strip())
        marks.append((offset, line.number))
        words.append(text)
        offset += len(text) + 1
    return Passage(text=" ".join(words), lines=tuple(marks), context=context, table=table)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: the line on which it begins, and its cells."""

    line: int
    cells: tuple[str, ...]


def table_passages(rows: list[TableRow], before: str, number: int) -> Iterator[Passage]:
    """Yield a passage a row, `head = cell` for each cell; the whole table counts as nearby."""
    head = rows[0].cells if len(rows) > 1 else ()
    body = rows[1:] if len(rows) > 1 else rows
    written = [_row_text(head, row.cells) for row in body]
    context = plain("\n".join([before, "; ".join(head), *written]))
    for row, text in zip(body, written, strict=True):
        line = [Line(row.line, text)] if row.line else []
        passage = passage_of(line, context, number)
        yield passage if line else Passage(text=plain(text), context=context, table=number)


def _value(title: str, cell: str) -> str:
    """Return a cell with the unit that only the head of its column names."""
    rate = "%" in title and OUTCOME.search(title) and _BARE_NUMBER.fullmatch(cell)
    return f"{cell} %" if rate else cell


def _row_text(head: tuple[str, ...], cells: tuple[str, ...]) -> str:
    named = [
        f"{title.strip()} = {_value(title, cell.strip())}" if title.strip() else cell.strip()
        for title, cell in zip(head, cells, strict=False)
        if cell.strip()
    ]
    return "; ".join(named or [cell.strip() for cell in cells if cell.strip()])
