"""Detector, canaries, reading by score and prediction-powered rates."""

import math

import pytest

from shipworthy.statistics import NoEvidence, clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.monitoring import (
    RATIOS,
    CanaryCounts,
    DetectorPlan,
    LabelledCounts,
    Reading,
    canary_rate,
    draw_probabilities,
    predicted_interval,
    predicted_rate,
    sampled_rate,
)

PLAN = DetectorPlan(baseline=0.01, run_length=1000.0)


def one_by_one(plan, outcomes):
    """The recursion M <- (M + 1) L, request by request."""
    parts = [0.0] * len(RATIOS)
    for event in outcomes:
        for j, ratio in enumerate(RATIOS):
            rest = (1 - ratio * plan.baseline) / (1 - plan.baseline)
            parts[j] = (parts[j] + 1.0) * (ratio if event else rest)
    return parts


def test_a_quiet_run_in_closed_form_equals_the_recursion():
    outcomes = [False] * 40 + [True] + [False] * 7 + [True, True] + [False] * 300
    state = PLAN.start().quiet(40).event().quiet(7).event().event().quiet(300)
    assert (state.requests, state.events) == (350, 3)
    assert state.parts == pytest.approx(one_by_one(PLAN, outcomes), rel=1e-12)
    assert state.level == pytest.approx(sum(one_by_one(PLAN, outcomes)) / len(RATIOS), rel=1e-12)


def test_where_a_quiet_run_is_cut_does_not_matter():
    whole = PLAN.start().event().quiet(1000)
    cut = PLAN.start().event().quiet(400).quiet(0).quiet(600)
    assert cut.parts == pytest.approx(whole.parts, rel=1e-12)


def test_a_very_rare_baseline_keeps_its_digits():
    plan = DetectorPlan(baseline=1e-9, run_length=1e12)
    state = plan.start().quiet(10**6)
    assert state.level == pytest.approx(10**6, rel=0.02)


def test_a_burst_of_events_raises_an_alarm_that_stays():
    state = PLAN.start()
    while state.alarm_at is None:
        state = state.event()
    assert state.alarm_at == state.requests <= 4
    assert state.quiet(10**6).event().alarm_at == state.alarm_at


def test_quiet_requests_alone_never_raise_an_alarm():
    assert PLAN.start().quiet(10**9).alarm_at is None


def test_a_request_without_an_outcome_counts_as_an_event():
    assert PLAN.start().unassessed() == PLAN.start().event()


def test_endless_events_do_not_overflow():
    state = PLAN.start()
    for _ in range(2000):
        state = state.event()
    assert math.isfinite(state.level)


@pytest.mark.parametrize(
    ("baseline", "run_length"), [(0.0, 1e6), (0.8, 1e6), (0.01, 0.5), (math.nan, 10.0)]
)
def test_a_detector_needs_a_rare_baseline_and_a_run_length(baseline, run_length):
    with pytest.raises(ValueError, match=r"baseline|run_length"):
        DetectorPlan(baseline=baseline, run_length=run_length)


def canaries(**changes):
    return CanaryCounts(
        **{
            "requests": 10**8,
            "flagged": 24_000,
            "reviewed": 2000,
            "confirmed": 70,
            "canaries": 100,
            "caught": 84,
        }
        | changes
    )


def test_the_canary_rate_divides_confirmed_flags_by_the_recall():
    rate = canary_rate(canaries(), 0.05, discount=1.0)
    assert rate.estimate == pytest.approx(70 / 2000 * 24_000 / 1e8 / 0.84)
    flags = 24_000 / 1e8
    upper = clopper_pearson_upper(70, 2000, 0.025) * flags / clopper_pearson_lower(84, 100, 0.025)
    lower = clopper_pearson_lower(70, 2000, 0.025) * flags / clopper_pearson_upper(84, 100, 0.025)
    assert (rate.interval.lower, rate.interval.upper) == (
        pytest.approx(lower),
        pytest.approx(upper),
    )


def test_the_discount_raises_the_upper_limit_and_leaves_the_lower():
    plain, careful = canary_rate(canaries(), 0.05, 1.0), canary_rate(canaries(), 0.05)
    assert careful.discount == 1.5
    assert careful.interval.upper == pytest.approx(1.5 * plain.interval.upper)
    assert careful.interval.lower == plain.interval.lower
    with pytest.raises(ValueError, match="discount"):
        canary_rate(canaries(), 0.05, 0.9)


