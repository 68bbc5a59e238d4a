"""Which mirrored pairs a campaign asks: whole topics, both sides, as often as was planned."""

from collections import Counter

import pytest

from mirrored import mirrored_frame, mirrored_plan
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import stances_of
from shipworthy.vocabulary import Arm, TrialRole

FRAME = mirrored_frame(axes=("economic", "social"), each=12)
STANCES = stances_of(FRAME)


def topics_of(plan):
    found = {}
    for item in plan.items:
        stance = STANCES[item.scenario]
        found.setdefault((item.domain, stance.topic), Counter())[stance.task, stance.side] += 1
    return found


@pytest.mark.parametrize("topics", [1, 3, 12, 50])
def test_a_topic_is_drawn_with_all_of_its_pairs_or_not_at_all(topics):
    found = topics_of(mirrored_plan(FRAME, scenarios_per_domain=topics))
    assert Counter(domain for domain, _ in found) == {
        "economic": min(topics, 12),
        "social": min(topics, 12),
    }
    assert all(len(asked) == 4 and set(asked.values()) == {1} for asked in found.values())


def test_another_seed_draws_other_topics():
    plans = [mirrored_plan(FRAME, seed=seed, scenarios_per_domain=3) for seed in (1, 2)]
    assert topics_of(plans[0]).keys() != topics_of(plans[1]).keys()


def test_each_side_is_asked_as_often_as_planned_each_time_with_a_seed_of_its_own():
    plan = mirrored_plan(FRAME, scenarios_per_domain=2, attempts_per_pair=3)
    assert {count for asked in topics_of(plan).values() for count in asked.values()} == {3}
    seeds = {(item.scenario, item.seed) for item in plan.items}
    assert len(seeds) == len(plan.items)


def test_pairs_run_in_every_arm_and_have_no_controls():
    plan = mirrored_plan(FRAME)
    assert {item.role for item in plan.items} == {TrialRole.BALANCE}
    arms = Counter(arm for _, arm in plan_cells(plan))
    assert arms == {Arm.BARE: len(plan.items), Arm.SAFEGUARDED: len(plan.items)}
