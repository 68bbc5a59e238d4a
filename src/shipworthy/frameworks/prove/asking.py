"""Questions to the search of boxes: in some profiles, does a rule bind that nothing covers?

All that proofs use of the search is used here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shipworthy.frameworks.compare.boxes import (
    Answer,
    Asked,
    Covered,
    Found,
    Unsettled,
    narrowed,
    nearest,
    region,
)
from shipworthy.frameworks.compare.conditions import ALWAYS, Box, Node, all_of
from shipworthy.frameworks.compare.encoding import Encoded
from shipworthy.frameworks.compare.solving.cubes import EVERYWHERE, Cube, meets
from shipworthy.frameworks.compare.solving.index import Binding
from shipworthy.frameworks.prove.answers import Judged, Outcome

ANYTHING = Binding("", ALWAYS, 0, (EVERYWHERE,))
"""In place of a rule: binds in every profile."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A set of profiles: a condition over cells, and its normal form where that is small."""

    node: Node
    cubes: tuple[Cube, ...] | None


def ask(
    box: Box, where: Meaning, rule: Binding, reading: Encoded, level: int, budget: int
) -> Answer:
    """Look for the nearest profile of a set in which a rule binds and a reading permits a level.

    Each cube of the set is one search, of at most `budget` boxes.
    """
    usual = reading.index.usual
    whole = region(box, usual)
    if where.cubes is None:
        both = Binding(rule.name, all_of(where.node, rule.node), rule.ceiling, None)
        return nearest(Asked(whole, both, reading.index, level), budget)
    parts = (narrowed(whole, cube, usual) for cube in where.cubes if meets(cube, box))
    return best(nearest(Asked(part, rule, reading.index, level), budget) for part in parts)


def best(answers: Iterable[Answer]) -> Answer:
    """Return the answer to several questions of which one has to be answered by a profile."""
    given = list(answers)
    found = [answer for answer in given if isinstance(answer, Found)]
    unsettled = [answer for answer in given if isinstance(answer, Unsettled)]
    if found:
        first = min(found, key=lambda one: (one.cost, one.point))
        return replace(first, minimal=first.minimal and not unsettled)
    if unsettled:
        return Unsettled(sum(answer.examined for answer in unsettled))
    names = {name for answer in given if isinstance(answer, Covered) for name in answer.by}
    return Covered(tuple(sorted(names)))


def outcome_of(answer: Answer) -> Outcome:
    """Return what an answer says of the claim that there is no such profile."""
    if isinstance(answer, Found):
        return "refuted"
    return "proved" if isinstance(answer, Covered) else "unknown"


def marked(witness: Judged, answer: Found) -> Judged:
    """Return a witness that says whether it is surely the nearest."""
    return replace(witness, nearest=answer.minimal)
