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
    AllOf,
    AnyOf,
    Atom,
    Bounds,
    Finding,
    LevelField,
    QuantityField,
    RateField,
)
from shipworthy.vocabulary import Arm, DeploymentType, Rate
from synthetic_rulebooks import RELATIVES, synthetic

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


class Formulas:
    """A rulebook as formulas of z3, written from the semantics alone."""

    def __init__(self, book, kind):
        self.fields = {field.name: field for field in book.fields}
        self.book = book
        self.kind = list(DeploymentType).index(DeploymentType(kind))
        self.world = []

    def level(self):
        level = z3.IntVal(len(LADDER) - 1)
        for rule in self.book.rules:
            binds = self.condition(rule.when) if rule.when else z3.BoolVal(val=True)
            if rule.requires:
                shown = [self.condition(one.condition) for one in rule.requires]
                binds = z3.And(binds, z3.Not(z3.And(shown)))
            ceiling = LADDER.index(rule.ceiling)
            level = z3.If(z3.And(binds, level > ceiling), ceiling, level)
        return level

    def condition(self, condition):
        if isinstance(condition, Atom):
            return self.atom(condition)
        members = [self.condition(member) for member in condition.of]
        if isinstance(condition, AllOf):
            return z3.And(members)
        if isinstance(condition, AnyOf):
            return z3.Or(members)
        return z3.AtLeast(*members, condition.needed)

    def atom(self, atom):
        left, right = self.sides(atom)
        return {
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
            "==": left == right,
            "!=": left != right,
        }[atom.operator]

    def sides(self, atom):
        if atom.field == "deployment":
            place = list(DeploymentType).index(DeploymentType(atom.value))
            return z3.IntVal(self.kind), z3.IntVal(place)
        field = self.fields[atom.field]
        if not isinstance(field, LevelField):
            sort = "point" if atom.bound == "point" else "bounds"
            number = z3.Real(f"{field.name} {sort}")
            if isinstance(field, RateField):
                self.world += [number >= 0, number <= 1]
            return number, z3.RealVal(atom.value)
        place = z3.IntVal(field.levels.index(atom.value))
        if not field.definitions:
            fact = z3.Int(field.name)
            self.world += [fact >= 0, fact < len(field.levels)]
            return fact, place
        ordered = field.levels if field.riskier == "up" else field.levels[::-1]
        value = z3.IntVal(field.levels.index(ordered[0]))
        for level in ordered[1:]:
            for one in field.definitions:
                if one.level == level:
                    here = field.levels.index(level)
                    value = z3.If(self.condition(one.when), here, value)
        return value, place


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
