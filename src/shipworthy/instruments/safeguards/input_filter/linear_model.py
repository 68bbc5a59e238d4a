"""A linear text classifier in pure Python: TF-IDF of words and character n-grams, one weight each.

The features are those of scikit-learn's `TfidfVectorizer` (word 1-2 grams, and `char_wb` 2-5
grams, sublinear counts, smoothed idf, each block scaled to unit length), written again so that a
deployed filter needs neither scikit-learn nor numpy. A parity test holds the two together.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from shipworthy.kernel import Record

WORD_RANGE: Final = (1, 2)
CHARACTER_RANGE: Final = (2, 5)

_WORD: Final = re.compile(r"(?u)\b\w\w+\b")


class TermBlock(Record, frozen=True, kw_only=True):
    """One family of features: terms with their inverse document frequencies and weights."""

    terms: tuple[str, ...]
    idf: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.terms) == len(self.idf) == len(self.weights):
            raise ValueError("a block needs as many frequencies and weights as terms")


class LinearModel(Record, frozen=True, kw_only=True):
    """A fitted classifier: data only, safe to read from a file of unknown origin."""

    words: TermBlock
    characters: TermBlock
    intercept: float


class Scorer:
    """A model ready to score: about 0.1 ms for a sentence."""

    def __init__(self, model: LinearModel) -> None:
        self._intercept = model.intercept
        self._words = _table(model.words)
        self._characters = _table(model.characters)

    def log_odds(self, text: str) -> float:
        """Return the log odds that the text is an attack, as the model sees it."""
        lowered = text.lower()
        return (
            self._intercept
            + _block_score(word_grams(lowered), self._words)
            + _block_score(character_grams(lowered), self._characters)
        )


def word_grams(lowered: str) -> list[str]:
    """Return the words of two or more characters, and the pairs of neighbours."""
    words = _WORD.findall(lowered)
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return [*words, *pairs]


def character_grams(lowered: str) -> list[str]:
    """Return the character n-grams inside words, each word padded with a space at both ends.

    A word no longer than n counts once as a whole, and has no longer n-grams.
    """
    shortest, longest = CHARACTER_RANGE
    grams: list[str] = []
    for word in lowered.split():
        padded = f" {word} "
        length = len(padded)
        for size in range(shortest, min(longest, length) + 1):
            grams += [padded[start : start + size] for start in range(length - size + 1)]
    return grams


def _table(block: TermBlock) -> dict[str, tuple[float, float]]:
    rows = zip(block.terms, block.idf, block.weights, strict=True)
    return {term: (idf, weight) for term, idf, weight in rows}


def _block_score(grams: Iterable[str], table: Mapping[str, tuple[float, float]]) -> float:
    total = norm = 0.0
    for term, count in Counter(filter(table.__contains__, grams)).items():
        idf, weight = table[term]
        value = idf if count == 1 else idf * (1.0 + math.log(count))
        total += value * weight
        norm += value * value
    return total / math.sqrt(norm) if norm else 0.0
