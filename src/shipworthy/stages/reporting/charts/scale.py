"""The axis: a square root keeps zero and opens the low end, where releases are decided."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_CEILINGS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_TICKS: Final = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
_LEAST_GAP: Final = 22.0


@dataclass(frozen=True, slots=True)
class SquareRootScale:
    """Rates from 0 to `ceiling` on pixels from `start` to `end`."""

    ceiling: float
    start: float
    end: float

    def at(self, rate: float) -> float:
        """Return the pixel of a rate; rates outside the axis go to its nearer end."""
        share = min(max(rate, 0.0), self.ceiling) / self.ceiling
        return self.start + (self.end - self.start) * math.sqrt(share)

    def ticks(self) -> list[tuple[float, str]]:
        """Return pixels and labels in per cent, from the top down no closer than readable."""
        kept: list[tuple[float, str]] = []
        for rate in sorted((tick for tick in _TICKS if tick <= self.ceiling), reverse=True):
            place = self.at(rate)
            if kept and kept[-1][0] - place < _LEAST_GAP and rate > 0.0:
                continue
            kept.append((place, f"{rate * 100:g}"))
        return kept[::-1]


def fitted(rates: Iterable[float], start: float, end: float) -> SquareRootScale:
    """Return the smallest scale that shows every rate."""
    largest = max(rates, default=1.0)
    ceiling = next((top for top in _CEILINGS if top >= largest), 1.0)
    return SquareRootScale(ceiling=ceiling, start=start, end=end)
