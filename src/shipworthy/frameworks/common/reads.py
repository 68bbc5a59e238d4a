"""What a rulebook reads: facts and findings, derived fields followed into their definitions."""

from collections.abc import Iterable, Iterator

from shipworthy.frameworks.semantics.atoms import DEPLOYMENT
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.records import Atom, Condition, Field, LevelField, Rule, Rulebook


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


def reads_deployment(rulebook: Rulebook) -> bool:
    """Whether any condition of a rulebook, or of a field that it uses, reads `deployment`."""
    read = fields_read(rulebook, conditions_of(rulebook.rules))
    nested = (
        one.when for field in read if isinstance(field, LevelField) for one in field.definitions
    )
    every = (*conditions_of(rulebook.rules), *nested)
    return any(atom.field == DEPLOYMENT.name for one in every for atom in _atoms(one))


def _atoms(condition: Condition) -> Iterator[Atom]:
    if isinstance(condition, Atom):
        yield condition
        return
    for member in condition.of:
        yield from _atoms(member)
