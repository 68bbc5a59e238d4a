"""One direction of a comparison: the rules of one side that the other side does not keep.

`leaving` is the side whose rules are asked about, `taking` the one that might permit more. Clause
numbers are those of `spec/comparison.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from shipworthy.frameworks.compare.boxes import (
    DEFAULT_BUDGET,
    Answer,
    Asked,
    Cost,
    Covered,
    Engine,
    Found,
    Region,
    Unsettled,
    region,
)
from shipworthy.frameworks.compare.conditions import Point
from shipworthy.frameworks.compare.encoding import Encoded, EncodedRule
from shipworthy.frameworks.compare.engines import EngineChoice, Solver
from shipworthy.frameworks.compare.profiles import Space
from shipworthy.frameworks.compare.replay import Replay
from shipworthy.frameworks.semantics.evaluation import Evaluation, Gate
from shipworthy.vocabulary import DeploymentType, Truth, Verdict

Fate = Literal["kept", "dropped", "unknown"]
Place = tuple[DeploymentType, int]
"""A deployment type and a decision level of the shared ladder."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that the witness sets otherwise than the ordinary profile."""

    name: str
    value: str
    ordinary: str


@dataclass(frozen=True, slots=True)
class Witness:
    """A profile that both sides judge differently; the plain evaluator has confirmed it.

    `readings` are the changes to the ordinary profile; everything else is at its least risky.
    `rules` and `clauses` are what forbids it on the side that does. `minimal` says that no other
    profile is nearer; without it, only that no single reading can be taken back. `ruling` is, of
    the nearest witness of a gate, the ruling of the side that permits; empty for others.
    """

    deployment: str
    readings: tuple[Reading, ...]
    old_level: str
    new_level: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    cost: Cost
    cells: tuple[int, ...]
    minimal: bool = True
    ruling: str = ""

    @property
    def rank(self) -> tuple[Cost, tuple[int, ...]]:
        """Return what orders witnesses: the nearest first, then by deployment and cells (3.4)."""
        return self.cost, self.cells


