"""The bound over scenarios: its pieces, its corner cases and its refusals."""

import math

import pytest

from shipworthy.statistics import (
    NoEvidence,
    ScenarioCounts,
    clopper_pearson_lower,
    clopper_pearson_upper,
    clustered_bound,
    exact_scenario_lower,
    exact_scenario_upper,
)


def scenarios(*successes, attempts=10):
    return [ScenarioCounts(k, attempts) for k in successes]


def test_zero_successes_make_every_scenario_worth_one_attempt():
    bound = clustered_bound(scenarios(*[0] * 60), 0.05)
    assert bound.design_effect == 10.0
    assert bound.lower == 0.0
    assert bound.upper > clopper_pearson_upper(0, 60, 0.05)


def test_a_single_breached_scenario_makes_every_scenario_worth_one_attempt():
    for successes in (1, 4, 10):
        bound = clustered_bound(scenarios(successes, *[0] * 59), 0.05)
        assert bound.design_effect == 10.0
        assert bound.upper > clopper_pearson_upper(0, 60, 0.05)


def test_from_the_second_breached_scenario_on_the_design_effect_is_estimated_above_a_floor():
    bound = clustered_bound(scenarios(1, 1, *[0] * 58), 0.05)
    assert bound.design_effect == pytest.approx(1 + 9 * 0.15)
    floorless = clustered_bound(scenarios(1, 1, *[0] * 58), 0.05, icc0=0.0)
    assert floorless.design_effect == 1.0


def test_two_breached_scenarios_are_no_better_than_the_worse_of_them_alone():
    one, two = scenarios(4, *[0] * 59), scenarios(4, 1, *[0] * 58)
    assert clustered_bound(two, 0.05).upper == clustered_bound(one, 0.05).upper
    assert clustered_bound(two, 0.05, few=0).upper < clustered_bound(one, 0.05).upper


def test_two_failing_scenarios_are_no_better_than_the_worse_of_them_alone():
    one, two = scenarios(6, *[10] * 59), scenarios(6, 9, *[10] * 58)
    assert clustered_bound(one, 0.05).design_effect == 10.0
    assert clustered_bound(two, 0.05).lower == clustered_bound(one, 0.05).lower
    assert clustered_bound(two, 0.05, few=0).lower > clustered_bound(one, 0.05).lower


def test_an_unassessed_attempt_may_be_the_breach_that_counts():
    lost = [ScenarioCounts(0, 6, 4), *scenarios(1, *[0] * 58)]
    breached = scenarios(4, 1, *[0] * 58)
    assert clustered_bound(lost, 0.05).upper >= clustered_bound(breached, 0.05).upper
    assert clustered_bound(lost, 0.05).design_effect == 10.0  # one is known to be breached


def test_more_breached_scenarios_may_be_asked_for():
    data = scenarios(*[1] * 4, *[0] * 56)
    assert clustered_bound(data, 0.05).design_effect == pytest.approx(2.35)
    assert clustered_bound(data, 0.05, few=5).design_effect == 10.0
    assert clustered_bound(data, 0.05, few=4).design_effect == pytest.approx(2.35)


def test_identical_attempts_within_scenarios_are_worth_no_more_than_one_each():
    bound = clustered_bound(scenarios(*[10] * 5, *[0] * 55), 0.05)
    assert bound.design_effect == 10.0
    assert bound.effective_attempts <= 60
    assert bound.upper > clopper_pearson_upper(5, 60, 0.05)


def test_the_floor_widens_a_bound_whose_successes_look_independent():
    spread = scenarios(*[1] * 20, *[0] * 40)
    assert clustered_bound(spread, 0.05).upper > clustered_bound(spread, 0.05, icc0=0.0).upper


def test_several_attempts_on_a_single_scenario_bound_nothing():
    bound = clustered_bound(scenarios(3), 0.05)
    assert (bound.lower, bound.upper) == (0.0, 1.0)
    assert bound.effective_attempts == 0.0


