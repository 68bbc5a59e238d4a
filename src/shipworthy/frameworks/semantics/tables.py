"""The gate as a table: the two decision levels of many cases, thousands a second.

Use `evaluate` for a decision that somebody will read: it says which rule applied and what was kept.
Use a table where the same rulebook is asked about many cases and only the levels matter: searching,
replaying, simulating. Both give the same levels for every evidence, unknown facts and blocked
findings included; a table takes its truths of atoms from the plain evaluator, and remembers them.

Every rule becomes a union of conjunctions, one bit each. For each thing that the rules read, the
table holds which conjunctions fail there, and which may fail; a decision is one OR for each thing
read, and its level that of the first bit left. Clause numbers are those of `spec/semantics.md`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, by_risk, negation, risk
from shipworthy.frameworks.semantics.columns import Reader, State, limits_of, reader
from shipworthy.frameworks.semantics.disjunctions import at_least_form
from shipworthy.frameworks.semantics.evaluation import Case, Evidence, Gate, evaluate
from shipworthy.records import AllOf, AnyOf, Atom, Condition, LevelField, Rule, Rulebook
from shipworthy.vocabulary import DeploymentType, Truth, conjunction

LIMIT = 64
"""Conjunctions that a rule may become; beyond, the plain evaluator is asked about it."""

Literal = tuple[Atom, bool]
"""An atom, and whether it is meant as it stands (or negated)."""

Clause = frozenset[Literal]


class Levels(NamedTuple):
    """The decision levels of a case (6.2)."""

    worst: str
    best: str


class _TooLarge(Exception):  # noqa: N818 - an answer of the recursion, not a fault
    """The form would have more conjunctions than allowed."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something with a rank that is settled by a condition; the lowest rank wins."""

    rank: int
    holds: Condition | None
    shown: tuple[Condition, ...] = ()

    def truth(self, case: Case) -> Truth:
        """Return the truth by the plain evaluator: `holds`, and not all of `shown` (5.4)."""
        applies = case.applies(self.holds)
        if not self.shown:
            return applies
        return conjunction([applies, negation(conjunction(map(case.truth, self.shown)))])


class DecisionTable:
    """The levels of a rulebook's gate for any evidence; see `decision_table`."""

    def __init__(self, rulebook: Rulebook, gate: Gate) -> None:
        self._rulebook = rulebook
        self._ladder = rulebook.decisions[gate]
        rules = [rule for rule in rulebook.rules if rule.gate == gate]
        read = _Derived(rulebook)
        entries = [_of_rule(rule, self._ladder.index(rule.ceiling)) for rule in rules]
        self._program = read.program(entries, len(self._ladder) - 1)
        self._derived = read.found

    def decide(self, evidence: Evidence) -> Levels:
        """Return the levels that `evaluate` returns."""
        case = _Asked(self._rulebook, evidence)
        for name, (level_field, program) in self._derived.items():
            possible, certain = program.ranks(case)
            ordered = by_risk(level_field)
            top = len(ordered) - 1
            case.derived[name] = (ordered[top - certain], ordered[top - possible])
        possible, certain = self._program.ranks(case)
        return Levels(self._ladder[possible], self._ladder[certain])


def decision_table(rulebook: Rulebook, gate: Gate) -> DecisionTable:
    """Compile the rules of a gate.

    Raises:
        Problem: `rulebook-invalid` and `gate-undefined`, as `evaluate` does.
    """
    evaluate(rulebook, Evidence({}, {}, DeploymentType.INTERNAL), gate)
    return DecisionTable(rulebook, gate)


@dataclass(slots=True)
class _Asked:
    """One evidence; the plain evaluator is set up only when a table has a gap."""

    rulebook: Rulebook
    evidence: Evidence
    derived: dict[str, tuple[str, str]] = field(default_factory=dict)
    _case: Case | None = None

    @property
    def case(self) -> Case:
        """Return the plain evaluator on this evidence."""
        if self._case is None:
            self._case = Case(self.rulebook, self.evidence)
        return self._case


