"""A change is called stricter only if no situation, in no reading, says otherwise."""

from collections import Counter
from itertools import product
from random import Random

import msgspec
import pytest

from documented import documented
from hedged_rulebooks import hedged_rulebook
from random_rulebooks import LADDER, TYPES, mutated, random_pair
from shipworthy.frameworks import evaluate
from shipworthy.frameworks.amendment import amending
from shipworthy.frameworks.compare import Change, Scope
from shipworthy.frameworks.compare.profiles import shared_space
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.frameworks.document import Amendment
from shipworthy.frameworks.semantics.readings import both_readings
from shipworthy.vocabulary import DeploymentType, Ruling

LAW = Amendment(
    text="t", stricter=("lead",), looser=("lead", "board"), notice_days=30, enumerate_looser=True
)


def lawful(book):
    document = documented(book)
    governance = msgspec.structs.replace(document.governance, amendment=LAW)
    return msgspec.structs.replace(document, governance=governance)


def pair_of(seed):
    """Two near relatives, every second pair with hedges, some of which move."""
    if seed % 2:
        return random_pair(seed, fields=2)
    random = Random(seed)
    old = hedged_rulebook(seed, fields=2, rules=3, hedges=3)
    if random.random() < 0.5:
        return old, mutated(random, old)
    rules = tuple(
        msgspec.structs.replace(rule, discretion=rule.discretion[1:]) for rule in old.rules
    )
    return old, msgspec.structs.replace(old, rules=rules)


def situations(old, new):
    """Every profile that either side tells apart, with both evaluations."""
    space = shared_space(old, new, "deploy")
    for kind in TYPES:
        box, _ = space.at(DeploymentType(kind))
        cells = [[i for i in range(bits.bit_length()) if bits >> i & 1] for bits in box]
        for point in product(*cells):
            case = evidence(space, point, "0.05")
            yield tuple(evaluate(side, case, "deploy") for side in (old, new))


@pytest.mark.parametrize("seed", range(120))
def test_a_change_called_stricter_permits_nothing_new_in_any_situation_and_reading(seed):
    old, new = pair_of(seed)
    found = amending(lawful(old), lawful(new))
    readings = [both_readings(book) for book in (old, new)]
    more = {
        name: any(
            LADDER.index(b.level_worst) > LADDER.index(a.level_worst)
            for a, b in situations(*(getattr(one, name) for one in readings))
        )
        for name in ("charitable", "hostile")
    }
    new_go = any(
        b.ruling is Ruling.GO and a.ruling is not Ruling.GO for a, b in situations(old, new)
    )
    if found.procedure == "stricter":
        assert not any(more.values())
        assert not new_go
    if any(more.values()) or new_go:
        assert found.change == "looser"
        assert found.procedure == "looser"
    for name, loosened in more.items():
        assert loosened == (found.readings[name] in {Change.LOOSER, Change.INCOMPARABLE})


@pytest.mark.parametrize("seed", range(60))
def test_a_search_that_is_cut_short_never_makes_a_change_stricter(seed):
    old, new = (lawful(book) for book in pair_of(seed))
    full = amending(old, new)
    for budget in (1, 3):
        short = amending(old, new, Scope(budget=budget, engine="boxes"))
        doubtful = Change.UNKNOWN in short.readings.values()
        witnessed = any(one.witness for one in short.loosened)
        if doubtful or witnessed or full.procedure == "looser":
            assert short.change in {"looser", "unknown"}
            assert short.procedure == "looser"
            assert {one.role for one in short.approvals} >= {"lead", "board"}
        elif short.procedure == "stricter":
            assert short.change == full.change


@pytest.mark.parametrize("seed", range(40))
def test_every_rule_that_is_listed_has_a_situation_that_shows_it(seed):
    old, new = pair_of(seed)
    for one in amending(lawful(old), lawful(new)).loosened:
        if one.kind == "rule" and one.change is Change.LOOSER:
            before, after = one.witness.old_level, one.witness.new_level
            assert LADDER.index(before) < LADDER.index(after)


def test_the_pairs_meet_every_class_that_rules_can_have():
    seen = Counter(amending(*map(lawful, pair_of(seed))).change for seed in range(120))
    assert {"equivalent", "stricter", "looser"} <= set(seen)
