"""What a source says beside its clauses: hedges, terms, domains, methods, announced changes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from shipworthy.frameworks.document import (
    OLDER,
    AnnouncedChange,
    Clause,
    DeclaredHedge,
    DomainCoverage,
    EvaluationMethod,
    Term,
)
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.frameworks.language.sections.clauses import named_clauses, short_phrase
from shipworthy.frameworks.language.shape import (
    CHANGE,
    CONTROLLERS,
    COVERAGE,
    COVERED,
    EVALUATION,
    HEDGE,
    PHASES,
    TERM,
)
from shipworthy.frameworks.language.yaml_positions import TextNode
from shipworthy.frameworks.taxonomy import DOMAINS, HEDGE_KINDS
from shipworthy.kernel import did_you_mean
from shipworthy.records import Hedge


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The parts of a document that say what the source says, beside its clauses."""

    hedges: tuple[DeclaredHedge, ...]
    terms: tuple[Term, ...]
    coverage: tuple[DomainCoverage, ...]
    evaluations: tuple[EvaluationMethod, ...]
    announced: tuple[AnnouncedChange, ...]
    announced_completely: bool


def read_text_layer(document: Section, clauses: Mapping[str, Clause], faults: Faults) -> TextLayer:
    """Read what stands beside the clauses (language 2.4 to 2.7, and 3.5)."""
    return TextLayer(
        hedges=_hedges(document, clauses, faults),
        terms=_terms(document, faults),
        coverage=_coverage(document, clauses, faults),
        evaluations=_evaluations(document, clauses, faults),
        announced=_announced(document, clauses, faults),
        announced_completely=document.flag("change_log_complete"),
    )


def _hedges(
    document: Section, clauses: Mapping[str, Clause], faults: Faults
) -> tuple[DeclaredHedge, ...]:
    entries = document.entries("hedges")
    distinct([name for name, _ in entries], "hedge", faults)
    return tuple(
        _hedge(name.text, Section(node, f"hedge `{name.text}`", HEDGE, faults), clauses, faults)
        for name, node in entries
    )


def _hedge(
    name: str, section: Section, clauses: Mapping[str, Clause], faults: Faults
) -> DeclaredHedge:
    words = section.scalar("phrase")
    phrase = short_phrase(words, f"phrase of {section.what}", faults)
    clause = section.scalar("clause")
    for found in known([clause], clauses, "clause", faults):
        said = clauses[found].hedges
        if phrase and phrase not in said:
            message = f"`{phrase}` is not among the `hedges` of clause `{found}`"
            advice = did_you_mean(phrase, said) or "list it there, word for word"
            faults.add("unknown-hedge", message, words.location, advice)
    hedge = Hedge(
        id=name,
        phrase=phrase,
        kind=section.choice("kind", HEDGE_KINDS),
        clause=clause.text,
        controlled_by=section.choice_or("developer", "controlled_by", CONTROLLERS),
    )
    return DeclaredHedge(
        hedge=hedge, about=section.optional("about"), bounded_by=section.optional("bounded_by")
    )


def _terms(document: Section, faults: Faults) -> tuple[Term, ...]:
    entries = document.entries("terms")
    names = distinct([name for name, _ in entries], "term", faults)
    sections = [Section(node, f"term `{name.text}`", TERM, faults) for name, node in entries]
    return tuple(
        Term(
            id=name.text,
            phrase=section.text("phrase"),
            definition=section.optional("definition"),
            rests_on=_rests_on(section, names, faults),
        )
        for (name, _), section in zip(entries, sections, strict=True)
    )


def _rests_on(section: Section, names: Collection[str], faults: Faults) -> tuple[str, ...]:
    nodes = section.texts("rests_on")
    distinct(nodes, "term", faults)
    if nodes and "definition" not in section:
        message = f"{section.what} rests on others without a `definition`"
        faults.add("missing-key", message, nodes[0].location, "say how the source defines it")
    return tuple(known(nodes, names, "term", faults))


def _coverage(
    document: Section, clauses: Mapping[str, Clause], faults: Faults
) -> tuple[DomainCoverage, ...]:
    entries = document.entries("coverage")
    list(known([name for name, _ in entries], DOMAINS, "domain", faults))
    sections = [
        Section(node, f"coverage of `{name.text}`", COVERED, faults) for name, node in entries
    ]
    return tuple(
        DomainCoverage(
            domain=name.text,
            standing=cast(
                "Literal['threshold', 'tracked', 'mentioned', 'excluded']",
                section.choice("standing", COVERAGE),
            ),
            clauses=named_clauses(section, clauses, faults),
            reason=section.optional("reason"),
        )
        for (name, _), section in zip(entries, sections, strict=True)
    )


def _evaluations(
    document: Section, clauses: Mapping[str, Clause], faults: Faults
) -> tuple[EvaluationMethod, ...]:
    entries = document.entries("evaluations")
    distinct([name for name, _ in entries], "evaluation", faults)
    sections = [
        Section(node, f"evaluation `{name.text}`", EVALUATION, faults) for name, node in entries
    ]
    return tuple(
        EvaluationMethod(
            id=name.text,
            about=section.text("about"),
            phase=cast(
                "Literal['before', 'after', 'deployed', 'before-and-after', 'unstated']",
                section.choice_or("unstated", "phase", PHASES),
            ),
            elicitation=section.optional("elicitation"),
            cadence=section.optional("cadence"),
            clauses=named_clauses(section, clauses, faults),
        )
        for (name, _), section in zip(entries, sections, strict=True)
    )


def _announced(
    document: Section, clauses: Mapping[str, Clause], faults: Faults
) -> tuple[AnnouncedChange, ...]:
    """Read `change_log`: its clauses are of this document, or `old:ID` of the one before (2.7)."""
    sections = [
        Section(node, "an announced change", CHANGE, faults)
        for node in document.items("change_log")
    ]
    return tuple(
        AnnouncedChange(
            since=section.text("since"),
            about=section.text("about"),
            clauses=_changed(section.texts("clauses"), clauses, faults),
        )
        for section in sections
    )


def _changed(
    nodes: Iterable[TextNode], clauses: Mapping[str, Clause], faults: Faults
) -> tuple[str, ...]:
    nodes = tuple(nodes)
    older = [node for node in nodes if node.text.startswith(OLDER)]
    distinct([TextNode(node.text[len(OLDER) :], node.location) for node in older], "clause", faults)
    present = [node for node in nodes if not node.text.startswith(OLDER)]
    distinct(present, "clause", faults)
    for node in present:
        if node.text and node.text not in clauses:
            nearest = did_you_mean(node.text, clauses)
            removed = f"a clause that was removed since is written `{OLDER}{node.text}`"
            advice = nearest if nearest.startswith("did") else removed
            faults.add("unknown-clause", f"no clause `{node.text}`", node.location, advice)
    return tuple(node.text for node in nodes)