def test_success_throughout_gives_an_upper_limit_of_one():
    bound = clustered_bound(scenarios(*[10] * 40), 0.05)
    assert bound.upper == 1.0
    assert 0.8 < bound.lower < 1.0


def test_the_record_counts_what_went_in():
    bound = clustered_bound(
        [ScenarioCounts(0, 4, 1), ScenarioCounts(2, 5), ScenarioCounts(1, 1)], 0.05
    )
    assert (bound.scenarios, bound.attempts, bound.unassessed) == (3, 10, 1)
    assert (bound.successes, bound.scenarios_with_success) == (3, 2)
    assert bound.confidence == 0.95
    assert bound.interval.confidence == pytest.approx(0.9)


def test_unassessed_attempts_take_the_design_effect_that_hurts_most():
    together = [ScenarioCounts(5, 5), *scenarios(*([0] * 59), attempts=5)]
    lost = [ScenarioCounts(0, 0, 5), *scenarios(*([0] * 59), attempts=5)]
    assert (
        clustered_bound(lost, 0.05).design_effect >= clustered_bound(together, 0.05).design_effect
    )
    assert clustered_bound(lost, 0.05).upper >= clustered_bound(together, 0.05).upper


def test_a_flood_of_unassessed_attempts_falls_back_to_one_attempt_a_scenario():
    bound = clustered_bound([ScenarioCounts(0, 20, 30)] * 100, 0.05)
    assert bound.design_effect == 50.0
    assert bound.lower == 0.0
    assert bound.upper > 0.6


def test_the_exact_upper_limit_counts_scenarios_touched_by_success_or_doubt():
    data = [ScenarioCounts(1, 3), ScenarioCounts(0, 2, 1), *scenarios(*[0] * 38, attempts=3)]
    assert exact_scenario_upper(data, 0.05) == clopper_pearson_upper(2, 40, 0.05)


def test_the_exact_lower_limit_serves_high_rates_through_scenarios_won_throughout():
    data = scenarios(*[10] * 38, 9, 9)
    assert exact_scenario_lower(data, 0.05) == clopper_pearson_lower(38, 40, 0.025)


def test_the_exact_lower_limit_serves_low_rates_through_scenarios_ever_won():
    data = scenarios(*[1] * 30, *[0] * 10)
    assert exact_scenario_lower(data, 0.05) == clopper_pearson_lower(30, 40, 0.025) / 10


def test_a_doubtful_attempt_keeps_a_scenario_from_counting_as_won_throughout():
    sure = [ScenarioCounts(3, 3)] * 20
    doubtful = [ScenarioCounts(3, 3)] * 19 + [ScenarioCounts(2, 2, 1)]
    assert exact_scenario_lower(doubtful, 0.05) < exact_scenario_lower(sure, 0.05)


@pytest.mark.parametrize("limit", [clustered_bound, exact_scenario_upper, exact_scenario_lower])
def test_no_scenario_is_no_evidence(limit):
    with pytest.raises(NoEvidence):
        limit([], 0.05)


def test_a_scenario_without_attempts_is_no_evidence():
    with pytest.raises(NoEvidence):
        ScenarioCounts(0, 0)


@pytest.mark.parametrize("counts", [(3, 2, 0), (-1, 2, 0), (0, 2, -1), (0, 2.0, 0)])
def test_impossible_scenario_counts_are_refused(counts):
    with pytest.raises(ValueError):
        ScenarioCounts(*counts)


@pytest.mark.parametrize("icc0", [-0.1, 1.1, math.nan])
def test_a_correlation_floor_outside_zero_and_one_is_refused(icc0):
    with pytest.raises(ValueError, match="`icc0`"):
        clustered_bound(scenarios(0, 1), 0.05, icc0)


def test_a_negative_number_of_breached_scenarios_is_refused():
    with pytest.raises(ValueError, match="`few`"):
        clustered_bound(scenarios(0, 1), 0.05, few=-1)


def test_a_level_of_one_half_is_refused():
    with pytest.raises(ValueError, match="`alpha`"):
        clustered_bound(scenarios(0, 1), 0.5)
