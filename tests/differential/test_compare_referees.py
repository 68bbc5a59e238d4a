"""The search of boxes against referees that share no code with it: enumeration, SAT, z3.

SAT shares the encoding of rules into cells with the boxes, and nothing of the search; enumeration
and z3 share neither. Seeds stand in groups, because starting a test costs more than a comparison.
"""

from fractions import Fraction
from itertools import product

import pytest
import z3

from random_rulebooks import LADDER, TYPES, random_pair
from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.kernel import digest_text
from shipworthy.records import (
    Bounds,
    Finding,
    LevelField,
    QuantityField,
    RateField,
)
from shipworthy.vocabulary import Arm, DeploymentType, Rate
from synthetic_rulebooks import RELATIVES, synthetic
from z3_rulebooks import Formulas

RATES = ("0", "0.05", "0.1", "0.2", "0.3", "0.9", "1")
SCORES = ("-7", "40", "60", "80.5", "200")
VERDICTS = {
    (True, True): Change.INCOMPARABLE,
    (True, False): Change.LOOSER,
    (False, True): Change.STRICTER,
    (False, False): Change.EQUIVALENT,
}


def exact(finding, bounds, point):
    share = Fraction(point)
    return Finding(
        id=finding,
        metric="asr",
        domain="d",
        arm=Arm.BARE,
        rate=Rate(successes=share.numerator, attempts=share.denominator, unassessed=0),
        bounds=Bounds(
            method="exact",
            alpha="0.05",
            lower=bounds,
            upper=bounds,
            upper_adjusted=bounds,
            scenarios=1,
            scenarios_with_success=0,
            design_effect="1",
        ),
        judges=(),
        plan=digest_text("p"),
    )


def situations(book, kind):
    """Every situation on a grid that no limit of the generator falls between."""
    choices = []
    for field in book.fields:
        match field:
            case LevelField() if not field.definitions:
                choices.append([("fact", field.name, level) for level in field.levels])
            case QuantityField():
                choices.append([("fact", field.name, value) for value in SCORES])
            case RateField():
                pairs = product(RATES, RATES)
                choices.append(
                    [("rate", field.finding, exact(field.finding, *pair)) for pair in pairs]
                )
    for chosen in product(*choices):
        facts = {name: value for sort, name, value in chosen if sort == "fact"}
        findings = {name: value for sort, name, value in chosen if sort == "rate"}
        yield Evidence(findings, facts, DeploymentType(kind))


def enumerated(old, new, kind):
    """The verdict of every level above the lowest, by evaluating everything."""
    seen = {
        tuple(LADDER.index(evaluate(book, case, "deploy").level_worst) for book in (old, new))
        for case in situations(old, kind)
    }
    return [
        VERDICTS[any(a < d <= b for a, b in seen), any(b < d <= a for a, b in seen)]
        for d in range(1, len(LADDER))
    ]


def gate_of(old, new, engine="boxes", budget=20_000):
    (gate,) = compare(old, new, Scope(engine=engine, budget=budget)).gates
    return gate


def found(old, new, kind, engine="boxes"):
    levels = gate_of(old, new, engine).levels
    return [one.change for one in levels if one.deployment == kind]


@pytest.mark.parametrize("start", range(0, 160, 20))
def test_enumeration_gives_the_same_verdicts(start):
    for seed in range(start, start + 20):
        old, new = random_pair(seed, fields=2)
        for kind in TYPES:
            wanted = enumerated(old, new, kind)
            assert found(old, new, kind) == wanted, seed
            assert found(old, new, kind, "sat") == wanted, seed


def fates(gate):
    return [(one.rule, one.fate) for one in (*gate.old_rules, *gate.new_rules)]


def same_by_sat(old, new, seed):
    boxes, sat = gate_of(old, new), gate_of(old, new, "sat")
    assert boxes.levels == sat.levels, seed
    assert fates(boxes) == fates(sat), seed
    pairs = zip(boxes.old_rules + boxes.new_rules, sat.old_rules + sat.new_rules, strict=True)
    for near, other in pairs:
        if near.witness:
            assert near.witness.minimal
            assert not other.witness.minimal
            assert near.witness.cost <= other.witness.cost, seed


@pytest.mark.parametrize("start", range(3000, 4000, 50))
def test_sat_gives_the_same_verdicts_and_fates(start):
    for seed in range(start, start + 50):
        old, new = random_pair(seed, fields=4, rules=4)
        same_by_sat(old, new, seed)


@pytest.mark.parametrize("start", range(4000, 4100, 20))
def test_sat_gives_the_same_verdicts_on_rulebooks_that_nobody_can_enumerate(start):
    for seed in range(start, start + 20):
        old, new = random_pair(seed, fields=6, rules=12)
        same_by_sat(old, new, seed)


@pytest.mark.parametrize("relative", sorted(RELATIVES))
def test_sat_gives_the_same_verdicts_on_a_hundred_rules(relative):
    old = synthetic(100)
    same_by_sat(old, RELATIVES[relative](old), relative)


def test_a_small_budget_with_sat_changes_no_verdict():
    for seed in range(5000, 5060):
        old, new = random_pair(seed, fields=4, rules=4)
        boxes, both = gate_of(old, new), gate_of(old, new, "auto", budget=1)
        assert boxes.levels == both.levels, seed
        assert fates(boxes) == fates(both), seed


def solved(old, new, kind):
    sides = [Formulas(book, kind) for book in (old, new)]
    a, b = (side.level() for side in sides)
    solver = z3.Solver()
    solver.add(*sides[0].world, *sides[1].world)

    def possible(*conditions):
        answer = solver.check(*conditions)
        assert answer != z3.unknown
        return answer == z3.sat

    return [
        VERDICTS[possible(a < d, b >= d), possible(b < d, a >= d)] for d in range(1, len(LADDER))
    ]


@pytest.mark.parametrize("start", range(1000, 1200, 20))
def test_z3_gives_the_same_verdicts_on_small_rulebooks(start):
    for seed in range(start, start + 20):
        old, new = random_pair(seed, fields=3)
        for kind in TYPES:
            assert found(old, new, kind) == solved(old, new, kind), seed


@pytest.mark.parametrize("seed", range(2000, 2040))
def test_z3_gives_the_same_verdicts_on_rulebooks_that_nobody_can_enumerate(seed):
    old, new = random_pair(seed, fields=6, rules=8)
    for kind in TYPES:
        assert found(old, new, kind) == solved(old, new, kind)
