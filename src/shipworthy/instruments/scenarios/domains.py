"""One file of one domain: its tools, its scenarios and its families, as records."""

import re
from dataclasses import replace
from typing import Final, TypeVar

import msgspec

from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.instruments.scenarios.families import expand_family
from shipworthy.instruments.scenarios.reading import Reading, check_keys, place_of, plain_of
from shipworthy.instruments.scenarios.validation import flaws
from shipworthy.kernel import Diagnostic, Location, Record, did_you_mean
from shipworthy.records import BenignTwin, Check, Scenario
from shipworthy.vocabulary import Tool, ToolParameter

R = TypeVar("R")

_FILE_KEYS: Final = frozenset({"domain", "tools", "scenarios", "families"})
_PATH: Final = re.compile(r" - at `\$\.?(.*)`$")
_STEP: Final = re.compile(r"[^.\[\]]+")


class ToolText(Record, frozen=True, kw_only=True):
    """A tool as a file writes it, under its name."""

    description: str
    parameters: dict[str, str] = msgspec.field(default_factory=dict)


class ScenarioText(Record, frozen=True, kw_only=True):
    """A scenario as a file writes it: tools by name, the domain from the file."""

    id: str
    title: str
    family: str
    severity: str
    public_context: str
    request: str
    check: Check
    twin: BenignTwin = BenignTwin(request="", expect=())
    confidential_context: str = ""
    tools: tuple[str, ...] = ()
    language: str | msgspec.UnsetType = msgspec.UNSET


_SCENARIO_KEYS: Final = tuple(ScenarioText.__struct_fields__)


def read_domain(tree: MapNode, reading: Reading, more_keys: frozenset[str] = frozenset()) -> None:
    """Read the scenarios of one domain into `reading`: those written out, then its families."""
    check_keys(tree, _FILE_KEYS | more_keys, "the file", reading)
    domain = tree.get("domain")
    if not isinstance(domain, TextNode) or not domain.text.strip():
        place = domain.location if domain else tree.location
        reading.note("missing", "`domain` is missing", place, "add `domain: <id>`")
        return
    if tree.get("scenarios") is None and tree.get("families") is None:
        advice = "list them under `scenarios`, or `families` of them"
        reading.note("missing", "the file has no scenarios", tree.location, advice)
        return
    tools = _tools(tree.get("tools"), reading)
    for node in _items(tree, "scenarios", reading):
        _read_scenario(node, domain.text, tools, reading)
    for node in _items(tree, "families", reading):
        _read_family(node, domain.text, tools, reading)


def _items(tree: MapNode, key: str, reading: Reading) -> tuple[Node, ...]:
    listed = tree.get(key)
    if listed is None:
        return ()
    if not isinstance(listed, ListNode) or not listed.items:
        reading.note("missing", f"`{key}` is not a list of {key}", listed.location)
        return ()
    return listed.items


def _read_family(node: Node, domain: str, tools: dict[str, Tool], reading: Reading) -> None:
    """Read the scenarios of a family; a fault that many of them share is told once."""
    shared: dict[tuple[str, Location | None, str], list[Diagnostic]] = {}
    for member in expand_family(node, reading):
        own = Reading()
        _read_scenario(member, domain, tools, own)
        name = plain_of(member).get("id", "")
        for fault in own.faults:
            named = replace(fault, message=f"in `{name}`: {fault.message}")
            shared.setdefault((fault.code, fault.location, fault.help), []).append(named)
        for scenario, origin in zip(own.scenarios, own.nodes, strict=True):
            reading.keep(scenario, origin, expanded=True)
    for first, *others in shared.values():
        more = f", and {len(others)} more of the family" if others else ""
        reading.faults.append(replace(first, message=first.message + more))


def _read_scenario(node: Node, domain: str, tools: dict[str, Tool], reading: Reading) -> None:
    if isinstance(node, MapNode):
        before = len(reading.faults)
        check_keys(node, frozenset(_SCENARIO_KEYS), "the scenario", reading)
        if len(reading.faults) > before:
            return
    text = _convert(node, ScenarioText, reading)
    if text is None:
        return
    for name in text.tools:
        if name not in tools:
            place = place_of(node, ("tools",))
            reading.note("unknown-tool", f"no tool `{name}`", place, did_you_mean(name, tools))
            return
    written = {name: getattr(text, name) for name in _SCENARIO_KEYS if name != "tools"}
    fields = {name: value for name, value in written.items() if value is not msgspec.UNSET}
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
    reading.keep(scenario, node)


def _tools(node: Node | None, reading: Reading) -> dict[str, Tool]:
    if node is None:
        return {}
    texts = _convert(node, dict[str, ToolText], reading) or {}
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
        return msgspec.convert(plain_of(node), type=kind, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _PATH.search(message)
        path = tuple(_STEP.findall(found[1])) if found else ()
        said = _PATH.sub("", message)
        reading.note("invalid", said[:1].lower() + said[1:], place_of(node, path))
        return None
