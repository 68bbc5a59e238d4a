"""Outcomes and threat scenarios: what is feared, how it comes about, what speaks to it."""

from collections.abc import Collection
from dataclasses import dataclass

from shipworthy.frameworks.document import DeclaredScenario, RiskOutcome
from shipworthy.frameworks.language.expressions import parse_condition
from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.frameworks.language.sections.clauses import named_clauses
from shipworthy.frameworks.language.sections.dates import read_date
from shipworthy.frameworks.language.sections.fields import ReadFields
from shipworthy.frameworks.language.sections.names import Names
from shipworthy.frameworks.language.shape import BARRIER, OUTCOME, SCENARIO, THREAT
from shipworthy.frameworks.language.yaml_positions import Node, TextNode
from shipworthy.frameworks.taxonomy import DOMAINS
from shipworthy.records import Barrier, Condition, ThreatModel, ThreatScenario, definitions_of


@dataclass(frozen=True, slots=True)
class OutcomeTerms:
    """What outcomes may refer to."""

    fields: ReadFields
    names: Names
    clauses: Collection[str]


def read_outcomes(
    document: Section, terms: OutcomeTerms, faults: Faults
) -> tuple[RiskOutcome, ...]:
    """Read `outcomes` (language 3.6 to 3.8)."""
    entries = document.entries("outcomes")
    distinct([name for name, _ in entries], "outcome", faults)
    reader = _OutcomeReader(terms, faults)
    found = tuple(reader.outcome(name.text, node) for name, node in entries)
    distinct(reader.named, "scenario", faults)
    return found


class _OutcomeReader:
    def __init__(self, terms: OutcomeTerms, faults: Faults) -> None:
        self.terms = terms
        self.faults = faults
        self.named: list[TextNode] = []
        self.facts = [
            one.field.name for one in terms.fields.declared if not definitions_of(one.field)
        ]

    def outcome(self, name: str, node: Node) -> RiskOutcome:
        section = Section(node, f"outcome `{name}`", OUTCOME, self.faults)
        domains = section.texts("domains")
        distinct(domains, "domain", self.faults)
        scenarios = section.entries("scenarios")
        if section.node("scenarios") is not None and not scenarios:
            message = f"outcome `{name}` has no scenario"
            advice = "say in which way it could come about, or leave the outcome out"
            self.faults.add("type", message, section.location, advice)
        return RiskOutcome(
            id=name,
            about=section.text("about"),
            scenarios=tuple(self._scenario(name, key, value) for key, value in scenarios),
            domains=tuple(known(domains, DOMAINS, "domain", self.faults)),
            clauses=named_clauses(section, self.terms.clauses, self.faults),
        )

    def _scenario(self, outcome: str, key: TextNode, node: Node) -> DeclaredScenario:
        name = f"{outcome}.{key.text}"
        self.named.append(TextNode(name, key.location))
        section = Section(node, f"scenario `{name}`", SCENARIO, self.faults)
        methods = section.texts("evaluations")
        distinct(methods, "evaluation", self.faults)
        section.node("evidence")
        evaluations = known(methods, self.terms.names.evaluations, "evaluation", self.faults)
        return DeclaredScenario(
            scenario=ThreatScenario(
                id=name,
                outcome=outcome,
                about=section.text("about"),
                when=self._when(section),
                evidence=self._evidence(section),
            ),
            evaluations=tuple(evaluations),
            clauses=named_clauses(section, self.terms.clauses, self.faults),
            threat=self._threat(section),
        )

    def _when(self, section: Section) -> Condition | None:
        node = _maybe(section, "when")
        if node is None:
            return None
        return parse_condition(node, self.terms.fields.scope, self.faults)

    def _evidence(self, section: Section) -> tuple[str, ...]:
        """Return the fields that speak to a scenario; nobody gives evidence for derived ones."""
        nodes = section.texts("evidence")
        distinct(nodes, "field", self.faults)
        for node in nodes:
            if node.text in self.terms.fields.places and node.text not in self.facts:
                message = f"`{node.text}` is derived, so nobody gives evidence for it"
                advice = "name the facts and rates that its definitions read"
                self.faults.add("type", message, node.location, advice)
        return tuple(known(nodes, self.terms.fields.places, "field", self.faults))

    def _threat(self, section: Section) -> ThreatModel | None:
        node = _maybe(section, "threat")
        if node is None:
            return None
        threat = Section(node, f"threat of {section.what}", THREAT, self.faults)
        threat.node("path")
        return ThreatModel(
            actor=threat.text("actor"),
            resources=threat.text("resources"),
            path=threat.lines("path"),
            barriers=tuple(self._barrier(threat, item) for item in threat.items("barriers")),
        )

    def _barrier(self, threat: Section, node: Node) -> Barrier:
        section = Section(node, f"a barrier of the {threat.what}", BARRIER, self.faults)
        return Barrier(
            step=section.text("step"),
            barrier=section.text("barrier"),
            until=read_date(section, "until", self.faults).text,
        )


def _maybe(section: Section, key: str) -> Node | None:
    return section.node(key) if key in section else None
