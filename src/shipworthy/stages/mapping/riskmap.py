"""From a framework, a deployment and what is planned or stated to a risk map."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.frameworks import (
    Case,
    DeclaredScenario,
    FrameworkDocument,
    RiskOutcome,
    matters,
)
from shipworthy.records import (
    EvaluationSection,
    Fact,
    MappedEvidence,
    MappedScenario,
    Metric,
    ModelSection,
    RateField,
    RiskMap,
    ThreatModel,
    ThreatScenario,
    metric_of,
)
from shipworthy.stages.mapping.gaps import gaps_of_map, gaps_of_scenario
from shipworthy.vocabulary import Elicitation, Truth, elicitation_due

_BY_AGENTS: Final[frozenset[Metric]] = frozenset({"unsanctioned", "completion", "monitoring"})
"""Metrics of agents that work with tools."""

_BEYOND = {
    "tracked": "`{}` is tracked without a threshold",
    "mentioned": "`{}` is mentioned and nothing follows",
    "excluded": "`{}` is left out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvidence:
    """What there is to say: `planned` gives, by finding, how a campaign measures it."""

    facts: Mapping[str, Fact]
    planned: Mapping[str, str]
    evaluations: Sequence[EvaluationSection]
    threats: Mapping[str, ThreatModel]
    """Threat models of the assessment, by scenario; they replace those of the framework."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingTerms:
    """What the map is for: the model, and the last day (ISO 8601) of a decision drafted now."""

    model: ModelSection
    until: str


def map_risks(
    document: FrameworkDocument, case: Case, known: KnownEvidence, terms: MappingTerms
) -> RiskMap:
    """Return the map of a case; `case` holds the facts and the deployment, and no findings.

    The rulebook of the case is that of the document.

    What matters is judged as `spec/semantics.md`, 12, has it, so that the map and the gate agree
    on every scenario whose conditions rest on facts.
    """
    rulebook, deployment = case.rulebook, case.evidence.deployment
    compiled = {scenario.id: scenario for scenario in rulebook.scenarios}
    scenarios = tuple(
        _mapped(compiled[declared.scenario.id], (outcome, declared), case, known, terms)
        for outcome in document.outcomes
        for declared in outcome.scenarios
    )
    beyond = tuple(
        _BEYOND[one.standing].format(one.domain) + (f": {one.reason}" if one.reason else "")
        for one in document.coverage
        if one.standing in _BEYOND
    )
    return RiskMap(
        framework=f"{rulebook.id} {rulebook.version}",
        rulebook=rulebook.digest,
        deployment=deployment,
        elicitation=tuple(one.value for one in elicitation_due(deployment)),
        scenarios=scenarios,
        beyond=beyond,
        model_card=terms.model.card,
        reference_class=terms.model.reference_class,
        gaps=tuple(gaps_of_map(scenarios, terms.model)),
    )


def _mapped(
    scenario: ThreatScenario,
    declared: tuple[RiskOutcome, DeclaredScenario],
    case: Case,
    known: KnownEvidence,
    terms: MappingTerms,
) -> MappedScenario:
    outcome, origin = declared
    evidence = tuple(_evidence(name, case, known) for name in scenario.evidence)
    threat = known.threats.get(scenario.id, origin.threat)
    truth = matters(scenario, case)
    gaps = gaps_of_scenario(evidence, threat, case.evidence.deployment, terms.until)
    return MappedScenario(
        scenario=scenario.id,
        outcome=outcome.id,
        about=scenario.about,
        feared=outcome.about,
        domains=outcome.domains,
        clauses=tuple(dict.fromkeys((*outcome.clauses, *origin.clauses))),
        matters=truth.value,
        why=_why(scenario, truth, case, known),
        evidence=evidence,
        methods=origin.evaluations,
        threat=threat,
        gaps=() if truth is Truth.FALSE else tuple(gaps),
    )


def _evidence(name: str, case: Case, known: KnownEvidence) -> MappedEvidence:
    field = case.field(name)
    if isinstance(field, RateField):
        what = known.planned.get(field.finding, "")
        return MappedEvidence(
            field=name,
            source="campaign" if what else "missing",
            what=what or f"no campaign measures `{field.finding}`",
            elicitation=_elicitation(name, known) or (_tried(field.finding) if what else ()),
        )
    fact = known.facts.get(name)
    if fact is None:
        role = f", whom {field.judged_by} answers for" if field.judged_by else ""
        return MappedEvidence(field=name, source="missing", what=f"nobody states it{role}")
    return MappedEvidence(
        field=name,
        source="fact",
        what=f"`{fact.value}`, judged by {fact.judged_by} ({fact.record})",
        elicitation=_elicitation(name, known),
    )


def _tried(finding: str) -> tuple[str, ...]:
    """Return how a campaign seeks what it measures: only its agents have tools and a scaffold."""
    used = [Elicitation.BASE]
    if metric_of(finding) in _BY_AGENTS:
        used.append(Elicitation.TOOLS)
    return tuple(one.value for one in used)


def _elicitation(name: str, known: KnownEvidence) -> tuple[str, ...]:
    """Return what the evaluations that inform a field did, least first."""
    done = {one for section in known.evaluations if name in section.fields for one in section.used}
    return tuple(one.value for one in Elicitation if one in done)


def _why(scenario: ThreatScenario, truth: Truth, case: Case, known: KnownEvidence) -> str:
    if scenario.when is None:
        return "always"
    reads = [name for name in case.reads(scenario.when) if name != "deployment"]
    return "; ".join(_reasons(reads, truth, known)) or (
        f"deployment is `{case.evidence.deployment.value}`"
    )


def _reasons(reads: Sequence[str], truth: Truth, known: KnownEvidence) -> Iterator[str]:
    for name in reads:
        fact = known.facts.get(name)
        if fact is not None:
            yield f"`{name}` is `{fact.value}`, judged by {fact.judged_by}"
        elif truth is Truth.UNKNOWN:
            yield f"`{name}` is not known, so the scenario counts"
