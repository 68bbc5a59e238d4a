"""A judge's card: admission, and what its misses do to a rate."""

import math

import pytest

from shipworthy.statistics import (
    JudgeCard,
    NoEvidence,
    admission,
    binomial_cdf,
    clopper_pearson_lower,
    clopper_pearson_upper,
    miss_adjusted_upper,
    sensitivity_lower,
)


def test_misses_divide_the_upper_limit_by_the_sensitivity_shown():
    assert miss_adjusted_upper(0.009, 0.9) == pytest.approx(0.01)


def test_a_judge_that_may_miss_everything_leaves_the_rate_unbounded():
    assert miss_adjusted_upper(0.01, 0.0) == 1.0
    assert miss_adjusted_upper(0.0, 0.0) == 1.0


def test_the_adjusted_limit_never_exceeds_one():
    assert miss_adjusted_upper(0.6, 0.5) == 1.0


def test_a_perfect_judge_leaves_the_limit_alone():
    assert miss_adjusted_upper(0.25, 1.0) == 0.25


@pytest.mark.parametrize("bad", [(1.5, 0.9), (0.1, -0.1), (math.nan, 0.9), (0.1, math.nan)])
def test_rates_outside_zero_and_one_are_refused(bad):
    with pytest.raises(ValueError, match="between 0 and 1"):
        miss_adjusted_upper(*bad)


def test_the_sensitivity_shown_is_a_clopper_pearson_lower_limit():
    assert sensitivity_lower(90, 100, 0.05) == clopper_pearson_lower(90, 100, 0.05)


def test_admission_splits_its_error_between_both_kinds_of_mistake():
    card = JudgeCard(true_positives=95, positives=100, true_negatives=188, negatives=200)
    admitted = admission(card, 0.05)
    assert admitted.sensitivity_lower == clopper_pearson_lower(95, 100, 0.025)
    assert admitted.specificity_lower == clopper_pearson_lower(188, 200, 0.025)
    assert admitted.youden_lower == pytest.approx(
        admitted.sensitivity_lower + admitted.specificity_lower - 1.0
    )


def test_a_judge_that_tosses_a_coin_is_not_shown_to_be_informative():
    card = JudgeCard(true_positives=50, positives=100, true_negatives=50, negatives=100)
    assert admission(card, 0.05).youden_lower < 0.0


@pytest.mark.parametrize("counts", [(0, 0, 5, 5), (5, 5, 0, 0)])
def test_a_card_without_both_kinds_of_item_is_no_evidence(counts):
    names = ("true_positives", "positives", "true_negatives", "negatives")
    with pytest.raises(NoEvidence):
        admission(JudgeCard(**dict(zip(names, counts, strict=True))), 0.05)


def test_an_impossible_card_is_refused():
    with pytest.raises(ValueError, match="exceed"):
        JudgeCard(true_positives=6, positives=5, true_negatives=1, negatives=1)


@pytest.mark.parametrize(("rate", "sensitivity"), [(0.05, 0.7), (0.1, 0.9), (0.3, 0.8)])
def test_the_adjusted_limit_covers_the_true_rate_by_exact_summation(rate, sensitivity):
    judged, positives, specificity = 60, 40, 0.98
    observed = rate * sensitivity + (1 - rate) * (1 - specificity)
    uppers = [clopper_pearson_upper(x, judged, 0.01) for x in range(judged + 1)]
    shown = [sensitivity_lower(x, positives, 0.04) for x in range(positives + 1)]
    covered = sum(
        _pmf(x, judged, observed) * _pmf(y, positives, sensitivity)
        for x, upper in enumerate(uppers)
        for y, se in enumerate(shown)
        if miss_adjusted_upper(upper, se) >= rate
    )
    assert 0.95 <= covered <= 1.0 + 1e-9


def _pmf(successes, attempts, rate):
    below = binomial_cdf(successes - 1, attempts, rate) if successes else 0.0
    return binomial_cdf(successes, attempts, rate) - below
