"""Normal form: a condition as a union of cubes, where it is small enough to be one.

A cube gives some axes a set of cells. Its profiles are those with a cell of the set on each of
these axes.
"""

from collections.abc import Iterable, Sequence

from shipworthy.frameworks.compare.conditions import Box, Node, Within
from shipworthy.frameworks.semantics.disjunctions import at_least_form

Cube = tuple[tuple[int, int], ...]
"""(axis, cells) by axis, the others being free; cells are bits, never none and never all."""

EVERYWHERE: Cube = ()

LIMIT = 64
"""Cubes that the normal form of one rule may have; beyond, the rule is asked about as a tree."""


class _TooLarge(Exception):  # noqa: N818 - an answer of the recursion, not a fault
    """The normal form would have more cubes than allowed."""


class NormalForms:
    """Normal forms over axes with these sizes; shared parts of conditions are worked out once."""

    def __init__(self, sizes: Sequence[int], limit: int = LIMIT) -> None:
        self._full = [(1 << size) - 1 for size in sizes]
        self._limit = limit
        # a node is kept beside its form, so that no other node can take its identity
        self._known: dict[int, tuple[Node, tuple[Cube, ...] | None]] = {}

    def of(self, node: Node) -> tuple[Cube, ...] | None:
        """Return cubes that hold together exactly where the node does; nothing when too many."""
        try:
            return self._form(node)
        except _TooLarge:
            return None

    def _form(self, node: Node) -> tuple[Cube, ...]:
        if isinstance(node, Within):
            full = self._full[node.axis]
            cells = node.cells & full
            return (EVERYWHERE if cells == full else ((node.axis, cells),),) if cells else ()
        known = self._known.get(id(node))
        if known is None:
            try:
                known = node, self._several(node.needed, node.of)
            except _TooLarge:
                known = node, None
            self._known[id(node)] = known
        if known[1] is None:
            raise _TooLarge
        return known[1]

    def _several(self, needed: int, members: Sequence[Node]) -> tuple[Cube, ...]:
        if needed <= 0:
            return (EVERYWHERE,)
        forms = [self._form(member) for member in members]
        if needed == len(forms) and all(len(form) == 1 for form in forms):
            return _conjunction([form[0] for form in forms])
        if needed == 1:
            return self._union(cube for form in forms for cube in form)
        return at_least_form(needed, forms, ((), (EVERYWHERE,)), self._product, self._either)

    def _either(self, one: tuple[Cube, ...], other: tuple[Cube, ...]) -> tuple[Cube, ...]:
        return self._union((*one, *other)) if one and other else one or other

    def _product(self, left: tuple[Cube, ...], right: tuple[Cube, ...]) -> tuple[Cube, ...]:
        if len(left) == 1 == len(right):
            joined = meet(left[0], right[0])
            return () if joined is None else (joined,)
        if len(left) * len(right) > self._limit**2:
            raise _TooLarge
        if left == (EVERYWHERE,):
            return right
        met = (meet(one, other) for one in left for other in right)
        return self._union(cube for cube in met if cube is not None)

    def _union(self, cubes: Iterable[Cube]) -> tuple[Cube, ...]:
        """Return the cubes without those that lie inside another, the most general first."""
        found = set(cubes)
        if len(found) <= 1:
            return tuple(found)
        ordered = sorted(found, key=lambda cube: (len(cube), cube))
        kept: list[Cube] = []
        for cube in ordered:
            if not any(_inside(cube, other) for other in kept):
                kept.append(cube)
                # what is kept stays, so that a form which is too large need not be finished
                if len(kept) > self._limit:
                    raise _TooLarge
        return tuple(kept)


def _conjunction(cubes: Sequence[Cube]) -> tuple[Cube, ...]:
    joined: dict[int, int] = {}
    for cube in cubes:
        for axis, cells in cube:
            joined[axis] = joined.get(axis, cells) & cells
    return (tuple(sorted(joined.items())),) if all(joined.values()) else ()


def meet(one: Cube, other: Cube) -> Cube | None:
    """Return the cube of what is in both, or nothing when they do not meet."""
    joined = dict(one)
    for axis, cells in other:
        both = joined.get(axis, cells) & cells
        if not both:
            return None
        joined[axis] = both
    return tuple(sorted(joined.items()))


def open_parts(cube: Cube, box: Box) -> list[tuple[int, int]]:
    """Return the parts of the cube that the box reaches out of; none: the box lies inside."""
    return [part for part in cube if box[part[0]] & ~part[1]]


def meets(cube: Cube, box: Box) -> bool:
    """Say whether a box has a profile in the cube."""
    return all(box[axis] & cells for axis, cells in cube)


def holds(cube: Cube, point: Sequence[int]) -> bool:
    """Say whether a profile lies in the cube."""
    return all(cells >> point[axis] & 1 for axis, cells in cube)


def hull(cubes: Sequence[Cube], box: Box) -> Cube | None:
    """Return a cube with every profile of the box that lies in the cubes, or nothing: none does."""
    touching = [cube for cube in cubes if meets(cube, box)]
    if len(touching) <= 1:
        return touching[0] if touching else None
    union = dict(touching[0])
    for other in map(dict, touching[1:]):
        union = {axis: cells | other[axis] for axis, cells in union.items() if axis in other}
    return tuple(union.items())


def _inside(cube: Cube, other: Cube) -> bool:
    mine = dict(cube)
    return all(axis in mine and not mine[axis] & ~cells for axis, cells in other)
