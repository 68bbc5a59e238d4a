"""The risk map of an assessment: before anything runs, and the same for its report."""

from datetime import datetime, timedelta

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation import Design
from shipworthy.frameworks import Case
from shipworthy.kernel import Problem, did_you_mean, timestamp
from shipworthy.records import RiskMap
from shipworthy.stages.deciding import admit
from shipworthy.stages.evaluating.prospects import PlannedRate
from shipworthy.stages.mapping import KnownEvidence, MappingTerms, map_risks


def risk_map(design: Design, drafted_at: str) -> RiskMap:
    """Return the map of an assessment for a decision drafted at this time (RFC 3339).

    Raises:
        Problem: `mapping-unknown` for an evaluation or threat model that is about nothing the
            framework has; `fact-*` as the gate.
    """
    file, rulebook = design.file, design.rulebook
    _check_names(file, design)
    header = file.assessment.assessment
    facts = file.assessment.facts
    case = Case(rulebook, admit(rulebook, (), facts, "", header.deployment))
    until = datetime.fromisoformat(drafted_at) + timedelta(days=header.expires_days)
    return map_risks(
        design.document,
        case,
        KnownEvidence(
            facts={fact.field: fact for fact in facts},
            planned={name: _measured(rate) for name, rate in design.tried.rates().items()},
            evaluations=file.assessment.evaluations,
            threats={one.scenario: one.model for one in file.assessment.threats},
        ),
        MappingTerms(model=file.assessment.model, until=timestamp(until)[:10]),
    )


def _measured(rate: PlannedRate) -> str:
    scenarios, attempts = len(rate.sizes), sum(rate.sizes)
    tried = f"{scenarios:,} scenarios" if scenarios != 1 else "1 scenario"
    if attempts == scenarios:
        return f"`{rate.id}`, {tried}"
    return f"`{rate.id}`, {tried}, {attempts:,} attempts"


def _check_names(file: AssessmentFile, design: Design) -> None:
    scenarios = [one.id for one in design.rulebook.scenarios]
    fields = [one.name for one in design.rulebook.fields]
    methods = [one.id for one in design.document.evaluations]
    asked = [
        ("threats", number, "scenario", one.scenario, scenarios)
        for number, one in enumerate(file.assessment.threats)
    ]
    for number, section in enumerate(file.assessment.evaluations):
        asked += [("evaluations", number, "fields", one, fields) for one in section.fields]
        if section.method:
            asked.append(("evaluations", number, "method", section.method, methods))
    for table, number, key, name, legal in asked:
        if name not in legal:
            raise Problem.of(
                "mapping-unknown",
                f"framework `{design.rulebook.id}` has no `{name}`",
                location=file.locate(table, number, key),
                help=did_you_mean(name, legal),
            )
