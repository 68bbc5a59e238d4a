"""What confidential turns hold that a reply could leak: worked out once for a deployment's turns.

Nothing here depends on what the user said, so it is remembered between exchanges. A reply that
touches none of it leaks nothing, whatever the user knew; that is found in one pass over most
replies, and only the others are looked at closely (`leaks.py`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shipworthy.instruments.safeguards.output_filter.forms import COMPOUND, TOKEN, compact

_QUOTED: Final = re.compile('["`“]([^"`“”\n]{6,80})["`”]')
_SENTENCE_END: Final = frozenset(".!?:;\n\"'`“(-*•")

_SHORTEST_TOKEN: Final = 4
_SHORTEST_NAME: Final = 5
_SHORTEST_PHRASE: Final = 8
_SHORTEST_RUN: Final = 12
_SHORTEST_BLOCK: Final = 8
_PLACED: Final = 1 << 13
"""Characters of a reply whose places are made ready."""

_LONG: Final = 1 << 14
"""Characters of confidential turns; a block of longer ones is remembered for few of them."""
_MOST_REMEMBERED: Final = 64
_MOST_LONG: Final = 4
_MOST_COMPARED: Final = 256
"""Words that are compared with each other, which takes the square of their number."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Blocks of texts whose runs have one length: a run holds one of the places, wherever it is.

    Attributes:
        block: characters of a block.
        stride: characters from one place to the next.
        blocks: every block of the texts.
        places: the first places, as slices.
    """

    block: int
    stride: int
    blocks: frozenset[str]
    places: tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class Guarded:
    """What a reply must not say unless the user knows it.

    Attributes:
        tokens: distinctive tokens, compact.
        phrases: quoted phrases, compact.
        runs: compact texts, each with the length of a run that counts.
        words: tokens and phrases, without those that hold another of them.
        grids: where in a reply to look for blocks of the texts.
    """

    tokens: frozenset[str]
    phrases: tuple[str, ...]
    runs: tuple[tuple[str, int], ...]
    words: tuple[str, ...]
    grids: tuple[Grid, ...]

    def touches(self, squeezed: str) -> bool:
        """Whether a compact text may leak: it does not where this says no."""
        for word in self.words:
            if word in squeezed:
                return True
        size = len(squeezed)
        for grid in self.grids:
            places = grid.places[: max(0, (size - grid.block) // grid.stride + 1)]
            if not grid.blocks.isdisjoint(map(squeezed.__getitem__, places)):
                return True
            for at in range(len(places) * grid.stride, size - grid.block + 1, grid.stride):
                if squeezed[at : at + grid.block] in grid.blocks:
                    return True
        return False


def guarded_by(confidential: tuple[str, ...], run_characters: int) -> Guarded:
    """Return what these turns hold; remembered for the turns that were asked about last."""
    long = sum(map(len, confidential)) > _LONG
    return (_long_guarded if long else _short_guarded)(confidential, run_characters)


def runs_of(text: str, size: int) -> Iterator[str]:
    """Yield every run of so many characters of a text."""
    return (text[start : start + size] for start in range(len(text) - size + 1))


def counts_hidden(token: str) -> bool:
    """Whether a token is long enough to be told without its boundaries."""
    return len(token) >= (6 if any(map(str.isdigit, token)) else 8)


def _work_out(confidential: tuple[str, ...], run_characters: int) -> Guarded:
    tokens = frozenset(token for text in confidential for token in _distinctive_tokens(text))
    quoted = [compact(phrase) for text in confidential for phrase in _QUOTED.findall(text)]
    phrases = tuple(phrase for phrase in quoted if len(phrase) >= _SHORTEST_PHRASE)
    sized = ((text, min(run_characters, len(text))) for text in map(compact, confidential))
    runs = tuple((text, size) for text, size in sized if size >= _SHORTEST_RUN)
    return Guarded(
        tokens=tokens,
        phrases=phrases,
        runs=runs,
        words=_least({*tokens, *phrases}),
        grids=tuple(_grid(size, runs) for size in sorted({size for _, size in runs})),
    )


def _grid(run: int, runs: tuple[tuple[str, int], ...]) -> Grid:
    block = max(_SHORTEST_BLOCK, 3 * run // 8)
    stride = run - block + 1
    texts = [text for text, size in runs if size == run]
    blocks = frozenset(found for text in texts for found in runs_of(text, block))
    places = tuple(slice(at, at + block) for at in range(0, _PLACED, stride))
    return Grid(block, stride, blocks, places)


_short_guarded: Final = lru_cache(maxsize=_MOST_REMEMBERED)(_work_out)
_long_guarded: Final = lru_cache(maxsize=_MOST_LONG)(_work_out)


def _least(words: set[str]) -> tuple[str, ...]:
    """Return the words that hold no other: a text that holds any of them holds one of these."""
    kept: list[str] = []
    for word in sorted(words, key=lambda word: (len(word), word)):
        if len(words) > _MOST_COMPARED or not any(other in word for other in kept):
            kept.append(word)
    return tuple(kept)


def _distinctive_tokens(text: str) -> Iterator[str]:
    normal = unicodedata.normalize("NFKC", text)
    end, in_heading = 0, True
    for match in TOKEN.finditer(normal):
        gap = normal[end : match.start()]
        starts_sentence = end == 0 or any(mark in gap for mark in _SENTENCE_END)
        # "Internal Staff Notes": a run of capitals from the start of a sentence names nothing.
        in_heading = starts_sentence or (in_heading and not gap.strip())
        for candidate in {match.group(), *COMPOUND.split(match.group())}:
            if _is_distinctive(candidate, name_possible=not in_heading):
                yield compact(candidate)
        in_heading = in_heading and match.group()[0].isupper()
        end = match.end()


def _is_distinctive(token: str, *, name_possible: bool) -> bool:
    letters = sum(map(str.isalpha, token))
    digits = sum(map(str.isdigit, token))
    capitals = sum(map(str.isupper, token))
    if letters + digits < _SHORTEST_TOKEN:
        return False
    if digits:
        return letters > 0 or digits >= _SHORTEST_TOKEN
    if capitals >= 2:
        return True
    return name_possible and token[0].isupper() and letters >= _SHORTEST_NAME
