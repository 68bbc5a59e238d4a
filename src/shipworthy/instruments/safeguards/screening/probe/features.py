"""What the probe reads: runs of one to five bytes of the folded text, by hash, in windows.

All arithmetic is on whole numbers, so that every machine and both implementations give the same
scores to the last bit. Runs of one and two bytes share a table without collisions; runs of three,
four and five share one of 2**18 places.

A text is cut into blocks of `BLOCK` bytes and looked at through windows of two neighbouring blocks;
its score is the highest of any window, so that a long harmless context does not thin it out.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Bytes = NDArray[np.uint8]

BLOCK: Final = 128
"""Bytes of a block; a window is two."""
SHORTEST: Final = 64
"""A shorter window is divided by so many bytes all the same: few bytes prove little."""
PAIRS: Final = 1 << 16
PLACES: Final = 1 << 18
BEFORE: Final = 4
"""Bytes before a position that its runs reach back to."""

MULTIPLIERS: Final = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35)
SHIFT: Final = 32 - 18

FEATURES: Final = (
    f"runs of 1-5 bytes of the folded text, {PLACES} places, blocks of {BLOCK}, format 1"
)
"""All that decides a score besides the weights."""

Score = Callable[[bytes, int], int]
"""Score of the bytes from a position on; the bytes before it only begin runs."""

NOTHING: Final = -(2**40)
"""The score of no text at all: below every threshold."""


def places(data: "Bytes", np: Any) -> "Integers":
    """Return the four table places of each byte's runs, of shape (bytes, 4).

    The first column counts into the table of pairs, the others into the hashed one after it.
    """
    byte = data.astype(np.uint32)
    padded = np.concatenate([np.zeros(BEFORE, np.uint32), byte])
    two = (padded[3:-1] << np.uint32(8)) | byte
    three = (padded[2:-2] << np.uint32(16)) | two
    four = (padded[1:-3] << np.uint32(24)) | three
    mixed = four * np.uint32(MULTIPLIERS[1])
    hashed = (
        three * np.uint32(MULTIPLIERS[0]),
        mixed,
        mixed + padded[:-4] * np.uint32(MULTIPLIERS[2]),
    )
    found = np.empty((len(byte), 4), np.int64)
    found[:, 0] = two
    for column, value in enumerate(hashed, 1):
        found[:, column] = PAIRS + (value >> np.uint32(SHIFT))
    return cast("Integers", found)


def windows(sums: "Integers", size: int) -> list[tuple[int, int, int]]:
    """Return score, first and last byte of each window, from the sum of each block of a text."""
    blocks = [int(value) for value in sums]
    found = []
    for first in range(max(1, len(blocks) - 1)):
        begin = first * BLOCK
        end = min(begin + 2 * BLOCK, size)
        total = sum(blocks[first : first + 2])
        found.append((total // max(end - begin, SHORTEST), begin, end))
    return found
