"""What a rulebook reads: facts and findings, derived fields followed into their definitions."""

from collections.abc import Iterable, Iterator

from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, satisfying
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.records import Atom, Condition, Field, LevelField, Rule, Rulebook
from shipworthy.vocabulary import DeploymentType


def conditions_of(rules: Iterable[Rule]) -> Iterator[Condition]:
    """Yield every condition of rules and their requirements."""
    for rule in rules:
        if rule.when:
            yield rule.when
        for requirement in rule.requires:
            yield requirement.condition


def fields_read(rulebook: Rulebook, conditions: Iterable[Condition]) -> tuple[Field, ...]:
    """Return the declared fields that conditions read, derived ones and what they rest on.

    In the order of the rulebook; `deployment` is not declared and not among them.
    """
    known = {field.name: field for field in rulebook.fields}
    found: set[str] = set()
    waiting = list(conditions)
    while waiting:
        for atom in _atoms(waiting.pop()):
            if atom.field in found or atom.field == DEPLOYMENT.name:
                continue
            found.add(atom.field)
            field = known[atom.field]
            if isinstance(field, LevelField):
                waiting.extend(one.when for one in field.definitions)
    return tuple(field for field in rulebook.fields if field.name in found)


def facts_read(rulebook: Rulebook, gate: Gate) -> tuple[Field, ...]:
    """Return the facts and measured rates that the rules of a gate rest on."""
    rules = (rule for rule in rulebook.rules if rule.gate == gate)
    read = fields_read(rulebook, conditions_of(rules))
    return tuple(one for one in read if not (isinstance(one, LevelField) and one.definitions))


def alike(
    types: Iterable[DeploymentType], rulebooks: Iterable[Rulebook]
) -> tuple[tuple[DeploymentType, ...], ...]:
    """Group deployment types that no condition of the rulebooks tells apart, in their order."""
    tests = {
        satisfying(DEPLOYMENT, atom.operator, atom.value)
        for rulebook in rulebooks
        for condition in _every_condition(rulebook)
        for atom in _atoms(condition)
        if atom.field == DEPLOYMENT.name
    }
    groups: dict[frozenset[frozenset[str]], list[DeploymentType]] = {}
    for kind in types:
        key = frozenset(test for test in tests if kind.value in test)
        groups.setdefault(key, []).append(kind)
    return tuple(tuple(group) for group in groups.values())


def _every_condition(rulebook: Rulebook) -> Iterator[Condition]:
    """Yield the conditions of all rules and of the derived fields that these read."""
    yield from conditions_of(rulebook.rules)
    for field in fields_read(rulebook, conditions_of(rulebook.rules)):
        if isinstance(field, LevelField):
            yield from (one.when for one in field.definitions)


def _atoms(condition: Condition) -> Iterator[Atom]:
    if isinstance(condition, Atom):
        yield condition
        return
    for member in condition.of:
        yield from _atoms(member)
