"""The matrix: what each framework says on each topic and each risk domain, or that it is silent."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from shipworthy.frameworks.document import MODALITIES, Clause, DomainCoverage, FrameworkDocument
from shipworthy.frameworks.taxonomy import DOMAINS, TOPICS
from shipworthy.kernel import Record

Kind = Literal["topic", "domain"]

Standing = Literal["said", "summary", "excluded", "silent", "not-encoded"]
"""`summary` when a phrase says something and no clause is sorted under the row; `excluded` when the
source says that it leaves a domain out; `not-encoded` when the encoding does not sort its clauses
into topics or domains, so that nothing follows from their absence."""

_NOTHING: Final = ("none", "nothing", "silent")
"""How a summary begins that says that the source has nothing on a topic."""


class Cell(Record, frozen=True, kw_only=True):
    """What one framework says on one row.

    Attributes:
        phrase: the publisher's summary in our words, else the shortest of the strongest clauses.
        strength: the strongest modality among the clauses; empty when there are none.
        hedged: every clause of that modality is softened by a phrase of the source.
        partly_hedged: not so, and yet a phrase softens some clause of the row.
        executed: some clause of that modality is carried out by a rule, definition, requirement or
            the scope.
        partly_executed: not so, and yet some weaker clause is carried out.
        coverage: what the source does with a domain, by its encoding; empty on topics.
        clauses: ids of the clauses behind it, in document order.
    """

    framework: str
    standing: Standing
    phrase: str
    strength: str
    hedged: bool
    partly_hedged: bool
    executed: bool
    partly_executed: bool
    coverage: str
    clauses: tuple[str, ...]


class Row(Record, frozen=True, kw_only=True):
    """A topic or domain, with a cell for each framework."""

    kind: Kind
    id: str
    about: str
    cells: tuple[Cell, ...]


def matrix(documents: Iterable[FrameworkDocument]) -> tuple[Row, ...]:
    """Return a row for each topic and each domain of the taxonomy, in its order."""
    sides = tuple(documents)
    topics = (
        Row(kind="topic", id=name, about=about, cells=tuple(_on_topic(one, name) for one in sides))
        for name, about in TOPICS.items()
    )
    domains = (
        Row(
            kind="domain", id=name, about=about, cells=tuple(_on_domain(one, name) for one in sides)
        )
        for name, about in DOMAINS.items()
    )
    return (*topics, *domains)


class _Said(NamedTuple):
    """What a framework has on a row, before it is weighed."""

    clauses: tuple[Clause, ...]
    phrase: str
    coverage: str
    sorted: bool
    """Whether the encoding sorts its clauses by this kind of row at all."""


def _on_topic(document: FrameworkDocument, topic: str) -> Cell:
    clauses = tuple(one for one in document.clauses if topic in one.topics)
    tagged = any(one.topics for one in document.clauses)
    return _cell(document, _Said(clauses, document.summary.get(topic, ""), "", tagged))


def _on_domain(document: FrameworkDocument, domain: str) -> Cell:
    covered = next((one for one in document.coverage if one.domain == domain), None)
    cited = covered.clauses if covered else ()
    clauses = tuple(one for one in document.clauses if domain in one.domains or one.id in cited)
    tagged = bool(document.coverage) or any(one.domains for one in document.clauses)
    coverage = covered.standing if covered else ""
    return _cell(document, _Said(clauses, _reason(covered), coverage, tagged))


def _reason(covered: DomainCoverage | None) -> str:
    return covered.reason if covered else ""


def _cell(document: FrameworkDocument, said: _Said) -> Cell:
    strength = next((one for one in MODALITIES if any(c.modality == one for c in said.clauses)), "")
    strongest = [one for one in said.clauses if one.modality == strength]
    shortest = min(
        (one.paraphrase for one in strongest), key=lambda text: (len(text), text), default=""
    )
    hedged = bool(strongest) and all(one.hedges for one in strongest)
    executed = any(one.executable for one in strongest)
    return Cell(
        framework=document.id,
        standing=_standing(said),
        phrase=said.phrase or shortest,
        strength=strength,
        hedged=hedged,
        partly_hedged=not hedged and any(one.hedges for one in said.clauses),
        executed=executed,
        partly_executed=not executed and any(one.executable for one in said.clauses),
        coverage=said.coverage,
        clauses=tuple(one.id for one in said.clauses),
    )


def _standing(said: _Said) -> Standing:
    if said.coverage == "excluded":
        return "excluded"
    if said.clauses or said.coverage:
        return "said"
    if said.phrase and said.phrase.lower().split()[0].strip(",;:.") not in _NOTHING:
        return "summary"
    return "silent" if said.sorted else "not-encoded"
