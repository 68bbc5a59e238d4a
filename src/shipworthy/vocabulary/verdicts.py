"""Verdicts have three values; the third is never a pass."""

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class _ThreeValued(Enum):
    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} has three values: compare it, do not use it as a condition"
        )


class Verdict(_ThreeValued):
    """What the evidence says about one requirement."""

    KEPT = "kept"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"


class Ruling(_ThreeValued):
    """What the gate drafts for a deployment. People decide."""

    GO = "go"
    NO_GO = "no-go"
    INCONCLUSIVE = "inconclusive"


class Truth(_ThreeValued):
    """Kleene's strong three-valued logic, for the conditions of rules."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def all_kept(verdicts: Iterable[Verdict]) -> Verdict:
    """Join requirements that must all hold; an empty list is inconclusive, not true."""
    found = list(verdicts)
    if any(verdict is Verdict.BROKEN for verdict in found):
        return Verdict.BROKEN
    if not found or any(verdict is Verdict.INCONCLUSIVE for verdict in found):
        return Verdict.INCONCLUSIVE
    return Verdict.KEPT


def conjunction(truths: Iterable[Truth]) -> Truth:
    """Kleene's AND; the empty conjunction is true (a rule without a condition always applies)."""
    found = list(truths)
    if any(truth is Truth.FALSE for truth in found):
        return Truth.FALSE
    if any(truth is Truth.UNKNOWN for truth in found):
        return Truth.UNKNOWN
    return Truth.TRUE


def disjunction(truths: Iterable[Truth]) -> Truth:
    """Kleene's OR; the empty disjunction is false."""
    found = list(truths)
    if any(truth is Truth.TRUE for truth in found):
        return Truth.TRUE
    if any(truth is Truth.UNKNOWN for truth in found):
        return Truth.UNKNOWN
    return Truth.FALSE


def at_least(needed: int, truths: Iterable[Truth]) -> Truth:
    """Whether at least `needed` of the truths are true."""
    found = list(truths)
    certain = sum(truth is Truth.TRUE for truth in found)
    possible = sum(truth is not Truth.FALSE for truth in found)
    if certain >= needed:
        return Truth.TRUE
    return Truth.UNKNOWN if possible >= needed else Truth.FALSE
