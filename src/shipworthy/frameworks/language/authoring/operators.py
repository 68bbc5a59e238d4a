"""Conditions as Python operators: `cyber >= "high"`, `asr.upper < "0.10"`, `a & b`, `a | b`.

An operator does not decide anything. It notes the words of the condition and where they stand; the
reader of the language checks them, as if they had been written in YAML.
"""

from decimal import Decimal
from typing import Final, NoReturn

from shipworthy.frameworks.language.authoring.places import place_of_caller
from shipworthy.frameworks.language.yaml_positions import DEEPEST, ListNode, MapNode, Node, TextNode
from shipworthy.kernel import Location, Problem

Limit = str | int | Decimal
"""What a field is compared with: a level, or an exact number; never a float (language 4.5)."""

_ROOM: Final = 8
"""Levels of nesting that a document needs around a condition."""


class Condition:
    """A condition, written with operators; combine with `&`, `|` and `at_least`."""

    def __init__(self, node: Node, depth: int = 1) -> None:
        self.node = node
        self.depth = depth

    def __and__(self, other: "Condition") -> "Condition":
        return _combined("all", (*_members(self, "all"), *_members(other, "all")))

    def __or__(self, other: "Condition") -> "Condition":
        return _combined("any", (*_members(self, "any"), *_members(other, "any")))

    def __bool__(self) -> NoReturn:
        raise Problem.of(
            "framework-expression",
            "a condition is neither true nor false before there is evidence",
            location=place_of_caller(),
            help="combine conditions with `&` and `|`, not with `and`, `or` or `a < b < c`",
        )


class Quantity:
    """A field that is compared with exact numbers: `hours >= 40`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __lt__(self, limit: Limit) -> Condition:
        return _atom(self.name, "<", limit)

    def __le__(self, limit: Limit) -> Condition:
        return _atom(self.name, "<=", limit)

    def __gt__(self, limit: Limit) -> Condition:
        return _atom(self.name, ">", limit)

    def __ge__(self, limit: Limit) -> Condition:
        return _atom(self.name, ">=", limit)

    def __eq__(self, limit: object) -> Condition:  # type: ignore[override]  # a condition, not a truth
        return _atom(self.name, "==", limit)

    def __ne__(self, limit: object) -> Condition:  # type: ignore[override]  # a condition, not a truth
        return _atom(self.name, "!=", limit)

    def __hash__(self) -> int:
        return hash(self.name)


class Level(Quantity, Condition):
    """A field that is compared with levels: `cyber >= "high"`; a flag is a condition by itself."""

    def __init__(self, name: str, place: Location) -> None:
        Quantity.__init__(self, name)
        Condition.__init__(self, TextNode(name, place))

    __hash__ = Quantity.__hash__


class Rate:
    """A measured rate: compare `upper`, `lower` or `point`, the number that is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.upper = Quantity(f"{name}.upper")
        self.lower = Quantity(f"{name}.lower")
        self.point = Quantity(f"{name}.point")


def all_of(*conditions: Condition) -> Condition:
    """Return the condition that holds when every one of these does."""
    return _combined("all", conditions)


def any_of(*conditions: Condition) -> Condition:
    """Return the condition that holds when one of these does."""
    return _combined("any", conditions)


def at_least(needed: int, *conditions: Condition) -> Condition:
    """Return the condition that holds when at least `needed` of these do."""
    place = place_of_caller()
    listed, depth = _listed(conditions, place)
    entries = (
        (TextNode("at_least", place), TextNode(str(needed), place)),
        (TextNode("of", place), listed),
    )
    return Condition(MapNode(entries, place), depth)


def _atom(name: str, sign: str, limit: object) -> Condition:
    place = place_of_caller()
    if isinstance(limit, bool) or not isinstance(limit, str | int | Decimal):
        shown = "a float" if isinstance(limit, float) else f"a {type(limit).__name__}"
        raise Problem.of(
            "framework-type",
            f"`{name}` is compared with {shown}, which is not exact",
            location=place,
            help='write a level or a number as a text, for example "high" or "0.10"',
        )
    written = format(limit, "f") if isinstance(limit, Decimal) else str(limit)
    return Condition(TextNode(f"{name} {sign} {written}", place))


def _combined(word: str, conditions: tuple[Condition, ...]) -> Condition:
    place = place_of_caller()
    listed, depth = _listed(conditions, place)
    return Condition(MapNode(((TextNode(word, place), listed),), place), depth)


def _listed(conditions: tuple[Condition, ...], place: Location) -> tuple[ListNode, int]:
    depth = 2 + max((condition.depth for condition in conditions), default=0)
    if depth > DEEPEST - _ROOM:
        raise Problem.of(
            "framework-syntax",
            "a condition is nested too deep",
            location=place,
            help="split the condition into rules",
        )
    return ListNode(tuple(condition.node for condition in conditions), place), depth


def _members(condition: Condition, word: str) -> tuple[Condition, ...]:
    """Return what a chain of one operator combines, so that `a & b & c` is one list."""
    node = condition.node
    if isinstance(node, MapNode) and len(node.entries) == 1 and node.get(word) is not None:
        listed = node.get(word)
        if isinstance(listed, ListNode):
            return tuple(Condition(item, condition.depth - 2) for item in listed.items)
    return (condition,)
