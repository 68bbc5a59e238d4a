"""Scale maps: which field and which level of NEW stands for one of OLD, and why.

A map is an assumption that somebody makes; nothing is ever guessed. It rewrites the old rulebook in
the new one's names, and the comparison goes on as usual. Clause numbers are those of
`spec/comparison.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.frameworks.language.reader import Faults, Section, folded
from shipworthy.frameworks.language.yaml_positions import Node, TextNode, read_yaml
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, satisfying
from shipworthy.kernel import Problem, Record, TooLargeError, did_you_mean, read_bounded
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    Field,
    LevelField,
    QuantityField,
    RateField,
    Rulebook,
)

LARGEST_FILE: Final = 1024 * 1024
"""Bytes that a file of scale maps may have."""


class FieldMap(Record, frozen=True, kw_only=True):
    """One field of OLD in terms of NEW: `to` is its name there, `levels` old levels to new ones.

    An old level is reached from its new one on: it holds up to where the next one begins (1.9).
    """

    field: str
    to: str
    levels: dict[str, str]
    rationale: str

    @property
    def assumption(self) -> str:
        """Return the map in one line, as it is printed beside every result that rests on it."""
        pairs = ", ".join(f"{old} is {new}" for old, new in self.levels.items())
        scale = f", where {pairs}" if pairs else ""
        return f"`{self.field}` of the old framework is `{self.to}` of the new one{scale}"


def read_scale_maps(path: Path) -> tuple[FieldMap, ...]:
    """Read a file of scale maps.

    Raises:
        Problem: `framework-*` with every fault and its place; `compare-scale-map` when the file
            cannot be read.
    """
    try:
        data = read_bounded(path, LARGEST_FILE)
    except TooLargeError:
        message = f"`{path}` is larger than any scale map needs"
        raise Problem.of("compare-scale-map", message) from None
    except OSError as error:
        raise Problem.of("compare-scale-map", f"cannot read `{path}`: {error.strerror}") from None
    faults = Faults()
    document = Section(read_yaml(data, str(path)), "the scale map", ("fields",), faults)
    document.node("fields")
    found = tuple(_field_map(name, node, faults) for name, node in document.entries("fields"))
    faults.raise_if_any()
    return found


def _field_map(name: TextNode, node: Node, faults: Faults) -> FieldMap:
    entry = Section(node, f"`{name.text}`", ("to", "levels", "rationale"), faults)
    levels = {}
    for old, new in entry.entries("levels"):
        if isinstance(new, TextNode):
            levels[old.text] = folded(new)
        else:
            faults.add("type", f"level `{old.text}` of `{name.text}` is no text", new.location)
    return FieldMap(
        field=name.text,
        to=entry.optional("to", name.text),
        levels=levels,
        rationale=entry.text("rationale"),
    )


def mapped(old: Rulebook, new: Rulebook, maps: Sequence[FieldMap]) -> Rulebook:
    """Return OLD with its fields named and scaled as in NEW.

    Raises:
        Problem: `compare-scale-map` for a map that names what is not there, joins fields, is not of
            one kind, leaves a level out, or turns the order around.
    """
    theirs = {field.name: field for field in new.fields}
    mine = {field.name: field for field in old.fields}
    names = {one.field: one.to for one in maps}
    if len(names) < len(maps) or len(set(names.values())) < len(maps):
        raise _refused("a field stands in it twice")
    rewritten: dict[str, tuple[Field, FieldMap]] = {}
    for one in maps:
        before = _fact(mine, one.field, old)
        after = _fact(theirs, one.to, new)
        if one.to in mine and one.to != one.field and one.to not in names:
            raise _refused(f"`{old.id}` has a field `{one.to}` of its own")
        _check(one, before, after)
        rewritten[one.field] = _as_in(before, after), one
    return _rewritten(old, mine, rewritten)


def _as_in(before: Field, after: Field) -> Field:
    """Return the new field with what the old one keeps of its own: no map speaks of these."""
    if isinstance(before, QuantityField) and isinstance(after, QuantityField):
        after = msgspec.structs.replace(after, bound=before.bound)
    return msgspec.structs.replace(after, riskier=before.riskier)


def _fact(fields: Mapping[str, Field], name: str, book: Rulebook) -> Field:
    found = fields.get(name)
    if found is None or name == DEPLOYMENT.name:
        raise _refused(f"`{book.id}` has no field `{name}`", did_you_mean(name, fields))
    if isinstance(found, LevelField) and found.definitions:
        raise _refused(f"`{name}` of `{book.id}` is derived, so that no fact stands for it")
    return found


def _check(one: FieldMap, before: Field, after: Field) -> None:
    match before, after:
        case LevelField(), LevelField():
            if one.levels or before.levels != after.levels:
                check_levels(one, before.levels, after.levels)
        case QuantityField(), QuantityField():
            if before.unit != after.unit or one.levels:
                raise _refused(f"`{one.field}` is in {before.unit}, `{one.to}` in {after.unit}")
        case RateField(), RateField() if not one.levels:
            return
        case _:
            raise _refused(f"`{one.field}` and `{one.to}` are not fields of one kind")


def check_levels(one: FieldMap, before: Sequence[str], after: Sequence[str]) -> None:
    """Refuse a map of levels that is not total, does not keep the order, or moves the first.

    Raises:
        Problem: `compare-scale-map`.
    """
    for level in before:
        if level not in one.levels:
            raise _refused(f"`{one.field}` has the level `{level}`, for which nothing stands")
    for level, other in one.levels.items():
        if level not in before or other not in after:
            wrong, legal = (level, before) if level not in before else (other, after)
            raise _refused(f"`{wrong}` is no level there", did_you_mean(wrong, legal))
    places = [after.index(one.levels[level]) for level in before]
    if places != sorted(places) or places[0] != 0:
        raise _refused(
            f"the levels of `{one.field}` do not keep their order",
            "a later level stands for the same or a later one, and the first for the first",
        )


def _rewritten(
    old: Rulebook, mine: Mapping[str, Field], fields: Mapping[str, tuple[Field, FieldMap]]
) -> Rulebook:
    def condition(found: Condition) -> Condition:
        if isinstance(found, Atom):
            return _atom(found, mine, fields)
        return msgspec.structs.replace(found, of=tuple(condition(one) for one in found.of))

    def derived(field: Field) -> Field:
        if not (isinstance(field, LevelField) and field.definitions):
            return fields[field.name][0] if field.name in fields else field
        definitions = tuple(
            msgspec.structs.replace(one, when=condition(one.when)) for one in field.definitions
        )
        return msgspec.structs.replace(field, definitions=definitions)

    rules = tuple(
        msgspec.structs.replace(
            rule,
            when=rule.when and condition(rule.when),
            requires=tuple(
                msgspec.structs.replace(one, condition=condition(one.condition))
                for one in rule.requires
            ),
        )
        for rule in old.rules
    )
    return msgspec.structs.replace(old, fields=tuple(map(derived, old.fields)), rules=rules)


def _atom(
    atom: Atom, mine: Mapping[str, Field], fields: Mapping[str, tuple[Field, FieldMap]]
) -> Condition:
    if atom.field not in fields:
        return atom
    after, one = fields[atom.field]
    before = mine[atom.field]
    if not (isinstance(before, LevelField) and isinstance(after, LevelField) and one.levels):
        return msgspec.structs.replace(atom, field=one.to)
    wanted = satisfying(before, atom.operator, atom.value)
    reached = _reached(before.levels, after.levels, one.levels)
    return _among(
        one.to, after.levels, [level for level in after.levels if reached[level] in wanted]
    )


def _reached(
    before: Sequence[str], after: Sequence[str], levels: Mapping[str, str]
) -> dict[str, str]:
    """Return for each new level the old one that it counts as: the last one that begins there."""
    starts = [after.index(levels[level]) for level in before]
    return {
        level: before[max(i for i, start in enumerate(starts) if start <= place)]
        for place, level in enumerate(after)
    }


def _among(field: str, levels: Sequence[str], wanted: Sequence[str]) -> Condition:
    """Return a condition that a field has one of these levels, as short as it can be said."""
    if len(wanted) == len(levels):
        return AllOf(of=())
    if wanted and tuple(levels[-len(wanted) :]) == tuple(wanted):
        return Atom(field=field, operator=">=", value=wanted[0])
    if wanted and tuple(levels[: len(wanted)]) == tuple(wanted):
        return Atom(field=field, operator="<=", value=wanted[-1])
    return AnyOf(of=tuple(Atom(field=field, operator="==", value=level) for level in wanted))


def unmapped(old: Rulebook, new: Rulebook) -> Iterable[tuple[LevelField, LevelField]]:
    """Yield the level fields of one name and two scales."""
    mine = {field.name: field for field in old.fields}
    for field in new.fields:
        other = mine.get(field.name)
        if isinstance(field, LevelField) and isinstance(other, LevelField):
            facts = not field.definitions and not other.definitions
            if facts and field.levels != other.levels:
                yield other, field


def _refused(what: str, advice: str = "") -> Problem:
    return Problem.of("compare-scale-map", f"the scale map cannot be used: {what}", help=advice)
