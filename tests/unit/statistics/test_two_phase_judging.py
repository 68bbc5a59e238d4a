"""Two-phase checks of a judge, calibration cards and drift canaries."""

import math

import pytest
from scipy import stats

from shipworthy.statistics import (
    JudgeCard,
    NoEvidence,
    clopper_pearson,
    clopper_pearson_lower,
    clopper_pearson_upper,
)
from shipworthy.statistics.judged import (
    KnownQuality,
    TwoPhaseCounts,
    canary_check,
    card_quality,
    corrected_rate,
    judged_rate,
    negatives_to_read,
    two_phase_bound,
)


def counts(**changes):
    return TwoPhaseCounts(
        **{"judged": 5000, "positives": 144, "confirmed": 45, "read": 300, "misses": 0} | changes
    )


def test_the_limit_adds_hits_and_misses_at_levels_that_sum_to_alpha():
    bound = two_phase_bound(counts(misses=2), 0.05)
    hits = clopper_pearson_upper(45, 5000, 0.16 * 0.05)
    misses = clopper_pearson_upper(2, 300, 0.8 * 0.05)
    negatives = clopper_pearson_upper(4856, 5000, 0.04 * 0.05)
    assert bound.upper == pytest.approx(hits + negatives * misses)
    assert bound.misses_upper == pytest.approx(misses)
    assert bound.estimate == pytest.approx(45 / 5000 + 4856 / 5000 * 2 / 300)
    assert bound.lower == pytest.approx(clopper_pearson_lower(45, 5000, 0.05))


def test_the_typical_limit_is_the_quantile_of_two_posteriors_added():
    draws = 400_000
    hits = stats.beta(45.5, 4955.5).rvs(draws, random_state=1)
    misses = stats.beta(2.5, 298.5).rvs(draws, random_state=2)
    quantile = float(stats.scoreatpercentile(hits + 4856 / 5000 * misses, 95))
    bound = two_phase_bound(counts(misses=2), 0.05)
    assert bound.typical_upper == pytest.approx(quantile, rel=3e-3)
    assert bound.estimate < bound.typical_upper < bound.upper


def test_misses_that_nobody_looked_for_leave_the_rate_unbounded():
    bound = two_phase_bound(counts(read=0, misses=0), 0.05)
    assert bound.upper == bound.typical_upper == bound.misses_upper == 1.0
    assert bound.lower > 0.0


def test_reading_everything_gives_the_limits_of_the_true_count():
    bound = two_phase_bound(counts(judged=400, positives=30, confirmed=9, read=370, misses=1), 0.05)
    assert bound.upper == pytest.approx(clopper_pearson_upper(10, 400, 0.05))
    assert bound.lower == pytest.approx(clopper_pearson_lower(10, 400, 0.05))


def test_a_judge_that_marks_everything_costs_reading_and_misses_nothing():
    bound = two_phase_bound(counts(judged=300, positives=300, confirmed=0, read=0), 0.05)
    assert bound.upper == pytest.approx(clopper_pearson_upper(0, 300, 0.05))
    assert bound.misses_upper == 0.0


@pytest.mark.parametrize("field", ["undecided", "undecided_read"])
def test_what_people_could_not_decide_counts_against_both_limits(field):
    sure, unsure = two_phase_bound(counts(), 0.05), two_phase_bound(counts(**{field: 3}), 0.05)
    assert unsure.upper > sure.upper
    assert unsure.lower == sure.lower


def test_the_planned_reading_leaves_a_fifth_of_the_threshold_to_hits():
    for theta in (0.005, 0.01, 0.02, 0.05):
        read = negatives_to_read(theta, 0.05)
        assert read == math.ceil(math.log(0.04) / math.log(1 - 0.8 * theta))
        assert clopper_pearson_upper(0, read, 0.04) < 0.8 * theta


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"confirmed": 145}, "confirmed"),
        ({"positives": 5001}, "positives"),
        ({"misses": 301}, "misses"),
        ({"read": 4857}, "exceeds the 4856 judge negatives"),
        ({"undecided": 100}, "undecided"),
    ],
)
def test_impossible_counts_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        counts(**changes)


def test_nothing_judged_is_no_evidence():
    with pytest.raises(NoEvidence):
        TwoPhaseCounts(judged=0, positives=0, confirmed=0, read=0, misses=0)


def card(caught, positives, right=95, negatives=100):
    return JudgeCard(
        true_positives=caught, positives=positives, true_negatives=right, negatives=negatives
    )


def test_a_card_has_an_interval_for_each_category_and_names_the_weakest():
    quality = card_quality({"cyber": card(45, 50), "bio": card(9, 10), "scam": card(40, 50)}, 0.95)
    assert [one.category for one in quality.categories] == ["bio", "cyber", "scam"]
    assert quality.categories[1].sensitivity == clopper_pearson(45, 50, 0.95)
    assert quality.categories[1].specificity == clopper_pearson(95, 100, 0.95)
    # 9 of 10 looks better than 40 of 50 and shows less.
    assert quality.weakest.category == "bio"


def test_a_category_without_true_successes_is_the_weakest():
    quality = card_quality({"a": card(1, 50), "b": card(0, 0)}, 0.95)
    assert quality.weakest.category == "b"
    assert quality.weakest.sensitivity is None
    with pytest.raises(NoEvidence):
        card_quality({}, 0.95)


def test_canaries_show_a_drift_or_lower_what_may_be_relied_on():
    drifted = canary_check(card(95, 100), 20, 40, 0.05)
    assert drifted.drifted
    assert drifted.sensitivity_lower < 0.4
    steady = canary_check(card(95, 100), 39, 40, 0.05)
    assert not steady.drifted
    assert steady.sensitivity_lower < clopper_pearson_lower(95, 100, 0.025)


def test_canaries_never_raise_what_the_card_promises():
    many = canary_check(card(40, 50), 1000, 1000, 0.05)
    assert many.sensitivity_lower == pytest.approx(clopper_pearson_lower(40, 50, 0.025))


def test_correcting_undoes_what_the_judge_does():
    quality = KnownQuality(sensitivity=0.9, specificity=0.98)
    for rate in (0.0, 0.01, 0.5, 1.0):
        assert corrected_rate(judged_rate(rate, quality), quality) == pytest.approx(rate)
    with pytest.raises(ValueError, match="coin"):
        KnownQuality(sensitivity=0.5, specificity=0.5)
