"""The ground on which the questions of a proof are asked: one space, many readings of one rulebook.

Clause numbers are those of `spec/proofs.md`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from shipworthy.frameworks.compare.boxes import Answer, Found
from shipworthy.frameworks.compare.conditions import all_of
from shipworthy.frameworks.compare.encoding import Encoded, EncodedRule, encode
from shipworthy.frameworks.compare.profiles import Space, shared_space
from shipworthy.frameworks.compare.replay import evidence, replay
from shipworthy.frameworks.compare.solving.index import Binding
from shipworthy.frameworks.prove.answers import Judged, Point, Setting
from shipworthy.frameworks.prove.asking import (
    ANYTHING,
    Meaning,
    Oracle,
    best,
    first_found,
    large_forms,
    parts,
    pieces,
    widened,
)
from shipworthy.frameworks.prove.directions import rests_on
from shipworthy.frameworks.prove.situations import Situation
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, satisfying
from shipworthy.frameworks.semantics.evaluation import (
    Case,
    Evaluation,
    Evidence,
    Gate,
    evaluate,
)
from shipworthy.records import Condition, Rule, Rulebook, all_conditions, atoms_of, conditions_of
from shipworthy.vocabulary import DeploymentType, Truth, Verdict


@dataclass(frozen=True, slots=True)
class Grounds:
    """A gate of a rulebook with the situations that will be asked about.

    `charitable` is the rulebook itself. `within` confines every question to models that the
    framework is for. `about` has the rules that rest on something that a situation rests on,
    `pieces` each rule by its requirements.
    """

    gate: Gate
    space: Space
    charitable: Encoded
    within: Condition | None
    meanings: tuple[tuple[Situation | None, Meaning], ...]
    about: Mapping[Situation, frozenset[str]]
    pieces: Mapping[str, tuple[Binding, ...]]
    budget: int
    alike: Mapping[DeploymentType, DeploymentType]
    _oracles: dict[int, Oracle] = field(default_factory=dict)
    _known: dict[tuple[object, ...], tuple[object, Answer]] = field(default_factory=dict)

    @property
    def sizes(self) -> list[int]:
        """Return how many cells each axis has."""
        return [len(axis.cells) for axis in self.space.axes]

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
        return widened(
            encode(rulebook, self.gate, self.space, self.charitable.positions), self.sizes
        )

    def meaning(self, situation: Situation | None) -> Meaning:
        """Return the profiles of a situation, or all, among models that the framework is for."""
        return next(meaning for one, meaning in self.meanings if one == situation)

    def oracle(self, reading: Encoded) -> Oracle:
        """Return what answers questions about a reading; made once for each."""
        if id(reading) not in self._oracles:
            self._oracles[id(reading)] = Oracle(reading, self.sizes, self.budget)
        return self._oracles[id(reading)]

    def permitted(
        self, kind: DeploymentType, situation: Situation, reading: Encoded, level: int
    ) -> Answer:
        """Look for the nearest profile of a situation in which a reading permits a level."""

        def answer(kinds: Sequence[DeploymentType]) -> Answer:
            box, where = self.space.among(kinds), self.meaning(situation)
            return self.oracle(reading).ask(box, where, ANYTHING, level)

        return self._asked([kind], ("permitted", situation, level), reading, answer)

    def binding(
        self, kind: DeploymentType, rule: EncodedRule, situation: Situation | None = None
    ) -> Answer:
        """Look for the nearest profile (of a situation) in which a rule binds."""

        def answer(kinds: Sequence[DeploymentType]) -> Answer:
            box, where = self.space.among(kinds), self.meaning(situation)
            return self.oracle(self.charitable).ask(box, where, rule.binding, 0)

        return self._asked([kind], ("binding", situation), rule, answer)

    def released(
        self,
        kinds: Sequence[DeploymentType],
        reading: Encoded,
        level: int,
        situation: Situation | None = None,
        *,
        near: bool = True,
    ) -> Answer:
        """Look for the nearest profile in which a reading permits what the charitable one forbids.

        Asked rule by rule and requirement by requirement: what the reading has unchanged forbids
        the same there. For a situation only the rules about it are asked (4.3). Any profile does
        where it need not be a `near` one.
        """

        def answer(kinds: Sequence[DeploymentType]) -> Answer:
            answers = self._released(kinds, reading, level, situation, near)
            return best(answers) if near else first_found(answers)

        return self._asked(kinds, ("released", situation, level, near), reading, answer)

    def _released(
        self,
        kinds: Sequence[DeploymentType],
        reading: Encoded,
        level: int,
        situation: Situation | None,
        near: bool,  # noqa: FBT001 - passed on
    ) -> Iterator[Answer]:
        box, where = self.space.among(kinds), self.meaning(situation)
        kept = {rule.name: rule.binding for rule in reading.rules}
        oracle = self.oracle(reading)
        for name, split in self.pieces.items():
            if situation is not None and name not in self.about[situation]:
                continue
            left = parts(kept[name].node) if name in kept else []
            for part in split:
                if part.ceiling < level and part.node not in left:
                    yield oracle.ask(box, where, part, level, near=near)

    def _asked(
        self,
        kinds: Sequence[DeploymentType],
        what: tuple[object, ...],
        of: Encoded | EncodedRule,
        answer: Callable[[Sequence[DeploymentType]], Answer],
    ) -> Answer:
        """Answer once for all deployment types that no condition tells apart."""
        alike = tuple(dict.fromkeys(self.alike[kind] for kind in kinds))
        key = (alike, id(of), *what)
        if key not in self._known:
            # kept beside its answer, so that nothing else can take its identity
            self._known[key] = of, answer(alike)
        known = self._known[key][1]
        if not isinstance(known, Found) or len(kinds) != 1:
            return known
        here = DEPLOYMENT.levels.index(kinds[0].value)
        return replace(known, point=(here, *known.point[1:]))

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
    sizes = [len(axis.cells) for axis in space.axes]
    forms = large_forms(sizes)
    meant = [scope, *(all_of(scope, node) for node in nodes)]
    charitable = widened(encode(rulebook, gate, space, positions), sizes)
    return Grounds(
        gate=gate,
        space=space,
        charitable=charitable,
        within=within,
        meanings=tuple(
            (situation, Meaning(node, forms.of(node)))
            for situation, node in zip([None, *situations], meant, strict=True)
        ),
        pieces={rule.name: pieces(rule.binding, forms) for rule in charitable.rules},
        about={situation: _about(rulebook, charitable, situation) for situation in situations},
        budget=budget,
        alike=_alike(more),
    )


def _alike(rulebook: Rulebook) -> dict[DeploymentType, DeploymentType]:
    """Return for each deployment type the first one that no condition tells from it."""
    told_apart = [
        satisfying(DEPLOYMENT, atom.operator, atom.value)
        for condition in all_conditions(rulebook)
        for atom in atoms_of(condition)
        if atom.field == DEPLOYMENT.name
    ]
    first: dict[tuple[bool, ...], DeploymentType] = {}
    return {
        kind: first.setdefault(tuple(kind.value in levels for levels in told_apart), kind)
        for kind in DeploymentType
    }


def _about(rulebook: Rulebook, charitable: Encoded, situation: Situation) -> frozenset[str]:
    asked = rests_on(rulebook, [situation.when])
    names = set()
    for rule in charitable.rules:
        if asked & rests_on(rulebook, conditions_of(rule.rule)):
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
