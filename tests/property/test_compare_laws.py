"""The laws of `spec/comparison.md`, section 7, on seeded random rulebooks."""

from collections import Counter
from itertools import product
from random import Random

import msgspec
import pytest

from random_rulebooks import FACTS, LADDER, TYPES, random_pair, random_rule, random_rulebook
from shipworthy.frameworks import evaluate
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.frameworks.compare.profiles import shared_space
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.records import AllOf, Atom
from shipworthy.vocabulary import DeploymentType

TURNED = {Change.LOOSER: Change.STRICTER, Change.STRICTER: Change.LOOSER}


def deploy(old, new, **scope):
    (gate,) = compare(old, new, Scope(**scope)).gates
    return gate


def book(seed, rules=4):
    random = Random(seed)
    return random_rulebook(random, random.sample(FACTS, 3), rules)


def case_split(random, rule, fields):
    """Two rules that together say what one says: once where an atom holds, once where not."""
    field = random.choice([field for field in fields if field.name in {"cyber", "security"}])
    level = random.choice(field.levels[1:])
    halves = (Atom(field=field.name, operator=sign, value=level) for sign in (">=", "<"))
    return [
        msgspec.structs.replace(rule, when=AllOf(of=(half, *([rule.when] if rule.when else []))))
        for half in halves
    ]


@pytest.mark.parametrize("seed", range(40))
def test_renaming_shuffling_and_splitting_cases_is_equivalent(seed):
    random = Random(seed)
    old = random_rulebook(random, FACTS[:3], 3)
    rules = [part for rule in old.rules for part in case_split(random, rule, FACTS)]
    random.shuffle(rules)
    named = tuple(msgspec.structs.replace(rule, id=f"x{i}") for i, rule in enumerate(rules))
    gate = deploy(old, msgspec.structs.replace(old, rules=named))
    assert gate.change is Change.EQUIVALENT
    assert {fate.fate for fate in gate.old_rules + gate.new_rules} == {"kept"}


@pytest.mark.parametrize("seed", range(40))
def test_a_rulebook_is_equivalent_to_itself(seed):
    same = compare(book(seed), book(seed))
    assert same.change is Change.EQUIVALENT
    assert not same.terms


@pytest.mark.parametrize("seed", range(60))
def test_turning_the_sides_turns_the_verdicts(seed):
    old, new = random_pair(seed)
    there, back = deploy(old, new), deploy(new, old)
    assert [TURNED.get(one.change, one.change) for one in there.levels] == [
        one.change for one in back.levels
    ]
    assert [fate.fate for fate in there.old_rules] == [fate.fate for fate in back.new_rules]
    for mine, other in (
        (there.permits_more, back.permits_less),
        (there.permits_less, back.permits_more),
    ):
        assert (mine and (mine.rank, mine.readings)) == (other and (other.rank, other.readings))


@pytest.mark.parametrize("seed", range(60))
def test_adding_a_rule_never_loosens(seed):
    random = Random(seed)
    old = random_rulebook(random, random.sample(FACTS, 3), 3)
    extra = random_rule(random, old.fields, "extra")
    gate = deploy(old, msgspec.structs.replace(old, rules=(extra, *old.rules)))
    assert gate.permits_more is None
    assert gate.change in {Change.EQUIVALENT, Change.STRICTER}
    assert all(fate.fate == "kept" for fate in gate.old_rules)


def differing(old, new):
    """Every profile with its cost and both decisions, by plain evaluation, no search."""
    space = shared_space(old, new, "deploy")
    for kind in TYPES:
        box, usual = space.at(DeploymentType(kind))
        cells = [[i for i in range(bits.bit_length()) if bits >> i & 1] for bits in box]
        for point in product(*cells):
            case = evidence(space, point, "0.05")
            levels = [
                LADDER.index(evaluate(side, case, "deploy").level_worst) for side in (old, new)
            ]
            moves = [abs(a - b) for a, b in zip(point, usual, strict=True)]
            yield (sum(m > 0 for m in moves), sum(moves)), point, levels


@pytest.mark.parametrize("seed", range(100, 150))
def test_the_witness_is_the_nearest_of_all_profiles(seed):
    old, new = random_pair(seed, fields=2)
    gate = deploy(old, new)
    everything = list(differing(old, new))
    more = [(cost, point) for cost, point, (a, b) in everything if a < b]
    less = [(cost, point) for cost, point, (a, b) in everything if b < a]
    for witness, wanted in ((gate.permits_more, more), (gate.permits_less, less)):
        assert (witness and witness.rank) == min(wanted, default=None)


@pytest.mark.parametrize("seed", range(60))
def test_every_dropped_rule_has_a_witness_that_the_evaluator_confirms(seed):
    old, new = random_pair(seed)
    space = shared_space(old, new, "deploy")
    gate = deploy(old, new)
    for sides, fates in (((old, new), gate.old_rules), ((new, old), gate.new_rules)):
        for fate in (fate for fate in fates if fate.fate == "dropped"):
            case = evidence(space, fate.witness.cells, "0.05")
            strict, loose = (
                LADDER.index(evaluate(side, case, "deploy").level_worst) for side in sides
            )
            assert strict <= LADDER.index(fate.ceiling) < loose
            assert fate.rule in fate.witness.rules


@pytest.mark.parametrize("seed", range(40))
def test_the_rules_that_cover_a_rule_cover_it_alone(seed):
    old, new = random_pair(seed)
    for fate in deploy(old, new).old_rules:
        if fate.fate == "kept":
            left = tuple(rule for rule in new.rules if rule.id in fate.covered_by)
            thinner = deploy(old, msgspec.structs.replace(new, rules=left))
            (again,) = [one for one in thinner.old_rules if one.rule == fate.rule]
            assert again.fate == "kept"


@pytest.mark.parametrize("seed", range(40))
def test_a_small_budget_gives_the_same_verdict_or_unknown(seed):
    old, new = random_pair(seed)
    full, short = deploy(old, new), deploy(old, new, budget=2)
    allowed = {Change.UNKNOWN}
    for wanted, got in zip(full.levels, short.levels, strict=True):
        weaker = {Change.LOOSER} if wanted.change is Change.INCOMPARABLE else set()
        assert got.change in {wanted.change} | allowed | weaker


def test_the_random_pairs_meet_every_verdict():
    seen = Counter(deploy(*random_pair(seed)).change for seed in range(60))
    wanted = set(Change) - {Change.UNKNOWN}
    assert all(seen[change] >= 3 for change in wanted), seen
