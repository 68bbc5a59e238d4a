"""What a rulebook reads: facts and findings, derived fields followed into their definitions."""

from collections.abc import Iterable, Iterator

from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, satisfying
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.records import (
    Condition,
    Field,
    Rulebook,
    atoms_of,
    conditions_of,
    definitions_of,
)
from shipworthy.vocabulary import DeploymentType


def fields_read(rulebook: Rulebook, conditions: Iterable[Condition]) -> tuple[Field, ...]:
    """Return the declared fields that conditions read, derived ones and what they rest on.

    In the order of the rulebook; `deployment` is not declared and not among them.
    """
    known = {field.name: field for field in rulebook.fields}
    found: set[str] = set()
    waiting = list(conditions)
    while waiting:
        for atom in atoms_of(waiting.pop()):
            if atom.field in found or atom.field == DEPLOYMENT.name:
                continue
            found.add(atom.field)
            waiting.extend(one.when for one in definitions_of(known[atom.field]))
    return tuple(field for field in rulebook.fields if field.name in found)


def facts_read(rulebook: Rulebook, gate: Gate) -> tuple[Field, ...]:
    """Return the facts and measured rates that the rules of a gate rest on."""
    rules = (rule for rule in rulebook.rules if rule.gate == gate)
    read = fields_read(rulebook, conditions_of(*rules))
    return tuple(one for one in read if not definitions_of(one))


def alike(
    types: Iterable[DeploymentType], rulebooks: Iterable[Rulebook]
) -> tuple[tuple[DeploymentType, ...], ...]:
    """Group deployment types that no condition of the rulebooks tells apart, in their order."""
    tests = {
        satisfying(DEPLOYMENT, atom.operator, atom.value)
        for rulebook in rulebooks
        for condition in _read(rulebook)
        for atom in atoms_of(condition)
        if atom.field == DEPLOYMENT.name
    }
    groups: dict[frozenset[frozenset[str]], list[DeploymentType]] = {}
    for kind in types:
        key = frozenset(test for test in tests if kind.value in test)
        groups.setdefault(key, []).append(kind)
    return tuple(tuple(group) for group in groups.values())


def _read(rulebook: Rulebook) -> Iterator[Condition]:
    """Yield the conditions of all rules and of the derived fields that these read."""
    yield from conditions_of(*rulebook.rules)
    for field in fields_read(rulebook, conditions_of(*rulebook.rules)):
        yield from (one.when for one in definitions_of(field))
