"""A part of all combinations in which every value is used about equally often."""

import math
from collections.abc import Sequence
from typing import Final

from shipworthy.kernel import Stream

_SWAPS: Final = 4
"""Swaps tried for each place of the table: enough that columns no longer follow each other."""


def draw_balanced(sizes: Sequence[int], take: int, stream: Stream) -> list[tuple[int, ...]]:
    """Draw `take` distinct combinations of the indices below `sizes`.

    Each index of each column occurs `floor(take / size)` or `ceil(take / size)` times, so all of
    them occur where `take` is at least the size. Which combinations are drawn depends on the
    stream alone.

    Raises:
        ValueError: there is no column, one is empty, or there are fewer combinations than `take`.
    """
    if not sizes or min(sizes) < 1 or not 1 <= take <= math.prod(sizes):
        raise ValueError(f"cannot draw {take} combinations of {list(sizes)}")
    labels = [stream.shuffled(range(size)) for size in sizes]
    rows = [
        tuple(column[index] for column, index in zip(labels, _lattice(sizes, number), strict=True))
        for number in range(take)
    ]
    if take < math.prod(sizes):
        _mix(rows, stream)
    return rows


def _lattice(sizes: Sequence[int], number: int) -> tuple[int, ...]:
    """Return point `number` of a walk over the whole grid whose every start is balanced.

    A column counts on by one at each step, and by one more after every common period with the
    columns before it. By the Chinese remainder theorem the walk meets every point of the grid
    once; in every common period each index of the column occurs equally often.
    """
    point: list[int] = []
    before = 1
    for size in sizes:
        step = number % (before * size)
        point.append((step + step // math.lcm(before, size)) % size)
        before *= size
    return tuple(point)


def _mix(rows: list[tuple[int, ...]], stream: Stream) -> None:
    """Swap values within columns, so that counts stay as they are and columns come apart.

    The walk alone would pair the same values of two columns of one size again and again.
    """
    present = set(rows)
    width = len(rows[0])
    for _ in range(_SWAPS * width * len(rows)):
        column = stream.below(width)
        first, second = stream.below(len(rows)), stream.below(len(rows))
        one = _with(rows[first], column, rows[second][column])
        other = _with(rows[second], column, rows[first][column])
        if one in present or other in present:
            continue
        present -= {rows[first], rows[second]}
        present |= {one, other}
        rows[first], rows[second] = one, other


def _with(row: tuple[int, ...], column: int, value: int) -> tuple[int, ...]:
    return (*row[:column], value, *row[column + 1 :])
