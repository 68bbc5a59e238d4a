"""The search: the nearest profile in which one rule binds and none of the other side's does.

Best-first refinement. Boxes wait in the order of their nearest profile; a box in which the answer
is settled is dropped, one whose nearest profile answers is the answer, any other is cut along the
cells of one rule. Boxes never overlap, so the first answer is the nearest of all
(`spec/comparison.md`, 3). Rules are asked in the order of their content, never of their place.
"""

import heapq
from dataclasses import dataclass
from typing import Literal, NamedTuple

from shipworthy.frameworks.compare.conditions import Box, Node, Point, Within, open_atoms, truth
from shipworthy.frameworks.compare.solving.cubes import (
    Cube,
    NormalForms,
    holds,
    hull,
    meets,
    open_parts,
)
from shipworthy.frameworks.compare.solving.index import Binding, Index, Moves

DEFAULT_BUDGET = 20_000
"""Boxes that one question may examine before its answer is `unknown`."""

_LOOKED_AT = 32
"""Blocking cubes among which the one with the fewest open axes is looked for."""

_FREE = 0
"""The axis that costs nothing: `deployment`."""


class Cost(NamedTuple):
    """How far a profile is from the ordinary one: fields changed, then cells moved."""

    changed: int
    moved: int


class Region(NamedTuple):
    """A box with its nearest profile; points differ between boxes that do not overlap."""

    cost: Cost
    point: Point
    box: Box
    moves: Moves


@dataclass(frozen=True, slots=True)
class Asked:
    """Is there a profile of `region` where `rule` binds and no rule of `others` below `level`?

    The ordinary cell of an axis is its first or its last one; the nearest cell of a set is then
    unique. The first axis costs nothing, and its nearest cell is the first.
    """

    region: Region
    rule: Binding
    others: Index
    level: int


@dataclass(frozen=True, slots=True)
class Question:
    """The same question about conditions that belong to no rulebook; `others` are (name, node)."""

    box: Box
    usual: Point
    binds: Node
    others: tuple[tuple[str, Node], ...]


Engine = Literal["boxes", "sat"]
"""What answered a question."""


@dataclass(frozen=True, slots=True)
class Found:
    """A profile; the nearest of all when `minimal`."""

    cost: Cost
    point: Point
    minimal: bool = True
    engine: Engine = "boxes"


