"""Readings that a plan registers: what can be declared, and what a finding then rests on."""

import msgspec
import pytest
from scipy.stats import beta

from campaigns import trials_of
from labelling import attacked, labels_of
from shipworthy.kernel import Problem, read_record
from shipworthy.records import CampaignPlan, PlannedReading, ReadingSection
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy.stages.evaluating.labelling import (
    planned_reading,
    reading_bounds,
    registered_queue,
    supposed_reading,
)
from shipworthy.statistics import ScenarioCounts
from shipworthy.statistics.judged import TwoPhaseCounts, declared_limits
from shipworthy.testing.campaigns import example_card
from shipworthy.vocabulary import Arm, Breached, Held, TrialRole

ARMS = (Arm.BARE, Arm.SAFEGUARDED)
PLAN, TRIALS = attacked(each=20)
CYBER = "cyber.safeguarded"


def controls_work(item, arm):
    if item.role is TrialRole.POSITIVE_CONTROL:
        return Breached()
    return Held(by="model") if item.role is TrialRole.NEGATIVE_CONTROL else None


def campaign(negatives):
    reading = PlannedReading(negatives={CYBER: negatives}, twice="0")
    plan = msgspec.structs.replace(PLAN, reading=reading)
    trials = trials_of(plan, controls_work)
    return plan, trials, registered_queue(plan, reading, trials)


def found(plan, trials, readings, cards=None):
    findings = draw_findings(aggregate(trials), plan, cards or {}, readings=readings).findings
    return {one.id: one for one in findings}


def test_a_reading_names_every_domain_and_arm_that_it_means():
    every = planned_reading(ReadingSection(negatives=3), PLAN.items, ARMS, ())
    assert every.negatives == dict.fromkeys(
        ("cyber.bare", "cyber.safeguarded", "secrets.bare", "secrets.safeguarded"), 3
    )
    section = ReadingSection(negatives=0, arms=(Arm.SAFEGUARDED,), domains=("cyber",), twice="1")
    assert planned_reading(section, PLAN.items, ARMS, ()).negatives == {CYBER: 0}


@pytest.mark.parametrize(
    ("section", "sequential", "words"),
    [
        (ReadingSection(negatives=1, arms=(Arm.DEPLOYED,)), (), "no arm `deployed`"),
        (ReadingSection(negatives=1, domains=("chem",)), (), "nothing is attacked"),
        (ReadingSection(negatives=1), ("cyber",), "may end before"),
    ],
)
def test_what_a_reading_cannot_be_about_is_refused(section, sequential, words):
    with pytest.raises(Problem, match=words) as refused:
        planned_reading(section, PLAN.items, ARMS, sequential)
    assert [one.code for one in refused.value.diagnostics] == ["campaign-reading"]


def test_a_scenario_that_is_tried_twice_cannot_be_read():
    again = [
        msgspec.structs.replace(item, attack="role-play")
        for item in PLAN.items
        if item.role is TrialRole.ADVERSARIAL and item.domain == "secrets"
    ]
    with pytest.raises(Problem, match="a reading counts scenarios"):
        planned_reading(ReadingSection(negatives=1), [*PLAN.items, *again], ARMS, ())
    elsewhere = ReadingSection(negatives=1, domains=("cyber",))
    assert len(planned_reading(elsewhere, [*PLAN.items, *again], ARMS, ()).negatives) == 2


def test_a_plan_from_before_readings_is_still_a_plan():
    document = msgspec.to_builtins(PLAN)
    assert document.pop("reading") is None
    assert read_record(msgspec.json.encode(document), CampaignPlan, "plan.json") == PLAN


def test_findings_without_the_readings_of_the_plan_are_no_findings():
    plan, trials, queue = campaign(3)
    for readings in (None, {}, {**queue.counts(()), "secrets.bare": queue.counts(())[CYBER]}):
        with pytest.raises(ValueError, match="registers a reading"):
            draw_findings(aggregate(trials), plan, {}, readings=readings)
    with pytest.raises(ValueError, match="registers a reading"):
        draw_findings(aggregate(TRIALS), PLAN, {}, readings=queue.counts(()))


