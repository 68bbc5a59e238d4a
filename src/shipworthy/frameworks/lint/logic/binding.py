"""Rules and conditions that say nothing: they never bind, or always."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.compare.boxes import Covered, Found
from shipworthy.frameworks.compare.encoding import EncodedRule
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.questions import (
    GateQuestions,
    gate_questions,
    never,
    unsettled,
)
from shipworthy.frameworks.lint.logic.reading import read_by_gate
from shipworthy.records import Condition, LevelField


class VacuousRule:
    """Finds rules that bind in no profile of any covered deployment type."""

    id: ClassVar[str] = "vacuous-rule"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a rule that never binds"
    why: ClassVar[str] = "its clauses count as carried out, and nothing carries them out"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such rule, with what makes it so."""
        for questions in gate_questions(document):
            for rule in questions.rules:
                subject = Subject("rule", rule.rule.id)
                answer = questions.ask(rule.binds)
                if not isinstance(answer, Covered | Found):
                    yield unsettled(self, subject, f"whether rule `{rule.name}` ever binds")
                elif isinstance(answer, Covered):
                    applies = questions.ask(questions.node(rule.rule.when))
                    why = (
                        "its requirements hold wherever it applies"
                        if isinstance(applies, Found)
                        else "it applies nowhere"
                    )
                    yield LintFinding(
                        rule=self.id,
                        severity=self.severity,
                        message=f"rule `{rule.name}` binds in no profile: {why}",
                        subject=subject,
                        clauses=rule.rule.clauses,
                        rules=(rule.rule.id,),
                        advice="correct its condition, or say under `not_executable` why no rule "
                        "carries the clause out",
                    )


class AlwaysBinding:
    """Finds rules that bind in every profile of every covered deployment type."""

    id: ClassVar[str] = "always-binding"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a rule that always binds"
    why: ClassVar[str] = "no evidence ever lifts its ceiling, so it is no rule but a verdict"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such rule."""
        for questions in gate_questions(document):
            if not isinstance(questions.ask(), Found):
                continue
            for rule in questions.rules:
                subject = Subject("rule", rule.rule.id)
                always = never(questions.ask(without=((rule.name, rule.binds),)))
                if always is None:
                    yield unsettled(self, subject, f"whether rule `{rule.name}` always binds")
                elif always:
                    yield LintFinding(
                        rule=self.id,
                        severity=self.severity,
                        message=f"rule `{rule.name}` binds in every profile: nothing ever gets "
                        f"further than `{rule.rule.ceiling}` at gate `{questions.gate}`",
                        subject=subject,
                        clauses=rule.rule.clauses,
                        rules=(rule.rule.id,),
                        advice="give it a condition, or requirements that can be kept",
                    )


class ConstantCondition:
    """Finds conditions that are always true or always false where they are asked."""

    id: ClassVar[str] = "constant-condition"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a condition that is always true or always false"
    why: ClassVar[str] = "it looks like a test and tests nothing"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each `when`, requirement and definition that never changes."""
        declared = {one.rule.id: one.rule.when for one in document.rules}
        for questions in gate_questions(document):
            for rule in questions.rules:
                if isinstance(questions.ask(questions.node(rule.rule.when)), Covered):
                    continue
                yield from self._when(questions, rule, declared[rule.rule.id])
                if not isinstance(questions.ask(rule.binds), Covered):
                    yield from self._requirements(questions, rule)
            yield from self._definitions(questions)

    def _when(
        self, questions: GateQuestions, rule: EncodedRule, when: Condition | None
    ) -> Iterator[LintFinding]:
        if when is None:
            return
        always = never(questions.ask(without=(("", questions.node(when)),)))
        what = f"the condition under which rule `{rule.name}` applies"
        yield from self._found(Subject("rule", rule.rule.id), rule.rule.clauses, what, always, "")

    def _requirements(self, questions: GateQuestions, rule: EncodedRule) -> Iterator[LintFinding]:
        applies = questions.node(rule.rule.when)
        for one in rule.rule.requires:
            subject = Subject("requirement", one.id)
            what = f"requirement `{one.id}`"
            holds = questions.node(one.condition)
            always = never(questions.ask(applies, without=((one.id, holds),)))
            yield from self._found(subject, one.clauses, what, always, " wherever it is asked")
            if not always:
                cannot = never(questions.ask(applies, holds))
                yield from self._fails(subject, one.clauses, what, cannot)

    def _definitions(self, questions: GateQuestions) -> Iterator[LintFinding]:
        rulebook = questions.rulebook
        read = read_by_gate(rulebook, questions.gate)
        for field in rulebook.fields:
            if not isinstance(field, LevelField) or field.name not in read:
                continue
            for one in field.definitions:
                subject = Subject("field", field.name)
                what = f"the definition of `{field.name}` as `{one.level}`"
                node = questions.node(one.when)
                always = never(questions.ask(without=(("", node),)))
                yield from self._found(subject, one.clauses, what, always, "")
                if not always:
                    yield from self._fails(subject, one.clauses, what, never(questions.ask(node)))

    def _found(
        self,
        subject: Subject,
        clauses: tuple[str, ...],
        what: str,
        always: bool | None,  # noqa: FBT001 - nothing stands for not settled
        where: str,
    ) -> Iterator[LintFinding]:
        if always is None:
            yield unsettled(self, subject, f"whether {what} is always true")
        elif always:
            yield self._finding(subject, clauses, f"{what} is always true{where}")

    def _fails(
        self,
        subject: Subject,
        clauses: tuple[str, ...],
        what: str,
        cannot: bool | None,  # noqa: FBT001 - nothing stands for not settled
    ) -> Iterator[LintFinding]:
        if cannot is None:
            yield unsettled(self, subject, f"whether {what} can be true")
        elif cannot:
            yield self._finding(subject, clauses, f"{what} can never be true")

    def _finding(self, subject: Subject, clauses: tuple[str, ...], message: str) -> LintFinding:
        return LintFinding(
            rule=self.id,
            severity=self.severity,
            message=message,
            subject=subject,
            clauses=clauses,
            rules=(subject.id,) if subject.kind != "field" else (),
            advice="correct it, or leave it out",
        )
