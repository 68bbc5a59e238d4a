"""Which clause of a new version is which clause of the old one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.frameworks.document import Clause
from shipworthy.frameworks.wording.cues import content_words
from shipworthy.frameworks.wording.likeness import (
    Bounds,
    alike,
    alike_by_neighbours,
    neighbours,
)

NEAR: Final = 0.5
"""Least similarity of paraphrases, 0 to 1, at which clauses of different ids are held for one."""

MOST_WORK: Final = 200_000_000
"""Sum, over the pairs that may be near, of the products of their lengths in words, up to which they
are compared run by run. Frameworks that people wrote stay below a thousandth of it."""

_SAME_CATEGORY: Final = 0.05


@dataclass(frozen=True, slots=True)
class Aligned:
    """One pair; a side is nothing where the other version has no counterpart.

    `by` says how it was found: `id`, `wording` or nothing.
    """

    old: Clause | None
    new: Clause | None
    by: str = ""


def align(old: tuple[Clause, ...], new: tuple[Clause, ...]) -> tuple[Aligned, ...]:
    """Pair clauses by id, then by wording, nearest first; each clause is used once.

    Pairs come in the order of the old clauses, then added ones in the order of the new.
    """
    named = {clause.id: clause for clause in new}
    pairs = {clause.id: (named[clause.id], "id") for clause in old if clause.id in named}
    left = [clause for clause in old if clause.id not in pairs]
    free = [clause for clause in new if clause.id not in pairs]
    taken: set[int] = set()
    for _, before, after in _near(left, free):
        if left[before].id not in pairs and after not in taken:
            pairs[left[before].id] = (free[after], "wording")
            taken.add(after)
    kept = [Aligned(clause, *pairs.get(clause.id, (None, ""))) for clause in old]
    added = [Aligned(None, clause) for index, clause in enumerate(free) if index not in taken]
    return (*kept, *added)


def _near(left: Sequence[Clause], free: Sequence[Clause]) -> list[tuple[float, int, int]]:
    """Return the pairs that are near enough, nearest first, as (minus likeness, old, new)."""
    old, new = ([content_words(clause.paraphrase) for clause in side] for side in (left, free))
    bounds = Bounds(old, new)
    pairs = [
        (before, after)
        for before, one in enumerate(left)
        for after in bounds.reaching(NEAR, before, [_favour(one, other) for other in free])
    ]
    if sum(len(old[before]) * len(new[after]) for before, after in pairs) <= MOST_WORK:
        likeness = [alike(old[before], new[after]) for before, after in pairs]
    else:
        sets = [[neighbours(words) for words in side] for side in (old, new)]
        likeness = [alike_by_neighbours(sets[0][before], sets[1][after]) for before, after in pairs]
    scored = (
        (like + _favour(left[before], free[after]), before, after)
        for like, (before, after) in zip(likeness, pairs, strict=True)
    )
    return sorted((-score, before, after) for score, before, after in scored if score >= NEAR)


def _favour(one: Clause, other: Clause) -> float:
    return _SAME_CATEGORY if one.category == other.category else -_SAME_CATEGORY
