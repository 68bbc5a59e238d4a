"""Questions about rules as satisfiability: order encoding, counts by totalizer, CaDiCaL.

The cell of an axis is told by "at or above cell i" for every i but the first, each of which implies
the one before. Nothing here uses normal forms or boxes: the formulas are made of the conditions
themselves, so that the two engines can referee each other.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from shipworthy.frameworks.compare.conditions import Node, Point, Several, Within
from shipworthy.frameworks.compare.solving.index import Binding

SOLVER: Final = "cadical195"
"""Glucose and MiniSat were 10 to 30 times slower on these formulas."""

CONFLICTS: Final = 200_000
"""Conflicts that one question may meet: a limit that does not depend on the machine."""


@dataclass(frozen=True, slots=True)
class Profile:
    """There is such a profile."""

    point: Point


@dataclass(frozen=True, slots=True)
class Excluded:
    """There is none; these rules alone exclude it."""

    by: tuple[str, ...]


def sat_installed() -> bool:
    """Say whether the optional package python-sat is there."""
    return find_spec("pysat") is not None


class Formula:
    """One side's rules as clauses, each of which a question may switch on.

    Args:
        sizes: how many cells each axis has.
        others: the rules that may be switched on.
    """

    def __init__(self, sizes: Sequence[int], others: Iterable[Binding]) -> None:
        from pysat.solvers import Solver

        self._solver: Any = Solver(name=SOLVER)
        self._top = 0
        self._true = self._variable()
        self._solver.add_clause([self._true])
        self._sizes = sizes
        self._at_least = [[self._variable() for _ in range(size - 1)] for size in sizes]
        for column in self._at_least:
            for lower, higher in itertools.pairwise(column):
                self._solver.add_clause([-higher, lower])
        self._sets: dict[tuple[int, int], int] = {}
        # a node is kept beside its literal, so that no other node can take its identity
        self._nodes: dict[tuple[int, bool], tuple[Node, int]] = {}
        self._rules = [
            (self.literal(rule.node, holds=False), rule)
            for rule in sorted(others, key=lambda rule: rule.name)
        ]

    def ask(self, binds: Node, kinds: int, level: int) -> Profile | Excluded | None:
        """Look for a profile in which `binds` holds and no rule below `level` does.

        `kinds` are the cells of the first axis that count. Nothing when the limit was reached.
        """
        below = [(switch, rule.name) for switch, rule in self._rules if rule.ceiling < level]
        always = [name for switch, name in below if switch == -self._true]
        if always:
            return Excluded((always[0],))
        switches = {switch: name for switch, name in below if switch != self._true}
        question = [self.literal(binds, holds=True), self._within(0, kinds)]
        wanted = [*question, *switches]
        for attempt in range(4):
            self._solver.conf_budget(CONFLICTS)
            answer = self._solver.solve_limited(assumptions=wanted)
            if answer is None:
                return _excluded(wanted, switches) if attempt else None
            if answer:
                return Profile(self._point())
            core = set(self._solver.get_core() or ())
            smaller = [one for one in wanted if one in core]
            if len(smaller) == len(wanted):
                break
            wanted = smaller
        return _excluded(wanted, switches)

    def literal(self, node: Node, *, holds: bool) -> int:
        """Return a literal that implies the condition, or its negation."""
        if isinstance(node, Within):
            full = (1 << self._sizes[node.axis]) - 1
            return self._within(node.axis, node.cells & full if holds else full & ~node.cells)
        key = (id(node), holds)
        if key not in self._nodes:
            needed = node.needed if holds else len(node.of) - node.needed + 1
            self._nodes[key] = node, self._several(needed, node, holds=holds)
        return self._nodes[key][1]

    def _several(self, needed: int, node: Several, *, holds: bool) -> int:
        members = [self.literal(member, holds=holds) for member in node.of]
        needed -= sum(member == self._true for member in members)
        members = [member for member in members if member not in {self._true, -self._true}]
        if needed <= 0 or needed > len(members):
            return self._true if needed <= 0 else -self._true
        if len(members) == 1:
            return members[0]
        name = self._variable()
        for clause in self._count(needed, members):
            self._solver.add_clause([-name, *clause])
        return name

    def _count(self, needed: int, members: list[int]) -> list[list[int]]:
        """Return clauses that say "at least so many of these"."""
        if needed == 1:
            return [members]
        if needed == len(members):
            return [[member] for member in members]
        from pysat.card import CardEnc, EncType

        encoded = CardEnc.atleast(
            lits=members, bound=needed, top_id=self._top, encoding=EncType.totalizer
        )
        self._top = max(self._top, encoded.nv)
        return [list(clause) for clause in encoded.clauses]

    def _within(self, axis: int, cells: int) -> int:
        """Return a literal that is true exactly when the cell of an axis is one of these."""
        key = (axis, cells)
        if key not in self._sets:
            self._sets[key] = self._set(axis, cells)
        return self._sets[key]

    def _set(self, axis: int, cells: int) -> int:
        size = self._sizes[axis]
        full = (1 << size) - 1
        if cells in {0, full}:
            return self._true if cells else -self._true
        low = (cells & -cells).bit_length() - 1
        if cells == full & ~((1 << low) - 1):
            return self._at_least[axis][low - 1]
        outside = full & ~cells
        low = (outside & -outside).bit_length() - 1
        if outside == full & ~((1 << low) - 1):
            return -self._at_least[axis][low - 1]
        name = self._variable()
        for cell in range(size):
            inside = name if cells >> cell & 1 else -name
            self._solver.add_clause([*self._not_at(axis, cell), inside])
        return name

    def _not_at(self, axis: int, cell: int) -> list[int]:
        """Return literals of which one holds when the profile is not at this cell."""
        column = self._at_least[axis]
        below = [-column[cell - 1]] if cell else []
        return [*below, *([column[cell]] if cell < len(column) else [])]

    def _point(self) -> Point:
        model = set(self._solver.get_model())
        return tuple(sum(one in model for one in column) for column in self._at_least)

    def _variable(self) -> int:
        self._top += 1
        return self._top


def _excluded(wanted: Iterable[int], switches: dict[int, str]) -> Excluded:
    return Excluded(tuple(sorted({switches[one] for one in wanted if one in switches})))
