"""Levels of risk that have the same consequences."""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar, Final

import msgspec

from shipworthy.frameworks.compare.boxes import Covered, Found
from shipworthy.frameworks.document import DeclaredField, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.questions import GateQuestions, gate_questions, unsettled
from shipworthy.frameworks.lint.logic.reading import read_at_all, read_by_gate
from shipworthy.frameworks.semantics.atoms import by_risk, satisfying
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    Field,
    LevelField,
    Requirement,
    Rule,
    Rulebook,
    all_conditions,
    atoms_of,
)

_BUDGET: Final = 200
"""Boxes for one question: there are many, and what they show is a note mostly."""

_RISKS: Final = frozenset({"capability", "residual", "propensity"})


class IndistinctLevels:
    """Finds two neighbouring levels of risk that lead to the same decision in every case."""

    id: ClassVar[str] = "indistinct-levels"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "two levels with the same consequences"
    why: ClassVar[str] = "a level that changes nothing is a word, not a threshold"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each pair of neighbours on a scale of risk that rules read.

        A warning where both have definitions of their own; a note where one level is the ground
        that the others rise from, or where a person picks the level.
        """
        gates = list(gate_questions(document))
        for declared in document.fields:
            field = declared.field
            if not isinstance(field, LevelField) or not _is_risk(declared):
                continue
            if gates and field.name in read_at_all(gates[0].rulebook):
                for lower, higher in pairwise(by_risk(field)):
                    yield from self._pair(gates, field, (lower, higher))

    def _pair(
        self, gates: list[GateQuestions], field: LevelField, levels: tuple[str, str]
    ) -> Iterator[LintFinding]:
        answers: list[bool | None] = []
        for questions in gates:
            answers.append(_same(questions, field, levels))
            if answers[-1] is False:
                return
        subject = Subject("field", field.name)
        lower, higher = levels
        if all(answers):
            yield LintFinding(
                rule=self.id,
                severity=self.severity if _both_defined(field, levels) else "note",
                message=f"`{field.name}`: `{higher}` has no other consequence than `{lower}`, at "
                "any gate",
                subject=subject,
                clauses=_clauses(field, levels),
                advice="write the rule that tells them apart, or make one level of them",
            )
        else:
            what = f"whether `{lower}` and `{higher}` of `{field.name}` differ in consequence"
            yield unsettled(self, subject, what)


def _is_risk(declared: DeclaredField) -> bool:
    field = declared.field
    derived = isinstance(field, LevelField) and bool(field.definitions)
    scale = isinstance(field, LevelField) and len(field.levels) > 2
    return scale and (declared.concerns in _RISKS or (derived and not declared.concerns))


def _both_defined(field: LevelField, levels: tuple[str, str]) -> bool:
    return set(levels) <= {one.level for one in field.definitions}


def _clauses(field: LevelField, levels: tuple[str, str]) -> tuple[str, ...]:
    defining = (one for one in field.definitions if one.level in levels)
    return tuple(dict.fromkeys(name for one in defining for name in one.clauses))


def _same(questions: GateQuestions, field: LevelField, levels: tuple[str, str]) -> bool | None:
    """Say whether two levels lead to the same decision at a gate, whatever else holds."""
    rulebook = questions.rulebook
    read = read_by_gate(rulebook, questions.gate)
    if field.name not in read or not _told_apart(rulebook, field, levels):
        return True
    sides = [questions.encoded(_settled(rulebook, field, level)) for level in levels]
    pairs = [
        (rule, after)
        for before, after in (sides, sides[::-1])
        for rule, same in zip(before.rules, after.rules, strict=True)
        if rule.binds != same.binds
    ]
    sure = True
    # rules with a normal form are answered fast, and one answer is mostly enough
    for rule, after in sorted(pairs, key=lambda pair: pair[0].binding.cubes is None):
        without = after.below(rule.ceiling + 1)
        answer = questions.ask(rule.binds, without=without, budget=_BUDGET)
        if isinstance(answer, Found):
            return False
        sure = sure and isinstance(answer, Covered)
    return True if sure else None


def _told_apart(rulebook: Rulebook, field: LevelField, levels: tuple[str, str]) -> bool:
    """Say whether some comparison is true of one level and false of the other."""
    for atom in (atom for one in all_conditions(rulebook) for atom in atoms_of(one)):
        if atom.field == field.name:
            wanted = satisfying(field, atom.operator, atom.value)
            if (levels[0] in wanted) != (levels[1] in wanted):
                return True
    return False


def _settled(rulebook: Rulebook, field: LevelField, level: str) -> Rulebook:
    """Return the rulebook for cases in which a field has one level."""

    def settle(condition: Condition) -> Condition:
        if not isinstance(condition, Atom):
            return msgspec.structs.replace(condition, of=tuple(map(settle, condition.of)))
        if condition.field != field.name:
            return condition
        holds = level in satisfying(field, condition.operator, condition.value)
        return AllOf(of=()) if holds else AnyOf(of=())

    def of_field(other: Field) -> Field:
        if not isinstance(other, LevelField):
            return other
        definitions = tuple(
            msgspec.structs.replace(one, when=settle(one.when)) for one in other.definitions
        )
        return msgspec.structs.replace(other, definitions=definitions)

    def of_requirement(one: Requirement) -> Requirement:
        return msgspec.structs.replace(one, condition=settle(one.condition))

    def of_rule(rule: Rule) -> Rule:
        when = None if rule.when is None else settle(rule.when)
        requires = tuple(map(of_requirement, rule.requires))
        return msgspec.structs.replace(rule, when=when, requires=requires)

    return msgspec.structs.replace(
        rulebook,
        fields=tuple(map(of_field, rulebook.fields)),
        rules=tuple(map(of_rule, rulebook.rules)),
    )