class _Column:
    """One thing read: for each state of it, which conjunctions are not true there, which false."""

    def __init__(self, read: Reader | str) -> None:
        self._read = read
        self._members: dict[Literal, list[int]] = {}
        self._bits: dict[Literal, int] = {}
        self._masks: dict[State, tuple[int, int]] = {}

    def add(self, literal: Literal, place: int) -> None:
        """Note that the conjunction at a place has a literal on this column."""
        self._members.setdefault(literal, []).append(place)

    def close(self, count: int) -> None:
        """Put the places of each literal into bits, all at once: one by one is quadratic."""
        for literal, members in self._members.items():
            bits = bytearray(count // 8 + 1)
            for place in members:
                bits[place >> 3] |= 1 << (place & 7)
            self._bits[literal] = int.from_bytes(bits, "little")
        self._members.clear()

    def masks(self, asked: _Asked) -> tuple[int, int]:
        """Return the conjunctions that are not true, and those that are false, by this column."""
        read = self._read
        state = asked.derived[read] if isinstance(read, str) else read(asked.evidence)
        known = self._masks.get(state)
        if known is None:
            known = self._masks[state] = self._judged(asked.case)
        return known

    def _judged(self, case: Case) -> tuple[int, int]:
        doubtful = false = 0
        for (atom, plain), bits in self._bits.items():
            truth = case.truth(atom) if plain else negation(case.truth(atom))
            if truth is not Truth.TRUE:
                doubtful |= bits
            if truth is Truth.FALSE:
                false |= bits
        return doubtful, false


class _Program:
    """Entries by rank; `ranks` says which is the lowest that may hold, and that surely holds."""

    def __init__(
        self,
        forms: Sequence[tuple[int, frozenset[Clause]]],
        columns: Callable[[str, bool], Reader | str],
        slow: Sequence[_Entry],
        default: int,
    ) -> None:
        ordered = sorted(
            ((rank, clause) for rank, clauses in forms for clause in clauses),
            key=lambda pair: pair[0],
        )
        self._ranks = [rank for rank, _ in ordered]
        self._all = (1 << len(ordered)) - 1
        self._slow, self._default = slow, default
        found: dict[tuple[str, bool], _Column] = {}
        for place, (_, clause) in enumerate(ordered):
            for atom, plain in clause:
                key = (atom.field, atom.bound == "point")
                if key not in found:
                    found[key] = _Column(columns(*key))
                found[key].add((atom, plain), place)
        self._columns = tuple(found.values())
        for column in self._columns:
            column.close(len(ordered))

    def ranks(self, asked: _Asked) -> tuple[int, int]:
        """Return the lowest rank of what may hold, and the lowest of what holds."""
        doubtful = false = 0
        for column in self._columns:
            not_true, not_possible = column.masks(asked)
            doubtful |= not_true
            false |= not_possible
        possible, certain = (self._first(self._all & ~bits) for bits in (false, doubtful))
        for entry in self._slow:
            truth = entry.truth(asked.case)
            if truth is not Truth.FALSE:
                possible = min(possible, entry.rank)
            if truth is Truth.TRUE:
                certain = min(certain, entry.rank)
        return possible, certain

    def _first(self, bits: int) -> int:
        return self._ranks[(bits & -bits).bit_length() - 1] if bits else self._default


class _Derived:
    """The programs of the derived fields that are read, in the order in which they are needed."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._fields = {one.name: one for one in rulebook.fields} | {DEPLOYMENT.name: DEPLOYMENT}
        self._limits = limits_of(rulebook)
        self._alpha = rulebook.alpha
        self.found: dict[str, tuple[LevelField, _Program]] = {}

    def program(self, entries: Iterable[_Entry], default: int) -> _Program:
        """Return the program of some entries, those of the derived fields that it reads first."""
        forms, slow = [], []
        for entry in entries:
            try:
                forms.append((entry.rank, _form_of(entry)))
            except _TooLarge:
                slow.append(entry)
        return _Program(forms, self._column, slow, default)

    def _column(self, name: str, point: bool) -> Reader | str:  # noqa: FBT001 - a key's part
        read = self._fields[name]
        if not (isinstance(read, LevelField) and read.definitions):
            return reader(read, self._limits.get(name, ()), self._alpha, point=point)
        if name not in self.found:
            top = len(read.levels) - 1
            entries = [_Entry(top - risk(read, one.level), one.when) for one in read.definitions]
            program = self.program(entries, top)
            self.found[name] = read, program
        return name


def _of_rule(rule: Rule, rank: int) -> _Entry:
    return _Entry(rank, rule.when, tuple(one.condition for one in rule.requires))


_ALWAYS: frozenset[Clause] = frozenset({frozenset()})
_NEVER: frozenset[Clause] = frozenset()


def _form_of(entry: _Entry) -> frozenset[Clause]:
    applies = _ALWAYS if entry.holds is None else _form(entry.holds, plain=True)
    if not entry.shown:
        return applies
    broken = _NEVER
    for condition in entry.shown:
        broken = _either(broken, _form(condition, plain=False))
    return _both(applies, broken)


def _form(condition: Condition, *, plain: bool) -> frozenset[Clause]:
    if isinstance(condition, Atom):
        return frozenset({frozenset({(condition, plain)})})
    forms = [_form(member, plain=plain) for member in condition.of]
    if plain and isinstance(condition, AllOf) and all(len(form) == 1 for form in forms):
        return frozenset({frozenset(literal for form in forms for one in form for literal in one)})
    count = len(forms)
    match condition:
        case AllOf():
            needed = count
        case AnyOf():
            needed = 1
        case _:
            needed = condition.needed
    if not plain:
        needed = count - needed + 1
    return at_least_form(needed, forms, (_NEVER, _ALWAYS), _both, _either)


def _both(one: frozenset[Clause], other: frozenset[Clause]) -> frozenset[Clause]:
    if len(one) == 1 == len(other):
        return frozenset({next(iter(one)) | next(iter(other))})
    if len(one) * len(other) > LIMIT**2:
        raise _TooLarge
    return _absorbed(left | right for left in one for right in other)


def _either(one: frozenset[Clause], other: frozenset[Clause]) -> frozenset[Clause]:
    return _absorbed([*one, *other])


def _absorbed(clauses: Iterable[Clause]) -> frozenset[Clause]:
    """Leave out every conjunction that says more than another, which holds anyway."""
    every = set(clauses)
    kept = every
    if len(every) > 1:
        kept = {one for one in every if not any(other < one for other in every)}
    if len(kept) > LIMIT:
        raise _TooLarge
    return frozenset(kept)
