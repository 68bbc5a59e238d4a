from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import a_frame, a_plan
from shipworthy.kernel import Problem
from shipworthy.stages.evaluating import ItemSampling, plan_items
from shipworthy.vocabulary import TrialRole

ATTACKS = ("a", "b", "c", "d", "e")


def adversarial(items):
    return [item for item in items if item.role is TrialRole.ADVERSARIAL]


@given(seed=st.integers(0, 2**40), each=st.integers(1, 5), cap=st.integers(0, 6))
def test_attacks_are_dealt_evenly_and_distinctly(seed, each, cap):
    frame = a_frame(each=6)
    items = plan_items(
        frame,
        ItemSampling(
            attacks=ATTACKS, seed=seed, attacks_per_scenario=each, scenarios_per_domain=cap
        ),
    )
    drawn = adversarial(items)
    assert len(drawn) == 2 * min(cap or 6, 6) * each
    assert len({(item.scenario, item.attack) for item in drawn}) == len(drawn)
    for domain in ("cyber", "secrets"):
        uses = Counter(item.attack for item in drawn if item.domain == domain)
        counts = [uses[attack] for attack in ATTACKS]
        assert max(counts) - min(counts) <= 1


def test_the_same_seed_gives_the_same_items_whatever_the_order_of_the_pack():
    frame = a_frame()
    sampling = ItemSampling(attacks=ATTACKS, seed=3, scenarios_per_domain=3)
    assert plan_items(frame, sampling) == plan_items(frame[::-1], sampling)


def test_another_seed_draws_others():
    frame = a_frame(each=12)
    plans = {
        plan_items(frame, ItemSampling(attacks=ATTACKS, seed=seed, scenarios_per_domain=3))
        for seed in range(5)
    }
    assert len(plans) == 5


def test_every_drawn_scenario_carries_both_controls():
    items = plan_items(a_frame(), ItemSampling(attacks=ATTACKS, seed=1, benign_per_domain=2))
    roles = Counter(item.role for item in items)
    assert roles[TrialRole.POSITIVE_CONTROL] == roles[TrialRole.NEGATIVE_CONTROL] == 12
    assert roles[TrialRole.BENIGN] == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"domains": ("cybr",)}, "campaign-domain"),
        ({"attacks": ()}, "campaign-attacks"),
        ({"attacks": ("a", "a")}, "campaign-attacks"),
        ({"attacks_per_scenario": 6}, "campaign-attacks"),
    ],
)
def test_an_impossible_sample_is_refused(change, code):
    sampling = ItemSampling(**({"attacks": ATTACKS, "seed": 1} | change))
    with pytest.raises(Problem) as caught:
        plan_items(a_frame(), sampling)
    assert caught.value.diagnostics[0].code == code


def test_an_empty_pack_is_refused():
    with pytest.raises(Problem, match="no scenario"):
        plan_items([], ItemSampling(attacks=ATTACKS, seed=1))


def test_the_plan_digest_changes_with_anything_in_the_plan():
    base = a_plan()
    others = [a_plan(seed=2), a_plan(attacks=("plain",)), a_plan(a_frame(each=5))]
    assert len({plan.digest for plan in [base, *others]}) == 4
    assert a_plan().digest == base.digest
