"""Whether a part of a document was encoded at all.

A rule that finds something missing in a source may speak only where the encoder has looked: an
empty list says as little about the source as no encoding.
"""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject


def has_coverage(document: FrameworkDocument) -> bool:
    """Say whether anything is encoded about domains."""
    return bool(document.coverage)


def has_topics(document: FrameworkDocument) -> bool:
    """Say whether any clause carries a topic."""
    return any(clause.topics for clause in document.clauses)


def has_elements(document: FrameworkDocument) -> bool:
    """Say whether any element of governance is encoded."""
    return bool(document.governance.elements)


class NotEncoded:
    """Finds parts of a document that are empty, so that other rules cannot speak."""

    id: ClassVar[str] = "not-encoded"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a part of the source that nobody has encoded"
    why: ClassVar[str] = "silence of the encoding must not be read as silence of the source"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each empty part, with the rules that it keeps quiet."""
        for present, part, quiet, advice in (
            (
                has_coverage(document),
                "no `coverage`",
                "which domains are passed over",
                "list the domains of the taxonomy with their standing under `coverage`",
            ),
            (
                has_topics(document),
                "no clause with `topics`",
                "on which topics the source is silent",
                "tag the clauses with `topics`",
            ),
            (
                has_elements(document),
                "no `governance.elements`",
                "which elements of risk governance are missing",
                "list the elements with their standing under `governance.elements`",
            ),
        ):
            if not present:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"{part}: lint cannot say {quiet}",
                    subject=Subject("framework"),
                    advice=advice,
                )
