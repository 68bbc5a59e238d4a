"""The search: the nearest profile in which one rule binds and none of the other side's does.

Best-first refinement. Boxes wait in the order of their nearest profile; a box in which the answer
is settled is dropped, one whose nearest profile answers is the answer, any other is cut in two.
Boxes never overlap, so the first answer is the nearest of all (`spec/comparison.md`, 3).
"""

import heapq
from dataclasses import dataclass
from typing import NamedTuple

from shipworthy.frameworks.compare.conditions import Box, Node, open_atoms, truth

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
    others: tuple[tuple[str, Node], ...]


def search(question: Question, budget: int = DEFAULT_BUDGET) -> Answer:
    """Answer a question, examining at most `budget` boxes."""
    start = tuple(map(_nearest, question.box, question.usual))
    queue = [_Waiting(_cost(start, question.usual), start, question.box, question.others)]
    used: set[str] = set()
    examined = 0
    while queue:
        if examined >= budget:
            return Unsettled(examined)
        examined += 1
        waiting = heapq.heappop(queue)
        if truth(question.binds, waiting.box) is False:
            continue
        blocking, left = _blockers(waiting)
        if blocking is not None:
            used.add(blocking)
            continue
        cut = _undecided(question.binds, left, waiting)
        if cut is None:
            return Found(waiting.cost, waiting.point)
        for half in _halves(cut, waiting, question.usual, left):
            heapq.heappush(queue, half)
    return Covered(tuple(name for name, _ in question.others if name in used))


def singleton(point: Point) -> Box:
    """Return the box that holds one profile only."""
    return tuple(1 << cell for cell in point)


def _blockers(waiting: _Waiting) -> tuple[str | None, tuple[tuple[str, Node], ...]]:
    """Return a rule that binds in the whole box, or those that bind in part of it."""
    left = []
    for name, node in waiting.others:
        found = truth(node, waiting.box)
        if found:
            return name, ()
        if found is None:
            left.append((name, node))
    return None, tuple(left)


def _undecided(
    binds: Node, others: tuple[tuple[str, Node], ...], waiting: _Waiting
) -> tuple[int, int] | None:
    """Return where to cut (axis, cells), or nothing when the nearest profile is an answer."""
    here = singleton(waiting.point)
    if not truth(binds, here):
        candidates = [binds]
    else:
        candidates = [node for _, node in others if truth(node, here)]
    if not candidates:
        return None
    choices = [list(open_atoms(node, waiting.box)) for node in candidates]
    atom = min(choices, key=len)[0]
    return atom.axis, atom.cells


def _halves(
    cut: tuple[int, int],
    waiting: _Waiting,
    usual: Point,
    others: tuple[tuple[str, Node], ...],
) -> list[_Waiting]:
    axis, cells = cut
    whole = waiting.box[axis]
    halves = []
    for part in (whole & cells, whole & ~cells):
        box = (*waiting.box[:axis], part, *waiting.box[axis + 1 :])
        near = _nearest(part, usual[axis])
        point = (*waiting.point[:axis], near, *waiting.point[axis + 1 :])
        halves.append(_Waiting(_cost(point, usual), point, box, others))
    return halves


def _nearest(cells: int, usual: int) -> int:
    """Return the cell next to the usual one, which is the first or the last of its axis."""
    if cells >> usual & 1:
        return usual
    return (cells & -cells).bit_length() - 1 if usual == 0 else cells.bit_length() - 1


def _cost(point: Point, usual: Point) -> Cost:
    moves = [abs(cell - ordinary) for cell, ordinary in zip(point, usual, strict=True)]
    return Cost(sum(move > 0 for move in moves), sum(moves))
