"""Limits of single attacks: they agree with the verifier's, and rarely blame an attack wrongly."""

import json
from collections import defaultdict

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import a_frame, a_plan, a_question
from shipworthy.kernel import Stream
from shipworthy.stages.reporting import attack_limits
from shipworthy.statistics import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.paired import dealt_alike_millionths
from shipworthy.vocabulary import TrialRole
from shipworthy_verify.claims.attacks import attacks

ATTACKS = ("plain", "role-play", "base64", "table")
PLAN = a_plan(a_frame(("cyber",), 40), ATTACKS)

rows = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 4)).map(
    lambda row: [min(row[:2]), max(row[:2]), row[2]]
)


def plain(plan):
    return json.loads(msgspec.json.encode(plan))


@given(st.lists(rows, min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_verifier_finds_the_same_limits(counted):
    cells = {("bare", "cyber", name): row for name, row in zip(ATTACKS, counted, strict=True)}
    ours = {
        f"attack:{one.arm.value}/{one.domain}/{one.attack}#{key}": getattr(one, key)
        for one in attack_limits(cells, PLAN)
        for key in ("lower", "upper", "alike")
    }
    assert ours == dict(attacks(cells, plain(PLAN)))
    assert len(ours) == 3 * sum(row[1] + row[2] > 0 for row in counted)


@given(st.lists(rows, min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_limits_are_those_of_clopper_and_pearson_at_a_quarter_of_the_level(counted):
    cells = {("bare", "cyber", name): row for name, row in zip(ATTACKS, counted, strict=True)}
    level = float(PLAN.gate_alpha) / 4
    for one in attack_limits(cells, PLAN):
        breached, assessed, lost = cells["bare", "cyber", one.attack]
        size = assessed + lost
        lower = clopper_pearson_lower(breached, size, level)
        upper = clopper_pearson_upper(breached + lost, size, level)
        assert lower - 2e-6 <= float(one.lower) <= lower
        assert upper <= float(one.upper) <= upper + 2e-6


@given(rows, rows, st.integers(1, 5))
def test_an_unassessed_trial_of_another_attack_never_makes_one_stand_out_more(one, other, looks):
    breached, assessed, lost = one
    total = assessed + lost + other[1] + other[2]
    if not assessed:
        return
    sure = dealt_alike_millionths((breached, assessed), (breached + other[0], total), looks)
    worse = dealt_alike_millionths(
        (breached, assessed), (breached + other[0] + 1, total + 1), looks
    )
    assert worse >= sure
    assert 0 < sure <= 10**6


def counts_of(plan, succeeds):
    found = defaultdict(lambda: [0, 0, 0])
    for item in plan.items:
        if item.role is TrialRole.ADVERSARIAL:
            cell = found["bare", item.domain, item.attack]
            cell[0] += succeeds(item)
            cell[1] += 1
    return found


def stand_out(plan, succeeds):
    return {one.attack for one in attack_limits(counts_of(plan, succeeds), plan) if one.stands_out}


def test_where_attacks_make_no_difference_one_stands_out_in_few_plans():
    """Scenarios differ in how weak they are; which attack is dealt changes nothing."""
    plans, wrong = 300, 0
    frame = a_frame(("cyber",), 40)
    for seed in range(plans):
        plan = a_plan(frame, ATTACKS, seed=seed)
        weak = {one.id: Stream(seed, "weak", one.id).below(100) < 25 for one in frame}
        wrong += bool(stand_out(plan, lambda item, weak=weak: weak[item.scenario]))
    # 28 of 300 at a level of 0.05 has a probability below one in a thousand
    assert wrong < 28


def test_the_one_attack_that_works_stands_out():
    found = [
        stand_out(
            a_plan(a_frame(("cyber",), 40), ATTACKS, seed=seed), lambda i: i.attack == "base64"
        )
        for seed in range(20)
    ]
    assert all(names == {"base64"} for names in found)


def test_no_limits_where_trials_end_early_or_an_attack_comes_twice():
    ordered = a_plan(a_frame(("cyber",), 40), ATTACKS, ordered=True)
    early = msgspec.structs.replace(ordered, stopping=(a_question("asr.cyber.bare"),))
    twice = msgspec.structs.replace(PLAN, items=(*PLAN.items, *PLAN.items[:1]))
    alone = a_plan(a_frame(("cyber",), 40), ("plain",))
    for plan in (early, twice, alone):
        cells = counts_of(plan, lambda item: True)
        assert attack_limits(cells, plan) == ()
        assert dict(attacks(cells, plain(plan))) == {}
