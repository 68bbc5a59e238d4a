"""The probe's scores, compiled: one pass over the bytes, four look-ups each."""

from functools import cache
from typing import Any

import numba
import numpy as np
from numba import types

from shipworthy.instruments.safeguards.screening.probe.features import (
    BLOCK,
    MULTIPLIERS,
    NOTHING,
    PAIRS,
    SHIFT,
    SHORTEST,
    Score,
)

_FIRST = np.uint32(MULTIPLIERS[0])
_SECOND = np.uint32(MULTIPLIERS[1])
_THIRD = np.uint32(MULTIPLIERS[2])
_SHIFT = np.uint32(SHIFT)


def compile_scorer(table: Any) -> Score:
    """Return the compiled function over these weights. Compiling takes a second, once a process."""
    pairs, hashed = table[:PAIRS].copy(), table[PAIRS:].copy()
    kernel = _kernel()

    def score(data: bytes, begin: int) -> int:
        number: int = kernel(data, begin, pairs, hashed)
        return number

    return score


@cache
def _kernel() -> Any:
    text = types.Bytes(types.uint8, 1, "C", readonly=True)
    weights = types.Array(types.int16, 1, "C")
    return numba.njit(types.int64(text, types.int64, weights, weights))(_highest_window)


def _highest_window(data: Any, begin: int, pairs: Any, hashed: Any) -> int:
    size = len(data)
    if size <= begin:
        return NOTHING
    one = two = three = four = np.uint32(0)
    for at in range(max(0, begin - 4), begin):
        four, three, two, one = three, two, one, np.uint32(data[at])
    best: Any = np.int64(NOTHING)
    before: Any = np.int64(0)
    for start in range(begin, size, BLOCK):
        end = min(start + BLOCK, size)
        block: Any = np.int64(0)
        for at in range(start, end):
            byte = np.uint32(data[at])
            pair = np.uint32(one << np.uint32(8)) | byte
            triple = np.uint32(two << np.uint32(16)) | pair
            quad = np.uint32(three << np.uint32(24)) | triple
            mixed = np.uint32(quad * _SECOND)
            block += np.int64(
                np.int32(pairs[pair])
                + np.int32(hashed[np.uint32(triple * _FIRST) >> _SHIFT])
                + np.int32(hashed[mixed >> _SHIFT])
                + np.int32(hashed[np.uint32(mixed + np.uint32(four * _THIRD)) >> _SHIFT])
            )
            four, three, two, one = three, two, one, byte
        if start > begin:
            best = max(best, (before + block) // (BLOCK + end - start))
        elif end == size:
            best = block // max(end - start, SHORTEST)
        before = block
    return int(best)
