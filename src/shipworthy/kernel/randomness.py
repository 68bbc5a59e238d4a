"""Reproducible choices: a stream of integers drawn from SHA-256 in counter mode.

The standard library's generator is not promised to give the same draws across versions for every
method; a campaign must, because its plan is a digest that others recompute.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from shipworthy.kernel.canonical import canonical_bytes

T = TypeVar("T")


class Stream:
    """A deterministic stream of draws named by its parts (seed, purpose, ...)."""

    def __init__(self, *parts: str | int) -> None:
        self._key = hashlib.sha256(canonical_bytes(list(parts))).digest()
        self._counter = 0

    def below(self, bound: int) -> int:
        """Return an integer uniform on `0 .. bound - 1` (rejection sampling, no modulo bias).

        Raises:
            ValueError: `bound` is not positive.
        """
        if bound <= 0:
            raise ValueError(f"cannot draw below `{bound}`")
        limit = (1 << 64) // bound * bound
        while True:
            block = hashlib.sha256(self._key + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
            drawn = int.from_bytes(block[:8], "big")
            if drawn < limit:
                return drawn % bound

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.below(len(options))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a random order (Fisher-Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self.below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result
