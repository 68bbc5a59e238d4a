"""Decisions that a gate can never come to."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.frameworks.compare.boxes import Answer, Covered, Found
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.questions import (
    GateQuestions,
    gate_questions,
    never,
    unsettled,
)

_HERE = Subject("decisions")


class EmptyGate:
    """Finds gates that are defined and have no rule."""

    id: ClassVar[str] = "empty-gate"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a gate without a rule"
    why: ClassVar[str] = "a gate that nothing guards can neither stop anything nor give a go"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such gate."""
        guarded = {one.rule.gate for one in document.rules}
        for ladder in document.ladders:
            if ladder.gate not in guarded:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"gate `{ladder.gate}` is defined and has no rule",
                    subject=_HERE,
                    advice="write its rules, or take the gate out of `decisions`",
                )


class UnreachableDecision:
    """Finds decision levels that no profile gets, and gates that never stop or never go."""

    id: ClassVar[str] = "unreachable-decision"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a decision that is never made"
    why: ClassVar[str] = (
        "a stop that nothing reaches protects nobody; a go that nothing reaches is a ban"
    )

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each level, and one for each type that never goes."""
        for questions in gate_questions(document):
            if not questions.rules or not isinstance(questions.ask(), Found):
                continue
            go = questions.go
            stops = [questions.ask(node) for _, node in questions.below(go)]
            goes = [_going(questions)]
            yield from self._verdict(questions, stops, "stops anything")
            yield from self._verdict(questions, goes, "lets anything go")
            for place in range(len(questions.ladder)):
                # the level is then one of those of which the verdict speaks already
                if any(isinstance(one, Found) for one in (stops if place < go else goes)):
                    yield from self._level(questions, place)
            yield from self._banned(questions)

    def _verdict(
        self, questions: GateQuestions, answers: list[Answer], what: str
    ) -> Iterator[LintFinding]:
        if any(isinstance(one, Found) for one in answers):
            return
        gate, go = questions.gate, questions.ladder[questions.go]
        if not all(isinstance(one, Covered) for one in answers):
            yield unsettled(self, _HERE, f"whether gate `{gate}` ever {what}")
            return
        where = "is below" if what.startswith("stops") else "reaches"
        yield self._finding(
            "error",
            f"gate `{gate}` never {what}: no profile {where} `{go}`",
            "correct the rules, or take the gate out of `decisions`",
        )

    def _level(self, questions: GateQuestions, place: int) -> Iterator[LintFinding]:
        """Yield a finding when a level is the decision of no profile."""
        level = questions.ladder[place]
        answers = list(_deciding(questions, place))
        if any(isinstance(one, Found) for one in answers):
            return
        if all(isinstance(one, Covered) for one in answers):
            yield self._finding(
                "warning",
                f"no profile is decided as `{level}` at gate `{questions.gate}`",
                "write the rule that leads there, or take the level out",
            )
        else:
            what = f"whether `{level}` is ever decided at gate `{questions.gate}`"
            yield unsettled(self, _HERE, what)

    def _banned(self, questions: GateQuestions) -> Iterator[LintFinding]:
        banned = [kind.value for kind in questions.kinds if never(_going(questions, kind.value))]
        if banned and len(banned) < len(questions.kinds):
            yield self._finding(
                "note",
                f"no model can go at gate `{questions.gate}` for {', '.join(banned)}, which the "
                "framework covers",
                "say in `notes` that it is a ban, or correct the rules",
            )

    def _finding(self, severity: LintSeverity, message: str, advice: str) -> LintFinding:
        return LintFinding(
            rule=self.id, severity=severity, message=message, subject=_HERE, advice=advice
        )


def _going(questions: GateQuestions, deployment: str = "") -> Answer:
    kinds = [kind for kind in questions.kinds if not deployment or kind.value == deployment]
    return questions.ask(without=questions.below(questions.go), kinds=kinds)


def _deciding(questions: GateQuestions, place: int) -> Iterator[Answer]:
    """Yield answers, one of which is a profile exactly when the level is decided somewhere."""
    lower = questions.below(place)
    if place == len(questions.ladder) - 1:
        yield questions.ask(without=lower)
        return
    for rule in questions.rules:
        if rule.ceiling == place:
            yield questions.ask(rule.binds, without=lower)
