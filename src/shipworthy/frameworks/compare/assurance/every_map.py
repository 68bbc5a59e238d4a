"""Every way in which two scales can correspond: under how many of them does a verdict hold?

A verdict that holds under every map does not rest on how the levels are read. Order is kept, and
the first level stands for the first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, product
from math import comb, prod

from shipworthy.frameworks.compare.correspondence.scales import FieldMap
from shipworthy.frameworks.compare.terms import Change
from shipworthy.frameworks.compare.verdicts import Comparison, Scope, compare
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import LevelField, Rulebook

LARGEST = 5_000
"""Combinations of maps that are tried."""


@dataclass(frozen=True, slots=True)
class Example:
    """One verdict on the whole comparison: under how many maps, and the first of them in order."""

    change: Change
    maps: int
    example: tuple[FieldMap, ...]


@dataclass(frozen=True, slots=True)
class LevelCount:
    """The verdicts on one decision level of one gate and deployment type, with their numbers."""

    gate: str
    deployment: str
    level: str
    changes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EveryMap:
    """What came of trying every map of some fields."""

    fields: tuple[str, ...]
    maps: int
    verdicts: tuple[Example, ...]
    levels: tuple[LevelCount, ...]


def compare_under_every_map(
    old: Rulebook, new: Rulebook, scope: Scope, fields: Mapping[str, str]
) -> EveryMap:
    """Compare under every order-preserving map of these fields (old name to new name).

    Raises:
        Problem: `compare-scale-map` for a name that is no fact with levels on both sides, or for
            more than 5,000 combinations; else as `compare` does.
    """
    pairs = [(name, to, *_scales(old, new, name, to)) for name, to in fields.items()]
    count = prod(
        comb(len(after) + len(before) - 2, len(before) - 1) for _, _, before, after in pairs
    )
    if count > LARGEST:
        raise Problem.of(
            "compare-scale-map",
            f"these fields have {count} combinations of maps, more than {LARGEST}",
            help="try fewer fields at once, and fix the others with `--scale-map`",
        )
    first: dict[Change, tuple[FieldMap, ...]] = {}
    whole: Counter[Change] = Counter()
    levels: dict[tuple[str, str, str], Counter[str]] = {}
    for maps in product(*(tuple(_maps(*pair)) for pair in pairs)):
        found = compare(old, new, replace(scope, fields=(*scope.fields, *maps)))
        whole[found.change] += 1
        first.setdefault(found.change, maps)
        for key, change in _levels(found):
            levels.setdefault(key, Counter())[change] += 1
    return EveryMap(
        fields=tuple(fields),
        maps=count,
        verdicts=tuple(
            Example(change, whole[change], first[change]) for change in Change if whole[change]
        ),
        levels=tuple(
            LevelCount(*key, dict(sorted(counts.items()))) for key, counts in levels.items()
        ),
    )


def _scales(
    old: Rulebook, new: Rulebook, name: str, to: str
) -> tuple[Sequence[str], Sequence[str]]:
    found = []
    for book, wanted in ((old, name), (new, to)):
        known = {
            field.name: field.levels
            for field in book.fields
            if isinstance(field, LevelField) and not field.definitions
        }
        if wanted not in known:
            raise Problem.of(
                "compare-scale-map",
                f"`{wanted}` of `{book.id}` is not a fact with levels",
                help=did_you_mean(wanted, known),
            )
        found.append(known[wanted])
    return found[0], found[1]


def _maps(name: str, to: str, before: Sequence[str], after: Sequence[str]) -> Iterator[FieldMap]:
    """Yield every map that keeps the order, the first level on the first."""
    for later in combinations_with_replacement(range(len(after)), len(before) - 1):
        levels = dict(zip(before, (after[0], *(after[i] for i in later)), strict=True))
        yield FieldMap(field=name, to=to, levels=levels, rationale="one of every map")


def _levels(found: Comparison) -> Iterator[tuple[tuple[str, str, str], str]]:
    for gate in found.gates:
        for one in gate.levels:
            yield (gate.gate, one.deployment, one.level), one.change.value
