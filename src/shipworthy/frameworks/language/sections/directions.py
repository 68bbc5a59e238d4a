"""Hedges only loosen: nothing may read a hedged definition the safe way round (language 4.4).

A hedge that is used takes a definition away, which makes the field look less risky. That loosens
as long as risk opens rules and closes requirements wherever the field is read, directly or through
further definitions. Elsewhere it would tighten, and `spec/semantics.md` 11.4 would be false.
"""

from collections.abc import Iterator, Mapping

from shipworthy.frameworks.language.reader import Faults
from shipworthy.frameworks.language.sections.fields import ReadFields
from shipworthy.frameworks.language.sections.header import ReadScope
from shipworthy.frameworks.language.sections.rules import ReadRules
from shipworthy.frameworks.semantics.atoms import by_risk, satisfying
from shipworthy.kernel import Location
from shipworthy.records import Atom, Condition, LevelField, atoms_of


def check_directions(
    fields: ReadFields, rules: ReadRules, scope: ReadScope, faults: Faults
) -> None:
    """Refuse hedged definitions that some condition reads the safe way round."""
    levels = {
        entry.field.name: entry.field
        for entry in fields.declared
        if isinstance(entry.field, LevelField)
    }
    softened = _softened(levels)
    if not softened:
        return
    for what, place, condition, wanted in _readings(levels, fields, rules, scope):
        for atom in atoms_of(condition):
            if atom.field in softened and not _points(levels[atom.field], atom, wanted):
                _refuse(what, place, atom, softened[atom.field], faults)


def _softened(levels: Mapping[str, LevelField]) -> dict[str, str]:
    """Return the fields that a hedge can make look less risky, with the hedged field behind it."""
    found = {
        name: name
        for name, field in levels.items()
        if any(definition.discretion for definition in field.definitions)
    }
    grown = True
    while grown:
        grown = False
        for name, field in levels.items():
            behind = next(
                (
                    found[atom.field]
                    for definition in field.definitions
                    for atom in atoms_of(definition.when)
                    if atom.field in found
                ),
                "",
            )
            if behind and name not in found:
                found[name] = behind
                grown = True
    return found


def _readings(
    levels: Mapping[str, LevelField],
    fields: ReadFields,
    rules: ReadRules,
    scope: ReadScope,
) -> Iterator[tuple[str, Location, Condition, str]]:
    """Yield every condition, where it stands, and which way it has to point."""
    for name, field in levels.items():
        for definition in field.definitions:
            yield f"field `{name}`", fields.places[name].location, definition.when, "up"
    for declared, node in zip(rules.declared, rules.named, strict=True):
        rule = declared.rule
        if rule.when is not None:
            yield f"rule `{rule.id}`", node.location, rule.when, "up"
        for requirement in rule.requires:
            place = rules.requirements[requirement.id].location
            yield f"requirement `{requirement.id}`", place, requirement.condition, "down"
    if scope.scope is not None:
        yield "`scope`", scope.place, scope.scope.when, "up"


def _points(field: LevelField, atom: Atom, wanted: str) -> bool:
    """Say whether the atom holds from some risk upwards, or up to some risk."""
    holds = satisfying(field, atom.operator, atom.value)
    ranks = [level in holds for level in by_risk(field)]
    return ranks == sorted(ranks, reverse=wanted == "down")


def _refuse(what: str, place: Location, atom: Atom, hedged: str, faults: Faults) -> None:
    message = (
        f"{what} reads `{atom.field} {atom.operator} {atom.value}`, so a hedge on a definition of "
        f"`{hedged}` could make it stricter"
    )
    advice = "put `unless_discretion` on the rule or requirement that the hedge releases"
    faults.add("hedge-direction", message, place, advice)
