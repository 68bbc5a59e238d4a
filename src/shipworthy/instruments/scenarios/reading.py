"""Reading scenario files: strict, with the place of every fault, all faults at once."""

from dataclasses import dataclass, field
from typing import Any

from shipworthy.frameworks.language.yaml_positions import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    read_yaml,
)
from shipworthy.instruments.scenarios.validation import Flaw
from shipworthy.kernel import Diagnostic, Location, Problem, did_you_mean
from shipworthy.records import Scenario


@dataclass(slots=True)
class Reading:
    """What has been read so far: scenarios with their places, and every fault."""

    faults: list[Diagnostic] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    expanded: set[str] = field(default_factory=set)
    """Ids of the scenarios that a family made."""

    def keep(self, scenario: Scenario, node: Node, *, expanded: bool = False) -> None:
        """Keep a scenario with the node it was read from."""
        self.scenarios.append(scenario)
        self.nodes.append(node)
        if expanded:
            self.expanded.add(scenario.id)

    def note(self, code: str, message: str, place: Location, advice: str = "") -> None:
        """Note one fault."""
        self.faults.append(Diagnostic(f"scenario-{code}", message, place, advice))

    def note_flaw(self, flaw: Flaw, node: Node) -> None:
        """Note a flaw of the scenario at `node`, at the field it concerns."""
        self.note("invalid", flaw.message, place_of(node, flaw.path), flaw.help)

    def finish(self) -> tuple[Scenario, ...]:
        """Return the scenarios.

        Raises:
            Problem: every fault noted, in file order.
        """
        if self.faults:
            raise Problem(sorted(self.faults, key=_in_file_order))
        return tuple(self.scenarios)


def read_document(data: bytes, file: str) -> MapNode:
    """Parse a scenario or pack file into a tree.

    Raises:
        Problem: `scenario-syntax`, `scenario-encoding` or `scenario-duplicate-key`.
    """
    try:
        node = read_yaml(data, file)
    except Problem as problem:
        raise Problem(
            Diagnostic(
                fault.code.replace("framework-", "scenario-"),
                fault.message,
                fault.location,
                fault.help.replace("framework: <id>", "domain: <id>"),
            )
            for fault in problem.diagnostics
        ) from None
    if not isinstance(node, MapNode):
        raise Problem.of(
            "scenario-syntax",
            "the file is not a mapping",
            location=node.location,
            help="begin with `domain: <id>`",
        )
    return node


def check_keys(node: MapNode, legal: frozenset[str], what: str, reading: Reading) -> None:
    """Note every key that is not legal, with the nearest one that is."""
    for key, _ in node.entries:
        if key.text not in legal:
            advice = did_you_mean(key.text, legal)
            reading.note("unknown-key", f"unknown key `{key.text}` in {what}", key.location, advice)


def place_of(node: Node, path: tuple[str, ...]) -> Location:
    """Return the place of the deepest node on `path` that exists."""
    for step in path:
        inner: Node | None = None
        if isinstance(node, MapNode):
            inner = node.get(step)
        elif isinstance(node, ListNode) and step.isdigit() and int(step) < len(node.items):
            inner = node.items[int(step)]
        if inner is None:
            break
        node = inner
    return node.location


def plain_of(node: Node) -> Any:
    """Return a node as texts, lists and dictionaries."""
    match node:
        case TextNode():
            return node.text
        case ListNode():
            return [plain_of(item) for item in node.items]
        case MapNode():
            return {key.text: plain_of(value) for key, value in node.entries}


def _in_file_order(fault: Diagnostic) -> tuple[str, int, int]:
    place = fault.location or Location("")
    return (place.file, place.line, place.column)
