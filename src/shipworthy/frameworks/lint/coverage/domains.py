"""What a framework does with each domain of the taxonomy."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.encoded import has_coverage
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.taxonomy import DOMAINS


class UncoveredDomain:
    """Finds domains for which the framework has no threshold, no tracking and no exclusion."""

    id: ClassVar[str] = "uncovered-domain"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a domain that is passed over"
    why: ClassVar[str] = "what is not looked for is not found"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each domain of the taxonomy that `coverage` does not list."""
        known = {one.domain for one in document.coverage}
        for domain, about in DOMAINS.items():
            if domain in known or not has_coverage(document):
                continue
            clauses = tuple(one.id for one in document.clauses if domain in one.domains)
            fields = [one.field.name for one in document.fields if domain in one.domains]
            spoken = "; clauses or fields speak of it" if clauses or fields else ""
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"`coverage` passes over {domain} ({about}){spoken}",
                subject=Subject("framework"),
                clauses=clauses,
                advice=f"say under `coverage.{domain}`: a threshold, tracked, or excluded and why",
            )


class OnlyMentioned:
    """Finds domains that a framework names and does nothing about."""

    id: ClassVar[str] = "only-mentioned"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a domain that is only mentioned"
    why: ClassVar[str] = "a mention looks like coverage and has no consequence"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each domain with the standing `mentioned`."""
        for one in document.coverage:
            if one.standing == "mentioned":
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"{one.domain} is mentioned, without threshold and without tracking",
                    subject=Subject("domain", one.domain),
                    clauses=one.clauses,
                    advice="set a threshold, track it, or exclude it with a reason",
                )


class ExclusionWithoutReason:
    """Finds domains that are excluded, and nobody says why."""

    id: ClassVar[str] = "exclusion-without-reason"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a domain excluded without a reason"
    why: ClassVar[str] = "an exclusion can only be argued with when it has an argument"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each excluded domain without `reason`."""
        for one in document.coverage:
            if one.standing == "excluded" and not one.reason:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"{one.domain} is excluded, and no reason is given",
                    subject=Subject("domain", one.domain),
                    clauses=one.clauses,
                    advice="give the reason, with where it is argued",
                )
