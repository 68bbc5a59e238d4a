"""Proofs against referees that search nothing: every profile, every set of hedges, and z3."""

from itertools import combinations
from random import Random

import pytest
import z3

from every_profile import Referee, rules_about
from hedged_rulebooks import hedged_rulebook
from random_rulebooks import LADDER, TYPES, random_condition
from shipworthy.frameworks.prove import Situation, asking
from shipworthy.frameworks.prove.binding import loosenings
from shipworthy.frameworks.prove.critical import stopped
from shipworthy.frameworks.prove.grounds import grounds
from shipworthy.frameworks.prove.monotone import monotony
from shipworthy.frameworks.prove.release import Releaser
from shipworthy.frameworks.prove.remains import floors, remaining
from shipworthy.frameworks.semantics.readings import hostile_hedges, read_as
from shipworthy.records import LevelField, QuantityField, RateField
from shipworthy.vocabulary import DeploymentType
from z3_rulebooks import Formulas

KINDS = [DeploymentType(name) for name in TYPES]
GO = LADDER.index("restricted")
ENGINES = ("boxes", "both", "sat")


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    """Boxes alone, as they work together, and SAT wherever it can answer."""
    if request.param == "boxes":
        monkeypatch.setattr(asking, "sat_installed", lambda: False)
    if request.param == "sat":
        monkeypatch.setattr(asking, "_BEFORE_SAT", {True: 0, False: 0})
    return request.param


def case(seed, **sizes):
    random = Random(seed + 10_000)
    book = hedged_rulebook(seed, **sizes)
    situation = Situation("asked", random_condition(random, book.fields, 1))
    return book, situation, grounds(book, "deploy", [situation], within=None, budget=20_000)


def reading_of(ground, book, name):
    return ground.charitable if name == "charitable" else Releaser(ground, 99).hostile


def steps(axis):
    """Pairs of cells, safer and riskier, whatever lies between."""
    order = range(len(axis.cells)) if axis.usual == 0 else range(len(axis.cells) - 1, -1, -1)
    return list(combinations(order, 2))


@pytest.mark.parametrize("seed", range(30))
def test_every_pair_of_profiles_gives_the_same_answer_on_monotony(seed, engine):
    book, _, ground = case(seed, rules=3)
    found = {one.field: one for one in monotony(ground, ground.charitable, "charitable", KINDS)}
    levels = [Referee(book, ground.space, kind).levels(book) for kind in KINDS]
    for place, axis in enumerate(ground.space.axes[1:], start=1):
        bad = any(
            level > known[(*point[:place], safer, *point[place + 1 :])]
            for known in levels
            for safer, riskier in steps(axis)
            for point, level in known.items()
            if point[place] == riskier
        )
        one = found.get(str(axis.key))
        assert (one is not None and one.outcome == "refuted") == bad, axis.key
        assert one is None or one.outcome != "unknown"
    before, after = levels
    there = next(iter(after))[0]
    opened = any(after[there, *point[1:]] > level for point, level in before.items())
    one = found.get("deployment")
    assert (one is not None and one.outcome == "refuted") == opened


@pytest.mark.parametrize("seed", range(30))
def test_every_profile_gives_the_same_answer_on_a_situation(seed, engine):
    book, situation, ground = case(seed)
    hostile = read_as(book, hostile_hedges(book))
    for kind in KINDS:
        referee = Referee(book, ground.space, kind)
        inside = referee.inside(situation.when)
        for name, rulebook in (("charitable", book), ("hostile", hostile)):
            levels = referee.levels(rulebook)
            free = [point for point in inside if levels[point] >= GO]
            reading = reading_of(ground, book, name)
            (one,) = stopped(ground, reading, name, [situation], [kind])
            assert one.outcome == ("refuted" if free else "proved")
            assert one.never == (not inside)
            if free and one.witness.nearest:
                nearest = min((referee.cost(point), point) for point in free)
                assert (referee.cost(one.witness.cells), one.witness.cells) == nearest
            if not free and inside:
                kept = rulebook.rules
                by = {rule.id for rule in kept if rule.id in one.stopped_by}
                bound = Referee(rulebook, ground.space, kind).bound_by(by, GO)
                assert inside <= bound


