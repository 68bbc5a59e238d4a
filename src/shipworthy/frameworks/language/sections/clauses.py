"""Sources and clauses: where a commitment stands, and what it says in our words."""

import re
from typing import Final, cast

from shipworthy.frameworks.document import (
    CATEGORIES,
    MODALITIES,
    Category,
    Clause,
    Modality,
    Source,
)
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.frameworks.language.yaml_positions import TextNode
from shipworthy.kernel import is_digest

LONGEST_ANCHOR: Final = 14
"""Words: an anchor finds a place, it does not reproduce a text."""

_SOURCE_KEYS: Final = ("id", "title", "digest", "location", "retrieved", "standing")
_CLAUSE_KEYS: Final = (
    "id",
    "source",
    "section",
    "anchor",
    "paraphrase",
    "modality",
    "actor",
    "category",
    "hedges",
    "rationale",
    "not_executable",
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def is_date(text: str) -> bool:
    """Say whether a text has the form of an ISO 8601 date."""
    return _DATE.fullmatch(text) is not None


def read_sources(document: Section, faults: Faults) -> tuple[Source, ...]:
    """Read `sources`."""
    sections = [
        Section(node, "a source", _SOURCE_KEYS, faults) for node in document.items("sources")
    ]
    ids = [section.scalar("id") for section in sections]
    distinct(ids, "source", faults)
    return tuple(
        Source(
            id=name.text,
            title=section.text("title"),
            digest=_digest(section.scalar("digest"), faults),
            location=section.text("location"),
            retrieved=_retrieved(section.scalar("retrieved"), faults),
            standing=section.text("standing"),
        )
        for section, name in zip(sections, ids, strict=True)
    )


def read_clauses(
    document: Section, sources: tuple[Source, ...], faults: Faults
) -> tuple[tuple[Clause, TextNode], ...]:
    """Read `clauses`; each comes with the node of its id."""
    sections = [
        Section(node, "a clause", _CLAUSE_KEYS, faults) for node in document.items("clauses")
    ]
    ids = [section.scalar("id") for section in sections]
    distinct(ids, "clause", faults)
    names = [source.id for source in sources]
    return tuple(
        (_clause(section, name.text, names, faults), name)
        for section, name in zip(sections, ids, strict=True)
    )


def _clause(section: Section, name: str, sources: list[str], faults: Faults) -> Clause:
    source = section.scalar("source")
    list(known([source], sources, "source", faults))
    if "anchor" in section:
        anchor = section.scalar("anchor")
        words = len(anchor.text.split())
        if words > LONGEST_ANCHOR:
            message = f"anchor of clause `{name}` has {words} words"
            advice = f"keep at most {LONGEST_ANCHOR}: enough to find the place"
            faults.add("anchor-too-long", message, anchor.location, advice)
    return Clause(
        id=name,
        source=source.text,
        section=section.text("section"),
        anchor=section.optional("anchor"),
        paraphrase=section.text("paraphrase"),
        modality=cast("Modality", section.choice("modality", MODALITIES)),
        actor=section.text("actor"),
        category=cast("Category", section.choice("category", CATEGORIES)),
        hedges=tuple(hedge.text for hedge in section.texts("hedges")),
        rationale=section.optional("rationale"),
        not_executable=section.optional("not_executable"),
    )


def _digest(node: TextNode, faults: Faults) -> str:
    if node.text and node.text != "unknown" and not is_digest(node.text):
        message = f"`{node.text}` is not a digest"
        advice = "write `sha256:` and 64 hexadecimal digits, or plainly `unknown`"
        faults.add("type", message, node.location, advice)
    return node.text


def _retrieved(node: TextNode, faults: Faults) -> str:
    if node.text and node.text != "unknown" and not is_date(node.text):
        message = f"`{node.text}` is not a date"
        faults.add("type", message, node.location, "write YYYY-MM-DD, or plainly `unknown`")
    return node.text
