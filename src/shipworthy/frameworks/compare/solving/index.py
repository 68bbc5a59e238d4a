"""Which rules bind in a profile: a few ANDs over bitsets, one bit for each cube of each rule.

A cube *needs* an axis when the ordinary cell of that axis is not among its cells. A profile that
differs from the ordinary one on k axes lies in a cube exactly when the cube needs none but these
axes and admits the profile's cell on each of them. So k axes are looked at, not all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shipworthy.frameworks.compare.conditions import Node, Point, truth
from shipworthy.frameworks.compare.solving.cubes import Cube

Moves = tuple[tuple[int, int], ...]
"""(axis, cell) of every axis on which a profile differs from the ordinary one."""


@dataclass(frozen=True, slots=True)
class Binding:
    """When a rule binds: as cubes where there is a normal form, and always as a tree."""

    name: str
    node: Node
    ceiling: int
    cubes: tuple[Cube, ...] | None


class Index:
    """The rules of one side. The order of the rules changes no answer, only their content does."""

    def __init__(self, rules: Sequence[Binding], sizes: Sequence[int], usual: Point) -> None:
        ordered = sorted(
            (len(cube), cube, rule.ceiling, rule.name)
            for rule in rules
            for cube in rule.cubes or ()
        )
        self.usual = usual
        self.cubes: tuple[Cube, ...] = tuple(cube for _, cube, _, _ in ordered)
        self.names: tuple[str, ...] = tuple(name for _, _, _, name in ordered)
        self.trees = sorted((one for one in rules if one.cubes is None), key=lambda one: one.name)
        self._same: dict[Cube, list[tuple[int, str]]] = {}
        for _, cube, ceiling, name in ordered:
            self._same.setdefault(cube, []).append((ceiling, name))
        self._below: dict[int, int] = {}
        self._ceilings = [ceiling for _, _, ceiling, _ in ordered]
        self._admits, self._needs = self._columns(sizes)
        self._counts = self._counted()

    def below(self, level: int) -> int:
        """Return the cubes of rules that keep a decision below a level."""
        if level not in self._below:
            places = [i for i, ceiling in enumerate(self._ceilings) if ceiling < level]
            self._below[level] = _bits(places, len(self.cubes))
        return self._below[level]

    def same(self, cubes: Iterable[Cube], level: int) -> set[str] | None:
        """Return rules below a level that have these very cubes, or nothing when one is missing."""
        found = set()
        for cube in cubes:
            names = (name for ceiling, name in self._same.get(cube, ()) if ceiling < level)
            name = next(names, None)
            if name is None:
                return None
            found.add(name)
        return found

    def trees_below(self, level: int) -> list[Binding]:
        """Return the rules without a normal form that keep a decision below a level."""
        return [one for one in self.trees if one.ceiling < level]

    def holding(self, moves: Moves, among: int) -> int:
        """Return those of the cubes `among` in which the profile with these moves lies."""
        reached = [among]
        top = len(self._counts) - 1
        for axis, cell in moves:
            among &= self._admits[axis][cell]
            need = self._needs[axis]
            for met in range(min(len(reached), top) - 1, -1, -1):
                more = reached[met] & need
                if met + 1 < len(reached):
                    reached[met + 1] |= more
                elif more:
                    reached.append(more)
        found = 0
        for met, cubes in enumerate(reached[: top + 1]):
            found |= cubes & self._counts[met]
        return found & among

    def level(self, point: Point, top: int) -> int:
        """Return the decision of a profile: the lowest ceiling of the rules that bind, or `top`."""
        found = self.holding(self.moves(point), self.below(top))
        lowest = next((level for level in range(top) if found & self.below(level + 1)), top)
        here = tuple(1 << cell for cell in point)
        trees = (one.ceiling for one in self.trees_below(lowest) if truth(one.node, here))
        return min(trees, default=lowest)

    def binding(self, point: Point) -> list[str]:
        """Return the names of the rules that bind in a profile."""
        found = self.holding(self.moves(point), (1 << len(self.cubes)) - 1)
        here = tuple(1 << cell for cell in point)
        names = {self.names[place] for place in places(found)}
        return sorted(names.union(one.name for one in self.trees if truth(one.node, here)))

    def moves(self, point: Point) -> Moves:
        """Return the axes on which a profile differs from the ordinary one."""
        pairs = zip(point, self.usual, strict=True)
        return tuple((axis, cell) for axis, (cell, usual) in enumerate(pairs) if cell != usual)

    def _columns(self, sizes: Sequence[int]) -> tuple[list[list[int]], list[int]]:
        count = len(self.cubes)
        everything = (1 << count) - 1
        groups: dict[tuple[int, int], list[int]] = {}
        for place, cube in enumerate(self.cubes):
            for part in cube:
                groups.setdefault(part, []).append(place)
        refused = [[0] * size for size in sizes]
        for (axis, cells), members in groups.items():
            bits = _bits(members, count)
            for cell in range(sizes[axis]):
                if not cells >> cell & 1:
                    refused[axis][cell] |= bits
        admits = [[everything & ~bits for bits in column] for column in refused]
        return admits, [column[self.usual[axis]] for axis, column in enumerate(refused)]

    def _counted(self) -> list[int]:
        """Return, by number of needed axes, the cubes that need so many."""
        numbers = [
            sum(not cells >> self.usual[axis] & 1 for axis, cells in cube) for cube in self.cubes
        ]
        members: list[list[int]] = [[] for _ in range(max(numbers, default=0) + 1)]
        for place, number in enumerate(numbers):
            members[number].append(place)
        return [_bits(some, len(numbers)) for some in members]


def places(bits: int) -> list[int]:
    """Return the places of the bits that are set, in order."""
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


def _bits(members: Iterable[int], count: int) -> int:
    found = bytearray(count // 8 + 1)
    for place in members:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")
