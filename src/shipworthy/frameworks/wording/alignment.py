"""Which clause of a new version is which clause of the old one."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from shipworthy.frameworks.document import Clause
from shipworthy.frameworks.wording.cues import content_words

NEAR: Final = 0.5
"""Least similarity of paraphrases, 0 to 1, at which clauses of different ids are held for one."""

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
    words = {id(clause): content_words(clause.paraphrase) for clause in (*left, *free)}
    near = sorted(
        (-score, before, after)
        for before, one in enumerate(left)
        for after, other in enumerate(free)
        if (score := _alike(one, other, words[id(one)], words[id(other)])) >= NEAR
    )
    taken: set[int] = set()
    for _, before, after in near:
        if left[before].id not in pairs and after not in taken:
            pairs[left[before].id] = (free[after], "wording")
            taken.add(after)
    kept = [Aligned(clause, *pairs.get(clause.id, (None, ""))) for clause in old]
    added = [Aligned(None, clause) for index, clause in enumerate(free) if index not in taken]
    return (*kept, *added)


def _alike(one: Clause, other: Clause, old: tuple[str, ...], new: tuple[str, ...]) -> float:
    ratio = SequenceMatcher(None, old, new, autojunk=False).ratio()
    return ratio + (_SAME_CATEGORY if one.category == other.category else -_SAME_CATEGORY)
