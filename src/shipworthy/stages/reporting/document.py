"""The document model: what a report says, before it is a page or a file.

A `Text` holds no digit: a number is a `ClaimRef`, and the few digits that are not measurements
(names, settings, clause ids, dates, words quoted from a record) each have their own inline.
"""

from typing import Final, Literal

from shipworthy.kernel import Record
from shipworthy.records import Claim
from shipworthy.stages.reporting.charts import Chart

SCHEMA: Final = "shipworthy-report/1"

State = Literal[
    "kept", "broken", "inconclusive", "go", "no-go", "waiting", "signed", "dissent", "none"
]
"""What a mark says; shown as glyph and word, never as colour alone."""

Source = Literal[
    "plan",
    "rulebook",
    "decision",
    "finding",
    "card",
    "scenario",
    "fact",
    "sign-off",
    "statement",
    "map",
]
"""The record that quoted words come from."""


class Text(Record, frozen=True, kw_only=True, tag="text"):
    """Prose of ours. Digits are refused."""

    text: str


class ClaimRef(Record, frozen=True, kw_only=True, tag="claim"):
    """A number, by the id of its derivation."""

    id: str


class Code(Record, frozen=True, kw_only=True, tag="code"):
    """An identifier, a setting, a digest or a command, exactly as it is."""

    text: str


class Link(Record, frozen=True, kw_only=True, tag="link"):
    """A link within the document: `target` is `#` and an anchor."""

    text: str
    target: str


class Reference(Record, frozen=True, kw_only=True, tag="reference"):
    """An identifier that leads to where the report shows it."""

    text: str
    target: str


class Emphasis(Record, frozen=True, kw_only=True, tag="emphasis"):
    """Stressed prose of ours. Digits are refused."""

    text: str


class Mark(Record, frozen=True, kw_only=True, tag="mark"):
    """A verdict, ruling or signature as glyph and word."""

    state: State


class Quote(Record, frozen=True, kw_only=True, tag="quote"):
    """Words of a record: a title, a name, a sentence of the decision, a person's statement."""

    text: str
    source: Source
    strong: bool = False


class Clause(Record, frozen=True, kw_only=True, tag="clause"):
    """The id of a clause of the framework."""

    id: str


class Moment(Record, frozen=True, kw_only=True, tag="moment"):
    """A date and time in RFC 3339."""

    at: str


Inline = Text | ClaimRef | Code | Link | Reference | Emphasis | Mark | Quote | Clause | Moment
Inlines = tuple[Inline, ...]


class Paragraph(Record, frozen=True, kw_only=True, tag="paragraph"):
    """Running prose."""

    words: Inlines


class Heading(Record, frozen=True, kw_only=True, tag="heading"):
    """A heading below the section's, with a fixed anchor."""

    anchor: str
    words: Inlines


class KeyFigure(Record, frozen=True, kw_only=True):
    """One number, large, with what it counts."""

    value: Inlines
    label: Inlines


class KeyFigures(Record, frozen=True, kw_only=True, tag="claims"):
    """A row of key figures."""

    items: tuple[KeyFigure, ...]


class Column(Record, frozen=True, kw_only=True):
    """A column's head; numbers align at the end."""

    words: Inlines
    align: Literal["start", "end"] = "start"


class Row(Record, frozen=True, kw_only=True):
    """A table row; its first cell is the row's head. `anchor` may be empty."""

    cells: tuple[Inlines, ...]
    anchor: str = ""


class Table(Record, frozen=True, kw_only=True, tag="table"):
    """A table with a caption; never without rows (say so in a paragraph instead)."""

    anchor: str
    caption: Inlines
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: Inlines = ()


class Figure(Record, frozen=True, kw_only=True, tag="figure"):
    """A drawing whose numbers stand in a table of the same document."""

    anchor: str
    chart: Chart
    caption: Inlines
    table: str
    """Anchor of the table with the same numbers."""


class ClauseCitation(Record, frozen=True, kw_only=True, tag="clauses"):
    """Clauses of the framework and what they are cited for."""

    clauses: tuple[str, ...]
    words: Inlines


class Definition(Record, frozen=True, kw_only=True):
    """A term and what is known of it."""

    term: Inlines
    details: Inlines


class Definitions(Record, frozen=True, kw_only=True, tag="definitions"):
    """A list of terms."""

    items: tuple[Definition, ...]


class Items(Record, frozen=True, kw_only=True, tag="items"):
    """A plain list."""

    items: tuple[Inlines, ...]


class Limitation(Record, frozen=True, kw_only=True):
    """What the report cannot say, and whether the data or a person says so."""

    origin: Literal["data", "stated"]
    words: Inlines


class Limitations(Record, frozen=True, kw_only=True, tag="limitations"):
    """A list of limitations."""

    items: tuple[Limitation, ...]


class Listing(Record, frozen=True, kw_only=True, tag="code-block"):
    """Commands to type, one a line."""

    lines: tuple[str, ...]


class Notice(Record, frozen=True, kw_only=True, tag="notice"):
    """A box that must not be missed: a ruling, or something that is not there."""

    state: State
    title: Inlines
    body: tuple["Block", ...] = ()


Block = (
    Paragraph
    | Heading
    | KeyFigures
    | Table
    | Figure
    | ClauseCitation
    | Definitions
    | Items
    | Limitations
    | Listing
    | Notice
)


class Section(Record, frozen=True, kw_only=True):
    """A section with a fixed id, so that two reports can be laid side by side."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Evidence(Record, frozen=True, kw_only=True):
    """One line of the evidence index: a claim and the sentence that says how it is derived."""

    claim: Claim
    derivation: Inlines


class Document(Record, frozen=True, kw_only=True):
    """A whole report; `evidence` holds every claim that it shows, sorted by id."""

    schema: str
    generator: str
    generated_at: str
    title: Inlines
    subtitle: Inlines
    sections: tuple[Section, ...]
    evidence: tuple[Evidence, ...]


def say(*parts: str | Inline | Inlines) -> Inlines:
    """Return inlines from prose and inlines; a plain string becomes `Text`."""
    words: list[Inline] = []
    for part in parts:
        if isinstance(part, str):
            words.append(Text(text=part))
        elif isinstance(part, tuple):
            words.extend(part)
        else:
            words.append(part)
    return tuple(words)


def listed(items: list[Inlines], separator: str = ", ") -> Inlines:
    """Return items one after the other with a separator between them."""
    words: list[Inline] = []
    for index, item in enumerate(items):
        if index:
            words.append(Text(text=separator))
        words.extend(item)
    return tuple(words)


def number_column(*words: str | Inline | Inlines) -> Column:
    """Return the head of a column of numbers."""
    return Column(words=say(*words), align="end")


def paragraph(*parts: str | Inline | Inlines) -> Paragraph:
    """Return a paragraph of these parts."""
    return Paragraph(words=say(*parts))
