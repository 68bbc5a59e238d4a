"""Sources and clauses: where a commitment stands, and what it says in our words."""

from collections.abc import Iterable
from typing import cast

from shipworthy.frameworks.document import (
    CATEGORIES,
    MODALITIES,
    Category,
    Clause,
    Modality,
    Provenance,
    Source,
)
from shipworthy.frameworks.language.reader import Faults, Section, distinct, folded, known
from shipworthy.frameworks.language.shape import (
    CLAUSE,
    LONGEST_PHRASE,
    LONGEST_PHRASE_TEXT,
    PROVENANCE,
    SOURCE,
)
from shipworthy.frameworks.language.yaml_positions import TextNode
from shipworthy.frameworks.taxonomy import DOMAINS, TOPICS
from shipworthy.kernel import is_day, is_digest


def read_sources(document: Section, faults: Faults) -> tuple[Source, ...]:
    """Read `sources`."""
    sections = [Section(node, "a source", SOURCE, faults) for node in document.items("sources")]
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
    sections = [Section(node, "a clause", CLAUSE, faults) for node in document.items("clauses")]
    ids = [section.scalar("id") for section in sections]
    reader = _ClauseReader(
        [source.id for source in sources], distinct(ids, "clause", faults), faults
    )
    return tuple(
        (reader.clause(section, name.text), name)
        for section, name in zip(sections, ids, strict=True)
    )


def named_clauses(
    section: Section, clauses: Iterable[str], faults: Faults, key: str = "clauses"
) -> tuple[str, ...]:
    """Return the clause ids under `key`, which must exist."""
    nodes = section.texts(key)
    distinct(nodes, "clause", faults)
    return tuple(known(nodes, clauses, "clause", faults))


def short_phrase(node: TextNode, what: str, faults: Faults) -> str:
    """Return a phrase of the source, with a fault when it is long enough to be a quotation."""
    words = len(node.text.split())
    if words > LONGEST_PHRASE:
        advice = f"keep at most {LONGEST_PHRASE}: enough to find the place"
        faults.add("anchor-too-long", f"{what} has {words} words", node.location, advice)
    elif len(node.text) > LONGEST_PHRASE_TEXT:
        advice = f"keep at most {LONGEST_PHRASE_TEXT}: enough to find the place"
        message = f"{what} has {len(node.text)} characters"
        faults.add("anchor-too-long", message, node.location, advice)
    return folded(node)


class _ClauseReader:
    def __init__(self, sources: list[str], clauses: tuple[str, ...], faults: Faults) -> None:
        self.sources = sources
        self.clauses = clauses
        self.faults = faults

    def clause(self, section: Section, name: str) -> Clause:
        source = section.scalar("source")
        list(known([source], self.sources, "source", self.faults))
        anchor = ""
        if "anchor" in section:
            what = f"anchor of clause `{name}`"
            anchor = short_phrase(section.scalar("anchor"), what, self.faults)
        return Clause(
            id=name,
            source=source.text,
            section=section.text("section"),
            anchor=anchor,
            paraphrase=section.text("paraphrase"),
            modality=cast("Modality", section.choice("modality", MODALITIES)),
            actor=section.text("actor"),
            category=cast("Category", section.choice("category", CATEGORIES)),
            hedges=tuple(
                short_phrase(hedge, f"hedge of clause `{name}`", self.faults)
                for hedge in section.texts("hedges")
            ),
            rationale=section.optional("rationale"),
            not_executable=section.optional("not_executable"),
            provenance=cast("Provenance", section.choice_or("unstated", "provenance", PROVENANCE)),
            topics=self._listed(section, "topics", TOPICS, "topic"),
            domains=self._listed(section, "domains", DOMAINS, "domain"),
            level=section.optional("level"),
            standard=section.optional("standard"),
            deadline=section.optional("deadline"),
            contradicts=self._contradicted(section, name),
        )

    def _listed(
        self, section: Section, key: str, legal: dict[str, str], what: str
    ) -> tuple[str, ...]:
        nodes = section.texts(key)
        distinct(nodes, what, self.faults)
        return tuple(known(nodes, legal, what, self.faults))

    def _contradicted(self, section: Section, name: str) -> tuple[str, ...]:
        nodes = section.texts("contradicts")
        distinct(nodes, "clause", self.faults)
        for node in nodes:
            if node.text == name:
                message = f"clause `{name}` contradicts itself"
                self.faults.add("type", message, node.location, "name the other clause")
        return tuple(known(nodes, self.clauses, "clause", self.faults))


def _digest(node: TextNode, faults: Faults) -> str:
    if node.text and node.text != "unknown" and not is_digest(node.text):
        message = f"`{node.text}` is not a digest"
        advice = "write `sha256:` and 64 hexadecimal digits, or plainly `unknown`"
        faults.add("type", message, node.location, advice)
    return node.text


def _retrieved(node: TextNode, faults: Faults) -> str:
    if node.text and node.text != "unknown" and not is_day(node.text):
        message = f"`{node.text}` is not a date"
        faults.add("type", message, node.location, "write YYYY-MM-DD, or plainly `unknown`")
    return node.text
