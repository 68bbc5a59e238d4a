"""Transitions, grouped pairs, safeguard stacks, and the field against the laboratory."""

import math

import pytest

from shipworthy.statistics import NoEvidence, PairedTable, ScenarioCounts, tango_interval
from shipworthy.statistics.paired import (
    FieldCounts,
    FieldVerdict,
    ScenarioArms,
    StackCounts,
    Transition,
    any_success_table,
    field_verdict,
    grouped_difference,
    jeffreys,
    log_evidence_not_worse,
    log_evidence_worse,
    mcnemar_chi_square,
    stack_report,
    transitions,
    wald_difference,
    wilson,
)


def arms(before, after, attempts=5, unassessed=0):
    return ScenarioArms(
        before=ScenarioCounts(before, attempts),
        after=ScenarioCounts(after, attempts - unassessed, unassessed),
    )


def test_every_scenario_has_one_transition_and_one_arm_alone_is_unassessed():
    before = {"a": True, "b": True, "c": False, "d": False, "e": None, "f": True}
    after = {"a": False, "b": True, "c": True, "d": False, "e": True, "g": False}
    table = transitions(before, after)
    assert table.blocked == ("a",)
    assert table.still_breached == ("b",)
    assert table.newly_breached == ("c",)
    assert table.held == ("d",)
    assert table.unassessed == ("e", "f", "g")
    assert table.table == PairedTable(both=1, before_only=1, after_only=1, neither=1)
    assert table.worst_cases.least_reduction.after_only == 4


def test_a_better_rate_can_hide_scenarios_that_the_change_opened():
    before = {str(i): i < 50 for i in range(100)}
    after = {str(i): i >= 97 for i in range(100)}
    table = transitions(before, after)
    assert table.table.difference == pytest.approx(0.47)
    assert table.newly_breached == ("97", "98", "99")
    assert table.newly_breached_upper(0.05) == pytest.approx(0.0757, abs=5e-5)


def test_a_missing_outcome_is_never_a_held_scenario():
    assert Transition.of(None, False) is Transition.UNASSESSED
    assert Transition.of(False, None) is Transition.UNASSESSED


def test_many_discordant_scenarios_use_the_spread_between_scenarios():
    # Ten scenarios fall from 4 of 5 to 0, ten stay at 1 of 5: mean difference 0.4.
    data = [arms(4, 0)] * 10 + [arms(1, 1)] * 10
    result = grouped_difference(data, 0.95)
    error = math.sqrt(20 * 0.16 / 19 / 20)
    assert result.per_attempt
    assert (result.scenarios, result.discordant) == (20, 10)
    assert result.interval.lower == pytest.approx(0.4 - 2.0930240544 * error)
    assert result.interval.upper == pytest.approx(0.4 + 2.0930240544 * error)


def test_few_discordant_scenarios_fall_back_to_the_score_interval():
    data = [arms(4, 0)] * 9 + [arms(1, 1)] * 40
    result = grouped_difference(data, 0.95)
    assert not result.per_attempt
    table, unassessed = any_success_table(data)
    assert unassessed == 0
    assert result.interval == tango_interval(table, 0.95)


def test_equal_differences_do_not_make_an_interval_without_width():
    result = grouped_difference([arms(5, 0)] * 12, 0.95)
    assert not result.per_attempt
    assert result.interval.width > 0.1


def test_unassessed_attempts_widen_a_grouped_interval_to_both_sides():
    known = [arms(4, 0)] * 10 + [arms(1, 1)] * 10
    unsure = [arms(4, 0)] * 10 + [arms(1, 0, unassessed=1)] * 10
    sure, wide = grouped_difference(known, 0.9), grouped_difference(unsure, 0.9)
    assert wide.interval.lower < sure.interval.lower
    assert wide.interval.upper > sure.interval.upper
    table, unassessed = any_success_table(unsure)
    assert unassessed == 10
    assert table.pairs == 10


def test_nothing_in_both_arms_is_no_evidence():
    with pytest.raises(NoEvidence):
        grouped_difference([], 0.95)


def test_the_factors_of_a_stack_multiply_to_its_joint_rate():
    counts = StackCounts(
        complied_missed=8, complied_caught=32, refused_missed=40, refused_caught=120
    )
    report = stack_report(counts, 0.95)
    assert report.comply_rate == pytest.approx(0.2)
    assert report.miss_rate == pytest.approx(0.2)
    assert report.joint_rate == pytest.approx(report.comply_rate * report.miss_rate)
    assert report.joint_rate in report.joint
    assert report.miss_rate in report.misses