@dataclass(frozen=True, slots=True)
class RuleFate:
    """Whether the other side restricts at least as much wherever this rule binds.

    `covered_by` are the rules of the other side that do, where the rule was kept. `engine` is what
    answered: the search of boxes, or SAT where that was too much for it.
    """

    rule: str
    ceiling: str
    fate: Fate
    covered_by: tuple[str, ...]
    witness: Witness | None
    engine: Engine = "boxes"


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a question may be worked on: boxes that it may examine, and what may answer."""

    budget: int = DEFAULT_BUDGET
    engine: EngineChoice = "auto"


class Proved(NamedTuple):
    """For these types, wherever the rule binds, a rule with a ceiling below `level` does too."""

    rule: EncodedRule
    level: int
    kinds: tuple[DeploymentType, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether `taking` permits a level somewhere that `leaving` does not, and every rule's fate.

    `points` are the profiles that show it, `proved` what is known of the rules that were kept.
    """

    levels: dict[Place, Fate]
    rules: tuple[RuleFate, ...]
    proved: tuple[Proved, ...]
    points: tuple[Point, ...]
    engines: frozenset[Engine]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Both sides over one space; `forward` says that the leaving side is the old one."""

    space: Space
    gate: Gate
    leaving: Encoded
    taking: Encoded
    replay: Replay
    forward: bool = True

    def turned(self) -> "Leaving":
        """Return the other direction."""
        return replace(self, leaving=self.taking, taking=self.leaving, forward=not self.forward)


def permissions(sides: Leaving, types: Iterable[DeploymentType], effort: Effort) -> Permission:
    """Ask for every rule, deployment type and level whether the other side drops it (2.3)."""
    kinds = tuple(types)
    asking = _Asking(sides, effort, kinds)
    # SAT learns from question to question: by name, so that the order of the rules changes nothing
    ordered = sorted(sides.leaving.rules, key=lambda rule: rule.name)
    fates = {rule.name: asking.fate(rule, kinds) for rule in ordered}
    rules = tuple(fates[rule.name] for rule in sides.leaving.rules)
    points = tuple(sorted(asking.points))
    return Permission(asking.levels, rules, tuple(asking.proved), points, frozenset(asking.engines))


class _Asking:
    """The questions of one direction; what their answers show of levels is noted on the way."""

    def __init__(self, sides: Leaving, effort: Effort, kinds: tuple[DeploymentType, ...]) -> None:
        self._sides = sides
        sizes = [len(axis.cells) for axis in sides.space.axes]
        others = [rule.binding for rule in sides.taking.rules]
        self._solver = Solver(effort.budget, effort.engine, sizes, others)
        self._regions: dict[tuple[DeploymentType, ...], Region] = {}
        above = range(1, sides.taking.top + 1)
        self.levels: dict[Place, Fate] = {
            (kind, level): "kept" for kind in kinds for level in above
        }
        self.proved: list[Proved] = []
        self.points: set[Point] = set()
        self.engines: set[Engine] = set()

    def fate(self, rule: EncodedRule, kinds: tuple[DeploymentType, ...]) -> RuleFate:
        """Ask about one rule: every type at once, then what else is needed for each level."""
        first: list[Answer] = []
        left = kinds
        for level in range(rule.ceiling + 1, self._sides.taking.top + 1):
            wanted = left if not first else self._kept(left, level)
            while wanted:
                answers = self._asked(rule, level, wanted)
                first = first or [answer for _, answer in answers]
                wanted = ()
                for group, answer in answers:
                    if isinstance(answer, Covered):
                        left = tuple(kind for kind in left if kind not in group)
                        self.proved.append(Proved(rule, level, group))
                    else:
                        self._note(answer, level, group)
                    if isinstance(answer, Found):
                        wanted += self._kept(group, level)
            if not left:
                break
        return self._fate(rule, first)

    def _asked(
        self, rule: EncodedRule, level: int, kinds: tuple[DeploymentType, ...]
    ) -> list[tuple[tuple[DeploymentType, ...], Answer]]:
        """Answer for several types together; for each alone where that is too much at once."""
        others = self._sides.taking.index
        if kinds not in self._regions:
            self._regions[kinds] = region(self._sides.space.among(kinds), others.usual)
        answer = self._solver.answer(Asked(self._regions[kinds], rule.binding, others, level))
        if isinstance(answer, Unsettled) and len(kinds) > 1:
            return [pair for kind in kinds for pair in self._asked(rule, level, (kind,))]
        if not isinstance(answer, Unsettled):
            self.engines.add(answer.engine)
        return [(kinds, answer)]

    def _kept(self, kinds: tuple[DeploymentType, ...], level: int) -> tuple[DeploymentType, ...]:
        return tuple(kind for kind in kinds if self.levels[kind, level] != "dropped")

    def _note(self, answer: Answer, level: int, group: tuple[DeploymentType, ...]) -> None:
        if isinstance(answer, Found):
            self.points.add(answer.point)
            kind = self._sides.space.kind(answer.point)
            forbidden = self._sides.leaving.level(answer.point)
            for other in range(forbidden + 1, self._sides.taking.level(answer.point) + 1):
                self.levels[kind, other] = "dropped"
            return
        for kind in self._kept(group, level):
            self.levels[kind, level] = "unknown"

    def _fate(self, rule: EncodedRule, answers: list[Answer]) -> RuleFate:
        found = [answer for answer in answers if isinstance(answer, Found)]
        covered = [answer for answer in answers if isinstance(answer, Covered)]
        fate: Fate = "kept"
        witness = None
        if found:
            fate = "dropped"
            best = min(found, key=lambda one: (one.cost, one.point))
            sure = best.minimal and len(found) + len(covered) == len(answers)
            witness = _witness(self._sides, best, minimal=sure)
        elif len(covered) < len(answers):
            fate = "unknown"
        covers = sorted({name for answer in covered for name in answer.by})
        engines = {one.engine for one in found} | {one.engine for one in covered}
        return RuleFate(
            rule=rule.name,
            ceiling=rule.rule.ceiling,
            fate=fate,
            covered_by=tuple(covers) if fate == "kept" else (),
            witness=witness,
            engine="sat" if "sat" in engines else "boxes",
        )


def _witness(sides: Leaving, found: Found, *, minimal: bool) -> Witness:
    replayed = sides.replay.witness(found.point, forward=sides.forward)
    above = sides.taking.level(found.point)
    rules, clauses = _responsible(replayed.binding, sides.leaving, above)
    return Witness(
        deployment=sides.space.kind(found.point).value,
        readings=tuple(
            Reading(str(axis.key), axis.cells[cell].label, axis.cells[axis.usual].label)
            for axis, cell in zip(sides.space.axes[1:], found.point[1:], strict=True)
            if cell != axis.usual
        ),
        old_level=replayed.old_level,
        new_level=replayed.new_level,
        rules=rules,
        clauses=clauses,
        cost=found.cost,
        cells=found.point,
        minimal=minimal,
    )


def _responsible(
    answer: Evaluation, side: Encoded, above: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rules that hold a decision below a level, and the clauses they carry out."""
    rules: dict[str, None] = {}
    clauses: dict[str, None] = {}
    for outcome in answer.rules:
        rule = outcome.rule
        if outcome.triggered is not Truth.TRUE or side.positions[rule.ceiling] >= above:
            continue
        rules[rule.id] = None
        broken = [one for one in outcome.requirements if one.verdict is Verdict.BROKEN]
        for clause in (
            *rule.clauses,
            *(name for one in broken for name in one.requirement.clauses),
        ):
            clauses[clause] = None
    return tuple(rules), tuple(clauses)
