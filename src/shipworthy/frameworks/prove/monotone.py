"""Does a riskier value ever permit more? Clause numbers are those of `spec/proofs.md`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import msgspec

from shipworthy.frameworks.compare.boxes import Answer, Covered, Found
from shipworthy.frameworks.compare.conditions import ALWAYS
from shipworthy.frameworks.compare.encoding import Encoded, encode
from shipworthy.frameworks.compare.profiles import WHERE, Key, Space, fields_of, key_of
from shipworthy.frameworks.compare.solving.cubes import EVERYWHERE
from shipworthy.frameworks.prove.answers import Judged, Outcome, Point, ReadingName
from shipworthy.frameworks.prove.asking import (
    Meaning,
    Oracle,
    parts,
    pieces,
    small_forms,
    widened,
)
from shipworthy.frameworks.prove.directions import wrong_way
from shipworthy.frameworks.prove.grounds import Grounds
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    Field,
    LevelField,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import DeploymentType


@dataclass(frozen=True, slots=True)
class Monotony:
    """Whether riskier values of one thing only ever restrict more.

    `searched` tells a proof by search from one by the direction of the atoms alone. When it is
    refuted, `safer` and `riskier` differ in this one thing, and the riskier one permits more.
    """

    field: str
    reading: ReadingName
    outcome: Outcome
    searched: bool
    safer: Judged | None = None
    riskier: Judged | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """From one cell of an axis to the next riskier one, of what is otherwise one profile."""

    axis: int
    safer: int
    riskier: int


def monotony(
    ground: Grounds, reading: Encoded, name: ReadingName, kinds: list[DeploymentType]
) -> Iterator[Monotony]:
    """Yield the answer for everything that the gate reads, in the order of the names (2)."""
    for key, rules in wrong_way(reading.rulebook, ground.gate).items():
        if not rules:
            yield Monotony(str(key), name, "proved", searched=False)
            continue
        yield _searched(ground, reading, name, key, rules, kinds)


def _searched(
    ground: Grounds,
    reading: Encoded,
    name: ReadingName,
    key: Key,
    rules: tuple[int, ...],
    kinds: list[DeploymentType],
) -> Monotony:
    best: tuple[Found, _Step] | None = None
    settled = True
    for step in _steps(ground.space, key, kinds):
        for answer in _answers(ground, reading, rules, step, kinds):
            if isinstance(answer, Found):
                settled = settled and answer.minimal
                rank = (answer.cost, answer.point)
                if best is None or rank < (best[0].cost, best[0].point):
                    best = (answer, step)
            elif not isinstance(answer, Covered):
                settled = False
    if best is None:
        return Monotony(str(key), name, "proved" if settled else "unknown", searched=True)
    safer, step = best[0].point, best[1]
    pair = [
        replace(ground.judged(point, reading), nearest=settled)
        for point in (safer, _moved(safer, step))
    ]
    places = [ground.ladder.index(one.decision) for one in pair]
    if places[0] >= places[1]:
        raise RuntimeError(f"the witness against `{key}` does not replay: {safer}")
    return Monotony(str(key), name, "refuted", searched=True, safer=pair[0], riskier=pair[1])


def _steps(space: Space, key: Key, kinds: list[DeploymentType]) -> Iterator[_Step]:
    axis = next(i for i, one in enumerate(space.axes) if one.key == key)
    labels = [cell.label for cell in space.axes[axis].cells]
    order = list(range(len(labels)))
    if key == WHERE:
        order = [labels.index(kind.value) for kind in kinds]
    elif space.axes[axis].usual:
        order.reverse()
    for safer, riskier in pairwise(order):
        yield _Step(axis, safer, riskier)


def _answers(
    ground: Grounds,
    reading: Encoded,
    rules: tuple[int, ...],
    step: _Step,
    kinds: list[DeploymentType],
) -> Iterator[Answer]:
    """Ask of each rule whether it binds before the step where nothing as strict binds after."""
    place = ground.gate, ground.space, ground.charitable.positions
    before, after = (
        encode(_fixed(reading.rulebook, ground.space, step.axis, cell), *place)
        for cell in (step.safer, step.riskier)
    )
    forms = small_forms(ground.sizes)
    oracle = Oracle(widened(after, ground.sizes), ground.sizes, ground.budget)
    everywhere = Meaning(ALWAYS, (EVERYWHERE,))
    for index in rules:
        rule = before.rules[index]
        left = parts(after.rules[index].binds)
        for part in pieces(rule.binding, forms, left):
            # the type costs nothing, so that one question finds the nearest profile of all types
            box = list(ground.space.among(kinds))
            box[step.axis] &= 1 << step.safer
            yield _placed(oracle.ask(tuple(box), everywhere, part, rule.ceiling + 1), step)


def _placed(answer: Answer, step: _Step) -> Answer:
    """Put the profile on the safer cell, which nothing reads any more and SAT may move."""
    if not isinstance(answer, Found):
        return answer
    point = (*answer.point[: step.axis], step.safer, *answer.point[step.axis + 1 :])
    return replace(answer, point=point)


def _moved(point: Point, step: _Step) -> Point:
    return (*point[: step.axis], step.riskier, *point[step.axis + 1 :])


def _fixed(rulebook: Rulebook, space: Space, axis: int, cell: int) -> Rulebook:
    """Return the rulebook for profiles that have one cell on an axis: its atoms are settled."""
    fields = fields_of(rulebook)
    key = space.axes[axis].key

    def settle(condition: Condition) -> Condition:
        if not isinstance(condition, Atom):
            return msgspec.structs.replace(condition, of=tuple(map(settle, condition.of)))
        field = fields[condition.field]
        if isinstance(field, LevelField) and field.definitions:
            return condition
        if key_of(condition, field) != key:
            return condition
        holds = space.cells(condition, field)[1] >> cell & 1
        return AllOf(of=()) if holds else AnyOf(of=())

    def field_of(field: Field) -> Field:
        if not isinstance(field, LevelField):
            return field
        definitions = tuple(
            msgspec.structs.replace(one, when=settle(one.when)) for one in field.definitions
        )
        return msgspec.structs.replace(field, definitions=definitions)

    def rule_of(rule: Rule) -> Rule:
        requires = tuple(
            msgspec.structs.replace(one, condition=settle(one.condition)) for one in rule.requires
        )
        when = None if rule.when is None else settle(rule.when)
        return msgspec.structs.replace(rule, when=when, requires=requires)

    return msgspec.structs.replace(
        rulebook,
        fields=tuple(map(field_of, rulebook.fields)),
        rules=tuple(map(rule_of, rulebook.rules)),
    )
