"""Certificates: everything that a comparison found, in a form that a tiny program can check.

For a rule that was kept: how to cut all profiles into boxes so that in each of them the rule does
not bind, or one rule of the other side does. For a rule that was dropped: the profile. The checker
is `shipworthy_verify.comparison`; it evaluates both rulebooks itself and shares no code with this.
"""

from collections.abc import Mapping
from typing import Any, Final

from shipworthy.frameworks.compare.cells import plain
from shipworthy.frameworks.compare.conditions import Box, open_atoms, truth
from shipworthy.frameworks.compare.encoding import Encoded, EncodedRule
from shipworthy.frameworks.compare.fates import Leaving, Permission, Proved
from shipworthy.frameworks.compare.profiles import Axis
from shipworthy.frameworks.compare.solving.cubes import open_parts
from shipworthy.frameworks.compare.solving.index import places
from shipworthy.frameworks.compare.verdicts import Comparison, Grounds
from shipworthy.kernel import Problem
from shipworthy.records import Rulebook

Json = dict[str, Any]
Tree = int | Json
"""A leaf: the place of the covering rule, or -1 where the rule does not bind. Else a cut."""

FORMAT: Final = "shipworthy-comparison/1"
IDLE: Final = -1
LEAVES: Final = 20_000
"""Leaves that the tree of one rule may have."""


def certificate(
    comparison: Comparison,
    grounds: tuple[Grounds, ...],
    books: tuple[Rulebook, Rulebook],
    mapping: Mapping[str, str],
) -> Json:
    """Return the certificate of a comparison of these rulebooks (`spec/comparison.md`, 8).

    Under scale maps, the old one is the rulebook that they give.

    Raises:
        Problem: `compare-certificate` when a rule would need too many boxes.
    """
    return {
        "format": FORMAT,
        "old": books[0].digest,
        "new": books[1].digest,
        "map": dict(mapping),
        "change": comparison.change.value,
        "gates": [
            {
                "gate": gate.gate,
                "change": gate.change.value,
                "deployments": [kind.value for kind in ground.types],
                "axes": [_axis(axis) for axis in ground.leaving.space.axes],
                "levels": [[one.deployment, one.level, one.change.value] for one in gate.levels],
                "old": _direction(ground.leaving, ground.more),
                "new": _direction(ground.leaving.turned(), ground.less),
            }
            for gate, ground in zip(comparison.gates, grounds, strict=True)
        ],
    }


def _axis(axis: Axis) -> Json:
    found: Json = {"kind": axis.key.kind, "name": axis.key.name}
    if axis.key.kind != "level":
        found["cuts"] = [[plain(value), side] for value, side in axis.cuts]
    return found


def _direction(sides: Leaving, found: Permission) -> Json:
    """Return the proofs and the witnesses for the rules of one side, by their place in it."""
    place = {rule.name: i for i, rule in enumerate(sides.leaving.rules)}
    return {
        "kept": [
            {
                "rule": place[one.rule.name],
                "level": one.level,
                "deployments": [kind.value for kind in one.kinds],
                "tree": _Tree(sides, one).root(),
            }
            for one in sorted(found.proved, key=lambda one: (place[one.rule.name], one.level))
        ],
        "dropped": [
            {"rule": place[one.rule], "profile": list(one.witness.cells)}
            for one in found.rules
            if one.witness
        ],
        "permitted": [list(point) for point in found.points],
    }


class _Tree:
    """The cuts for one rule, depth first: along the rule, then along what blocks it."""

    def __init__(self, sides: Leaving, proved: Proved) -> None:
        self._space = sides.space
        self._rule: EncodedRule = proved.rule
        self._taking: Encoded = sides.taking
        self._blocking = sides.taking.index.below(proved.level)
        self._trees = sides.taking.index.trees_below(proved.level)
        self._by_name = {rule.name: (i, rule) for i, rule in enumerate(sides.taking.rules)}
        self._kinds = proved.kinds
        self._left = LEAVES

    def root(self) -> Tree:
        """Return the tree over all profiles of the deployment types."""
        return self._node(self._space.among(self._kinds))

    def _node(self, box: Box) -> Tree:
        self._left -= 1
        if self._left < 0:
            raise Problem.of(
                "compare-certificate",
                f"the certificate of rule `{self._rule.name}` needs more than {LEAVES} boxes",
                help="compare without `--certificate`, or one deployment type at a time",
            )
        binds = truth(self._rule.binds, box)
        if binds is False:
            return IDLE
        if binds is None and self._rule.binding.cubes is None:
            return self._cut(box, *_first_open(self._rule, box))
        if binds is None:
            touching = [open_parts(cube, box) for cube in self._rule.binding.cubes or ()]
            parts = min((one for one in touching if one), key=len, default=[])
            if parts and all(box[axis] & cells for axis, cells in parts):
                return self._cut(box, *parts[0])
            return self._cut(box, *_first_open(self._rule, box))
        return self._covered(box)

    def _covered(self, box: Box) -> Tree:
        """Return a leaf for a rule of the other side that binds in the whole box, or a cut."""
        index = self._taking.index
        point = tuple((cells & -cells).bit_length() - 1 for cells in box)
        held = places(index.holding(index.moves(point), self._blocking))
        names = [index.names[place] for place in held] + [one.name for one in self._trees]
        for name in names:
            place, rule = self._by_name[name]
            if truth(rule.binds, box):
                return place
        parts = [open_parts(index.cubes[place], box) for place in held]
        shortest = min((one for one in parts if one), key=len, default=None)
        if shortest:
            return self._cut(box, *shortest[0])
        here = tuple(1 << cell for cell in point)
        blocking = (name for name in names if truth(self._by_name[name][1].binds, here))
        return self._cut(box, *_first_open(self._by_name[next(blocking)][1], box))

    def _cut(self, box: Box, axis: int, cells: int) -> Tree:
        parts = [box[axis] & cells, box[axis] & ~cells]
        return {
            "axis": axis,
            "parts": [
                [places(part), self._node((*box[:axis], part, *box[axis + 1 :]))] for part in parts
            ],
        }


def _first_open(rule: EncodedRule, box: Box) -> tuple[int, int]:
    atom = next(open_atoms(rule.binds, box))
    return atom.axis, atom.cells
