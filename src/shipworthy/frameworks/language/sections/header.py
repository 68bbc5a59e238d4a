"""The head of a framework: what it is, for which models and deployments, what can be decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from shipworthy.frameworks.document import Ladder, LintExemption, ModelScope
from shipworthy.frameworks.language.expressions import Scope, parse_condition
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known, mapping_entries
from shipworthy.frameworks.language.sections.dates import read_period
from shipworthy.frameworks.language.shape import (
    EXEMPTION,
    GATES,
    IN_FORCE,
    LADDER,
    LONGEST_SUMMARY,
    SCOPE,
)
from shipworthy.frameworks.language.yaml_positions import MapNode, Node, TextNode
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, decimal
from shipworthy.frameworks.taxonomy import TOPICS
from shipworthy.kernel import Location, did_you_mean


@dataclass(frozen=True, slots=True)
class Header:
    """What a framework says of itself, before its clauses, fields and rules."""

    id: str
    title: str
    publisher: str
    version: str
    in_force_from: str
    in_force_until: str
    review_by: str
    supersedes: str
    notes: tuple[str, ...]
    deployments: tuple[str, ...]
    alpha: str
    ladders: Mapping[str, Ladder]
    summary: dict[str, str]
    exemptions: tuple[LintExemption, ...]


@dataclass(frozen=True, slots=True)
class ReadScope:
    """Which models the rules are for, where that stands, and the clauses that say so."""

    scope: ModelScope | None
    place: Location
    cited: tuple[TextNode, ...]


def read_header(document: Section, faults: Faults) -> Header:
    """Read the keys of language 1 except `scope`, and the exemptions of language 6."""
    name = document.scalar("framework")
    distinct([name], "framework", faults)
    start, end, review = _period(document, faults)
    return Header(
        id=name.text,
        title=document.text("title"),
        publisher=document.text("publisher"),
        version=document.text("version"),
        in_force_from=start,
        in_force_until=end,
        review_by=review,
        supersedes=_supersedes(document, faults),
        notes=document.lines("notes"),
        deployments=_deployments(document, faults),
        alpha=_alpha(document, faults),
        ladders=_ladders(document, faults),
        summary=_summary(document, faults),
        exemptions=_exemptions(document, faults),
    )


def read_scope(document: Section, scope: Scope, faults: Faults) -> ReadScope:
    """Read `scope` (language 1.8)."""
    if "scope" not in document:
        return ReadScope(None, document.location, ())
    node = document.node("scope")
    assert node is not None
    section = Section(node, "`scope`", SCOPE, faults)
    when = section.node("when")
    cited = section.texts("clauses")
    if when is None:
        return ReadScope(None, section.location, cited)
    condition = parse_condition(when, scope, faults)
    scoped = ModelScope(when=condition, clauses=tuple(one.text for one in cited))
    return ReadScope(scoped, when.location, cited)


def _period(document: Section, faults: Faults) -> tuple[str, str, str]:
    if "in_force" not in document:
        return "", "", ""
    node = document.node("in_force")
    assert node is not None
    return read_period(Section(node, "`in_force`", IN_FORCE, faults), faults)


def _supersedes(document: Section, faults: Faults) -> str:
    if "supersedes" not in document:
        return ""
    node = document.scalar("supersedes")
    distinct([node], "framework", faults)
    return node.text


def _summary(document: Section, faults: Faults) -> dict[str, str]:
    entries = document.entries("summary")
    list(known([name for name, _ in entries], TOPICS, "topic", faults))
    section = Section(
        MapNode(entries, document.location), "`summary`", [name.text for name, _ in entries], faults
    )
    for name, node in entries:
        phrase = section.text(name.text)
        if len(phrase) > LONGEST_SUMMARY:
            message = f"summary of `{name.text}` has {len(phrase)} characters"
            advice = f"keep at most {LONGEST_SUMMARY}: it fills one cell of a table"
            faults.add("summary-too-long", message, node.location, advice)
    return {name.text: section.optional(name.text) for name, _ in entries}


def _exemptions(document: Section, faults: Faults) -> tuple[LintExemption, ...]:
    sections = [Section(node, "an exemption", EXEMPTION, faults) for node in document.items("lint")]
    return tuple(
        LintExemption(
            rule=section.text("rule"), at=section.optional("at"), reason=section.text("reason")
        )
        for section in sections
    )


def _deployments(document: Section, faults: Faults) -> tuple[str, ...]:
    document.node("deployments")
    nodes = document.texts("deployments")
    distinct(nodes, "deployment", faults)
    return tuple(known(nodes, DEPLOYMENT.levels, "deployment", faults))


def _alpha(document: Section, faults: Faults) -> str:
    if "alpha" not in document:
        return "0.05"
    node = document.scalar("alpha")
    level = decimal(node.text)
    if level is None or not 0 < level < 1 / 2:
        message = f"`alpha` is `{node.text}`, not a decimal between 0 and 0.5"
        faults.add("impossible-threshold", message, node.location, "95 % confidence is 0.05")
    return node.text


def _ladders(document: Section, faults: Faults) -> dict[str, Ladder]:
    node = document.node("decisions")
    if node is None:
        return {}
    ladders = {}
    for gate, value in mapping_entries(node, "`decisions`", faults):
        if gate.text not in GATES:
            advice = did_you_mean(gate.text, GATES)
            faults.add("unknown-key", f"no gate `{gate.text}`", gate.location, advice)
            continue
        ladders[gate.text] = _ladder(gate.text, value, faults)
    return ladders


def _ladder(gate: str, node: Node, faults: Faults) -> Ladder:
    section = Section(node, f"the decisions of gate `{gate}`", LADDER, faults)
    section.node("levels")
    levels = distinct(section.texts("levels"), "decision level", faults)
    go = section.scalar("go")
    list(known([go], levels, "level", faults))
    if len(levels) < 2 or go.text == levels[0]:
        message = f"gate `{gate}` can never stop anything"
        advice = "list at least one decision level below `go`, most restrictive first"
        faults.add("impossible-threshold", message, section.location, advice)
    return Ladder(gate=cast("Literal['deploy', 'develop']", gate), levels=levels, go=go.text)
