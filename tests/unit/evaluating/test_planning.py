from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from campaigns import a_frame, a_plan, compose
from shipworthy.instruments.attacks import ATTACKS as CATALOGUE
from shipworthy.instruments.attacks import Composer, parse_attack
from shipworthy.kernel import Problem, digest_of
from shipworthy.stages.evaluating import ItemSampling, plan_items
from shipworthy.vocabulary import Tool, TrialRole

ATTACKS = ("a", "b", "c", "d", "e")
SHIPPED = [attack.name for attack in CATALOGUE]


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
        compose,
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
    assert plan_items(frame, sampling, compose) == plan_items(frame[::-1], sampling, compose)


def test_another_seed_draws_others():
    frame = a_frame(each=12)
    plans = {
        plan_items(frame, ItemSampling(attacks=ATTACKS, seed=seed, scenarios_per_domain=3), compose)
        for seed in range(5)
    }
    assert len(plans) == 5


def test_every_drawn_scenario_carries_both_controls():
    items = plan_items(
        a_frame(), ItemSampling(attacks=ATTACKS, seed=1, benign_per_domain=2), compose
    )
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
        plan_items(a_frame(), sampling, compose)
    assert caught.value.diagnostics[0].code == code


def test_an_empty_pack_is_refused():
    with pytest.raises(Problem, match="no scenario"):
        plan_items([], ItemSampling(attacks=ATTACKS, seed=1), compose)


def test_the_plan_digest_changes_with_anything_in_the_plan():
    base = a_plan()
    others = [a_plan(seed=2), a_plan(attacks=("plain",)), a_plan(a_frame(each=5))]
    assert len({plan.digest for plan in [base, *others]}) == 4
    assert a_plan().digest == base.digest


@pytest.mark.parametrize("role", list(TrialRole))
def test_a_plan_registers_what_will_be_asked_in_every_role(role):
    sampling = ItemSampling(attacks=("a",), seed=1)

    def reworded(scenario, **cell):
        request = compose(scenario, **cell)
        return structs.replace(request, tools=(Tool(name="t", description=""),))

    def changed(scenario, **cell):
        return (reworded if cell["role"] is role else compose)(scenario, **cell)

    before = plan_items(a_frame(), sampling, compose)
    after = plan_items(a_frame(), sampling, changed)
    for old, new in zip(before, after, strict=True):
        assert (old.request != new.request) is (old.role is role)
        assert new == structs.replace(old, request=new.request)


@pytest.mark.parametrize("attack", [*SHIPPED, "role-play+base64", "leetspeak+drip"])
def test_the_registered_digest_is_that_of_the_whole_conversation(attack):
    write = Composer({attack: parse_attack(attack)}, "You are the assistant of a bank.")
    scenario = a_frame()[0]
    sampling = ItemSampling(attacks=(attack,), seed=4)
    for item in plan_items([scenario], sampling, write):
        request = write(scenario, attack=item.attack, role=item.role, seed=item.seed)
        assert item.request == digest_of(request)
        assert request.messages[0].content == "You are the assistant of a bank."
        plain = Composer(write.attacks)(
            scenario, attack=item.attack, role=item.role, seed=item.seed
        )
        assert request.messages[1:] == plain.messages
        assert item.request != digest_of(plain)
