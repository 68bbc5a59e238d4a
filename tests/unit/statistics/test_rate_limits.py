"""Exact limits, intervals and unassessed attempts."""

import math

import pytest

from shipworthy.statistics import (
    Interval,
    NoEvidence,
    attempts_needed,
    clopper_pearson,
    clopper_pearson_lower,
    clopper_pearson_upper,
    identification_interval,
    rate_bounds,
    zero_success_attempts,
)


@pytest.mark.parametrize(
    ("lower", "upper", "why"),
    [
        (0.2, 0.1, "exceeds"),
        (0.1, 0.1, "zero width"),
        (0.0, 0.0, "zero width"),
        (math.nan, 0.5, "`lower` must"),
        (0.0, math.nan, "`upper` must"),
        (-1.5, 0.5, "`lower` must"),
        (0.0, 1.01, "`upper` must"),
        (0.0, math.inf, "`upper` must"),
    ],
)
def test_an_interval_that_cannot_be_true_cannot_be_built(lower, upper, why):
    with pytest.raises(ValueError, match=why):
        Interval(lower, upper, 0.95)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.1, 95.0, math.nan])
def test_an_interval_needs_a_confidence_between_zero_and_one(confidence):
    with pytest.raises(ValueError, match="`confidence`"):
        Interval(0.0, 0.5, confidence)


def test_an_interval_knows_its_width_and_members():
    interval = Interval(-0.25, 0.5, 0.9)
    assert interval.width == 0.75
    assert -0.25 in interval
    assert 0.6 not in interval


def test_only_successes_give_an_upper_limit_of_one():
    assert clopper_pearson_upper(7, 7, 0.05) == 1.0
    assert clopper_pearson_lower(7, 7, 0.05) == pytest.approx(0.05 ** (1 / 7), rel=1e-14)


def test_no_successes_give_a_lower_limit_of_zero_and_an_upper_limit_above_zero():
    assert clopper_pearson_lower(0, 7, 0.05) == 0.0
    assert clopper_pearson_upper(0, 7, 0.05) == pytest.approx(1 - 0.05 ** (1 / 7), rel=1e-14)


def test_a_two_sided_interval_gives_half_of_the_error_to_each_side():
    interval = clopper_pearson(3, 40, 0.9)
    assert interval.lower == clopper_pearson_lower(3, 40, 0.5 * (1 - 0.9))
    assert interval.upper == clopper_pearson_upper(3, 40, 0.5 * (1 - 0.9))
    assert interval.confidence == 0.9


@pytest.mark.parametrize(
    "limit", [clopper_pearson_upper, clopper_pearson_lower, lambda x, n, a: rate_bounds(x, n, 0, a)]
)
def test_nothing_attempted_is_no_evidence(limit):
    with pytest.raises(NoEvidence):
        limit(0, 0, 0.05)


def test_the_identification_interval_of_nothing_is_no_evidence():
    with pytest.raises(NoEvidence):
        identification_interval(0, 0, 0)


@pytest.mark.parametrize(("successes", "attempts"), [(5, 4), (-1, 4), (1, -4), (True, 4), (0.5, 4)])
def test_impossible_counts_are_refused(successes, attempts):
    with pytest.raises(ValueError):
        clopper_pearson_upper(successes, attempts, 0.05)
    with pytest.raises(ValueError):
        rate_bounds(successes, attempts, 0, 0.05)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, -0.05, 5.0, math.nan])
def test_a_level_outside_its_range_is_refused(alpha):
    with pytest.raises(ValueError, match="`alpha`"):
        clopper_pearson_lower(1, 4, alpha)
    with pytest.raises(ValueError, match="`alpha`"):
        attempts_needed(1, 0.1, alpha)


@pytest.mark.parametrize("limit", [0.0, 1.0, -0.1, math.nan])
def test_a_limit_that_is_no_rate_cannot_be_planned_for(limit):
    with pytest.raises(ValueError, match="`limit`"):
        zero_success_attempts(limit, 0.05)


def test_a_limit_met_exactly_is_not_yet_shown():
    # 1 - 0.25^(1/2) is 0.5, which is not below 0.5.
    assert zero_success_attempts(0.5, 0.25) == 3


def test_unassessed_attempts_count_as_successes_above_and_failures_below():
    bounds = rate_bounds(3, 80, 20, 0.05)
    assert bounds.upper == clopper_pearson_upper(23, 100, 0.05)
    assert bounds.lower == clopper_pearson_lower(3, 100, 0.05)
    assert bounds.confidence == pytest.approx(0.9)


def test_only_unassessed_attempts_leave_every_rate_possible():
    bounds = rate_bounds(0, 0, 5, 0.05)
    assert (bounds.lower, bounds.upper) == (0.0, 1.0)


def test_the_identification_interval_is_the_range_of_possible_observed_rates():
    assert identification_interval(3, 80, 20) == (0.03, 0.23)
    assert identification_interval(3, 100, 0) == (0.03, 0.03)
