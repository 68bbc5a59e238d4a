"""A framework that is put together in Python, by the same keys and checks as in YAML."""

from collections.abc import Sequence
from typing import Final

import msgspec

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.authoring.operators import Condition, Level, Quantity, Rate
from shipworthy.frameworks.language.authoring.places import place_of_caller
from shipworthy.frameworks.language.authoring.values import Value, to_node
from shipworthy.frameworks.language.loader import read_document
from shipworthy.frameworks.language.printing import print_framework
from shipworthy.frameworks.language.reader import Faults
from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT
from shipworthy.kernel import Location, Problem, digest_text

_TABLES: Final = ("decisions", "hedges", "terms", "coverage", "evaluations", "outcomes", "fields")
_LISTS: Final = ("sources", "clauses", "change_log", "lint", "rules")


class Framework:
    """A framework in the making; `document` reads it and raises every fault with its place.

    Every argument is a key of `spec/language.md` under its own name, so that an unknown one is
    reported with the nearest legal key. Ids are given back, to be used where they are meant.
    """

    def __init__(self, name: str, **keys: Value) -> None:
        self._place = place_of_caller()
        self._faults = Faults()
        self._head: dict[str, Node] = {"framework": TextNode(name, self._place)}
        self._tables: dict[str, list[tuple[TextNode, Node]]] = {key: [] for key in _TABLES}
        self._lists: dict[str, list[Node]] = {key: [] for key in _LISTS}
        self._roles: list[tuple[TextNode, Node]] = []
        self._governance: dict[str, Node] = {}
        self.deployment = Level(DEPLOYMENT.name, self._place)
        for key, value in keys.items():
            self._head[key] = to_node(value, self._place, self._faults)

    # The text layer (language 2).

    def source(self, name: str, **keys: Value) -> str:
        """Add a source."""
        return self._listed("sources", {"id": name, **keys})

    def clause(self, name: str, **keys: Value) -> str:
        """Add a clause."""
        return self._listed("clauses", {"id": name, **keys})

    def hedge(self, name: str, **keys: Value) -> str:
        """Add a hedge that rules may be released by."""
        return self._entry("hedges", name, keys)

    def term(self, name: str, **keys: Value) -> str:
        """Add a word on which something turns."""
        return self._entry("terms", name, keys)

    def covers(self, domain: str, **keys: Value) -> str:
        """Say what the source does with a risk domain."""
        return self._entry("coverage", domain, keys)

    def announced(self, **keys: Value) -> None:
        """Add an entry of the publisher's own change log."""
        self._listed("change_log", keys)

    def exempt(self, rule: str, **keys: Value) -> str:
        """Exempt from a lint rule, for a reason."""
        return self._listed("lint", {"rule": rule, **keys}, "rule")

    # Fields and how they are measured (language 3).

    def evaluation(self, name: str, **keys: Value) -> str:
        """Add a way in which fields are measured."""
        return self._entry("evaluations", name, keys)

    def outcome(self, name: str, **keys: Value) -> str:
        """Add an outcome that is feared, with the scenarios that lead to it."""
        return self._entry("outcomes", name, keys)

    def levels(self, name: str, levels: Sequence[str], **keys: Value) -> Level:
        """Add a scale: a fact, or with `definitions` a derived field."""
        self._entry("fields", name, {"levels": levels, **keys})
        return Level(name, place_of_caller())

    def flag(self, name: str, **keys: Value) -> Level:
        """Add a scale of `no` and `yes`, which is a condition by itself."""
        return self.levels(name, ("no", "yes"), **keys)

    def rate(self, name: str, finding: str, **keys: Value) -> Rate:
        """Add a measured rate."""
        self._entry("fields", name, {"rate": finding, **keys})
        return Rate(name)

    def quantity(self, name: str, unit: str, **keys: Value) -> Quantity:
        """Add a number that somebody states."""
        self._entry("fields", name, {"quantity": unit, **keys})
        return Quantity(name)

    # What runs (language 1 and 4).

    def gate(self, name: str, **keys: Value) -> str:
        """Add the decision levels of `deploy` or `develop`."""
        return self._entry("decisions", name, keys)

    def scope(self, when: Condition, **keys: Value) -> None:
        """Say which models the rules are for."""
        self._head["scope"] = self._node({"when": when, **keys}, place_of_caller())

    def rule(self, name: str, **keys: Value) -> str:
        """Add a rule."""
        return self._listed("rules", {"id": name, **keys})

    # Who decides (language 5).

    def role(self, name: str, **keys: Value) -> str:
        """Add a role."""
        place = place_of_caller()
        self._roles.append((TextNode(name, place), self._node(keys, place)))
        return name

    def governance(self, **keys: Value) -> None:
        """Set the quorum and the other keys of governance."""
        place = place_of_caller()
        for key, value in keys.items():
            self._governance[key] = self._node(value, place)

    # The result.

    def document(self) -> FrameworkDocument:
        """Read what was put together; its digest is that of its text.

        Raises:
            Problem: `framework-*`, every fault with the Python file, line and column (exit 2).
        """
        try:
            self._faults.raise_if_any()
            document = read_document(self._tree(), digest_text(""))
        except Problem as problem:
            # a script that stops here would show the first message alone, without its place
            problem.add_note(problem.render())
            raise
        text = print_framework(document)
        return msgspec.structs.replace(document, digest=digest_text(text))

    def text(self) -> str:
        """Return the framework as YAML; a file with this text gives the same document.

        Raises:
            Problem: as `document`.
        """
        return print_framework(self.document())

    def _listed(self, key: str, value: dict[str, Value], name: str = "id") -> str:
        self._lists[key].append(self._node(value, place_of_caller()))
        return str(value.get(name, ""))

    def _entry(self, key: str, name: str, value: dict[str, Value]) -> str:
        place = place_of_caller()
        first = next((one for one, _ in self._tables[key] if one.text == name), None)
        if first is not None:
            message = f"`{name}` is in `{key}` already"
            self._faults.add("duplicate-key", message, place, f"the first is at {first.location}")
        self._tables[key].append((TextNode(name, place), self._node(value, place)))
        return name

    def _node(self, value: object, place: Location) -> Node:
        return to_node(value, place, self._faults)

    def _tree(self) -> MapNode:
        """Return all parts as one mapping; what is absent is absent in YAML, too."""
        parts = dict(self._head)
        for key, entries in self._tables.items():
            if entries or key == "fields":
                parts[key] = MapNode(tuple(entries), self._place)
        for key, items in self._lists.items():
            if items:
                parts[key] = ListNode(tuple(items), self._place)
        if self._governance or self._roles:
            held: dict[str, Node] = {"roles": MapNode(tuple(self._roles), self._place)}
            parts["governance"] = self._keyed(held | self._governance)
        return self._keyed(parts)

    def _keyed(self, parts: dict[str, Node]) -> MapNode:
        return MapNode(
            tuple((TextNode(key, node.location), node) for key, node in parts.items()), self._place
        )