def smallest(names, holds):
    """Minimal sets by asking about every subset."""
    found = []
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            small = any(set(one) <= set(chosen) for one in found)
            if not small and holds(frozenset(chosen)):
                found.append(chosen)
    return found


@pytest.mark.parametrize("seed", range(30))
def test_every_set_of_hedges_gives_the_same_smallest_ones(seed, engine):
    book, situation, ground = case(seed, hedges=5, rules=3)
    releaser = Releaser(ground, 99)
    ours = hostile_hedges(book)
    names = [one.id for one in book.hedges if one.id in ours]
    found = list(releaser.of_situation(situation, KINDS))
    for kind, one in zip(KINDS, found, strict=True):
        referee = Referee(book, ground.space, kind)
        about = rules_about(book, situation.when)
        asked = referee.inside(situation.when) & referee.bound_by(about, GO)

        def releases(used, referee=referee, asked=asked):
            levels = referee.levels(read_as(book, used))
            return any(levels[point] >= GO for point in asked)

        assert one.complete
        assert one.minimal
        assert [shown.hedges for shown in one.sets] == smallest(names, releases)
        assert (one.outcome == "refuted") == bool(one.sets)
        assert one.nothing_to_release == (one.outcome == "proved" and not one.blocked_by)
        for shown in one.sets:
            assert shown.released.cells in asked
            level = LADDER.index(shown.released.decision)
            assert level == referee.levels(read_as(book, shown.hedges))[shown.released.cells] >= GO


@pytest.mark.parametrize("seed", range(30))
def test_every_profile_gives_the_same_answer_on_what_hedges_loosen_and_leave(seed, engine):
    book, _, ground = case(seed)
    hostile = read_as(book, hostile_hedges(book))
    releaser = Releaser(ground, 99)
    rows = {(one.deployment, one.level): one for one in loosenings(releaser, KINDS)}
    left = {one.rule for one in remaining(ground, releaser.hostile, KINDS)}
    bound = set()
    for kind, floor in zip(KINDS, floors(ground, releaser.hostile, KINDS), strict=True):
        referee = Referee(book, ground.space, kind)
        strict, loose = referee.levels(book), referee.levels(hostile)
        for place, level in enumerate(LADDER[1:], start=1):
            points = [point for point in strict if strict[point] < place <= loose[point]]
            one = rows[kind.value, level]
            assert one.outcome == ("refuted" if points else "proved")
            for shown in one.sets:
                assert shown.released.cells in points
        assert floor.charitable.level == LADDER[min(strict.values())]
        assert floor.hostile.level == LADDER[min(loose.values())]
        assert (floor.outcome == "proved") == (min(strict.values()) == min(loose.values()))
        after = Referee(hostile, ground.space, kind)
        bound |= {r.id for r in hostile.rules if after.bound_by({r.id}, len(LADDER))}
    assert left == bound


def solved(book, key, field, kind):
    safer, riskier = Formulas(book, kind), Formulas(book, kind, {key})
    make = z3.Int if isinstance(field, LevelField) else z3.Real
    one, other = make(key), make(f"{key} here")
    solver = z3.Solver()
    levels = safer.level(), riskier.level()
    solver.add(*safer.world, *riskier.world)
    solver.add(one < other if field.riskier == "up" else one > other)
    solver.add(levels[0] < levels[1])
    answer = solver.check()
    assert answer != z3.unknown
    return answer == z3.sat


@pytest.mark.parametrize("seed", range(3000, 3100))
def test_z3_finds_the_same_fields_in_which_a_rulebook_is_not_monotone(seed):
    book, _, ground = case(seed, fields=4, rules=5)
    found = {one.field: one for one in monotony(ground, ground.charitable, "charitable", KINDS)}
    for axis in ground.space.axes[1:]:
        field = next(
            field
            for field in book.fields
            if axis.key.name in {field.name, getattr(field, "finding", "")}
        )
        assert isinstance(field, LevelField | QuantityField | RateField)
        one = found.get(str(axis.key))
        bad = any(solved(book, str(axis.key), field, kind) for kind in KINDS)
        assert (one is not None and one.outcome == "refuted") == bad, axis.key
