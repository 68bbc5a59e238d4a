"""Situations in which a framework lets a model go and asks for nothing, or for nothing measured.

A go needs a kept requirement (semantics 6.3). Where none applies, the gate is inconclusive for ever
(6.4), and whoever reads the framework without the gate takes its silence for permission.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.compare.boxes import Found, singleton
from shipworthy.frameworks.compare.conditions import Node, Within, truth
from shipworthy.frameworks.compare.encoding import EncodedRule
from shipworthy.frameworks.compare.profiles import key_of
from shipworthy.frameworks.document import DeclaredField, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.questions import (
    GateQuestions,
    Named,
    first_found,
    gate_questions,
    unsettled,
)
from shipworthy.frameworks.lint.logic.reading import (
    declared_fields,
    fields_read,
    is_fact,
    is_measured,
)
from shipworthy.frameworks.taxonomy import DOMAINS
from shipworthy.records import Atom, LevelField, QuantityField, conditions_of

_DANGERS: Final = frozenset({"capability", "propensity"})


class Hole:
    """Finds situations that may go although nothing, or nothing measured, has to be shown."""

    id: ClassVar[str] = "hole"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a situation for which nothing has to be shown"
    why: ClassVar[str] = "the framework then decides without evidence, or on a word alone"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield at most one finding for each gate, with the nearest profile."""
        fields = declared_fields(document)
        for questions in gate_questions(document):
            asking = [rule for rule in questions.rules if rule.rule.requires]
            if not questions.rules:
                continue
            found, sure = _permitted(questions, _applying(questions, asking))
            if found:
                yield self._silent(questions, found)
                continue
            measured = [rule for rule in asking if _asks_for_measurement(questions, rule, fields)]
            found, certain = _permitted(questions, _applying(questions, measured))
            if found:
                yield self._word(questions, found, asking, fields)
            elif not (sure and certain):
                yield unsettled(
                    self,
                    Subject("decisions"),
                    f"whether a model may go at gate `{questions.gate}` without evidence",
                )

    def _silent(self, questions: GateQuestions, found: Found) -> LintFinding:
        return LintFinding(
            rule=self.id,
            severity="error",
            message=f"at gate `{questions.gate}`, {questions.judged(found)}: no rule "
            "restricts it and no requirement applies, so nothing has to be shown",
            subject=Subject("decisions"),
            advice="write a rule with requirements that applies to it",
        )

    def _word(
        self,
        questions: GateQuestions,
        found: Found,
        asking: list[EncodedRule],
        fields: dict[str, DeclaredField],
    ) -> LintFinding:
        """Return the finding of a go that rests on facts which nobody measures."""
        here = [rule for rule in asking if _applies_at(questions, rule, found)]
        requires = [one for rule in here for one in rule.rule.requires]
        read = fields_read(questions.rulebook, (one.condition for one in requires))
        facts = [one for name, one in fields.items() if name in read and is_fact(one)]
        judges = dict.fromkeys(_judge(one) for one in facts)
        named = ", ".join(f"`{one.id}`" for one in requires)
        clauses = [name for rule in here for name in rule.rule.clauses]
        clauses += [name for one in requires for name in one.clauses]
        return LintFinding(
            rule=self.id,
            severity="warning",
            message=f"at gate `{questions.gate}`, {questions.judged(found)}: it may go "
            f"on the word of {' and '.join(judges) or 'nobody'}; only {named} "
            f"{'applies' if len(requires) == 1 else 'apply'}, and nothing measured",
            subject=Subject("decisions"),
            clauses=tuple(dict.fromkeys(clauses)),
            rules=(*(rule.rule.id for rule in here), *(one.id for one in requires)),
            advice="ask for something measured there, or say by `measured_by` what stands behind "
            "the judgement",
        )


class UnansweredDanger:
    """Finds domains whose capabilities may all be at their worst while no rule on them applies."""

    id: ClassVar[str] = "unanswered-danger"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "the worst of a domain, and no rule applies"
    why: ClassVar[str] = "the most dangerous case is then treated like one without the danger"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each domain, with the nearest profile of the first gate."""
        gates = list(gate_questions(document))
        dangers = [one for one in document.fields if one.concerns in _DANGERS]
        for domain in DOMAINS:
            fields = [one for one in dangers if domain in one.domains]
            answers = [one for questions in gates for one in self._of(questions, domain, fields)]
            yield from sorted(answers, key=lambda one: one.severity == "note")[:1]

    def _of(
        self, questions: GateQuestions, domain: str, fields: list[DeclaredField]
    ) -> Iterator[LintFinding]:
        worst = {one.field.name: _worst(questions, one) for one in fields}
        asked = {name: node for name, node in worst.items() if node is not None}
        readers = [rule for rule in questions.rules if _read(questions, rule) & set(asked)]
        if not readers:
            return
        found, sure = _permitted(questions, _applying(questions, readers), *asked.values())
        subject = Subject("domain", domain)
        if found:
            names = ", ".join(f"`{name}`" for name in asked)
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"at gate `{questions.gate}`, {questions.judged(found)}: with {names} at "
                f"the worst, no rule on {domain} applies, and the model may go",
                subject=subject,
                clauses=tuple(dict.fromkeys(c for rule in readers for c in rule.rule.clauses)),
                rules=tuple(rule.rule.id for rule in readers),
                advice="let a rule apply there: ask for a safeguard, or stop",
            )
        elif not sure:
            yield unsettled(self, subject, f"whether {domain} can be at its worst unanswered")


def _permitted(
    questions: GateQuestions, silent: tuple[Named, ...], *holding: Node
) -> tuple[Found | None, bool]:
    """Look for a profile at go in which none of these conditions holds."""
    without = (*questions.below(questions.go), *silent)
    return first_found(
        questions, lambda kinds: questions.ask(*holding, without=without, kinds=kinds)
    )


def _applying(questions: GateQuestions, rules: list[EncodedRule]) -> tuple[Named, ...]:
    return tuple((rule.name, questions.node(rule.rule.when)) for rule in rules)


def _applies_at(questions: GateQuestions, rule: EncodedRule, found: Found) -> bool:
    return truth(questions.node(rule.rule.when), singleton(found.point)) is True


def _asks_for_measurement(
    questions: GateQuestions, rule: EncodedRule, fields: dict[str, DeclaredField]
) -> bool:
    read = fields_read(questions.rulebook, (one.condition for one in rule.rule.requires))
    return any(name in read and is_measured(one) for name, one in fields.items())


def _read(questions: GateQuestions, rule: EncodedRule) -> frozenset[str]:
    return fields_read(questions.rulebook, conditions_of(rule.rule))


def _worst(questions: GateQuestions, declared: DeclaredField) -> Node | None:
    """Return the profiles with the riskiest value of what is measured or judged, none derived."""
    field = declared.field
    if isinstance(field, LevelField) and field.definitions:
        return None
    wanted = key_of(Atom(field=field.name, operator="==", value=""), field)
    for place, axis in enumerate(questions.space.axes):
        if axis.key == wanted:
            return Within(place, 1 << (len(axis.cells) - 1 if axis.usual == 0 else 0))
    return None


def _judge(declared: DeclaredField) -> str:
    field = declared.field
    named = field.judged_by if isinstance(field, LevelField | QuantityField) else ""
    return f"`{named}`" if named else "somebody"
