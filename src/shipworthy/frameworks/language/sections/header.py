"""The head of a framework: what it is, for which deployments, what can be decided and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from shipworthy.frameworks.document import Amendment, Governance, Ladder, Role
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known, mapping_entries
from shipworthy.frameworks.language.sections.clauses import is_date
from shipworthy.frameworks.language.yaml_positions import Node, TextNode
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, decimal
from shipworthy.kernel import did_you_mean

GATES: Final = ("deploy", "develop")

_GOVERNANCE_KEYS: Final = ("roles", "quorum", "amendment", "notes")


@dataclass(frozen=True, slots=True)
class Header:
    """Everything of a framework that is neither clause, field nor rule."""

    id: str
    title: str
    publisher: str
    version: str
    in_force_from: str
    review_by: str
    notes: tuple[str, ...]
    deployments: tuple[str, ...]
    alpha: str
    ladders: Mapping[str, Ladder]
    governance: Governance


def read_header(document: Section, faults: Faults) -> Header:
    """Read all keys but `sources`, `clauses`, `fields` and `rules`."""
    name = document.scalar("framework")
    distinct([name], "framework", faults)
    dates = _dates(document, faults)
    return Header(
        id=name.text,
        title=document.text("title"),
        publisher=document.text("publisher"),
        version=document.text("version"),
        in_force_from=dates[0],
        review_by=dates[1],
        notes=_lines(document, "notes"),
        deployments=_deployments(document, faults),
        alpha=_alpha(document, faults),
        ladders=_ladders(document, faults),
        governance=_governance(document, faults),
    )


def _dates(document: Section, faults: Faults) -> tuple[str, str]:
    node = document.node("in_force")
    if node is None:
        return "", ""
    section = Section(node, "`in_force`", ("from", "review_by"), faults)
    found = []
    for key in ("from", "review_by"):
        date = section.scalar(key) if key in section else TextNode("", section.location)
        if date.text and not is_date(date.text):
            message = f"`{date.text}` is not a date"
            faults.add("type", message, date.location, "write YYYY-MM-DD")
        found.append(date.text)
    return found[0], found[1]


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
    section = Section(node, f"the decisions of gate `{gate}`", ("levels", "go"), faults)
    section.node("levels")
    levels = distinct(section.texts("levels"), "decision level", faults)
    go = section.scalar("go")
    list(known([go], levels, "level", faults))
    if len(levels) < 2 or go.text == levels[0]:
        message = f"gate `{gate}` can never stop anything"
        advice = "list at least one decision level below `go`, most restrictive first"
        faults.add("impossible-threshold", message, section.location, advice)
    return Ladder(gate=cast("Literal['deploy', 'develop']", gate), levels=levels, go=go.text)


def _governance(document: Section, faults: Faults) -> Governance:
    node = document.node("governance")
    if node is None:
        return Governance(roles=(), quorum=(), amendment=Amendment(text=""), notes=())
    section = Section(node, "`governance`", _GOVERNANCE_KEYS, faults)
    held = section.node("roles")
    entries = mapping_entries(held, "`roles`", faults) if held is not None else ()
    distinct([key for key, _ in entries], "role", faults)
    roles = tuple(
        Role(id=key.text, duty=Section(value, f"role `{key.text}`", ("duty",), faults).text("duty"))
        for key, value in entries
    )
    section.node("quorum")
    quorum = section.texts("quorum")
    distinct(quorum, "role of the quorum", faults)
    return Governance(
        roles=roles,
        quorum=tuple(known(quorum, [role.id for role in roles], "role", faults)),
        amendment=Amendment(text=section.optional("amendment")),
        notes=_lines(section, "notes"),
    )


def _lines(section: Section, key: str) -> tuple[str, ...]:
    return tuple(" ".join(node.text.split()) for node in section.texts(key))
