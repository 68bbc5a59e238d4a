"""Rules and requirements that change nothing, because others already ask for as much.

A rule counts as covered only when the others cover it whatever hedges are used: its own unused, all
of theirs used. A rule that takes the place of one which a hedge releases is not superfluous.
"""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.compare.boxes import Answer, Covered, Found
from shipworthy.frameworks.compare.conditions import Node, all_of, any_of
from shipworthy.frameworks.compare.encoding import EncodedRule
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.questions import (
    GateQuestions,
    Named,
    gate_questions,
    never,
    unsettled,
)
from shipworthy.records import Requirement


class ShadowedRule:
    """Finds rules that change nothing because one other rule is at least as strict."""

    id: ClassVar[str] = "shadowed-rule"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a rule in the shadow of another"
    why: ClassVar[str] = "it looks like a safeguard of its own and can be broken unnoticed"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such rule; of two rules that say the same, the later."""
        for questions in gate_questions(document):
            for place, rule in enumerate(questions.rules):
                answer = covering(questions, rule)
                if not isinstance(answer, Covered | Found):
                    subject = Subject("rule", rule.rule.id)
                    yield unsettled(self, subject, f"whether rule `{rule.name}` changes anything")
                if not (isinstance(answer, Covered) and _binds(questions, rule)):
                    continue
                for shadow in shadows(questions, rule):
                    if not _is_later_twin(questions, place, shadow):
                        yield self._finding(rule, shadow)
                        break

    def _finding(self, rule: EncodedRule, shadow: EncodedRule) -> LintFinding:
        return LintFinding(
            rule=self.id,
            severity=self.severity,
            message=f"rule `{rule.name}` changes nothing: wherever it binds, `{shadow.name}` "
            f"binds with `{shadow.rule.ceiling}`",
            subject=Subject("rule", rule.rule.id),
            clauses=rule.rule.clauses,
            rules=(rule.rule.id, shadow.rule.id),
            advice="make it ask for more, or carry its clauses out in the other rule",
        )


class RedundantRule:
    """Finds rules that change nothing because several others together are at least as strict."""

    id: ClassVar[str] = "redundant-rule"
    severity: ClassVar[LintSeverity] = "note"
    title: ClassVar[str] = "a rule that several others cover"
    why: ClassVar[str] = "who changes one of the others does not see that it now carries this one"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such rule that no single other one covers."""
        for questions in gate_questions(document):
            for rule in questions.rules:
                answer = covering(questions, rule)
                if not (isinstance(answer, Covered) and _binds(questions, rule)):
                    continue
                if next(shadows(questions, rule), None) is None:
                    by = ", ".join(f"`{name}`" for name in answer.by)
                    yield LintFinding(
                        rule=self.id,
                        severity=self.severity,
                        message=f"rule `{rule.name}` changes nothing: wherever it binds, one of "
                        f"{by} binds as strictly",
                        subject=Subject("rule", rule.rule.id),
                        clauses=rule.rule.clauses,
                        rules=(rule.rule.id, *answer.by),
                        advice="keep it if it is meant as a second line, else leave it out",
                    )


class DuplicateRequirement:
    """Finds requirements that hold whenever another one of the same rule holds."""

    id: ClassVar[str] = "duplicate-requirement"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a requirement that another one contains"
    why: ClassVar[str] = "two requirements that are one look like two safeguards"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such requirement; of two that say the same, the later."""
        for questions in gate_questions(document):
            for rule in questions.rules:
                if len(rule.rule.requires) > 1 and _binds(questions, rule):
                    yield from self._within(questions, rule)

    def _within(self, questions: GateQuestions, rule: EncodedRule) -> Iterator[LintFinding]:
        requires = rule.rule.requires
        for place, one in enumerate(requires):
            for index, other in enumerate(requires):
                if index == place or not set(other.discretion) <= set(one.discretion):
                    continue
                implied = _implied(questions, rule, one, other)
                if implied is None:
                    subject = Subject("requirement", one.id)
                    yield unsettled(self, subject, f"whether `{other.id}` contains `{one.id}`")
                twin = implied and index > place and _implied(questions, rule, other, one)
                if implied and not twin:
                    yield LintFinding(
                        rule=self.id,
                        severity=self.severity,
                        message=f"requirement `{one.id}` asks for nothing that `{other.id}` does "
                        "not ask for",
                        subject=Subject("requirement", one.id),
                        clauses=one.clauses,
                        rules=(one.id, other.id),
                        advice="leave it out, or make it ask for what was meant",
                    )
                    break


def covering(questions: GateQuestions, rule: EncodedRule) -> Answer:
    """Look for a profile in which a rule makes a difference to what is decided.

    It makes one where it binds and no other binds as strictly, and where it is the only one with a
    requirement that is kept, which a go asks for (6.3).
    """
    answer = questions.ask(rule.binds, without=_others(questions, rule))
    if not isinstance(answer, Covered) or not rule.rule.requires:
        return answer
    kept = [(one.name, _keeps(questions, one)) for one in questions.rules if one.rule.requires]
    mine = dict(kept).pop(rule.name)
    alone = questions.ask(
        mine,
        without=(
            *((name, node) for name, node in questions.below(questions.go)),
            *((name, node) for name, node in kept if name != rule.name),
        ),
    )
    return answer if isinstance(alone, Covered) else alone


def shadows(questions: GateQuestions, rule: EncodedRule) -> Iterator[EncodedRule]:
    """Yield the rules each of which alone is as strict as this one wherever this one binds."""
    encoded = {one.name: one for one in questions.rules}
    for name, node in _others(questions, rule):
        if never(questions.ask(rule.binds, without=((name, node),))):
            yield encoded[name]


def _others(questions: GateQuestions, rule: EncodedRule) -> tuple[Named, ...]:
    within = questions.released.below(rule.ceiling + 1)
    return tuple((name, node) for name, node in within if name != rule.name)


def _keeps(questions: GateQuestions, rule: EncodedRule) -> Node:
    """Return where a rule applies and some requirement of it is kept."""
    kept = any_of(*(questions.node(one.condition) for one in rule.rule.requires))
    return all_of(questions.node(rule.rule.when), kept)


def _binds(questions: GateQuestions, rule: EncodedRule) -> bool:
    """Say whether a rule binds anywhere; one that does not is `vacuous-rule`."""
    return isinstance(questions.ask(rule.binds), Found)


def _is_later_twin(questions: GateQuestions, place: int, shadow: EncodedRule) -> bool:
    """Say whether the shadow comes later and is in turn covered by this rule alone."""
    rule = questions.rules[place]
    if questions.rules.index(shadow) < place or shadow.ceiling != rule.ceiling:
        return False
    return any(one.name == rule.name for one in shadows(questions, shadow))


def _implied(
    questions: GateQuestions, rule: EncodedRule, one: Requirement, other: Requirement
) -> bool | None:
    """Say whether a requirement holds wherever another does, whatever hedges are used.

    Using hedges makes requirements truer only (language 4.4), so the other counts at its truest.
    """
    applies = questions.node(rule.rule.when)
    truest = questions.node(other.condition, released=True)
    holds = questions.node(one.condition)
    return never(questions.ask(applies, truest, without=((one.id, holds),)))
