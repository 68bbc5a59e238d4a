"""From two wordings of one duty to what changed: signs, each with a dimension and a direction."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.frameworks.wording.cues import Cues, read_cues
from shipworthy.frameworks.wording.likeness import alike

Dimension = Literal["scope", "threshold", "actor", "strength", "disclosure", "consequence"]
Direction = Literal["stricter", "looser"]
DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "scope",
    "threshold",
    "actor",
    "strength",
    "disclosure",
    "consequence",
)
"""In the order of the public codebook, where they are numbered from 1."""

SAME: Final = 0.92
"""Similarity of content words from which two wordings count as the same sentence."""

_YEAR: Final = r"(?:19|20)\d\d"
"""A year that is named is a date or a baseline, and no limit that binds more."""

_RUNGS_APART: Final = 1.0
_RUNGS_APART_IN_THE_SAME_SENTENCE: Final = 0.25
"""Differences of mean modality, in rungs, that count."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that changed."""

    dimension: Dimension
    direction: Direction
    why: str


def similarity(old: str, new: str) -> float:
    """Return how alike two statements are, 0 to 1: matching runs of content words."""
    return alike(read_cues(old).words, read_cues(new).words)


def signs(old: str, new: str) -> tuple[Sign, ...]:
    """Return the signs of change between two wordings; none for the same words.

    The verb counts only where nothing else changed: its mean over a long text is a weak witness.
    """
    return signs_of(read_cues(old), read_cues(new))[0]


def signs_of(before: Cues, after: Cues) -> tuple[tuple[Sign, ...], float]:
    """Return the signs of change between two wordings, and how alike their words are, 0 to 1."""
    near = alike(before.words, after.words)
    found = tuple(sign for look in _SUBSTANCE for sign in look(before, after))
    apart = _RUNGS_APART_IN_THE_SAME_SENTENCE if near >= SAME else _RUNGS_APART
    return found or tuple(_verb(before, after, apart)), near


def _halt(before: Cues, after: Cues) -> Iterator[Sign]:
    if after.halts < before.halts:
        yield Sign("consequence", "looser", "a stop is no longer stated")
    elif after.halts > before.halts:
        yield Sign("consequence", "stricter", "a stop is stated")


def _actor(before: Cues, after: Cues) -> Iterator[Sign]:
    if before.vague and after.named > before.named:
        yield Sign("actor", "stricter", "a named office decides")
    elif before.named and not after.named:
        yield Sign("actor", "looser", "the named office is gone")


def _standard(before: Cues, after: Cues) -> Iterator[Sign]:
    if before.standard is None or after.standard is None or before.standard == after.standard:
        return
    if after.standard > before.standard:
        yield Sign("threshold", "stricter", "the bar is reached earlier")
    else:
        yield Sign("threshold", "looser", "the bar is reached later")


def _number(before: Cues, after: Cues) -> Iterator[Sign]:
    lost, gained = before.numbers - after.numbers, after.numbers - before.numbers
    if lost and not gained:
        yield Sign("threshold", "looser", f"the number {', '.join(sorted(lost))} is gone")
    elif not lost and any(not re.fullmatch(_YEAR, number) for number in gained):
        yield Sign("threshold", "stricter", f"the number {', '.join(sorted(gained))} is new")


def _disclosure(before: Cues, after: Cues) -> Iterator[Sign]:
    if after.publishes and not before.publishes:
        yield Sign("disclosure", "stricter", "something is published or reported")
    elif before.publishes and not after.publishes:
        yield Sign("disclosure", "looser", "nothing is published or reported any more")


def _limit(before: Cues, after: Cues) -> Iterator[Sign]:
    if after.limits < before.limits:
        yield Sign("scope", "looser", "a limit on who or what is gone")


def _verb(before: Cues, after: Cues, apart: float) -> Iterator[Sign]:
    if after.strength <= before.strength - apart:
        yield Sign("strength", "looser", "the verb binds less")
    elif after.strength >= before.strength + apart:
        yield Sign("strength", "stricter", "the verb binds more")


_SUBSTANCE: Final[tuple[Callable[[Cues, Cues], Iterator[Sign]], ...]] = (
    _halt,
    _actor,
    _standard,
    _number,
    _disclosure,
    _limit,
)
