"""Texts that are alike, by sketches of their feature sets: no text and no feature is kept.

One-permutation minimum hashing (Li, Owen and Zhang 2012): each feature is hashed once, the hash
says into which of K cells it falls, each cell keeps its least value, and an empty cell borrows from
the next full one (rotation, Shrivastava and Li 2014). The share of equal cells of two sketches
estimates the Jaccard similarity of the sets. Runs of cells make bands: two sketches with
similarity J agree on a band of r cells with probability near J^r.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

BANDS: Final = 24
ROWS: Final = 2
_CELLS: Final = BANDS * ROWS
_MASK: Final = (1 << 64) - 1
_MIX: Final = 0x9E3779B97F4A7C15
_WORD: Final = re.compile(r"\w+")


def word_features(text: str, key: bytes, width: int = 2) -> frozenset[int]:
    """Keyed digests of the words of a text and of its runs of up to `width` words.

    With a secret key nobody can test from outside whether a text was seen, nor craft one that
    shares a band with others.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    runs = {
        " ".join(words[begin : begin + size])
        for size in range(1, width + 1)
        for begin in range(len(words) - size + 1)
    }
    return frozenset(
        int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8, key=key).digest(), "big")
        for run in runs
    )


def signature(features: Iterable[int]) -> tuple[int, ...]:
    """Sketch of a set of 64-bit features: one value a cell; empty for an empty set."""
    cells: list[int] = [-1] * _CELLS
    for feature in features:
        mixed = (feature * _MIX) & _MASK
        mixed ^= mixed >> 29
        cell, value = mixed % _CELLS, mixed // _CELLS
        if cells[cell] < 0 or value < cells[cell]:
            cells[cell] = value
    full = [index for index, value in enumerate(cells) if value >= 0]
    if not full:
        return ()
    return tuple(_filled(cells, index) for index in range(_CELLS))


def bands(sketch: tuple[int, ...]) -> tuple[int, ...]:
    """One number a band; two sketches share it where they agree on all cells of the band."""
    return tuple(
        hash((band, *sketch[band * ROWS : (band + 1) * ROWS]))
        for band in range(len(sketch) // ROWS)
    )


def similarity(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """Estimated Jaccard similarity of the sets behind two sketches; 0 where one is empty."""
    if not first or not second:
        return 0.0
    equal = sum(one == other for one, other in zip(first, second, strict=True))
    return equal / len(first)


def _filled(cells: list[int], index: int) -> int:
    for step in range(_CELLS):
        value = cells[(index + step) % _CELLS]
        if value >= 0:
            # The distance is part of the value, so that a borrowed one equals only its like.
            return value * _CELLS + step
    raise AssertionError("an empty set has no sketch")
