"""ASR@k, scenarios that stop at their first success, and adaptive episodes."""

import math
import random

import pytest

from shipworthy.statistics import NoEvidence, ScenarioCounts, clopper_pearson_upper
from shipworthy.statistics.attempts import (
    Episode,
    IndependentAttempts,
    StoppedAttempts,
    asr_at_k,
    best_of_curve,
    episode_counts,
    expected_calls,
    measured_at_k,
    stopped_at_k,
)


def scenarios(attempts, *successes):
    return [IndependentAttempts(attempts=attempts, successes=c) for c in successes]


def by_binomials(attempts, successes, k):
    return 1 - math.comb(attempts - successes, k) / math.comb(attempts, k)


@pytest.mark.parametrize("attempts", [1, 2, 7, 30])
def test_the_estimate_is_the_share_of_draws_of_k_that_hold_a_success(attempts):
    for successes in range(attempts + 1):
        for k in range(1, attempts + 1):
            expected = by_binomials(attempts, successes, k)
            assert asr_at_k(attempts, successes, k) == pytest.approx(expected, abs=1e-14)


def test_more_attempts_than_were_made_are_not_estimated():
    with pytest.raises(ValueError, match="between 1 and the number of attempts"):
        asr_at_k(10, 2, 11)


def test_the_plug_in_understates_what_the_estimate_does_not():
    rng = random.Random(2222)
    draws = [sum(rng.random() < 0.03 for _ in range(20)) for _ in range(20_000)]
    truth = 1 - 0.97**10
    unbiased = sum(asr_at_k(20, c, 10) for c in draws) / len(draws)
    plug_in = sum(1 - (1 - c / 20) ** 10 for c in draws) / len(draws)
    assert unbiased == pytest.approx(truth, abs=0.006)
    assert plug_in == pytest.approx(0.2168, abs=0.006)


def test_k_equal_to_the_attempts_is_any_success_with_clopper_pearson_limits():
    measured = measured_at_k(scenarios(8, 0, 0, 3, 0, 8, 1), 8, 0.05)
    assert measured.bound.highest == pytest.approx(0.5)
    assert measured.bound.upper == pytest.approx(clopper_pearson_upper(3, 6, 0.05))


def test_without_any_success_the_limit_is_not_zero():
    bound = measured_at_k(scenarios(10, *[0] * 100), 5, 0.05).bound
    assert bound.lowest == bound.highest == bound.lower == 0.0
    assert 0.015 < bound.upper < bound.exact_upper < 0.04


def test_an_unassessed_attempt_counts_against_both_limits():
    known = [*scenarios(10, *[0] * 59), IndependentAttempts(attempts=10, successes=2)]
    unsure = [
        *scenarios(10, *[0] * 59),
        IndependentAttempts(attempts=8, successes=1, unassessed=2),
    ]
    sure, wide = measured_at_k(known, 3, 0.05).bound, measured_at_k(unsure, 3, 0.05).bound
    assert wide.lower < sure.lower
    assert wide.upper > sure.upper
    assert wide.exact_upper > sure.exact_upper
    assert wide.lowest < sure.lowest < wide.highest


def test_one_long_scenario_does_not_make_the_others_worth_more():
    even = scenarios(2, *[0] * 60)
    uneven = [*even[1:], IndependentAttempts(attempts=10_000, successes=0)]
    assert measured_at_k(uneven, 1, 0.05).bound.upper == measured_at_k(even, 1, 0.05).bound.upper


def test_a_single_scenario_bounds_nothing():
    bound = measured_at_k(scenarios(100, 1), 5, 0.05).bound
    assert (bound.lower, bound.upper) == (0.0, 1.0)


def test_the_curve_keeps_the_order_asked_for_and_rises_with_k():
    curve = best_of_curve(scenarios(20, *[0] * 40, 1, 5, 20), (1, 5, 20), 0.05)
    assert [one.k for one in curve] == [1, 5, 20]
    means = [one.bound.highest for one in curve]
    assert means == sorted(means)


def test_nothing_attempted_is_no_evidence():
    with pytest.raises(NoEvidence):
        measured_at_k([], 1, 0.05)
    with pytest.raises(NoEvidence):
        IndependentAttempts(attempts=0, successes=0)
    with pytest.raises(NoEvidence):
        stopped_at_k([], 3, 0.05)


@pytest.mark.parametrize(
    ("made", "succeeded", "unassessed", "k", "expected"),
    [
        (3, True, 0, 3, True),
        (3, True, 0, 10, True),
        (3, True, 0, 2, False),
        (10, False, 0, 10, False),
        (10, False, 0, 4, False),
        (4, False, 0, 10, None),
        (10, False, 1, 10, None),
        (3, True, 1, 3, True),
        (3, True, 1, 2, None),
    ],
)
def test_what_a_stopped_scenario_says_about_k_attempts(made, succeeded, unassessed, k, expected):
    scenario = StoppedAttempts(made=made, succeeded=succeeded, unassessed=unassessed)
    assert scenario.within(k) is expected


def test_an_outcome_that_is_not_known_counts_for_either_side():
    stopped = [
        StoppedAttempts(made=2, succeeded=True),
        StoppedAttempts(made=5, succeeded=False),
        StoppedAttempts(made=5, succeeded=False, unassessed=1),
    ]
    result = stopped_at_k(stopped, 5, 0.05)
    assert (result.scenarios, result.unassessed) == (3, 1)
    assert (result.lowest, result.highest) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert result.interval.upper == pytest.approx(clopper_pearson_upper(2, 3, 0.05))


def test_the_cost_of_stopping_at_the_first_success():
    assert expected_calls(0.0, 10) == 10.0
    assert expected_calls(1.0, 10) == 1.0
    mean = sum(j * 0.5 * 0.5 ** (j - 1) for j in range(1, 10)) + 10 * 0.5**9
    assert expected_calls(0.5, 10) == pytest.approx(mean)
    assert expected_calls(1e-12, 10) == pytest.approx(10.0)


def test_an_episode_is_one_attempt_whatever_its_turns():
    counts = episode_counts(
        [
            Episode(turns=7, budget=20, succeeded=True),
            Episode(turns=20, budget=20, succeeded=False),
            Episode(turns=4, budget=20, succeeded=None),
        ]
    )
    assert counts == ScenarioCounts(1, 2, 1)


def test_an_episode_that_gave_up_is_not_a_failure():
    with pytest.raises(ValueError, match="unassessed, not failed"):
        Episode(turns=4, budget=20, succeeded=False)


def test_episodes_with_different_budgets_have_different_rates():
    with pytest.raises(ValueError, match="budgets of \\[5, 20\\]"):
        episode_counts(
            [
                Episode(turns=5, budget=5, succeeded=False),
                Episode(turns=20, budget=20, succeeded=False),
            ]
        )
