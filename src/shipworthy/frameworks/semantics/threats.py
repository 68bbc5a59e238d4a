"""Which threat scenarios of a rulebook matter, and which of them have evidence (semantics 12)."""

from collections.abc import Iterator

from shipworthy.frameworks.semantics.evaluation import Case
from shipworthy.records import RateField, ThreatScenario
from shipworthy.vocabulary import Truth


def matters(scenario: ThreatScenario, case: Case) -> Truth:
    """Return whether a scenario matters in a case (12.1)."""
    return case.applies(scenario.when)


def without_evidence(scenario: ThreatScenario, case: Case) -> tuple[str, ...]:
    """Return the fields of a scenario for which there is no evidence, in order (12.2)."""
    return tuple(name for name in scenario.evidence if not _known(name, case))


def unmapped(case: Case) -> tuple[str, ...]:
    """Return the scenarios that may matter and are not mapped, in order (12.3)."""
    return tuple(_unmapped(case))


def _unmapped(case: Case) -> Iterator[str]:
    for scenario in case.rulebook.scenarios:
        if matters(scenario, case) is not Truth.FALSE and without_evidence(scenario, case):
            yield scenario.id


def _known(name: str, case: Case) -> bool:
    """Say whether somebody stated the fact, or a campaign started an attempt at the rate."""
    match case.field(name):
        case RateField() as field:
            finding = case.evidence.findings.get(field.finding)
            return finding is not None and finding.rate.started > 0
        case field:
            return field.name in case.evidence.facts
