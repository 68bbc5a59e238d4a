"""The ground on which the questions of a proof are asked: one space, many readings of one rulebook.

Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from shipworthy.frameworks.compare.boxes import Answer
from shipworthy.frameworks.compare.conditions import Node, Several, all_of
from shipworthy.frameworks.compare.encoding import Encoded, EncodedRule, encode
from shipworthy.frameworks.compare.profiles import Space, shared_space
from shipworthy.frameworks.compare.replay import evidence, replay
from shipworthy.frameworks.compare.solving.cubes import Cube, NormalForms
from shipworthy.frameworks.compare.solving.index import Index
from shipworthy.frameworks.prove.answers import Judged, Point, Setting
from shipworthy.frameworks.prove.asking import ANYTHING, Meaning, ask, best
from shipworthy.frameworks.prove.directions import rests_on
from shipworthy.frameworks.prove.situations import Situation
from shipworthy.frameworks.semantics.evaluation import (
    Case,
    Evaluation,
    Evidence,
    Gate,
    evaluate,
)
from shipworthy.records import Condition, Rule, Rulebook
from shipworthy.vocabulary import DeploymentType, Truth, Verdict

_LARGE = 256
"""Cubes that the normal form of a situation, or of one requirement of a rule, may have."""

_MANY = 2048
"""Cubes that a rule may have in all; beyond, it is asked about as a tree."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """A gate of a rulebook with the situations that will be asked about.

    `charitable` is the rulebook itself. `within` confines every question to models that the
    framework is for. `about` has the rules that rest on something that a situation rests on.
    """

    gate: Gate
    space: Space
    charitable: Encoded
    within: Condition | None
    meanings: tuple[tuple[Situation | None, Meaning], ...]
    about: Mapping[Situation, frozenset[str]]
    budget: int

    @property
    def rulebook(self) -> Rulebook:
        """Return the rulebook, charitably read."""
        return self.charitable.rulebook

    @property
    def ladder(self) -> tuple[str, ...]:
        """Return the decision levels of the gate, most restrictive first."""
        return self.rulebook.decisions[self.gate]

    @property
    def go(self) -> int:
        """Return the position of the level that means go."""
        return self.ladder.index(self.rulebook.go[self.gate])

    def encoded(self, rulebook: Rulebook) -> Encoded:
        """Encode a reading, or any rulebook whose atoms are among those of this one."""
        return _widened(
            encode(rulebook, self.gate, self.space, self.charitable.positions), self.space
        )

    def meaning(self, situation: Situation | None) -> Meaning:
        """Return the profiles of a situation, or all, among models that the framework is for."""
        return next(meaning for one, meaning in self.meanings if one == situation)

    def permitted(
        self, kind: DeploymentType, situation: Situation, reading: Encoded, level: int
    ) -> Answer:
        """Look for the nearest profile of a situation in which a reading permits a level."""
        where = self.meaning(situation)
        return ask(self.space.among([kind]), where, ANYTHING, reading, level, self.budget)

    def binding(
        self, kind: DeploymentType, rule: EncodedRule, situation: Situation | None = None
    ) -> Answer:
        """Look for the nearest profile (of a situation) in which a rule binds."""
        where = self.meaning(situation)
        return ask(self.space.among([kind]), where, rule.binding, self.charitable, 0, self.budget)

    def released(
        self,
        kinds: Sequence[DeploymentType],
        reading: Encoded,
        level: int,
        situation: Situation | None = None,
    ) -> Answer:
        """Look for the nearest profile in which a reading permits what the charitable one forbids.

        Asked rule by rule: one that the reading has unchanged forbids the same there. For a
        situation only the rules about it are asked (4.3).
        """
        where = self.meaning(situation)
        box = self.space.among(kinds)
        kept = {rule.name: rule for rule in reading.rules}
        return best(
            ask(box, where, rule.binding, reading, level, self.budget)
            for rule in self.charitable.rules
            if rule.ceiling < level
            and (rule.name not in kept or kept[rule.name].binds != rule.binds)
            and (situation is None or rule.name in self.about[situation])
        )

    def judged(self, point: Point, reading: Encoded, situation: Situation | None = None) -> Judged:
        """Return a profile with the decision of a reading, after the plain evaluator confirmed it.

        Raises:
            RuntimeError: when the evaluator and the search disagree, which is a defect.
        """
        answer, _ = replay(self.space, point, self.gate, (reading, reading))
        where, *axes = self.space.axes
        self._confirm(point, situation)
        rules, clauses = _binding(answer)
        return Judged(
            deployment=where.cells[point[0]].label,
            settings=tuple(
                Setting(str(axis.key), axis.cells[cell].label, axis.cells[axis.usual].label)
                for axis, cell in zip(axes, point[1:], strict=True)
                if cell != axis.usual
            ),
            decision=answer.level_worst,
            rules=rules,
            clauses=clauses,
            cells=point,
        )

    def _confirm(self, point: Point, situation: Situation | None) -> None:
        case = Case(self.rulebook, evidence(self.space, point, self.rulebook.alpha))
        wanted = [self.within, situation.when if situation else None]
        if any(one is not None and case.truth(one) is not Truth.TRUE for one in wanted):
            name = situation.name if situation else "the scope"
            raise RuntimeError(f"the search and the evaluator disagree on {name}, {point}")


def grounds(
    rulebook: Rulebook,
    gate: Gate,
    situations: Sequence[Situation],
    *,
    within: Condition | None,
    budget: int,
) -> Grounds:
    """Return the ground for the questions about one gate of a rulebook.

    Raises:
        Problem: `gate-undefined`; `rulebook-invalid` for what no loader would have produced.
    """
    evaluate(rulebook, Evidence({}, {}, DeploymentType.INTERNAL), gate)
    ladder = rulebook.decisions[gate]
    positions = {level: place for place, level in enumerate(ladder)}
    conditions = [within, *(one.when for one in situations)]
    # a situation joins the space as a rule that applies in it, so that its limits cut the cells
    asked = tuple(
        Rule(id=f"asked-{i}", gate=gate, when=one, requires=(), ceiling=ladder[0], clauses=())
        for i, one in enumerate(conditions)
    )
    more = msgspec.structs.replace(rulebook, rules=(*rulebook.rules, *asked))
    space = shared_space(more, more, gate)
    scope, *nodes = (
        rule.binds for rule in encode(more, gate, space, positions).rules[-len(asked) :]
    )
    forms = NormalForms([len(axis.cells) for axis in space.axes], _LARGE)
    meant = [scope, *(all_of(scope, node) for node in nodes)]
    charitable = _widened(encode(rulebook, gate, space, positions), space)
    return Grounds(
        gate=gate,
        space=space,
        charitable=charitable,
        within=within,
        meanings=tuple(
            (situation, Meaning(node, forms.of(node)))
            for situation, node in zip([None, *situations], meant, strict=True)
        ),
        about={situation: _about(rulebook, charitable, situation) for situation in situations},
        budget=budget,
    )


def _widened(encoded: Encoded, space: Space) -> Encoded:
    """Return the same with normal forms of rules that a comparison of large rulebooks leaves out.

    A proof asks hundreds of questions of a few dozen rules, so that they pay.
    """
    sizes = [len(axis.cells) for axis in space.axes]
    forms = NormalForms(sizes, _LARGE)
    rules = tuple(
        replace(rule, binding=replace(rule.binding, cubes=_cubes(rule.binds, forms)))
        if rule.binding.cubes is None
        else rule
        for rule in encoded.rules
    )
    index = Index([rule.binding for rule in rules], sizes, encoded.index.usual)
    return replace(encoded, rules=rules, index=index)


def _cubes(binds: Node, forms: NormalForms) -> tuple[Cube, ...] | None:
    """Return the cubes of a rule, one requirement at a time, nothing where there are too many.

    A rule binds where it applies and its first requirement fails, or its second, and so on.
    """
    if not isinstance(binds, Several) or len(binds.of) != 2 or binds.needed != 2:
        return forms.of(binds)
    applies, broken = binds.of
    if not isinstance(broken, Several) or broken.needed != 1:
        return forms.of(binds)
    parts = [forms.of(all_of(applies, one)) for one in broken.of]
    cubes = {cube for part in parts for cube in part or ()}
    return None if None in parts or len(cubes) > _MANY else tuple(sorted(cubes))


def _about(rulebook: Rulebook, charitable: Encoded, situation: Situation) -> frozenset[str]:
    asked = rests_on(rulebook, [situation.when])
    names = set()
    for rule in charitable.rules:
        conditions = [one.condition for one in rule.rule.requires]
        if rule.rule.when:
            conditions.append(rule.rule.when)
        if asked & rests_on(rulebook, conditions):
            names.add(rule.name)
    return frozenset(names)


def _binding(answer: Evaluation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rules that bind, and the clauses that they and their broken parts carry out."""
    rules: dict[str, None] = {}
    clauses: dict[str, None] = {}
    for outcome in answer.rules:
        if outcome.triggered is not Truth.TRUE:
            continue
        rules[outcome.rule.id] = None
        clauses.update(dict.fromkeys(outcome.rule.clauses))
        for one in outcome.requirements:
            if one.verdict is Verdict.BROKEN:
                clauses.update(dict.fromkeys(one.requirement.clauses))
    return tuple(rules), tuple(clauses)
