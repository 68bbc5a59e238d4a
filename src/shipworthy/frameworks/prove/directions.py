"""Which way each atom points: whether a riskier value makes a rule bind more, or less.

A rule in which every atom on a field points the risky way never lets a riskier value of that field
permit more. Reading the atoms is linear in the size of the rulebook, and enough for most of them.
Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Iterable
from itertools import pairwise

from shipworthy.frameworks.compare.cells import limit, number_cells, satisfied
from shipworthy.frameworks.compare.profiles import WHERE, Key, fields_of, key_of
from shipworthy.frameworks.semantics.atoms import by_risk, satisfying
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.records import Atom, Condition, Field, LevelField, RateField, Rulebook

_RISKY, _SAFE = True, False


def wrong_way(rulebook: Rulebook, gate: Gate) -> dict[Key, tuple[int, ...]]:
    """Return, for what a gate reads, the rules with an atom on it that points the safe way (2.2).

    Rules are counted from 0 among those of the gate. What no rule reads the wrong way has none.
    """
    reader = _Directions(rulebook)
    found: dict[Key, list[int]] = {}
    rules = [rule for rule in rulebook.rules if rule.gate == gate]
    for index, rule in enumerate(rules):
        reads = set(reader.condition(rule.when, _RISKY)) if rule.when else set()
        for one in rule.requires:
            reads |= reader.condition(one.condition, _SAFE)
        for key in {key for key, _ in reads}:
            found.setdefault(key, [])
        for key in {key for key, towards in reads if towards is _SAFE}:
            found[key].append(index)
    ordered = sorted(found, key=lambda key: (str(key), key.kind))
    return {key: tuple(found[key]) for key in ordered}


def rests_on(rulebook: Rulebook, conditions: Iterable[Condition]) -> frozenset[Key]:
    """Return what conditions rest on, derived fields followed into their definitions.

    `deployment` is left out: where a model goes is no reason of its own.
    """
    fields = fields_of(rulebook)
    waiting, opened, found = list(conditions), set(), set()
    while waiting:
        condition = waiting.pop()
        if not isinstance(condition, Atom):
            waiting.extend(condition.of)
            continue
        field = fields[condition.field]
        if not isinstance(field, LevelField) or not field.definitions:
            found.add(key_of(condition, field))
        elif field.name not in opened:
            opened.add(field.name)
            waiting.extend(one.when for one in field.definitions)
    return frozenset(found - {WHERE})


class _Directions:
    """The directions of conditions; a derived field is unfolded once for each direction."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._fields = fields_of(rulebook)
        self._derived: dict[tuple[str, bool], frozenset[tuple[Key, bool]]] = {}

    def condition(self, condition: Condition, wanted: bool) -> frozenset[tuple[Key, bool]]:  # noqa: FBT001 - a direction
        """Return what a condition reads, with the direction in which the whole gets truer.

        `wanted` turns it: a rule binds more when its requirements get falser.
        """
        if not isinstance(condition, Atom):
            return frozenset().union(*(self.condition(one, wanted) for one in condition.of))
        field = self._fields[condition.field]
        ways = {way == wanted for way in _ways(condition, field)}
        if isinstance(field, LevelField) and field.definitions:
            return frozenset().union(*(self._definitions(field, way) for way in ways))
        return frozenset((key_of(condition, field), way) for way in ways)

    def _definitions(self, field: LevelField, way: bool) -> frozenset[tuple[Key, bool]]:  # noqa: FBT001 - a direction
        key = (field.name, way)
        if key not in self._derived:
            whens = (one.when for one in field.definitions)
            self._derived[key] = frozenset().union(*(self.condition(one, way) for one in whens))
        return self._derived[key]


def _ways(atom: Atom, field: Field) -> set[bool]:
    """Return the directions in which riskier values change the truth of an atom.

    `True`: only from false to true; `False`: only from true to false; both where it goes there
    and back again; none where it never changes.
    """
    if isinstance(field, LevelField):
        wanted = satisfying(field, atom.operator, atom.value)
        truths = [level in wanted for level in by_risk(field)]
    else:
        limit(atom)
        cells = number_cells([atom], rate=isinstance(field, RateField))
        bits = satisfied(atom, cells)
        truths = [bool(bits >> index & 1) for index in range(len(cells))]
        if field.riskier == "down":
            truths.reverse()
    return {after for before, after in pairwise(truths) if before != after}