@dataclass(frozen=True, slots=True)
class Covered:
    """There is none: in every profile where the rule binds, one of these does."""

    by: tuple[str, ...]
    engine: Engine = "boxes"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The budget was spent before an answer."""

    examined: int


Answer = Found | Covered | Unsettled


def search(question: Question, budget: int = DEFAULT_BUDGET) -> Answer:
    """Answer a question, examining at most `budget` boxes."""
    pairs = zip(question.box, question.usual, strict=True)
    sizes = [max(cells.bit_length(), usual + 1) for cells, usual in pairs]
    forms = NormalForms(sizes)
    named = (("", question.binds), *question.others)
    rule, *others = (Binding(name, node, 0, forms.of(node)) for name, node in named)
    index = Index(others, sizes, (0, *question.usual[1:]))
    return nearest(Asked(region(question.box, index.usual), rule, index, 1), budget)


def nearest(asked: Asked, budget: int = DEFAULT_BUDGET) -> Answer:
    """Answer a question about rules, examining at most `budget` boxes."""
    start = asked.region
    if asked.rule.cubes is not None:
        # most rules of a new version are rules of the old one
        same = asked.others.same(asked.rule.cubes, asked.level)
        if same is not None:
            return Covered(tuple(sorted(same)))
        within = hull(asked.rule.cubes, start.box)
        if within is None:
            return Covered(())
        start = narrowed(start, within, asked.others.usual)
    search = _Search(asked, start)
    examined = 0
    while search.queue:
        if examined >= budget:
            return Unsettled(examined)
        examined += 1
        waiting = heapq.heappop(search.queue)
        if search.answers(waiting):
            return Found(waiting.cost, waiting.point)
    return Covered(tuple(sorted(search.used)))


def region(box: Box, usual: Point) -> Region:
    """Return a box with its nearest profile."""
    point = tuple(map(nearest_cell, box, usual))
    pairs = zip(point, usual, strict=True)
    moves = tuple((axis, cell) for axis, (cell, here) in enumerate(pairs) if cell != here)
    return Region(cost_of(point, usual), point, box, moves)


def narrowed(whole: Region, within: Cube, usual: Point) -> Region:
    """Return the part of a box that lies in a cube which it meets."""
    box, point, moves = list(whole.box), list(whole.point), list(whole.moves)
    changed, moved = whole.cost
    for axis, cells in within:
        box[axis] &= cells
        before, ordinary = point[axis], usual[axis]
        cell = nearest_cell(box[axis], ordinary)
        if cell == before:
            continue
        point[axis] = cell
        if axis != _FREE:
            changed += before == ordinary
            moved += abs(cell - ordinary) - abs(before - ordinary)
        if before != ordinary:
            moves.remove((axis, before))
        moves.append((axis, cell))
    return Region(Cost(changed, moved), tuple(point), tuple(box), tuple(moves))


class _Search:
    """The boxes that wait, and the rules that were found to cover others."""

    def __init__(self, asked: Asked, start: Region) -> None:
        self._asked = asked
        self._usual = asked.others.usual
        self._blocking = asked.others.below(asked.level)
        self._trees = asked.others.trees_below(asked.level)
        self.used: set[str] = set()
        self.queue = [start]

    def answers(self, waiting: Region) -> bool:
        """Say whether the nearest profile of a box answers; if not, put its open parts back."""
        if self._cut_by_rule(waiting):
            return False
        blocked = self._asked.others.holding(waiting.moves, self._blocking)
        if blocked:
            self._cut_by_cube(waiting, blocked)
            return False
        return not self._cut_by_trees(waiting)

    def _cut_by_rule(self, waiting: Region) -> bool:
        """Cut a box in whose nearest profile the rule does not bind; drop it if it never does."""
        rule, box = self._asked.rule, waiting.box
        if rule.cubes is None:
            if truth(rule.node, singleton(waiting.point)):
                return False
            if truth(rule.node, box) is not False:
                self._halve(waiting, next(open_atoms(rule.node, box)))
            return True
        if len(rule.cubes) == 1:  # the search began inside it
            return False
        if any(holds(cube, waiting.point) for cube in rule.cubes):
            return False
        touching = [open_parts(cube, box) for cube in rule.cubes if meets(cube, box)]
        if touching:
            inside = self._outside(waiting, min(touching, key=len))
            heapq.heappush(self.queue, inside)
        return True

    def _cut_by_cube(self, waiting: Region, blocked: int) -> None:
        """Take a cube that blocks the nearest profile out of the box."""
        others = self._asked.others
        best: tuple[int, list[tuple[int, int]]] | None = None
        for _ in range(_LOOKED_AT):
            if not blocked:
                break
            low = blocked & -blocked
            blocked ^= low
            place = low.bit_length() - 1
            parts = open_parts(others.cubes[place], waiting.box)
            if best is None or len(parts) < len(best[1]):
                best = place, parts
            if not parts:
                break
        if best:
            self.used.add(others.names[best[0]])
            if best[1]:
                self._outside(waiting, best[1])

    def _cut_by_trees(self, waiting: Region) -> bool:
        """Cut a box whose nearest profile a rule without a normal form blocks."""
        if not self._trees:
            return False
        here = singleton(waiting.point)
        doubtful = [one for one in self._trees if truth(one.node, here)]
        if not doubtful:
            return False
        settled = next((one.name for one in doubtful if truth(one.node, waiting.box)), None)
        if settled is not None:
            self.used.add(settled)
            return True
        choices = [list(open_atoms(one.node, waiting.box)) for one in doubtful]
        self._halve(waiting, min(choices, key=len)[0])
        return True

    def _halve(self, waiting: Region, cut: Within) -> None:
        inside = self._outside(waiting, [(cut.axis, cut.cells)])
        heapq.heappush(self.queue, inside)

    def _outside(self, waiting: Region, parts: list[tuple[int, int]]) -> Region:
        """Put back what lies outside of these parts, in disjoint boxes; return what lies inside."""
        for axis, cells in parts:
            heapq.heappush(self.queue, narrowed(waiting, ((axis, ~cells),), self._usual))
            waiting = narrowed(waiting, ((axis, cells),), self._usual)
        return waiting


def singleton(point: Point) -> Box:
    """Return the box that holds one profile only."""
    return tuple(1 << cell for cell in point)


def nearest_cell(cells: int, usual: int) -> int:
    """Return the cell next to the usual one, which is the first or the last of its axis."""
    if cells >> usual & 1:
        return usual
    return (cells & -cells).bit_length() - 1 if usual == 0 else cells.bit_length() - 1


def cost_of(point: Point, usual: Point) -> Cost:
    """Return how far a profile is from the ordinary one; the first axis costs nothing."""
    moves = [abs(cell - ordinary) for cell, ordinary in zip(point[1:], usual[1:], strict=True)]
    return Cost(sum(move > 0 for move in moves), sum(moves))
