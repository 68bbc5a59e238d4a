"""Roles without a task, and gates on which one person answers for everything."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.reading import read_by_gate
from shipworthy.records import LevelField, QuantityField, RateField


class UnboundRole:
    """Finds roles that answer for no fact, sign nothing and decide nothing."""

    id: ClassVar[str] = "unbound-role"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a role without a task"
    why: ClassVar[str] = "an office that no rule gives a say looks like a check and is none"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such role."""
        governance = document.governance
        busy = {
            *governance.quorum,
            *governance.amendment.stricter,
            *governance.amendment.looser,
            *(role for right in governance.decides for role in right.roles),
            *_judges(document),
        }
        for role in governance.roles:
            if role.id not in busy:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"role `{role.id}` answers for no fact, signs nothing and decides "
                    "nothing",
                    subject=Subject("role", role.id),
                    advice="name it as `judged_by`, in `quorum` or under `decides`, or drop it",
                )


class OneJudge:
    """Finds gates for which one role supplies everything that is read, and signs as well."""

    id: ClassVar[str] = "one-judge"
    severity: ClassVar[LintSeverity] = "note"
    title: ClassVar[str] = "one role judges all facts of a gate and signs"
    why: ClassVar[str] = "whoever signs then signs for the soundness of their own answers"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one note for each gate that reads no measured rate and has a single judge."""
        rulebook = compile_rulebook(document)
        for ladder in document.ladders:
            read = read_by_gate(rulebook, ladder.gate)
            fields = [one for one in rulebook.fields if one.name in read]
            if any(isinstance(one, RateField) for one in fields):
                continue
            judges = {
                one.judged_by
                for one in fields
                if isinstance(one, QuantityField)
                or (isinstance(one, LevelField) and not one.definitions)
            }
            if len(judges) != 1 or not judges <= set(document.governance.quorum):
                continue
            (judge,) = judges
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"`{judge}` answers for every fact of gate `{ladder.gate}` and signs the "
                "decision",
                subject=Subject("role", judge),
                advice="let another role answer for some of the facts, or let another one sign",
            )


def _judges(document: FrameworkDocument) -> Iterator[str]:
    for declared in document.fields:
        if isinstance(declared.field, LevelField | QuantityField) and declared.field.judged_by:
            yield declared.field.judged_by
