"""How alike two wordings are, and what keeps the work of finding out within bounds.

The measure is the share of words in matching runs. Finding the runs takes time with the product of
two lengths, so it is asked only where it can matter, and very long texts are measured otherwise.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

Words = tuple[str, ...]

LONGEST: Final = 1_000_000
"""Product of two lengths, in words, up to which two texts are compared run by run."""

_KINDS: Final = 4096
"""Words that bounds tell apart, so that no number of theirs gets long."""


def alike(old: Words, new: Words) -> float:
    """Return how alike two texts are, 0 to 1: matching runs of words.

    Texts whose lengths have a product above `LONGEST` are compared as `alike_by_neighbours` does.
    """
    if len(old) * len(new) > LONGEST:
        return alike_by_neighbours(neighbours(old), neighbours(new))
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def neighbours(words: Words) -> frozenset[tuple[str, str]]:
    """Return the pairs of words that stand beside each other."""
    return frozenset(pairwise(words))


def alike_by_neighbours(old: frozenset[tuple[str, str]], new: frozenset[tuple[str, str]]) -> float:
    """Return the share of neighbours that two texts have in common, 0 to 1.

    Takes time with the length of the texts. A word that was changed costs two neighbours, so this
    is mostly lower than what `alike` says of shorter texts.
    """
    return _share(len(old & new), len(old) + len(new))


class Bounds:
    """Upper bounds of `alike` between the texts of two lists.

    No matching runs can have more words than the texts have in common. Common words are counted as
    the bits that two numbers share, because that is done for every pair. Where there are more
    words than `_KINDS`, some count as the same: the bound then says more, and never less.
    """

    def __init__(self, old: Sequence[Words], new: Sequence[Words]) -> None:
        self._kinds: dict[str, int] = {}
        self._bits: dict[tuple[int, int], int] = {}
        self._old = [(len(words), self._marks(words)) for words in old]
        self._new = [(len(words), self._marks(words)) for words in new]

    def reaching(self, least: float, before: int, favours: Iterable[float]) -> list[int]:
        """Return, by place, the new texts that with their favour may be alike to an old one."""
        size, marks = self._old[before]
        return [
            after
            for after, ((length, others), favour) in enumerate(zip(self._new, favours, strict=True))
            if _share((marks & others).bit_count(), size + length) + favour >= least
        ]

    def _marks(self, words: Words) -> int:
        """Return a bit for the first, second and so on occurrence of each kind of word."""
        kinds = Counter(self._kinds.setdefault(word, len(self._kinds) % _KINDS) for word in words)
        places = [
            self._bits.setdefault((kind, time), len(self._bits))
            for kind, times in kinds.items()
            for time in range(times)
        ]
        marks = bytearray(max(places, default=0) // 8 + 1)
        for place in places:
            marks[place // 8] |= 1 << place % 8
        return int.from_bytes(marks, "little")


def _share(matches: int, length: int) -> float:
    """Return what `SequenceMatcher.ratio` makes of a count of matches."""
    return 2.0 * matches / length if length else 1.0
