"""Fields that nothing reads or nothing measures, and domains that no rule looks at."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.document import DeclaredField, FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.reading import is_fact, read_at_all
from shipworthy.records import LevelField, QuantityField


class ThresholdWithoutEvaluation:
    """Finds facts about capability, and numbers, on which rules rest and nobody measures."""

    id: ClassVar[str] = "threshold-without-evaluation"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a threshold without an evaluation"
    why: ClassVar[str] = "a threshold that no evaluation can show to be crossed is never crossed"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such field; a note where a named role judges it."""
        read = read_at_all(compile_rulebook(document))
        named = {role.id for role in document.governance.roles if role.named}
        for declared in document.fields:
            field = declared.field
            if field.name not in read or not is_fact(declared) or declared.measured_by:
                continue
            number = isinstance(field, QuantityField)
            # of a residual level that is only judged, `untested-target` speaks
            if not number and declared.concerns not in {"capability", "propensity"}:
                continue
            judge = _judge(declared)
            who = f"judged by `{judge}`" if judge else "judged by nobody"
            what = "a number" if number else f"a {declared.concerns}"
            yield LintFinding(
                rule=self.id,
                severity="note" if judge in named and not number else self.severity,
                message=f"field `{field.name}` is {what} on which rules rest, {who}, and no "
                "evaluation measures it",
                subject=Subject("field", field.name),
                advice="describe the evaluation under `evaluations`, and name it in `measured_by`",
            )


class DomainWithoutRule:
    """Finds domains with a threshold by `coverage`, of which no rule reads a field."""

    id: ClassVar[str] = "domain-without-rule"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a threshold for a domain that no rule reads"
    why: ClassVar[str] = "the domain counts as covered, and no decision depends on it"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such domain."""
        read = read_at_all(compile_rulebook(document))
        looked_at = {
            domain
            for declared in document.fields
            if declared.field.name in read
            for domain in declared.domains
        }
        for one in document.coverage:
            if one.standing == "threshold" and one.domain not in looked_at:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"`coverage` says that {one.domain} has a threshold, and no rule reads "
                    "a field of that domain",
                    subject=Subject("domain", one.domain),
                    clauses=one.clauses,
                    advice="write the rule, give its field the domain, or correct the standing",
                )


class UnreadField:
    """Finds fields that no rule reads, neither directly nor through definitions."""

    id: ClassVar[str] = "unread-field"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a field that no rule reads"
    why: ClassVar[str] = "somebody answers for it and nothing depends on the answer"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such field; a note for one that is only derived."""
        read = read_at_all(compile_rulebook(document))
        for declared in document.fields:
            field = declared.field
            if field.name in read:
                continue
            derived = isinstance(field, LevelField) and bool(field.definitions)
            yield LintFinding(
                rule=self.id,
                severity="note" if derived else self.severity,
                message=f"field `{field.name}` is read by no rule"
                + (", though it is computed for every decision" if derived else ""),
                subject=Subject("field", field.name),
                advice="write the rule that needs it, or leave it out",
            )


def _judge(declared: DeclaredField) -> str:
    field = declared.field
    return field.judged_by if isinstance(field, LevelField | QuantityField) else ""
