"""The cross-company view as one value: matrix, pairs, assumptions, and the clauses behind them."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

from shipworthy.frameworks.common.applying import own_name
from shipworthy.frameworks.common.matrix import Row, matrix
from shipworthy.frameworks.common.pairs import (
    Asked,
    Beyond,
    Combination,
    Direction,
    Found,
    Pair,
    Status,
    TypeStatus,
    Verdict,
    compare_pair,
)
from shipworthy.frameworks.common.plain_words import Line, PlainWords, condition_words
from shipworthy.frameworks.common.reads import facts_read, fields_read
from shipworthy.frameworks.common.shelf import Participant
from shipworthy.frameworks.common.standpoints import Standpoint, is_own, standpoint
from shipworthy.frameworks.common.vocabulary import CommonField, Vocabulary
from shipworthy.frameworks.compare import DEFAULT_BUDGET, RuleFate
from shipworthy.frameworks.document import Clause, FrameworkDocument
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.kernel import Digest, Record
from shipworthy.records import RateField, conditions_of

GATES: Final[tuple[Gate, ...]] = ("deploy", "develop")


class Member(Record, frozen=True, kw_only=True):
    """A framework of the view; without a reading it has a column and no pairs.

    `scope` says in field names which models it is for, empty for all. `reads` are the common
    fields and findings that its rules rest on, `own` what it alone speaks of.
    """

    id: str
    title: str
    publisher: str
    version: str
    digest: Digest
    deployments: tuple[str, ...]
    reading: str
    about: str
    readings: tuple[str, ...]
    scope: str
    reads: tuple[str, ...]
    own: tuple[Line, ...]


class CitedClause(Record, frozen=True, kw_only=True):
    """A clause that the view refers to."""

    framework: str
    clause: Clause


class Situation(Record, frozen=True, kw_only=True):
    """A model that one framework accepts and another refuses, with the rules that refuse it."""

    deployments: tuple[str, ...]
    lines: tuple[Line, ...]
    beyond: Beyond
    rules: tuple[str, ...]
    clauses: tuple[str, ...]


class OneWay(Record, frozen=True, kw_only=True):
    """What `accepts` would let pass and `refuses` would not; `more` has one line a further rule."""

    accepts: str
    refuses: str
    gate: Gate
    ground: Status
    all: Status
    types: tuple[TypeStatus, ...]
    situations: tuple[Situation, ...]
    more: tuple[Situation, ...]


class Beside(Record, frozen=True, kw_only=True):
    """Two frameworks for one gate; the verdicts say what the first is beside the second.

    `holds_ground` and `holds_all` count the combinations of readings with the same verdict.
    """

    first: str
    second: str
    gate: Gate
    ground: Verdict
    all: Verdict
    ways: tuple[OneWay, OneWay]
    only_first: tuple[Line, ...]
    only_second: tuple[Line, ...]
    types_only_first: tuple[str, ...]
    types_only_second: tuple[str, ...]
    combinations: tuple[Combination, ...]
    holds_ground: int
    holds_all: int


class Assumption(Record, frozen=True, kw_only=True):
    """One entry of a mapping that some rule rests on; `meaning` is in field names."""

    framework: str
    reading: str
    field: str
    about: str
    meaning: tuple[str, ...]
    rationale: str
    sure: str


class Survey(Record, frozen=True, kw_only=True):
    """The whole view. `budget` is what each question might examine."""

    vocabulary: str
    vocabulary_digest: Digest
    fields: tuple[CommonField, ...]
    members: tuple[Member, ...]
    rows: tuple[Row, ...]
    pairs: tuple[Beside, ...]
    assumptions: tuple[Assumption, ...]
    clauses: tuple[CitedClause, ...]
    budget: int


def survey(
    participants: Iterable[Participant], vocabulary: Vocabulary, budget: int = DEFAULT_BUDGET
) -> Survey:
    """Put frameworks side by side; those without a reading take part in the matrix only."""
    sides = tuple(participants)
    documents = tuple(one.document for one in sides)
    words = PlainWords(vocabulary, documents)
    stands = {
        one.document.id: tuple(
            standpoint(one.document, one.rulebook, reading, vocabulary) for reading in one.readings
        )
        for one in sides
    }
    report = _Reporter(words, {one.document.id: one for one in sides})
    pairs = tuple(
        report.beside(pair)
        for first, second in combinations([one for one in stands.values() if one], 2)
        for gate in GATES
        if (pair := compare_pair(first, second, Asked(gate, budget)))
    )
    rows = matrix(documents)
    return Survey(
        vocabulary=vocabulary.id,
        vocabulary_digest=vocabulary.digest,
        fields=vocabulary.fields,
        members=tuple(_member(one, stands[one.document.id], words) for one in sides),
        rows=rows,
        pairs=pairs,
        assumptions=tuple(one for side in sides for one in _assumptions(side)),
        clauses=_cited(documents, rows, pairs),
        budget=budget,
    )


def _member(side: Participant, stands: tuple[Standpoint, ...], words: PlainWords) -> Member:
    document = side.document
    names: list[str] = []
    if stands:
        book = stands[0].rulebook
        read = (one for gate in GATES if gate in book.decisions for one in facts_read(book, gate))
        found = (one.finding if isinstance(one, RateField) else one.name for one in read)
        names = list(dict.fromkeys(found))
    return Member(
        id=document.id,
        title=document.title,
        publisher=document.publisher,
        version=document.version,
        digest=side.rulebook.digest,
        deployments=document.deployments,
        reading=side.readings[0].id if side.readings else "",
        about=side.readings[0].about if side.readings else "",
        readings=tuple(one.id for one in side.readings),
        scope=condition_words(document.scope.when) if document.scope else "",
        reads=tuple(name for name in names if not is_own(name)),
        own=tuple(words.bare(name) for name in names if is_own(name)),
    )


class _Reporter:
    """Puts what the comparison found into words."""

    def __init__(self, words: PlainWords, sides: Mapping[str, Participant]) -> None:
        self._words = words
        self._sides = sides
        self._rules = {
            own_name(name, declared.rule.id): declared
            for name, side in sides.items()
            for declared in side.document.rules
        }

    def beside(self, pair: Pair) -> Beside:
        covered = [self._sides[name].document.deployments for name in (pair.first, pair.second)]
        forth, back = (self._way(one, pair.gate) for one in pair.directions)
        return Beside(
            first=pair.first,
            second=pair.second,
            gate=pair.gate,
            ground=pair.ground,
            all=pair.all,
            ways=(forth, back),
            only_first=tuple(map(self._words.bare, pair.only_first)),
            only_second=tuple(map(self._words.bare, pair.only_second)),
            types_only_first=tuple(one for one in covered[0] if one not in covered[1]),
            types_only_second=tuple(one for one in covered[1] if one not in covered[0]),
            combinations=pair.readings,
            holds_ground=sum(one.ground == pair.ground for one in pair.readings),
            holds_all=sum(one.all == pair.all for one in pair.readings),
        )

    def _way(self, way: Direction, gate: Gate) -> OneWay:
        shown = {rule for one in way.found for rule in one.witness.rules}
        return OneWay(
            accepts=way.accepts,
            refuses=way.refuses,
            gate=gate,
            ground=way.ground,
            all=way.all,
            types=way.types,
            situations=tuple(map(self._situation, way.found)),
            more=tuple(self._further(one) for one in way.lacking if one.rule not in shown),
        )

    def _situation(self, found: Found) -> Situation:
        return Situation(
            deployments=found.deployments,
            lines=tuple(map(self._words.line, found.witness.readings)),
            beyond=found.beyond,
            rules=tuple(self._rules[rule].title for rule in found.witness.rules),
            clauses=found.witness.clauses,
        )

    def _further(self, fate: RuleFate) -> Situation:
        assert fate.witness is not None
        declared = self._rules[fate.rule]
        return Situation(
            deployments=(fate.witness.deployment,),
            lines=tuple(map(self._words.line, fate.witness.readings)),
            beyond="",
            rules=(declared.title,),
            clauses=declared.rule.clauses,
        )


def _assumptions(side: Participant) -> Iterable[Assumption]:
    """Yield the entries of the chosen reading that some rule rests on."""
    if not side.readings:
        return
    chosen = side.readings[0]
    read = fields_read(side.rulebook, conditions_of(*side.rulebook.rules))
    names = {field.name for field in read}
    about = {one.field.name: one.about for one in side.document.fields}
    for entry in chosen.fields:
        if entry.native not in names:
            continue
        meaning = tuple(f"{one.level}: {condition_words(one.when)}" for one in entry.levels)
        yield Assumption(
            framework=side.document.id,
            reading=chosen.id,
            field=entry.native,
            about=about[entry.native],
            meaning=meaning or (f"always {entry.assumed}",),
            rationale=entry.rationale,
            sure=entry.sure,
        )


def _cited(
    documents: tuple[FrameworkDocument, ...], rows: tuple[Row, ...], pairs: tuple[Beside, ...]
) -> tuple[CitedClause, ...]:
    """Return the clauses that some cell or situation names, in the order of the documents."""
    wanted = {
        (cell.framework, clause) for row in rows for cell in row.cells for clause in cell.clauses
    }
    for way in (way for pair in pairs for way in pair.ways):
        for situation in (*way.situations, *way.more):
            wanted.update((way.refuses, clause) for clause in situation.clauses)
    return tuple(
        CitedClause(framework=document.id, clause=clause)
        for document in documents
        for clause in document.clauses
        if (document.id, clause.id) in wanted
    )
