"""Governance: roles, who decides, which elements a source has, how it is changed (language 5)."""

from collections.abc import Collection
from typing import Literal, cast

from shipworthy.frameworks.document import (
    Amendment,
    DecisionRight,
    Governance,
    GovernanceElement,
    Role,
    Standing,
)
from shipworthy.frameworks.language.reader import Faults, Section, distinct, folded, known
from shipworthy.frameworks.language.sections.clauses import named_clauses
from shipworthy.frameworks.language.shape import (
    AMENDMENT,
    ELEMENT,
    GOVERNANCE,
    MODES,
    RIGHT,
    ROLE,
    STANDING,
)
from shipworthy.frameworks.language.yaml_positions import Node, TextNode
from shipworthy.frameworks.taxonomy import GOVERNANCE_ELEMENTS


def read_governance(document: Section, clauses: Collection[str], faults: Faults) -> Governance:
    """Read `governance`."""
    node = document.node("governance")
    if node is None:
        return Governance(roles=(), quorum=(), amendment=Amendment(text=""), notes=())
    section = Section(node, "`governance`", GOVERNANCE, faults)
    return _GovernanceReader(section, clauses, faults).governance()


class _GovernanceReader:
    def __init__(self, section: Section, clauses: Collection[str], faults: Faults) -> None:
        self.section = section
        self.clauses = clauses
        self.faults = faults
        self.roles = self._roles()
        self.named = [role.id for role in self.roles]

    def governance(self) -> Governance:
        self.section.node("quorum")
        return Governance(
            roles=self.roles,
            quorum=self._listed_roles(self.section, "quorum"),
            amendment=self._amendment(),
            notes=self.section.lines("notes"),
            decides=tuple(self._right(node) for node in self.section.items("decides")),
            elements=tuple(
                self._element(name, node) for name, node in self.section.entries("elements")
            ),
        )

    def _roles(self) -> tuple[Role, ...]:
        self.section.node("roles")
        entries = self.section.entries("roles")
        distinct([key for key, _ in entries], "role", self.faults)
        sections = [
            (key.text, Section(value, f"role `{key.text}`", ROLE, self.faults))
            for key, value in entries
        ]
        return tuple(
            Role(id=name, duty=role.text("duty"), named=role.flag("named", default=True))
            for name, role in sections
        )

    def _listed_roles(self, section: Section, key: str) -> tuple[str, ...]:
        nodes = section.texts(key)
        distinct(nodes, "role", self.faults)
        return tuple(known(nodes, self.named, "role", self.faults))

    def _right(self, node: Node) -> DecisionRight:
        section = Section(node, "a decision right", RIGHT, self.faults)
        clause = section.scalar("clause")
        list(known([clause], self.clauses, "clause", self.faults))
        section.node("roles")
        return DecisionRight(
            clause=clause.text,
            roles=self._listed_roles(section, "roles"),
            mode=cast("Literal['all', 'any']", section.choice("mode", MODES)),
        )

    def _element(self, name: TextNode, node: Node) -> GovernanceElement:
        list(known([name], GOVERNANCE_ELEMENTS, "element", self.faults))
        section = Section(node, f"element `{name.text}`", ELEMENT, self.faults)
        return GovernanceElement(
            element=name.text,
            standing=cast("Standing", section.choice("standing", STANDING)),
            clauses=named_clauses(section, self.clauses, self.faults),
            note=section.optional("note"),
        )

    def _amendment(self) -> Amendment:
        if "amendment" not in self.section:
            return Amendment(text="")
        node = self.section.node("amendment")
        if node is None or isinstance(node, TextNode):
            return Amendment(text=folded(self.section.scalar("amendment")))
        section = Section(node, "`amendment`", AMENDMENT, self.faults)
        return Amendment(
            text=section.text("text"),
            stricter=self._listed_roles(section, "stricter"),
            looser=self._listed_roles(section, "looser"),
            notice_days=section.count("notice_days"),
            enumerate_looser=section.flag("enumerate_looser"),
            review_months=section.count("review_months"),
            change_log=self._standing(section, "change_log"),
            justification=self._standing(section, "justification"),
        )

    def _standing(self, section: Section, key: str) -> Standing:
        return cast("Standing", section.choice_or("unstated", key, STANDING))
