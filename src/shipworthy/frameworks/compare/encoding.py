"""A rulebook as sets of cells: when each rule of a gate binds, over the axes of a shared space.

Derived fields are unfolded into their definitions and negations are pushed down to the atoms, so
that the search sees nothing but cells. Clause numbers are those of `spec/comparison.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import msgspec

from shipworthy.frameworks.compare.conditions import (
    ALWAYS,
    NEVER,
    Node,
    Point,
    Several,
    Within,
    all_of,
    any_of,
)
from shipworthy.frameworks.compare.profiles import Space, distinct_atoms, fields_of
from shipworthy.frameworks.compare.solving.cubes import NormalForms
from shipworthy.frameworks.compare.solving.index import Binding, Index
from shipworthy.frameworks.semantics.atoms import by_risk, satisfying
from shipworthy.frameworks.semantics.evaluation import Evidence, Gate, evaluate
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    LevelField,
    Rule,
    Rulebook,
    conditions_of,
)
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True)
class EncodedRule:
    """A rule: in every profile where `binds` holds, the decision is at most `ceiling`."""

    name: str
    rule: Rule
    binding: Binding

    @property
    def binds(self) -> Node:
        """Return when the rule binds."""
        return self.binding.node

    @property
    def ceiling(self) -> int:
        """Return the rule's ceiling on the shared ladder."""
        return self.binding.ceiling


@dataclass(frozen=True, slots=True)
class Encoded:
    """One side: its rules for the gate; `positions` places its levels in the shared ladder."""

    rulebook: Rulebook
    rules: tuple[EncodedRule, ...]
    positions: Mapping[str, int]
    index: Index

    @property
    def top(self) -> int:
        """Return the least restrictive level, which a profile has when no rule binds."""
        return max(self.positions.values())

    def below(self, level: int) -> tuple[tuple[str, Node], ...]:
        """Return the rules that keep a decision below a level."""
        return tuple((rule.name, rule.binds) for rule in self.rules if rule.ceiling < level)

    def level(self, point: Point) -> int:
        """Return the decision of a profile."""
        return self.index.level(point, self.top)


def refuse_invalid(rulebook: Rulebook, gate: Gate) -> None:
    """Refuse a rulebook that no loader would have produced, before it is encoded.

    The plain evaluator judges each atom once, and one rule for each ceiling.

    Raises:
        Problem: `rulebook-invalid` and `gate-undefined`, as `evaluate` does.
    """
    rules = [rule for rule in rulebook.rules if rule.gate == gate]
    atoms = distinct_atoms(conditions_of(*rules))
    ceilings = dict.fromkeys(rule.ceiling for rule in rules)
    probes = [
        Rule(id="probe", gate=gate, when=AnyOf(of=atoms), requires=(), ceiling=one, clauses=())
        for one in ceilings
    ]
    probe = msgspec.structs.replace(rulebook, rules=tuple(probes))
    evaluate(probe, Evidence({}, {}, DeploymentType.INTERNAL), gate)


def encode(rulebook: Rulebook, gate: Gate, space: Space, positions: Mapping[str, int]) -> Encoded:
    """Encode the rules of a gate."""
    encoder = _Encoder(rulebook, space)
    sizes = [len(axis.cells) for axis in space.axes]
    forms = NormalForms(sizes)
    names: dict[str, int] = {}
    rules = []
    for rule in (rule for rule in rulebook.rules if rule.gate == gate):
        names[rule.id] = names.get(rule.id, 0) + 1
        suffix = f" ({names[rule.id]})" if names[rule.id] > 1 else ""
        binds = encoder.rule(rule)
        name, ceiling = rule.id + suffix, positions[rule.ceiling]
        rules.append(EncodedRule(name, rule, Binding(name, binds, ceiling, forms.of(binds))))
    index = Index([rule.binding for rule in rules], sizes, (0, *space.usual[1:]))
    return Encoded(rulebook, tuple(rules), positions, index)


class _Encoder:
    """Nodes of conditions; derived fields are unfolded once for each set of levels asked for."""

    def __init__(self, rulebook: Rulebook, space: Space) -> None:
        self._space = space
        self._fields = fields_of(rulebook)
        self._derived: dict[tuple[str, frozenset[str], bool], Node] = {}
        self._atoms: tuple[dict[Atom, Node], dict[Atom, Node]] = ({}, {})

    def rule(self, rule: Rule) -> Node:
        """Return when a rule binds: it applies, and not all its requirements hold (2.1)."""
        applies = self.condition(rule.when, holds=True) if rule.when else ALWAYS
        if not rule.requires:
            return applies
        broken = [self.condition(one.condition, holds=False) for one in rule.requires]
        return all_of(applies, any_of(*broken))

    def condition(self, condition: Condition, *, holds: bool) -> Node:
        """Return a condition, or its negation."""
        if isinstance(condition, Atom):
            return self._atom(condition, holds=holds)
        members = tuple(self.condition(member, holds=holds) for member in condition.of)
        count = len(members)
        match condition:
            case AllOf():
                needed = count
            case AnyOf():
                needed = 1
            case _:
                needed = condition.needed
        return Several(needed if holds else count - needed + 1, members)

    def _atom(self, atom: Atom, *, holds: bool) -> Node:
        known = self._atoms[holds]
        node = known.get(atom)
        if node is None:
            node = known[atom] = self._within(atom, holds=holds)
        return node

    def _within(self, atom: Atom, *, holds: bool) -> Node:
        field = self._fields[atom.field]
        if isinstance(field, LevelField) and field.definitions:
            wanted = satisfying(field, atom.operator, atom.value)
            return self._among(field, wanted, holds=holds)
        axis, cells = self._space.cells(atom, field)
        everything = (1 << len(self._space.axes[axis].cells)) - 1
        return Within(axis, cells if holds else everything & ~cells)

    def _among(self, field: LevelField, wanted: frozenset[str], *, holds: bool) -> Node:
        """Return whether a derived field has one of these levels (2.2)."""
        key = (field.name, wanted, holds)
        if key not in self._derived:
            self._derived[key] = self._unfolded(field, wanted, holds=holds)
        return self._derived[key]

    def _unfolded(self, field: LevelField, wanted: frozenset[str], *, holds: bool) -> Node:
        """Decide from the least risky level up: a definition that holds overrides those below."""

        def settle(below: Node, level: str) -> Node:
            yes = (level in wanted) == holds
            whens = [one.when for one in field.definitions if one.level == level]
            if not whens or below == (ALWAYS if yes else NEVER):
                return below
            if yes:
                return any_of(below, *(self.condition(when, holds=True) for when in whens))
            return all_of(below, *(self.condition(when, holds=False) for when in whens))

        first, *rest = by_risk(field)
        start: Node = ALWAYS if (first in wanted) == holds else NEVER
        return reduce(settle, rest, start)
