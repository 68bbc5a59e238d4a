"""The laws of `spec/proofs.md`, section 6, on seeded random rulebooks."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest

from hedged_rulebooks import hedged_rulebook, random_subset
from random_rulebooks import LADDER, TYPES, random_condition
from shipworthy.frameworks import evaluate
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.frameworks.prove import Situation, asking, smallest_sets
from shipworthy.frameworks.prove.critical import stopped
from shipworthy.frameworks.prove.grounds import grounds
from shipworthy.frameworks.prove.monotone import monotony
from shipworthy.frameworks.prove.release import Releaser
from shipworthy.frameworks.semantics.readings import read_as
from shipworthy.vocabulary import DeploymentType

KINDS = [DeploymentType(name) for name in TYPES]
GO = LADDER.index("restricted")


def asked(seed, budget=20_000, **sizes):
    book = hedged_rulebook(seed, fields=3, rules=6, **sizes)
    situation = Situation("asked", random_condition(Random(seed + 1), book.fields, 1))
    return book, situation, grounds(book, "deploy", [situation], within=None, budget=budget)


@pytest.mark.parametrize("seed", range(100, 160))
def test_a_refuted_field_has_two_profiles_that_differ_in_it_alone(seed):
    book, _, ground = asked(seed)
    for one in monotony(ground, ground.charitable, "charitable", KINDS):
        if one.outcome != "refuted":
            assert one.safer is None
            assert one.riskier is None
            continue
        pairs = zip(ground.space.axes, one.safer.cells, one.riskier.cells, strict=True)
        differ = [axis for axis, before, after in pairs if before != after]
        assert [str(axis.key) for axis in differ] == [one.field]
        decisions = [
            LADDER.index(
                evaluate(book, evidence(ground.space, side.cells, book.alpha), "deploy").level_worst
            )
            for side in (one.safer, one.riskier)
        ]
        assert decisions[0] < decisions[1]
        assert [LADDER[place] for place in decisions] == [one.safer.decision, one.riskier.decision]


@pytest.mark.parametrize("seed", range(100, 160))
def test_what_is_stopped_hostilely_is_stopped_charitably(seed):
    _, situation, ground = asked(seed)
    readings = {"charitable": ground.charitable, "hostile": Releaser(ground, 99).hostile}
    rows = {
        name: list(stopped(ground, reading, name, [situation], KINDS))
        for name, reading in readings.items()
    }
    for strict, loose in zip(rows["charitable"], rows["hostile"], strict=True):
        assert loose.outcome != "proved" or strict.outcome == "proved"


@pytest.mark.parametrize("seed", range(100, 160))
def test_more_hedges_release_as_well(seed):
    random = Random(seed)
    book, situation, ground = asked(seed)
    every = [one.id for one in book.hedges]
    for one in Releaser(ground, 99).of_situation(situation, KINDS):
        for shown in one.sets:
            case = evidence(ground.space, shown.released.cells, book.alpha)
            used = {*shown.hedges, *random_subset(random, every)}
            level = evaluate(read_as(book, used), case, "deploy").level_worst
            assert LADDER.index(level) >= GO
            assert shown.forbidden.cells == shown.released.cells
            assert LADDER.index(shown.forbidden.decision) < GO
        for first, second in combinations(one.sets, 2):
            assert not set(first.hedges) <= set(second.hedges)


@pytest.mark.parametrize("budget", [1, 3, 10])
@pytest.mark.parametrize("seed", range(100, 130))
def test_a_smaller_budget_only_knows_less(seed, budget, monkeypatch):
    monkeypatch.setattr(asking, "sat_installed", lambda: False)
    _, situation, ground = asked(seed)
    _, _, poor = asked(seed, budget=budget)
    for ask in (
        lambda where: monotony(where, where.charitable, "charitable", KINDS),
        lambda where: stopped(where, where.charitable, "charitable", [situation], KINDS),
        lambda where: Releaser(where, 99).of_situation(situation, KINDS),
    ):
        for rich_answer, poor_answer in zip(ask(ground), ask(poor), strict=True):
            assert poor_answer.outcome in {rich_answer.outcome, "unknown"}
            if getattr(poor_answer, "sets", ()) and poor_answer.minimal and poor_answer.complete:
                sets = [shown.hedges for shown in rich_answer.sets]
                assert [shown.hedges for shown in poor_answer.sets] == sets


def test_the_laws_above_meet_every_answer():
    seen = Counter()
    for seed in range(100, 160):
        _, situation, ground = asked(seed)
        rows = monotony(ground, ground.charitable, "charitable", KINDS)
        seen.update(("monotone", one.outcome, one.searched) for one in rows)
        (released, *_) = Releaser(ground, 99).of_situation(situation, KINDS)
        seen[("sets", min(len(released.sets), 2))] += 1
        reading = Releaser(ground, 99).hostile
        (one,) = stopped(ground, reading, "hostile", [situation], KINDS[:1])
        seen[("stopped", one.outcome)] += 1
    for expected in (
        ("monotone", "proved", False),
        ("monotone", "proved", True),
        ("monotone", "refuted", True),
        ("sets", 0),
        ("sets", 1),
        ("sets", 2),
        ("stopped", "proved"),
        ("stopped", "refuted"),
    ):
        assert seen[expected] >= 3, seen


def subsets(names):
    return [set(one) for size in range(len(names) + 1) for one in combinations(names, size)]


@pytest.mark.parametrize("seed", range(200))
def test_smallest_sets_of_any_monotone_property_are_all_found_in_order(seed):
    random = Random(seed)
    names = [f"n{i}" for i in range(random.randint(0, 6))]
    seeds = [random_subset(random, names) for _ in range(random.randint(0, 4))]

    def holds(used):
        return any(one <= used for one in seeds)

    minimal = [one for one in subsets(names) if holds(one)]
    minimal = [one for one in minimal if not any(other < one for other in minimal)]
    expected = [tuple(name for name in names if name in one) for one in minimal]
    found = smallest_sets(names, holds, 99)
    assert (found.found, found.complete, found.minimal) == (tuple(expected), True, True)
    if len(expected) > 1:
        short = smallest_sets(names, holds, len(expected) - 1)
        assert short.found == tuple(expected[:-1])
        assert not short.complete
        assert short.minimal


@pytest.mark.parametrize("seed", range(60))
def test_smallest_sets_never_claim_what_was_not_settled(seed):
    random = Random(seed)
    names = [f"n{i}" for i in range(4)]
    seeds = [random_subset(random, names) for _ in range(3)]
    silent = {frozenset(random_subset(random, names)) for _ in range(4)}

    def holds(used):
        return None if used in silent else any(one <= used for one in seeds)

    found = smallest_sets(names, holds, 99)
    assert all(any(one <= set(chosen) for one in seeds) for chosen in found.found)
    if found.complete:
        assert (
            found.found == smallest_sets(names, lambda used: any(o <= used for o in seeds), 9).found
        )
