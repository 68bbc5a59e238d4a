"""What a report must satisfy before it exists: no loose number, no missing section, clean text."""

import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec

from shipworthy.kernel import Problem
from shipworthy.stages.reporting.charts import ForestPlot, HeatMap
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Document,
    Emphasis,
    Figure,
    Link,
    Reference,
    Section,
    Table,
    Text,
)
from shipworthy.stages.reporting.inputs import ReportInput

_KEPT_FORMAT: Final = frozenset("\u200c\u200d\u00ad")
"""Format characters that scripts need (joiners, soft hyphen); all others can hide or reorder."""


def check_section(section: Section) -> None:
    """Refuse prose with a digit, links that leave the document, and tables without rows.

    Raises:
        Problem: `report-number`, `report-link` or `report-table`, naming the section.
    """
    _refuse_digits(section.title, section)
    for node in walk(section):
        if isinstance(node, Text | Emphasis | Link):
            _refuse_digits(node.text, section)
        if isinstance(node, ForestPlot | HeatMap):
            _refuse_digits(node.title, section)
            _refuse_digits(node.description, section)
        if isinstance(node, Link | Reference) and not node.target.startswith("#"):
            raise Problem.of(
                "report-link",
                f"section `{section.id}` links to `{node.target}` outside of the report",
                help="a report is read without a network: link to an anchor, `#` and its name",
            )
        if isinstance(node, Table):
            _check_table(node, section)


def _refuse_digits(text: str, section: Section) -> None:
    if any(letter.isnumeric() for letter in text):
        raise Problem.of(
            "report-number",
            f"section `{section.id}` has a number without evidence in `{text}`",
            help="show it as a claim, or as code, clause, date or quoted words if it is none",
        )


def _check_table(table: Table, section: Section) -> None:
    width = len(table.columns)
    if not table.rows or any(len(row.cells) != width for row in table.rows):
        raise Problem.of(
            "report-table",
            f"table `{table.anchor}` of section `{section.id}` has no rows, or rows that do not "
            f"match its columns",
            help="say in a paragraph that there is nothing to show",
        )


def check_anchors(document: Document) -> None:
    """Refuse anchors that occur twice and figures whose table is not in the document.

    Raises:
        Problem: `report-anchor`.
    """
    seen: set[str] = set()
    figures: list[Figure] = []
    for node in walk(document):
        anchor = getattr(node, "anchor", "") or (node.id if isinstance(node, Section) else "")
        if anchor in seen:
            raise Problem.of("report-anchor", f"anchor `{anchor}` occurs twice in the report")
        if anchor:
            seen.add(anchor)
        if isinstance(node, Figure):
            figures.append(node)
    for figure in figures:
        if figure.table not in seen:
            raise Problem.of(
                "report-anchor",
                f"figure `{figure.anchor}` names table `{figure.table}`, which is not there",
            )


def check_records(report: ReportInput) -> None:
    """Refuse records that do not belong together.

    Raises:
        Problem: `report-mismatch` naming what belongs to another plan or rulebook.
    """
    plan, rulebook = report.plan.digest, report.rulebook.digest
    strangers = [finding.id for finding in report.findings if finding.plan != plan]
    strangers += [finding.id for finding in report.paired if finding.plan != plan]
    strangers += [question.id for question in report.sequential if question.plan != plan]
    strangers += [stack.id for stack in report.stacks if stack.plan != plan]
    strangers += [contrast.id for contrast in report.contrasts if contrast.plan != plan]
    strangers += [one.id for one in report.balances if one.plan != plan]
    strangers += [split.id for split in report.suspicions if split.plan != plan]
    strangers += [effort.id for effort in report.efforts if effort.plan != plan]
    if report.decision.plan != plan or report.decision.subject != report.plan.subject.digest:
        strangers.append("the decision")
    if strangers:
        raise Problem.of(
            "report-mismatch",
            f"`{strangers[0]}` is of another plan than the report's",
            help="build the report from the records of one campaign",
        )
    strays = [note.person for note in report.signoffs if note.decision != report.decision.digest]
    if strays:
        raise Problem.of(
            "report-mismatch",
            f"the signature of `{strays[0]}` is over another draft than the report's",
            help="pass only signatures that count, and the others as ignored",
        )
    asked = {question.id for question in report.plan.stopping}
    told = {question.id for question in report.sequential}
    if asked != told:
        raise Problem.of(
            "report-mismatch",
            f"`{min(asked ^ told)}` is a question of the plan or of the records, not of both",
            help="pass how every question of the plan was decided",
        )
    if report.decision.rulebook != rulebook:
        raise Problem.of(
            "report-mismatch",
            "the decision was drafted under another rulebook than the report's",
            help="draft the decision again",
        )


def claim_ids(node: object) -> Iterator[str]:
    """Yield the ids of all claims that a part of the document shows, figures included."""
    for found in walk(node):
        if isinstance(found, ClaimRef):
            yield found.id
        elif isinstance(found, ForestPlot):
            yield from _forest_ids(found)
        elif isinstance(found, HeatMap):
            yield from _heat_ids(found)


def _forest_ids(plot: ForestPlot) -> Iterator[str]:
    for row in plot.rows:
        yield from row.limits
        for mark in (row.before, row.after):
            if mark:
                yield from (mark.point, mark.lower, mark.upper, mark.adjusted)


def _heat_ids(chart: HeatMap) -> Iterator[str]:
    for row in chart.rows:
        for cell in row.cells:
            if cell:
                yield from (cell.successes, cell.attempts)
                if cell.unassessed:
                    yield cell.unassessed


def walk(node: object) -> Iterator[msgspec.Struct]:
    """Yield a part of the document and all that it holds, in reading order."""
    if isinstance(node, msgspec.Struct):
        yield node
        for name in node.__struct_fields__:
            yield from walk(getattr(node, name))
    elif isinstance(node, tuple):
        for member in node:
            yield from walk(member)


def cleaned(document: Document) -> Document:
    """Return the document without characters that hide, reorder or control text."""
    plain = msgspec.to_builtins(document)
    return msgspec.convert(_clean(plain), Document)


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | tuple):
        return [_clean(member) for member in value]
    if isinstance(value, dict):
        return {key: _clean(member) for key, member in value.items()}
    return value


def clean_text(text: str) -> str:
    """Strip control, bidi and other invisible characters; lone surrogates become U+FFFD."""
    letters: list[str] = []
    for letter in text:
        category = unicodedata.category(letter)
        if letter in "\n\t":
            letters.append(letter)
        elif category == "Cs":
            letters.append("\N{REPLACEMENT CHARACTER}")
        elif category != "Cc" and (category != "Cf" or letter in _KEPT_FORMAT):
            letters.append(letter)
    return "".join(letters)