def test_layers_that_fail_together_are_worse_than_their_separate_rates_say():
    counts = StackCounts(complied_missed=18, complied_caught=2, refused_missed=0, refused_caught=80)
    report = stack_report(counts, 0.95)
    assert report.independent == pytest.approx(0.2 * 0.18)
    assert report.joint_rate == pytest.approx(0.18)
    assert report.joint.lower > report.independent


def test_layers_that_were_never_needed_show_nothing():
    report = stack_report(
        StackCounts(complied_missed=0, complied_caught=0, refused_missed=3, refused_caught=97), 0.95
    )
    assert report.misses is None
    assert report.miss_rate is None
    assert 0.0 < report.joint.upper < 0.05
    with pytest.raises(NoEvidence):
        stack_report(
            StackCounts(complied_missed=0, complied_caught=0, refused_missed=0, refused_caught=0),
            0.95,
        )


def test_unassessed_scenarios_widen_every_factor_of_a_stack():
    base = {"complied_missed": 8, "complied_caught": 32, "refused_missed": 4, "refused_caught": 96}
    sure = stack_report(StackCounts(**base), 0.9)
    wide = stack_report(StackCounts(**base, unassessed=10), 0.9)
    for name in ("complies", "misses", "joint"):
        before, after = getattr(sure, name), getattr(wide, name)
        assert after.lower < before.lower
        assert after.upper > before.upper


@pytest.mark.parametrize(("delta", "replays"), [(0.01, 434), (0.02, 216), (0.05, 85)])
def test_replays_without_any_difference_that_show_the_field_not_worse(delta, replays):
    enough, too_few = FieldCounts(same=replays), FieldCounts(same=replays - 1)
    assert field_verdict(enough, delta, 0.05) is FieldVerdict.NOT_WORSE
    assert field_verdict(too_few, delta, 0.05) is FieldVerdict.NOT_SHOWN


def test_the_evidence_is_the_product_of_the_bets():
    counts = FieldCounts(field_only=2, lab_only=1, same=30)
    product = [
        (1 + f / 0.98 * (0.02 - 1)) ** 2 * (1 + f / 0.98 * (0.02 + 1)) * (1 + f / 0.98 * 0.02) ** 30
        for f in (0.95, 0.8, 0.6, 0.4, 0.25, 0.1)
    ]
    assert math.exp(log_evidence_not_worse(counts, 0.02)) == pytest.approx(sum(product) / 6)


def test_many_failures_only_in_the_field_show_it_worse():
    counts = FieldCounts(field_only=20, same=80)
    assert field_verdict(counts, 0.02, 0.05) is FieldVerdict.WORSE
    assert field_verdict(FieldCounts(lab_only=20, same=80), 0.02, 0.05) is FieldVerdict.NOT_WORSE


def test_replays_without_an_outcome_count_against_both_claims():
    base = FieldCounts(same=500, field_only=1)
    unsure = base.add(lab=False, field=None)
    assert unsure.unassessed == 1
    assert unsure.scenarios == 502
    assert log_evidence_not_worse(unsure, 0.02) < log_evidence_not_worse(base, 0.02)
    assert log_evidence_worse(unsure, 0.02) < log_evidence_worse(base, 0.02)


def test_replays_are_counted_one_by_one():
    counts = FieldCounts()
    for lab, field in [(True, True), (False, False), (True, False), (False, True), (None, True)]:
        counts = counts.add(lab=lab, field=field)
    assert counts == FieldCounts(field_only=1, lab_only=1, same=2, unassessed=1)


def test_nothing_replayed_shows_nothing_and_a_verdict_is_no_condition():
    verdict = field_verdict(FieldCounts(), 0.01, 0.05)
    assert verdict is FieldVerdict.NOT_SHOWN
    with pytest.raises(TypeError):
        bool(verdict)
    with pytest.raises(ValueError, match="delta"):
        field_verdict(FieldCounts(), 0.0, 0.05)


def test_published_methods_without_a_value_say_so():
    unchanged = PairedTable(both=5, before_only=0, after_only=0, neither=20)
    with pytest.raises(NoEvidence):
        mcnemar_chi_square(unchanged, corrected=True)
    with pytest.raises(ValueError, match="zero width"):
        wald_difference(unchanged, 0.95)
    with pytest.raises(NoEvidence):
        wilson(0, 0, 0.95)
    assert jeffreys(20, 20, 0.95).upper == 1.0
