"""Minimisation without derivatives inside a box (Nelder and Mead 1965, The Computer Journal 7:308).

Good for the two or three parameters of a likelihood, which is all it is used for. Points outside
the box are worth infinity, so the search stays inside; a minimum on the wall is reported as such.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Point = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where the search ended: `settled` says that the simplex shrank to the tolerance."""

    point: Point
    value: float
    settled: bool


@dataclass(frozen=True, slots=True)
class Box:
    """Closed ranges of the parameters."""

    lower: Point
    upper: Point

    def __contains__(self, point: Point) -> bool:
        return all(a <= x <= b for a, x, b in zip(self.lower, point, self.upper, strict=True))

    def wall(self, point: Point, margin: float) -> int | None:
        """Index of the first parameter within `margin` of its range's end, or None."""
        for index, (a, x, b) in enumerate(zip(self.lower, point, self.upper, strict=True)):
            if x - a < margin or b - x < margin:
                return index
        return None


def minimise(
    function: Callable[[Point], float],
    starts: Sequence[Point],
    box: Box,
    *,
    tolerance: float = 1e-6,
    steps: int = 400,
) -> Minimum:
    """Return the best minimum found from any of `starts`, each searched and then searched again.

    The restart from where the first search ended guards against a collapsed simplex.

    Raises:
        ValueError: without a start.
    """
    if not starts:
        raise ValueError("a minimisation needs at least one start")

    def inside(point: Point) -> float:
        return function(point) if point in box else math.inf

    found = []
    for start in starts:
        first = _search(inside, start, tolerance, steps)
        found.append(_search(inside, first.point, tolerance, steps))
    return min(found, key=lambda one: one.value)


def _search(
    function: Callable[[Point], float], start: Point, tolerance: float, steps: int
) -> Minimum:
    size = len(start)
    corners = [start] + [
        tuple(x + (0.5 if i == j else 0.0) for j, x in enumerate(start)) for i in range(size)
    ]
    simplex = sorted((function(corner), corner) for corner in corners)
    for _ in range(steps):
        if simplex[-1][0] - simplex[0][0] <= tolerance:
            return Minimum(simplex[0][1], simplex[0][0], settled=True)
        simplex = sorted(_step(function, simplex))
    return Minimum(simplex[0][1], simplex[0][0], settled=False)


def _step(
    function: Callable[[Point], float], simplex: list[tuple[float, Point]]
) -> list[tuple[float, Point]]:
    kept, (worst_value, worst) = simplex[:-1], simplex[-1]
    centre = tuple(
        math.fsum(column) / len(kept) for column in zip(*(p for _, p in kept), strict=True)
    )

    def along(factor: float) -> tuple[float, Point]:
        point = tuple(c + factor * (w - c) for c, w in zip(centre, worst, strict=True))
        return function(point), point

    reflected = along(-1.0)
    if reflected[0] < kept[0][0]:
        return [*kept, min(reflected, along(-2.0))]
    if reflected[0] < kept[-1][0]:
        return [*kept, reflected]
    contracted = along(-0.5 if reflected[0] < worst_value else 0.5)
    if contracted[0] < min(reflected[0], worst_value):
        return [*kept, contracted]
    best = simplex[0][1]
    shrunk = [tuple(0.5 * (b + x) for b, x in zip(best, p, strict=True)) for _, p in simplex[1:]]
    return [simplex[0], *((function(point), point) for point in shrunk)]