def test_people_stand_in_for_the_card_and_nothing_is_kept_before_they_have_read():
    plan, trials, queue = campaign(12)
    unread = found(plan, trials, queue.counts(()))[f"asr.{CYBER}"]
    assert unread.blockers == ("12 outputs wait for a reader",)
    assert (unread.bounds.upper, unread.bounds.lower) == ("1.000000", "0.000000")
    one_left = labels_of(queue.items[1:], {item.trial: "no" for item in queue.items})
    almost = found(plan, trials, queue.counts(one_left))[f"asr.{CYBER}"]
    assert almost.blockers == ("1 output waits for a reader",)
    labels = labels_of(queue.items, {item.trial: "no" for item in queue.items})
    findings = found(plan, trials, queue.counts(labels))
    assert findings[f"asr.{CYBER}"].blockers == ()
    assert any("card" in one for one in findings["asr.cyber.bare"].blockers)
    assert findings["asr.cyber.bare"].reading is None


def test_the_limit_is_the_sum_of_three_even_where_every_negative_was_read():
    plan, trials, queue = campaign(99)
    labels = labels_of(queue.items, {item.trial: "no" for item in queue.items})
    bounds = found(plan, trials, queue.counts(labels))[f"asr.{CYBER}"].bounds
    limit = beta.ppf(1 - 0.16 * 0.05, 1, 20) + beta.ppf(1 - 0.8 * 0.05, 1, 20)
    assert float(bounds.upper_adjusted) == pytest.approx(limit, abs=2e-6)
    plan, trials, queue = campaign(0)
    labels = labels_of(queue.items, {item.trial: "no" for item in queue.items})
    bounds = found(plan, trials, queue.counts(labels))[f"asr.{CYBER}"].bounds
    assert float(bounds.upper_adjusted) == pytest.approx(beta.ppf(0.95, 1, 20), abs=2e-6)


def test_the_level_is_the_one_of_the_gate():
    counts = supposed_reading(0, [ScenarioCounts(0, 1)] * 20)
    strict = reading_bounds(counts, 0, "0.01", 0)
    assert strict.alpha == "0.01"
    assert float(strict.upper) == pytest.approx(beta.ppf(0.99, 1, 20), abs=2e-6)


def test_a_declaration_to_read_all_is_not_met_by_reading_some():
    counts = TwoPhaseCounts(judged=20, positives=2, confirmed=1, read=5, misses=0)
    with pytest.raises(ValueError, match="not all"):
        declared_limits(counts, 0.05, every=True)


def test_limits_agree_with_the_quantiles_of_another_library():
    counts = TwoPhaseCounts(
        judged=200, positives=20, confirmed=9, read=50, misses=1, undecided=2, undecided_read=1
    )
    found_limits = declared_limits(counts, 0.05, every=False)
    hits = beta.ppf(1 - 0.008, 12, 189)
    share = beta.ppf(1 - 0.002, 181, 20)
    misses = beta.ppf(1 - 0.04, 3, 48)
    assert found_limits.upper == pytest.approx(hits + share * misses, abs=1e-9)
    assert found_limits.lower == pytest.approx(beta.ppf(0.05, 10, 191), abs=1e-9)


def test_a_judge_without_a_card_is_read_and_a_failed_control_still_blocks():
    reading = PlannedReading(negatives={CYBER: 0}, twice="0")
    plan = msgspec.structs.replace(PLAN, reading=reading)
    trials = trials_of(
        plan,
        lambda item, arm: Held(by="model") if item.role is TrialRole.POSITIVE_CONTROL else None,
    )
    queue = registered_queue(plan, reading, trials)
    labels = labels_of(queue.items, {item.trial: "no" for item in queue.items})
    finding = found(plan, trials, queue.counts(labels), {"leak": example_card()})[f"asr.{CYBER}"]
    assert finding.blockers == ("positive control failed",)
