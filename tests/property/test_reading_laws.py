"""The laws of hedges and readings (`spec/semantics.md`, 11) on seeded random rulebooks."""

from random import Random

import pytest

from hedged_rulebooks import hedged_rulebook, random_subset
from random_rulebooks import LADDER, TYPES
from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.compare.profiles import shared_space
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.frameworks.semantics.readings import (
    CHARITABLE,
    both_readings,
    hostile_hedges,
    read_as,
)
from shipworthy.vocabulary import DeploymentType


def cases(random, book, count=12):
    """Random profiles, and the same with some of what is known withdrawn."""
    space = shared_space(book, book, "deploy")
    for _ in range(count):
        kind = DeploymentType(random.choice(TYPES))
        point = tuple(random.randrange(len(axis.cells)) for axis in space.axes[1:])
        where = space.axes[0].cells.index(
            next(cell for cell in space.axes[0].cells if cell.label == kind.value)
        )
        full = evidence(space, (where, *point), book.alpha)
        yield full
        yield Evidence(
            {name: one for name, one in full.findings.items() if random.random() < 0.6},
            {name: one for name, one in full.facts.items() if random.random() < 0.6},
            kind,
        )


def decision(book, case):
    answer = evaluate(book, case, "deploy")
    return LADDER.index(answer.level_worst), LADDER.index(answer.level_best)


@pytest.mark.parametrize("seed", range(150))
def test_more_hedges_never_restrict_more(seed):
    random = Random(seed)
    book = hedged_rulebook(seed)
    names = [one.id for one in book.hedges]
    for case in cases(random, book):
        fewer = random_subset(random, names)
        more = fewer | random_subset(random, names)
        below, above = (decision(read_as(book, used), case) for used in (fewer, more))
        assert below[0] <= above[0], (fewer, more)
        assert below[1] <= above[1], (fewer, more)


@pytest.mark.parametrize("seed", range(40))
def test_the_charitable_reading_is_the_rulebook_and_readings_add_up(seed):
    random = Random(seed)
    book = hedged_rulebook(seed)
    names = [one.id for one in book.hedges]
    assert read_as(book, CHARITABLE) == book
    assert both_readings(book).charitable == book
    assert both_readings(book).hostile == read_as(book, hostile_hedges(book))
    first, second = random_subset(random, names), random_subset(random, names)
    assert read_as(read_as(book, first), second) == read_as(book, first | second)


@pytest.mark.parametrize("seed", range(40))
def test_only_the_developers_hedges_are_hostile(seed):
    book = hedged_rulebook(seed)
    hostile = hostile_hedges(book)
    assert {one.id for one in book.hedges if one.controlled_by == "developer"} == hostile
