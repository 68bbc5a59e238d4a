"""Rules: under which condition what must be shown, and which ceiling applies until it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from shipworthy.frameworks.document import DeclaredRule, Ladder
from shipworthy.frameworks.language.expressions import Scope, parse_condition
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.frameworks.language.sections.names import Names, released_by
from shipworthy.frameworks.language.shape import GATES, REQUIREMENT, RULE
from shipworthy.frameworks.language.yaml_positions import Node, TextNode
from shipworthy.kernel import did_you_mean
from shipworthy.records import AllOf, Condition, Requirement, Rule


@dataclass(frozen=True, slots=True)
class ReadRules:
    """The rules in file order, the clause ids they cite, and where rules and requirements stand."""

    declared: tuple[DeclaredRule, ...]
    named: tuple[TextNode, ...]
    cited: tuple[TextNode, ...]
    requirements: Mapping[str, TextNode]


def read_rules(
    document: Section, scope: Scope, names: Names, ladders: Mapping[str, Ladder], faults: Faults
) -> ReadRules:
    """Read `rules`."""
    document.node("rules")
    sections = [Section(node, "a rule", RULE, faults) for node in document.items("rules")]
    named = tuple(section.scalar("id") for section in sections)
    distinct(named, "rule", faults)
    reader = _RuleReader(scope, names, ladders, faults)
    declared = tuple(reader.rule(section) for section in sections)
    distinct(reader.named, "requirement", faults)
    places = {node.text: node for node in reader.named}
    return ReadRules(declared, named, tuple(reader.cited), places)


class _RuleReader:
    def __init__(
        self, scope: Scope, names: Names, ladders: Mapping[str, Ladder], faults: Faults
    ) -> None:
        self.scope = scope
        self.names = names
        self.ladders = ladders
        self.faults = faults
        self.cited: list[TextNode] = []
        self.named: list[TextNode] = []

    def rule(self, section: Section) -> DeclaredRule:
        section.what = f"rule `{section.optional('id', '?')}`"
        gate = section.choice("gate", GATES)
        section.node("clauses")
        clauses = self._clauses(section)
        when = section.node("when") if "when" in section else None
        read = [self._requirement(node, clauses) for node in section.items("requires")]
        requires = tuple(requirement for requirement, _ in read)
        if when is None and not requires:
            message = f"{section.what} has neither `when` nor `requires`"
            advice = "say when its ceiling applies, or what must be shown to lift it"
            self.faults.add("missing-key", message, section.location, advice)
        rule = Rule(
            id=section.optional("id"),
            gate=cast("Literal['deploy', 'develop']", gate),
            when=None if when is None else parse_condition(when, self.scope, self.faults),
            requires=requires,
            ceiling=self._ceiling(section, gate),
            clauses=clauses,
            discretion=released_by(section, self.names.hedges, self.faults),
        )
        unstated = tuple(requirement.id for requirement, stated in read if not stated)
        return DeclaredRule(rule=rule, title=section.text("title"), bound_unstated=unstated)

    def _requirement(self, node: Node, inherited: tuple[str, ...]) -> tuple[Requirement, bool]:
        """Return a requirement, and whether its number has a stated bound."""
        section = Section(node, "a requirement", REQUIREMENT, self.faults)
        name = section.scalar("id")
        self.named.append(name)
        section.what = f"requirement `{name.text}`"
        stated = section.node("condition")
        condition: Condition = AllOf(of=())
        if stated is not None:
            condition = parse_condition(stated, self.scope, self.faults)
        requirement = Requirement(
            id=name.text,
            title=section.text("title"),
            condition=condition,
            clauses=self._clauses(section) or inherited,
            illustrative=section.flag("illustrative"),
            discretion=released_by(section, self.names.hedges, self.faults),
        )
        return requirement, section.flag("bound_stated", default=True)

    def _clauses(self, section: Section) -> tuple[str, ...]:
        nodes = section.texts("clauses")
        self.cited.extend(nodes)
        return tuple(node.text for node in nodes)

    def _ceiling(self, section: Section, gate: str) -> str:
        node = section.scalar("ceiling")
        ladder = self.ladders.get(gate)
        if ladder is None:
            message = f"{section.what} is for gate `{gate}`, which has no decision levels"
            advice = did_you_mean(gate, self.ladders)
            self.faults.add("unknown-level", message, node.location, advice)
            return node.text
        list(known([node], ladder.levels, "level", self.faults))
        if ladder.levels and node.text == ladder.levels[-1]:
            message = f"ceiling `{node.text}` of {section.what} restricts nothing"
            advice = did_you_mean("", ladder.levels[:-1])
            self.faults.add("impossible-threshold", message, node.location, advice)
        return node.text
