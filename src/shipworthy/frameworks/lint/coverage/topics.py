"""Topics on which a framework is silent."""

from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.encoded import has_topics
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.taxonomy import TOPICS

_OWN_RULES: Final = frozenset({"compute-trigger", "cadence", "whistleblowing", "amendment"})
"""Topics whose absence another rule reports."""


class NoComputeTrigger:
    """Finds frameworks in which no amount of computation makes evaluation due."""

    id: ClassVar[str] = "no-compute-trigger"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "no compute trigger"
    why: ClassVar[str] = "a trigger that only judgement can pull may never be pulled"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when no clause has the topic."""
        if has_topics(document) and not _on(document, "compute-trigger"):
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message="no encoded clause makes evaluation due by an amount of computation",
                subject=Subject("framework"),
                advice="state an amount, or exempt this rule with the reason for another trigger",
            )


class NoEvaluationCadence:
    """Finds frameworks that never say when evaluation is repeated."""

    id: ClassVar[str] = "no-evaluation-cadence"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "evaluation is never due again"
    why: ClassVar[str] = "tools, attacks and fine-tuning raise what the same weights can do"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield a finding when neither a clause nor an evaluation states a cadence."""
        stated = any(one.cadence for one in document.evaluations)
        if stated or _on(document, "cadence") or not has_topics(document):
            return
        yield LintFinding(
            rule=self.id,
            severity=self.severity,
            message="neither an encoded clause nor an evaluation says when evaluation is repeated",
            subject=Subject("framework"),
            clauses=tuple(dict.fromkeys(c for one in document.evaluations for c in one.clauses)),
            advice="state it in months, in compute or in events",
        )


class SilentTopic:
    """Finds topics of the matrix on which no clause speaks."""

    id: ClassVar[str] = "silent-topic"
    severity: ClassVar[LintSeverity] = "note"
    title: ClassVar[str] = "silence on a topic"
    why: ClassVar[str] = "others have a rule here; silence may be a choice or an oversight"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one note for each topic without a clause, unless another rule is about it."""
        for topic, about in TOPICS.items() if has_topics(document) else ():
            if topic not in _OWN_RULES and not _on(document, topic):
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"no encoded clause on {topic}: {about}",
                    subject=Subject("framework"),
                    advice=f"tag the clause with the topic `{topic}`, or say why there is none",
                )


class NotExecutable:
    """Counts the clauses that no rule carries out."""

    id: ClassVar[str] = "not-executable-share"
    severity: ClassVar[LintSeverity] = "note"
    title: ClassVar[str] = "clauses that no rule carries out"
    why: ClassVar[str] = "a decision by the rules says nothing about the clauses without a rule"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one note with the share, where there is any such clause."""
        left = tuple(one.id for one in document.clauses if not one.executable)
        if left:
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"{len(left)} of {len(document.clauses)} clauses are carried out by no "
                f"rule: {', '.join(left)}",
                subject=Subject("framework"),
                clauses=left,
                advice="read them before a decision: the gate does not",
            )


def _on(document: FrameworkDocument, topic: str) -> bool:
    return any(topic in clause.topics for clause in document.clauses)
