"""A mapping: one reading of one framework in the common vocabulary (`spec/language.md`, 7)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple, cast

from shipworthy.frameworks.common.vocabulary import Vocabulary
from shipworthy.frameworks.language.expressions import parse_condition
from shipworthy.frameworks.language.files import read_source
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known, mapping_entries
from shipworthy.frameworks.language.yaml_positions import Node, TextNode, read_yaml
from shipworthy.frameworks.semantics.atoms import by_risk, decimal
from shipworthy.kernel import Digest, Location, Record, digest_bytes
from shipworthy.records import Field, LevelDefinition, LevelField, RateField, Rulebook

Sureness = Literal["high", "medium", "low"]

LARGEST_FILE: Final = 1024 * 1024
"""Bytes. A mapping of every field of the largest framework is a twentieth of this."""

_KEYS: Final = ("mapping", "framework", "about", "decisions", "fields")


class MappedField(Record, frozen=True, kw_only=True):
    """What one native fact means in common fields, or the value at which it is fixed.

    Exactly one of `levels` and `assumed` is there. `levels` read common fields and `deployment`;
    the least risky level has no definition and holds when no other does.
    """

    native: str
    levels: tuple[LevelDefinition, ...]
    assumed: str
    rationale: str
    sure: Sureness


class FrameworkMapping(Record, frozen=True, kw_only=True):
    """One reading of one framework; `decisions` has for a gate the common level of each native."""

    id: str
    framework: str
    about: str
    decisions: dict[str, dict[str, str]]
    fields: tuple[MappedField, ...]
    digest: Digest


class _Sides(NamedTuple):
    """What a mapping connects, with the faults found on the way."""

    rulebook: Rulebook
    vocabulary: Vocabulary
    faults: Faults


def read_mapping(path: Path, rulebook: Rulebook, vocabulary: Vocabulary) -> FrameworkMapping:
    """Read a mapping of `rulebook` from a file.

    Raises:
        Problem: `framework-*`, every fault with file, line and column (exit 2).
    """
    data = read_source(path, LARGEST_FILE, "the mapping")
    faults = Faults()
    sides = _Sides(rulebook, vocabulary, faults)
    document = Section(read_yaml(data, str(path)), "the mapping", _KEYS, faults)
    name = document.scalar("mapping")
    distinct([name], "mapping", faults)
    if name.text and name.text != path.stem:
        message = f"the mapping `{name.text}` stands in a file of another name"
        faults.add("mapping-name", message, name.location, f"call the file `{name.text}.yaml`")
    framework = document.scalar("framework")
    if framework.text and framework.text != rulebook.id:
        message = f"the mapping is for `{framework.text}`, not for `{rulebook.id}`"
        faults.add("mapping-name", message, framework.location, f"write `{rulebook.id}`")
    about = document.text("about")
    decisions = _decisions(document, sides)
    fields = _fields(document, sides)
    faults.raise_if_any()
    return FrameworkMapping(
        id=name.text,
        framework=rulebook.id,
        about=about,
        decisions=decisions,
        fields=fields,
        digest=digest_bytes(data),
    )


def _decisions(document: Section, sides: _Sides) -> dict[str, dict[str, str]]:
    node = document.node("decisions")
    if node is None:
        return {}
    section = Section(node, "`decisions`", sides.rulebook.decisions, sides.faults)
    return {gate: _ladder(gate, section.node(gate), sides) for gate in sides.rulebook.decisions}


def _ladder(gate: str, node: Node | None, sides: _Sides) -> dict[str, str]:
    """Return the common level of each native one; 7.2 says which maps are legal."""
    if node is None:
        return {}
    native, common = sides.rulebook.decisions[gate], sides.vocabulary.decisions[gate]
    section = Section(node, f"the decisions of gate `{gate}`", native, sides.faults)
    named = {level: section.scalar(level) for level in native}
    found = {
        level: next(known([word], common, "level", sides.faults), "")
        for level, word in named.items()
    }
    if all(found.values()):
        _check_order(gate, found, section.location, sides)
    return found


def _check_order(gate: str, ladder: Mapping[str, str], place: Location, sides: _Sides) -> None:
    common = sides.vocabulary.decisions[gate]
    places = [common.index(level) for level in ladder.values()]
    if places != sorted(places) or places[-1] != len(common) - 1:
        message = f"the map of gate `{gate}` does not keep the order of the levels"
        advice = "a later level maps to the same or a later one, and the last to the last: "
        advice += ", ".join(f"`{level}`" for level in common)
        sides.faults.add("mapping-order", message, place, advice)
        return
    go = list(ladder).index(sides.rulebook.go[gate])
    if go and places[go - 1] == places[go]:
        message = f"a level below go and `{sides.rulebook.go[gate]}` share a common level"
        advice = "what is no go in the framework must be no go in common terms"
        sides.faults.add("mapping-order", message, place, advice)


def _fields(document: Section, sides: _Sides) -> tuple[MappedField, ...]:
    node = document.node("fields")
    native = {field.name: field for field in sides.rulebook.fields}
    found = []
    for key, value in mapping_entries(node, "`fields`", sides.faults) if node else ():
        names = list(known([key], native, "field", sides.faults))
        if names and _is_fact(native[names[0]], key, sides.faults):
            found.append(_field(native[names[0]], value, sides))
    return tuple(found)


def _is_fact(field: Field, key: TextNode, faults: Faults) -> bool:
    if isinstance(field, RateField):
        message = f"`{field.name}` is measured: frameworks that read the finding share it already"
    elif isinstance(field, LevelField) and field.definitions:
        message = f"`{field.name}` is computed and keeps its definitions"
    else:
        return True
    faults.add("type", message, key.location, "map the facts that it is computed from instead")
    return False


def _field(field: Field, node: Node, sides: _Sides) -> MappedField:
    what = f"the mapping of `{field.name}`"
    section = Section(node, what, ("levels", "assume", "rationale", "sure"), sides.faults)
    ways = [key for key in ("levels", "assume") if key in section]
    if len(ways) != 1:
        message = (
            f"{what} needs one of `levels` and `assume`; it has {' and '.join(ways) or 'none'}"
        )
        sides.faults.add("missing-key", message, section.location)
    return MappedField(
        native=field.name,
        levels=_levels(field, section, sides) if ways == ["levels"] else (),
        assumed=_assumed(field, section, sides.faults) if ways == ["assume"] else "",
        rationale=section.text("rationale"),
        sure=cast("Sureness", section.choice("sure", ("high", "medium", "low"))),
    )


def _levels(field: Field, section: Section, sides: _Sides) -> tuple[LevelDefinition, ...]:
    node = section.node("levels")
    if node is None:
        return ()
    if not isinstance(field, LevelField):
        message = f"`{field.name}` is a quantity and has no levels"
        advice = "assume a number, or leave the field out: it stays the framework's own"
        sides.faults.add("type", message, node.location, advice)
        return ()
    entries = mapping_entries(node, f"`levels` of {section.what}", sides.faults)
    if not entries:
        message = f"{section.what} defines no level"
        sides.faults.add("missing-key", message, node.location, "write `LEVEL: CONDITION`")
    found = []
    for key, condition in entries:
        least = by_risk(field)[0]
        if key.text == least:
            message = f"`{least}` is the least risky level of `{field.name}`"
            advice = "it holds when no other level does; say when the others hold"
            sides.faults.add("impossible-threshold", message, key.location, advice)
        for level in known([key], field.levels, "level", sides.faults):
            when = parse_condition(condition, sides.vocabulary.scope, sides.faults)
            found.append(LevelDefinition(level=level, when=when))
    return tuple(found)


def _assumed(field: Field, section: Section, faults: Faults) -> str:
    node = section.scalar("assume")
    if isinstance(field, LevelField):
        return next(known([node], field.levels, "level", faults), "")
    if node.text and decimal(node.text) is None:
        message = f"`{node.text}` is not a plain decimal number"
        faults.add("type", message, node.location, f"`{field.name}` is a quantity")
    return node.text
