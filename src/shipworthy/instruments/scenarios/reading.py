"""Reading scenario files: strict, with the place of every fault, all faults at once."""

import re
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from shipworthy.frameworks.language.yaml_positions import (
    ListNode,
    MapNode,
    Node,
    TextNode,
    read_yaml,
)
from shipworthy.instruments.scenarios.validation import Flaw, flaws
from shipworthy.kernel import Diagnostic, Location, Problem, Record, did_you_mean
from shipworthy.records import BenignTwin, Check, Scenario
from shipworthy.vocabulary import Tool, ToolParameter

R = TypeVar("R")

_FILE_KEYS: Final = frozenset({"domain", "tools", "scenarios"})
_PATH: Final = re.compile(r" - at `\$\.?(.*)`$")
_STEP: Final = re.compile(r"[^.\[\]]+")


class _ToolText(Record, frozen=True, kw_only=True):
    """A tool as a file writes it, under its name."""

    description: str
    parameters: dict[str, str] = msgspec.field(default_factory=dict)


class _ScenarioText(Record, frozen=True, kw_only=True):
    """A scenario as a file writes it: tools by name, the domain from the file."""

    id: str
    title: str
    family: str
    severity: str
    public_context: str
    request: str
    check: Check
    twin: BenignTwin
    confidential_context: str = ""
    tools: tuple[str, ...] = ()


_SCENARIO_KEYS: Final = tuple(_ScenarioText.__struct_fields__)


@dataclass(slots=True)
class Reading:
    """What has been read so far: scenarios with their places, and every fault."""

    faults: list[Diagnostic] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

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


def read_domain(tree: MapNode, reading: Reading, more_keys: frozenset[str] = frozenset()) -> None:
    """Read the scenarios of one domain into `reading`."""
    check_keys(tree, _FILE_KEYS | more_keys, "the file", reading)
    domain, listed = tree.get("domain"), tree.get("scenarios")
    if not isinstance(domain, TextNode) or not domain.text.strip():
        place = domain.location if domain else tree.location
        reading.note("missing", "`domain` is missing", place, "add `domain: <id>`")
        return
    if not isinstance(listed, ListNode) or not listed.items:
        place = listed.location if listed else tree.location
        reading.note("missing", "`scenarios` is not a list of scenarios", place)
        return
    tools = _tools(tree.get("tools"), reading)
    for node in listed.items:
        _read_scenario(node, domain.text, tools, reading)


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


def _read_scenario(node: Node, domain: str, tools: dict[str, Tool], reading: Reading) -> None:
    if isinstance(node, MapNode):
        before = len(reading.faults)
        check_keys(node, frozenset(_SCENARIO_KEYS), "the scenario", reading)
        if len(reading.faults) > before:
            return
    text = _convert(node, _ScenarioText, reading)
    if text is None:
        return
    for name in text.tools:
        if name not in tools:
            place = place_of(node, ("tools",))
            reading.note("unknown-tool", f"no tool `{name}`", place, did_you_mean(name, tools))
            return
    fields = {name: getattr(text, name) for name in _SCENARIO_KEYS if name != "tools"}
    offered = tuple(tools[name] for name in text.tools)
    try:
        scenario = msgspec.convert({**fields, "domain": domain, "tools": offered}, Scenario)
    except msgspec.ValidationError:
        advice = did_you_mean(text.severity, ("low", "moderate", "high"))
        place = place_of(node, ("severity",))
        reading.note("invalid", f"`{text.severity}` is not a severity", place, advice)
        return
    for flaw in flaws(scenario):
        reading.note_flaw(flaw, node)
    reading.scenarios.append(scenario)
    reading.nodes.append(node)


def _tools(node: Node | None, reading: Reading) -> dict[str, Tool]:
    if node is None:
        return {}
    texts = _convert(node, dict[str, _ToolText], reading) or {}
    return {
        name: Tool(
            name=name,
            description=text.description,
            parameters=tuple(
                ToolParameter(name=parameter, description=description)
                for parameter, description in text.parameters.items()
            ),
        )
        for name, text in texts.items()
    }


def _convert(node: Node, kind: type[R], reading: Reading) -> R | None:
    try:
        return msgspec.convert(_plain(node), type=kind, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _PATH.search(message)
        path = tuple(_STEP.findall(found[1])) if found else ()
        said = _PATH.sub("", message)
        reading.note("invalid", said[:1].lower() + said[1:], place_of(node, path))
        return None


def _plain(node: Node) -> object:
    match node:
        case TextNode():
            return node.text
        case ListNode():
            return [_plain(item) for item in node.items]
        case MapNode():
            return {key.text: _plain(value) for key, value in node.entries}


def _in_file_order(fault: Diagnostic) -> tuple[str, int, int]:
    place = fault.location or Location("")
    return (place.file, place.line, place.column)
