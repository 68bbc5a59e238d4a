"""Exemptions: a rule that does not apply at some place of a document, and why.

An exempted finding is not lost: it is counted and shown with the reason. An exemption that exempts
nothing is itself a finding, so that a list of old excuses cannot grow.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.frameworks.document import LintExemption
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.kernel import did_you_mean


@dataclass(frozen=True, slots=True)
class ExemptedFinding:
    """A finding that the document exempts, and the reason it gives."""

    finding: LintFinding
    reason: str


@dataclass(frozen=True, slots=True)
class _Card:
    id: str
    severity: LintSeverity
    title: str
    why: str


IDLE_EXEMPTION: Final = _Card(
    id="idle-exemption",
    severity="warning",
    title="an exemption that exempts nothing",
    why="an excuse for something that is no longer there hides the next thing that is",
)
"""The engine's own rule: it can only be decided after all the others have run."""


def split_exempted(
    findings: Collection[LintFinding], exemptions: tuple[LintExemption, ...]
) -> tuple[list[LintFinding], list[ExemptedFinding]]:
    """Return the findings that stand, and those that the first fitting exemption takes out."""
    standing: list[LintFinding] = []
    exempted: list[ExemptedFinding] = []
    for finding in findings:
        reason = next((one.reason for one in exemptions if _fits(one, finding)), None)
        if reason is None:
            standing.append(finding)
        else:
            exempted.append(ExemptedFinding(finding, reason))
    return standing, exempted


def idle_exemptions(
    findings: Collection[LintFinding],
    exemptions: tuple[LintExemption, ...],
    run: Collection[str],
    known: Collection[str],
) -> Iterator[LintFinding]:
    """Yield a finding for each exemption that fits none.

    An exemption from a rule of `known` that is not among those `run` may fit something: nobody
    looked, so nothing is said.
    """
    for index, one in enumerate(exemptions):
        subject = Subject("exemption", str(index))
        if one.rule not in known:
            yield _idle(subject, f"no lint rule `{one.rule}`", did_you_mean(one.rule, known))
        elif one.rule in run and not any(_fits(one, finding) for finding in findings):
            where = f" at `{one.at}`" if one.at else ""
            message = f"the exemption from `{one.rule}`{where} exempts nothing"
            yield _idle(subject, message, "remove it, or correct what it points at")


def _idle(subject: Subject, message: str, advice: str) -> LintFinding:
    return LintFinding(
        rule=IDLE_EXEMPTION.id,
        severity=IDLE_EXEMPTION.severity,
        message=message,
        subject=subject,
        advice=advice,
    )


def _fits(exemption: LintExemption, finding: LintFinding) -> bool:
    return exemption.rule == finding.rule and (not exemption.at or exemption.at in finding.names)