@pytest.mark.parametrize(
    "changes", [{"caught": 0}, {"reviewed": 0, "confirmed": 0, "flagged": 10**8}]
)
def test_a_detector_that_catches_or_shows_nothing_leaves_the_rate_unbounded(changes):
    rate = canary_rate(canaries(**changes), 0.05)
    assert rate.estimate is None
    assert rate.interval.upper == 1.0


def test_flags_that_nobody_reviewed_are_all_taken_for_harmful():
    rate = canary_rate(canaries(reviewed=0, confirmed=0), 0.05, 1.0)
    assert rate.interval.upper == pytest.approx(
        24_000 / 1e8 / clopper_pearson_lower(84, 100, 0.025)
    )


def test_nothing_flagged_is_not_a_rate_of_zero():
    rate = canary_rate(canaries(flagged=0, reviewed=0, confirmed=0), 0.05)
    assert rate.estimate == 0.0
    assert rate.interval.lower == 0.0
    assert 3e-8 < rate.interval.upper < 1e-7


def test_undecided_reviews_widen_the_interval():
    sure, unsure = canary_rate(canaries(), 0.05), canary_rate(canaries(undecided=10), 0.05)
    assert unsure.interval.upper > sure.interval.upper
    assert unsure.interval.lower == sure.interval.lower


def test_without_canaries_the_recall_is_unknown():
    with pytest.raises(NoEvidence, match="canary"):
        canaries(canaries=0, caught=0)


def test_draws_follow_the_score_above_a_uniform_floor():
    probabilities = draw_probabilities([0.0, 1.0, 3.0], floor=0.3)
    assert probabilities == pytest.approx([0.1, 0.1 + 0.7 / 4, 0.1 + 0.7 * 3 / 4])
    assert sum(probabilities) == pytest.approx(1.0)
    assert draw_probabilities([0.0, 0.0], floor=0.2) == [0.5, 0.5]


def test_weights_undo_the_draws():
    readings = [Reading(probability=0.02, harmful=True)] * 5
    readings += [Reading(probability=0.005, harmful=False)] * 95
    rate = sampled_rate(readings, 100, 0.5, 0.05)
    assert rate.estimate == pytest.approx(5 / 100 * 0.5)
    assert rate.estimate in rate.interval
    assert rate.effective < 100


def test_uniform_draws_are_worth_what_they_number():
    readings = [Reading(probability=0.001, harmful=False)] * 400
    rate = sampled_rate(readings, 1000, 1.0, 0.05)
    assert rate.effective == pytest.approx(400)
    assert 0.0 < rate.interval.upper < 0.01
    assert rate.interval.lower == 0.0


def test_readings_without_a_finding_widen_both_limits():
    base = [Reading(probability=0.001, harmful=i < 20) for i in range(400)]
    lost = [Reading(probability=0.001, harmful=None if i % 50 == 0 else i < 20) for i in range(400)]
    sure, unsure = sampled_rate(base, 1000, 1.0, 0.05), sampled_rate(lost, 1000, 1.0, 0.05)
    assert unsure.interval.upper > sure.interval.upper
    assert unsure.interval.lower < sure.interval.lower


def test_a_draw_below_the_floor_is_refused():
    with pytest.raises(ValueError, match="less probable"):
        sampled_rate([Reading(probability=0.0001, harmful=False)], 100, 0.5, 0.05)
    with pytest.raises(NoEvidence):
        sampled_rate([], 100, 0.5, 0.05)


def labelled(true_marked, true_unmarked, false_marked, false_unmarked):
    return LabelledCounts(
        true_marked=true_marked,
        true_unmarked=true_unmarked,
        false_marked=false_marked,
        false_unmarked=false_unmarked,
        rest_marked=1100,
        rest=10_000,
    )


def test_prediction_gives_an_interval_only_where_counts_are_large():
    interval = predicted_interval(labelled(90, 10, 20, 880), 0.95)
    assert predicted_rate(labelled(90, 10, 20, 880)).estimate in interval
    assert predicted_interval(labelled(45, 5, 20, 930), 0.95) is None
    assert predicted_interval(labelled(900, 50, 20, 30), 0.95) is None


def test_a_judge_that_says_always_the_same_gets_no_weight():
    counts = LabelledCounts(
        true_marked=0, true_unmarked=60, false_marked=0, false_unmarked=140, rest_marked=0, rest=50
    )
    rate = predicted_rate(counts)
    assert (rate.weight, rate.estimate) == (0.0, pytest.approx(0.3))
    assert rate.error == pytest.approx(math.sqrt(0.3 * 0.7 / 200))
