"""Python values as nodes of the language: texts, whole numbers, flags, lists and mappings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shipworthy.frameworks.language.authoring.operators import Condition
from shipworthy.frameworks.language.authoring.places import place_of_caller
from shipworthy.frameworks.language.reader import Faults
from shipworthy.frameworks.language.yaml_positions import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    invisible,
)
from shipworthy.kernel import Location


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping with the place where it was written."""

    keys: Mapping[str, "Value"]
    place: Location


Value = str | int | bool | Decimal | Condition | Part | Sequence["Value"] | Mapping[str, "Value"]
"""What a key may have: `True` is `yes`, numbers are exact, everything else is written as text."""


def requirement(name: str, **keys: Value) -> Part:
    """Return a requirement of a rule; the arguments are the keys of language 4.2."""
    return Part({"id": name, **keys}, place_of_caller())


def definition(level: str, **keys: Value) -> Part:
    """Return a definition of a level of a field; the arguments are the keys of language 3.2."""
    return Part({"level": level, **keys}, place_of_caller())


def to_node(value: object, place: Location, faults: Faults) -> Node:
    """Return a value as the reader takes it; what has no exact form is a fault."""
    match value:
        case Condition():
            return value.node
        case Part():
            return _mapping(value.keys, value.place, faults)
        case Mapping():
            return _mapping(value, place, faults)
        case Sequence() if not isinstance(value, str | bytes):
            return ListNode(tuple(to_node(item, place, faults) for item in value), place)
        case _:
            return TextNode(_text(value, place, faults), place)


def _text(value: object, place: Location, faults: Faults) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case str():
            odd = invisible(value)
            if not odd:
                return value
            faults.add("encoding", f"invisible character {odd}", place, "remove it")
        case _:
            message = f"a {type(value).__name__} is no value of a framework"
            advice = "write a text, a whole number, a Decimal, True or False, a list or a dict"
            faults.add("type", message, place, advice)
    return ""


def _mapping(keys: Mapping[str, object], place: Location, faults: Faults) -> MapNode:
    return MapNode(
        tuple((TextNode(key, place), to_node(value, place, faults)) for key, value in keys.items()),
        place,
    )
