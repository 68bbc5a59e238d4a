"""How a framework is changed: who may loosen it, and how often it is reviewed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from shipworthy.frameworks.document import Amendment, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject


class LooseAmendment:
    """Finds frameworks that can be loosened without an approver, notice, list or reasons."""

    id: ClassVar[str] = "loose-amendment"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "loosening is not guarded"
    why: ClassVar[str] = "a rule that its author can loosen overnight protects nobody"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each guard that is missing."""
        amendment = document.governance.amendment
        clauses = tuple(one.id for one in document.clauses if "amendment" in one.topics)
        for severity, message, advice in _gaps(amendment):
            yield LintFinding(
                rule=self.id,
                severity=severity,
                message=message,
                subject=Subject("governance"),
                clauses=clauses,
                advice=advice,
            )


def _gaps(amendment: Amendment) -> Iterator[tuple[LintSeverity, str, str]]:
    if amendment == Amendment(text=amendment.text):
        message = "who may loosen the framework, and how, is not said or only said in prose"
        yield "warning", message, "fill `looser`, `notice_days`, `enumerate_looser` of `amendment`"
        return
    if not amendment.looser:
        advice = "list under `amendment.looser` the roles that have to approve"
        yield "error", "no role has to approve a change that loosens the framework", advice
    if not amendment.notice_days:
        advice = "set `amendment.notice_days`"
        yield "warning", "a change that loosens takes effect without notice", advice
    if not amendment.enumerate_looser:
        advice = "set `amendment.enumerate_looser: yes`"
        yield "warning", "what a change loosens does not have to be listed", advice
    for key, standing in (
        ("justification", amendment.justification),
        ("change_log", amendment.change_log),
    ):
        if standing != "present":
            severity: LintSeverity = "note" if standing == "unstated" else "warning"
            words = "nobody has looked for it" if standing == "unstated" else standing
            advice = f"publish it with every change, and say so in `amendment.{key}`"
            yield severity, f"{_GUARDS[key]}: {words}", advice


_GUARDS: Final = {
    "justification": "a published reason for every change",
    "change_log": "a published list of changes",
}


class NoReviewCadence:
    """Finds frameworks that no date brings back for review."""

    id: ClassVar[str] = "no-review-cadence"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "no regular review"
    why: ClassVar[str] = "models change faster than a text that nobody has to open again"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when neither an interval nor a day is set."""
        if not document.governance.amendment.review_months and not document.review_by:
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message="neither `amendment.review_months` nor `in_force.review_by` is set",
                subject=Subject("governance"),
                clauses=tuple(one.id for one in document.clauses if "amendment" in one.topics),
                advice="set the longest time between reviews, and the day of the next one",
            )


@dataclass(frozen=True, slots=True)
class ReviewOverdue:
    """Finds frameworks whose review was due before `today` (ISO 8601; empty: never overdue)."""

    id: ClassVar[str] = "review-overdue"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a review that is past its date"
    why: ClassVar[str] = (
        "what the publisher promised to look at again was not shown to be looked at"
    )

    today: str = ""

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when the date has passed."""
        if self.today and document.review_by and document.review_by < self.today:
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"the review was due by {document.review_by}",
                subject=Subject("framework"),
                advice="review it, and publish the result with the next date",
            )
