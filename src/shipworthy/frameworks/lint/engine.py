"""Running lint rules over a document: findings with their places, and what was exempted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.exemptions import (
    IDLE_EXEMPTION,
    ExemptedFinding,
    idle_exemptions,
    split_exempted,
)
from shipworthy.frameworks.lint.finding import (
    SEVERITIES,
    LintFinding,
    LintRule,
    LintSeverity,
    Subject,
)
from shipworthy.kernel import Location, Problem, did_you_mean

Places = Mapping[tuple[str, str], Location]
"""Kind and id of a thing of the document (`finding.Subject`) to where it stands."""


@dataclass(frozen=True, slots=True)
class LintReport:
    """What lint found in one framework: findings and exempted findings, each in file order."""

    framework: str
    findings: tuple[LintFinding, ...]
    exempted: tuple[ExemptedFinding, ...]
    rules: tuple[str, ...]
    """Ids of the lint rules that ran."""

    def at_least(self, severity: LintSeverity) -> tuple[LintFinding, ...]:
        """Return the findings that are this severe or more."""
        limit = SEVERITIES.index(severity)
        return tuple(one for one in self.findings if SEVERITIES.index(one.severity) <= limit)

    def count(self, severity: LintSeverity) -> int:
        """Return how many findings have exactly this severity."""
        return sum(one.severity == severity for one in self.findings)


def lint(
    document: FrameworkDocument,
    rules: tuple[LintRule, ...],
    places: Places | None = None,
    only: Collection[str] = (),
) -> LintReport:
    """Run `rules` (of these `only` some, by id, when given) over a document.

    Raises:
        Problem: `lint-unknown-rule` when `only` names a rule that is not there.
    """
    known = (*(rule.id for rule in rules), IDLE_EXEMPTION.id)
    wanted = _wanted(only, known)
    every = (finding for rule in rules if rule.id in wanted for finding in rule.check(document))
    found = list(dict.fromkeys(every))
    standing, exempted = split_exempted(found, document.exemptions)
    if IDLE_EXEMPTION.id in wanted:
        standing.extend(idle_exemptions(found, document.exemptions, wanted, known))
    placed = [_placed(finding, document, places or {}) for finding in standing]
    excused = [
        ExemptedFinding(_placed(one.finding, document, places or {}), one.reason)
        for one in exempted
    ]
    return LintReport(
        framework=document.reference,
        findings=tuple(sorted(placed, key=_in_file_order)),
        exempted=tuple(sorted(excused, key=lambda one: _in_file_order(one.finding))),
        rules=tuple(name for name in known if name in wanted),
    )


def _wanted(only: Collection[str], known: tuple[str, ...]) -> frozenset[str]:
    for name in only:
        if name not in known:
            raise Problem.of(
                "lint-unknown-rule", f"no lint rule `{name}`", help=did_you_mean(name, known)
            )
    return frozenset(only or known)


def _placed(finding: LintFinding, document: FrameworkDocument, places: Places) -> LintFinding:
    """Put a finding where its subject stands, else at the head of the framework."""
    head = Subject("framework")
    for subject in (finding.subject, head):
        if place := places.get((subject.kind, subject.id)):
            return replace(finding, location=place)
    return replace(finding, location=Location(document.id))


def _in_file_order(finding: LintFinding) -> tuple[str, int, int, str, str, str]:
    place = finding.location or Location("")
    key = (place.file, place.line, place.column)
    return (*key, finding.rule, finding.subject.id, finding.message)
