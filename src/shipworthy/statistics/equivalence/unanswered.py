"""Pairs that were not assessed, filled in against every claim about balance."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

N = TypeVar("N", float, Fraction)


def filled(topics: Mapping[str, Sequence[N | None]]) -> list[dict[str, list[N | int]]]:
    """Return the data with each missing pair (None) filled in, in four ways; once if none misses.

    For `b` (-1) and for `a` (1) in every topic, away from balance in each topic, and towards the
    other side in each. A limit of a mean at -1, or at 1, holds for whatever the missing pairs are:
    theirs are at least, or at most, that. The other two put topics as far apart as they can be.
    """
    if not any(one is None for pairs in topics.values() for one in pairs):
        return [_with(topics, dict.fromkeys(topics, 0))]
    outward = {
        name: -1 if sum(one for one in pairs if one is not None) < 0 else 1
        for name, pairs in topics.items()
    }
    inverse = {name: -one for name, one in outward.items()}
    fills = (dict.fromkeys(topics, -1), dict.fromkeys(topics, 1), outward, inverse)
    return [_with(topics, fill) for fill in fills]


def _with(
    topics: Mapping[str, Sequence[N | None]], fill: Mapping[str, int]
) -> dict[str, list[N | int]]:
    return {
        name: [fill[name] if one is None else one for one in pairs]
        for name, pairs in topics.items()
    }
