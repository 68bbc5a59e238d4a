"""Finite cells of a number line: between two limits that a rulebook names, no atom changes.

Clause numbers are those of `spec/comparison.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from shipworthy.frameworks.semantics.atoms import COMPARE, decimal
from shipworthy.kernel import Problem
from shipworthy.records import Atom

Mark = tuple[Fraction, int]
"""A cut: just below a limit (side 0) or just above it (side 1)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A level, or a piece of the number line with two values inside it.

    `low` < `high` except in a cell that is a single number, where both are that number.
    """

    label: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)

    @property
    def middle(self) -> Fraction:
        """Return a value inside the cell."""
        return (self.low + self.high) / 2


def limit(atom: Atom) -> Fraction:
    """Return the limit that a rate or quantity atom names.

    Raises:
        Problem: `rulebook-invalid` when it is not a decimal string.
    """
    found = decimal(atom.value)
    if found is None:
        raise Problem.of(
            "rulebook-invalid",
            f"`{atom.value}` is not a decimal number, so `{atom.field}` cannot be compared with it",
            help="compile it again from its framework document",
        )
    return found


def number_cells(atoms: Iterable[Atom], *, rate: bool) -> tuple[Cell, ...]:
    """Cut the number line (of a rate: [0, 1]) where an atom changes its truth (1.4)."""
    ends: list[Mark | None] = [None, *number_cuts(atoms, rate=rate), None]
    return tuple(_cell(low, high, rate=rate) for low, high in pairwise(ends))


def number_cuts(atoms: Iterable[Atom], *, rate: bool) -> tuple[Mark, ...]:
    """Return the places, in order, at which an atom changes its truth."""
    marks = {mark for atom in atoms for mark in _marks(atom)}
    return tuple(sorted(mark for mark in marks if not rate or _inside(mark)))


def satisfied(atom: Atom, cells: tuple[Cell, ...]) -> int:
    """Return the cells in which the atom is true, as bits; it is false in all others."""
    bar, compare = limit(atom), COMPARE[atom.operator]
    return sum(1 << index for index, cell in enumerate(cells) if compare(cell.middle, bar))


def plain(number: Fraction) -> str:
    """Return a fraction with a finite decimal expansion as an exact decimal string."""
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    whole, rest = divmod(int(abs(number) * 10**digits), 10**digits)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def _marks(atom: Atom) -> tuple[Mark, ...]:
    bar = limit(atom)
    match atom.operator:
        case "<" | ">=":
            return ((bar, 0),)
        case "<=" | ">":
            return ((bar, 1),)
        case _:
            return ((bar, 0), (bar, 1))


def _inside(mark: Mark) -> bool:
    bar, side = mark
    return 0 <= bar < 1 if side else 0 < bar <= 1


def _cell(low: Mark | None, high: Mark | None, *, rate: bool) -> Cell:
    if low and high and low[0] == high[0]:
        return Cell(f"exactly {plain(low[0])}", low[0], low[0])
    words = [
        *([f"{'above' if low[1] else 'at least'} {plain(low[0])}"] if low else []),
        *([f"{'at most' if high[1] else 'below'} {plain(high[0])}"] if high else []),
    ]
    start, end = _ends(low, high, rate=rate)
    quarter = (end - start) / 4
    return Cell(" and ".join(words) or "any number", start + quarter, end - quarter)


def _ends(low: Mark | None, high: Mark | None, *, rate: bool) -> tuple[Fraction, Fraction]:
    if rate:
        return low[0] if low else Fraction(0), high[0] if high else Fraction(1)
    if low:
        return low[0], high[0] if high else low[0] + 1
    return (high[0] - 1, high[0]) if high else (Fraction(0), Fraction(1))
