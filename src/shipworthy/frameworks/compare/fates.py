"""One direction of a comparison: the rules of one side that the other side does not keep.

`leaving` is the side whose rules are asked about, `taking` the one that might permit more. Clause
numbers are those of `spec/comparison.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shipworthy.frameworks.compare.boxes import Answer, Cost, Covered, Found, Question, search
from shipworthy.frameworks.compare.conditions import truth
from shipworthy.frameworks.compare.encoding import Encoded, EncodedRule
from shipworthy.frameworks.compare.profiles import Space
from shipworthy.frameworks.compare.replay import replay
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
    `rules` and `clauses` are what forbids it on the side that does.
    """

    deployment: str
    readings: tuple[Reading, ...]
    old_level: str
    new_level: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    cost: Cost
    cells: tuple[int, ...]

    @property
    def rank(self) -> tuple[Cost, tuple[int, ...]]:
        """Return what orders witnesses: the nearest first, then by deployment and cells (3.4)."""
        return self.cost, self.cells


@dataclass(frozen=True, slots=True)
class RuleFate:
    """Whether the other side restricts at least as much wherever this rule binds.

    `covered_by` are the rules of the other side that do, where the rule was kept.
    """

    rule: str
    ceiling: str
    fate: Fate
    covered_by: tuple[str, ...]
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether `taking` permits a level somewhere that `leaving` does not, and every rule's fate."""

    levels: dict[Place, Fate]
    rules: tuple[RuleFate, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Both sides over one space; `forward` says that the leaving side is the old one."""

    space: Space
    gate: Gate
    leaving: Encoded
    taking: Encoded
    forward: bool = True

    def turned(self) -> "Leaving":
        """Return the other direction."""
        return Leaving(self.space, self.gate, self.taking, self.leaving, not self.forward)


def permissions(sides: Leaving, types: Iterable[DeploymentType], budget: int) -> Permission:
    """Ask for every rule, deployment type and level whether the other side drops it (2.3)."""
    top = sides.taking.top
    kinds = list(types)
    levels: dict[Place, Fate] = {
        (kind, level): "kept" for kind in kinds for level in range(1, top + 1)
    }
    rules = []
    for rule in sides.leaving.rules:
        answers = [_ask(sides, rule, kind, budget, levels) for kind in kinds]
        rules.append(_fate(sides, rule, [one for one in answers if one is not None]))
    return Permission(levels, tuple(rules))


def _ask(
    sides: Leaving,
    rule: EncodedRule,
    kind: DeploymentType,
    budget: int,
    levels: dict[Place, Fate],
) -> Answer | None:
    """Answer for the level just above the rule's ceiling, and note the answers for all above."""
    box, usual = sides.space.at(kind)
    if truth(rule.binds, box) is False:
        return None
    first: Answer | None = None
    for level in range(rule.ceiling + 1, sides.taking.top + 1):
        if first and levels[kind, level] == "dropped":
            continue
        others = sides.taking.below(level)
        answer = search(Question(box, usual, rule.binds, others), budget)
        first = first or answer
        if isinstance(answer, Covered):
            break
        _note(levels, (kind, level), answer)
        if isinstance(answer, Found):
            for other in range(level + 1, sides.taking.level(answer.point) + 1):
                _note(levels, (kind, other), answer)
    return first


def _note(levels: dict[Place, Fate], place: Place, answer: Answer) -> None:
    if isinstance(answer, Found):
        levels[place] = "dropped"
    elif levels[place] == "kept":
        levels[place] = "unknown"


def _fate(sides: Leaving, rule: EncodedRule, answers: list[Answer]) -> RuleFate:
    found = [answer for answer in answers if isinstance(answer, Found)]
    covers = {name for answer in answers if isinstance(answer, Covered) for name in answer.by}
    fate: Fate = "kept"
    witness = None
    if found:
        fate = "dropped"
        witness = _witness(sides, min(found, key=lambda one: (one.cost, one.point)))
    elif not all(isinstance(answer, Covered) for answer in answers):
        fate = "unknown"
    return RuleFate(
        rule=rule.name,
        ceiling=rule.rule.ceiling,
        fate=fate,
        covered_by=tuple(one.name for one in sides.taking.rules if one.name in covers)
        if fate == "kept"
        else (),
        witness=witness,
    )


def _witness(sides: Leaving, found: Found) -> Witness:
    pair = (sides.leaving, sides.taking)
    strict, loose = replay(sides.space, found.point, sides.gate, pair)
    above = sides.taking.level(found.point)
    rules, clauses = _responsible(strict, sides.leaving, above)
    old, new = (strict, loose) if sides.forward else (loose, strict)
    kind = sides.space.axes[0].cells[found.point[0]].label
    return Witness(
        deployment=kind,
        readings=tuple(
            Reading(str(axis.key), axis.cells[cell].label, axis.cells[axis.usual].label)
            for axis, cell in zip(sides.space.axes[1:], found.point[1:], strict=True)
            if cell != axis.usual
        ),
        old_level=old.level_worst,
        new_level=new.level_worst,
        rules=rules,
        clauses=clauses,
        cost=found.cost,
        cells=found.point,
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
