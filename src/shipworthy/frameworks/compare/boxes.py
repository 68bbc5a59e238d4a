"""The search: the nearest profile in which one rule binds and none of the other side's does.

Best-first refinement. Boxes wait in the order of their nearest profile; a box in which the answer
is settled is dropped, one whose nearest profile answers is the answer, any other is cut in two.
Boxes never overlap, so the first answer is the nearest of all (`spec/comparison.md`, 3).
"""

import heapq
from dataclasses import dataclass
from typing import NamedTuple

from shipworthy.frameworks.compare.conditions import Box, Node, Within, open_atoms, truth

Point = tuple[int, ...]

DEFAULT_BUDGET = 20_000
"""Boxes that one question may examine before its answer is `unknown`."""


class Cost(NamedTuple):
    """How far a profile is from the ordinary one: fields changed, then cells moved."""

    changed: int
    moved: int


@dataclass(frozen=True, slots=True)
class Question:
    """Is there a profile in `box` where `binds` holds and no rule of `others` does?

    `others` are (name, condition). `usual` has the ordinary cell of every axis, which is its first
    or its last one; the nearest cell of a set is then unique.
    """

    box: Box
    usual: Point
    binds: Node
    others: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest profile."""

    cost: Cost
    point: Point


@dataclass(frozen=True, slots=True)
class Covered:
    """There is none: in every profile where the rule binds, one of these does."""

    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The budget was spent before an answer."""

    examined: int


Answer = Found | Covered | Unsettled


class _Waiting(NamedTuple):
    """A box in the queue; points differ between boxes, so comparison never goes further."""

    cost: Cost
    point: Point
    box: Box


def search(question: Question, budget: int = DEFAULT_BUDGET) -> Answer:
    """Answer a question, examining at most `budget` boxes."""
    start = tuple(map(_nearest, question.box, question.usual))
    queue = [_Waiting(_cost(start, question.usual), start, question.box)]
    used: set[str] = set()
    examined = 0
    while queue:
        if examined >= budget:
            return Unsettled(examined)
        examined += 1
        waiting = heapq.heappop(queue)
        if truth(question.binds, waiting.box) is False:
            continue
        doubtful = _doubtful(question, singleton(waiting.point))
        if not doubtful:
            return Found(waiting.cost, waiting.point)
        settled = next((name for name, node in doubtful if truth(node, waiting.box)), None)
        if settled is not None:
            used.add(settled)
            continue
        choices = [list(open_atoms(node, waiting.box)) for _, node in doubtful]
        for half in _halves(min(choices, key=len)[0], waiting, question.usual):
            heapq.heappush(queue, half)
    return Covered(tuple(name for name, _ in question.others if name in used))


def singleton(point: Point) -> Box:
    """Return the box that holds one profile only."""
    return tuple(1 << cell for cell in point)


def _doubtful(question: Question, here: Box) -> list[tuple[str, Node]]:
    """Return what keeps a profile from being an answer: the rule itself, or rules of the others.

    A rule that binds in a whole box binds in its nearest profile, so no other rule has to be
    asked about the box. The rule itself never binds in a whole box when it is returned here.
    """
    if not truth(question.binds, here):
        return [("", question.binds)]
    return [(name, node) for name, node in question.others if truth(node, here)]


def _halves(cut: Within, waiting: _Waiting, usual: Point) -> list[_Waiting]:
    axis = cut.axis
    whole = waiting.box[axis]
    halves = []
    for part in (whole & cut.cells, whole & ~cut.cells):
        box = (*waiting.box[:axis], part, *waiting.box[axis + 1 :])
        near = _nearest(part, usual[axis])
        point = (*waiting.point[:axis], near, *waiting.point[axis + 1 :])
        halves.append(_Waiting(_cost(point, usual), point, box))
    return halves


def _nearest(cells: int, usual: int) -> int:
    """Return the cell next to the usual one, which is the first or the last of its axis."""
    if cells >> usual & 1:
        return usual
    return (cells & -cells).bit_length() - 1 if usual == 0 else cells.bit_length() - 1


def _cost(point: Point, usual: Point) -> Cost:
    moves = [abs(cell - ordinary) for cell, ordinary in zip(point, usual, strict=True)]
    return Cost(sum(move > 0 for move in moves), sum(moves))
