"""What rules read, directly or through definitions."""

from collections.abc import Iterable

from shipworthy.frameworks.compare.profiles import fields_of
from shipworthy.frameworks.document import DeclaredField, FrameworkDocument
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.records import (
    Condition,
    RateField,
    Rulebook,
    atoms_of,
    conditions_of,
    definitions_of,
)


def fields_read(rulebook: Rulebook, conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the names of the fields that conditions read; definitions are followed."""
    known = fields_of(rulebook)
    found: set[str] = set()
    waiting = [atom.field for condition in conditions for atom in atoms_of(condition)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        definitions = definitions_of(known[name])
        waiting.extend(atom.field for one in definitions for atom in atoms_of(one.when))
    return frozenset(found)


def read_by_gate(rulebook: Rulebook, gate: Gate) -> frozenset[str]:
    """Return the names of the fields on which the rules of a gate rest."""
    rules = (rule for rule in rulebook.rules if rule.gate == gate)
    return fields_read(rulebook, conditions_of(*rules))


def read_at_all(rulebook: Rulebook) -> frozenset[str]:
    """Return the names of the fields on which some rule rests."""
    return fields_read(rulebook, conditions_of(*rulebook.rules))


def is_fact(declared: DeclaredField) -> bool:
    """Say whether a person supplies the value: it is neither derived nor a measured rate."""
    field = declared.field
    return not definitions_of(field) and not isinstance(field, RateField)


def is_measured(declared: DeclaredField) -> bool:
    """Say whether something other than a person's word stands behind a value."""
    return isinstance(declared.field, RateField) or bool(declared.measured_by)


def declared_fields(document: FrameworkDocument) -> dict[str, DeclaredField]:
    """Return the declared fields by name."""
    return {one.field.name: one for one in document.fields}
