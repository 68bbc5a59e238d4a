"""Passages of Markdown and of plain text: fenced code and comments are not read."""

import re
from collections.abc import Iterator
from typing import Final

from shipworthy.stages.reporting.statistics_lint.prose.passages import (
    Line,
    Passage,
    TableRow,
    passage_of,
    table_passages,
)

_FENCE: Final = re.compile(r"^\s*(```|~~~)")
_HEADING: Final = re.compile(r"^\s{0,3}#{1,6}\s+")
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?=\S)")
_RULE: Final = re.compile(r"^\s*\|?(?:\s*:?-{2,}:?\s*\|?)+\s*$|^\s*(?:[*_=-]\s*){3,}$")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG: Final = re.compile(r"</?[a-zA-Z][^>]*>")
_CELL: Final = re.compile(r"(?<!\\)\|")


def markdown_passages(text: str) -> tuple[Passage, ...]:
    """Return the passages of a Markdown or plain text document, in order."""
    return tuple(_Reader().read(_COMMENT.sub(_blank, text)))


def _blank(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


def bare(text: str) -> str:
    """Return a line without the marks of Markdown and the commonest ones of TeX."""
    text = _TAG.sub("", _LINK.sub(r"\1", text))
    text = text.replace(r"\pm", "±").replace(r"\%", "%").replace(r"\leq", "≤").replace("$", "")
    return re.sub(r"\*+|`|(?<!\w)_+|_+(?!\w)", "", text)


class _Reader:
    """Reads line by line; what is open ends at a blank line, a heading, an item or a table."""

    def __init__(self) -> None:
        self._open: list[Line] = []
        self._rows: list[TableRow] = []
        self._context = ""
        self._before = ""
        self._tables = 0

    def read(self, text: str) -> Iterator[Passage]:
        fenced = False
        for number, raw in enumerate(text.split("\n"), 1):
            line = re.sub(r"^\s*(?:>\s?)+", "", raw)
            if _FENCE.match(line):
                fenced = not fenced
                yield from self._end()
            elif not fenced:
                yield from self._line(number, line)
        yield from self._end()

    def _line(self, number: int, line: str) -> Iterator[Passage]:
        if line.lstrip().startswith("|"):
            if not self._rows:
                yield from self._end()
            if not _RULE.match(line):
                cells = _CELL.split(line.strip().removeprefix("|").removesuffix("|"))
                self._rows.append(TableRow(number, tuple(bare(cell) for cell in cells)))
            return
        if self._rows or not line.strip() or _RULE.match(line):
            yield from self._end()
        if not line.strip() or _RULE.match(line):
            return
        if _HEADING.match(line):
            yield from self._end()
            self._before = ""
            yield passage_of([Line(number, bare(_HEADING.sub("", line)))])
            return
        item = _ITEM.match(line)
        if item:
            yield from self._end()
            self._context = self._before
        self._open.append(Line(number, bare(line[item.end() :] if item else line)))

    def _end(self) -> Iterator[Passage]:
        if self._rows:
            self._tables += 1
            yield from table_passages(self._rows, self._before, self._tables)
            self._rows = []
        if self._open:
            passage = passage_of(self._open, self._context)
            if not self._context:
                self._before = passage.text
            yield passage
            self._open, self._context = [], ""
