"""Published and R values for pairs, balance, judges, repeated attempts and forecasts."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

from shipworthy.statistics import (
    PairedTable,
    ScenarioCounts,
    clustered_bound,
)
from shipworthy.statistics.attempts import (
    IndependentAttempts,
    asr_at_k,
    elicitation_score,
    line_through_tail,
    measured_at_k,
    probability_of_score,
    unseen_worse_share,
)
from shipworthy.statistics.attempts.families import beta_share, power_law_share
from shipworthy.statistics.equivalence import MarginVerdict, against_margin, two_one_sided
from shipworthy.statistics.judged import KnownQuality, corrected_rate, negatives_to_read
from shipworthy.statistics.monitoring import LabelledCounts, predicted_rate
from shipworthy.statistics.paired import (
    bonett_price,
    jeffreys,
    mcnemar_chi_square,
    newcombe_difference,
    tango_interval,
    wald_difference,
    wilson,
)
from shipworthy.statistics.special import chi_square_ppf, gamma_cdf

# Agresti, Categorical Data Analysis (1990), p. 350: approval ratings by the same 1600 people.
APPROVAL = PairedTable(both=794, before_only=150, after_only=86, neither=570)
# Fagerland, Lydersen and Laake (2013), airway hyper-responsiveness before and after transplant.
AIRWAYS = PairedTable(both=1, before_only=1, after_only=7, neither=12)
# Twenty clusters of ten, as analysed with R survey 4.x.
CLUSTERS = (0, 0, 0, 1, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0)
# R data set `sleep` (Student 1908): hours gained with either of two drugs by ten people.
SLEEP = (
    (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
)


def close(value):
    """Printed to four or five places in the source."""
    return pytest.approx(value, abs=6e-5)


@pytest.mark.parametrize(
    ("successes", "attempts", "by_wilson", "by_jeffreys"),
    [
        (81, 263, (0.2553, 0.3662), (0.2545, 0.3656)),
        (15, 148, (0.0624, 0.1605), (0.0604, 0.1576)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1166)),
        (1, 29, (0.0061, 0.1718), (0.0037, 0.1501)),
    ],
)
def test_newcombe_1998_single_proportions(successes, attempts, by_wilson, by_jeffreys):
    for interval, expected in (
        (wilson(successes, attempts, 0.95), by_wilson),
        (jeffreys(successes, attempts, 0.95), by_jeffreys),
    ):
        assert (interval.lower, interval.upper) == (close(expected[0]), close(expected[1]))


@pytest.mark.parametrize(("successes", "attempts"), [(3, 10), (81, 263), (1, 29), (999, 1000)])
def test_statsmodels_wilson(successes, attempts):
    low, high = proportion_confint(successes, attempts, alpha=0.1, method="wilson")
    interval = wilson(successes, attempts, 0.9)
    assert (interval.lower, interval.upper) == (pytest.approx(low), pytest.approx(high))


def test_r_mcnemar_chi_square_on_agresti_1990():
    assert mcnemar_chi_square(APPROVAL, corrected=False) == (
        pytest.approx(17.356, abs=5e-4),
        pytest.approx(3.099e-05, rel=2e-4),
    )
    assert mcnemar_chi_square(APPROVAL, corrected=True) == (
        pytest.approx(16.818, abs=5e-4),
        pytest.approx(4.115e-05, rel=2e-4),
    )


@pytest.mark.parametrize("corrected", [True, False])
def test_statsmodels_mcnemar_chi_square(corrected):
    cells = [[APPROVAL.both, APPROVAL.before_only], [APPROVAL.after_only, APPROVAL.neither]]
    expected = mcnemar(cells, exact=False, correction=corrected)
    statistic, p_value = mcnemar_chi_square(APPROVAL, corrected=corrected)
    assert statistic == pytest.approx(float(expected.statistic))
    assert p_value == pytest.approx(float(expected.pvalue), rel=1e-9)


def test_fagerland_2013_asymptotic_mcnemar():
    assert mcnemar_chi_square(AIRWAYS, corrected=False)[1] == close(0.0339)
    assert mcnemar_chi_square(AIRWAYS, corrected=True)[1] == close(0.0771)


@pytest.mark.parametrize(
    ("table", "method", "lower", "upper"),
    [
        (AIRWAYS, tango_interval, -0.5172, -0.0260),
        (AIRWAYS, newcombe_difference, -0.5069, -0.0256),
        (AIRWAYS, wald_difference, -0.5197, -0.0517),
        (AIRWAYS, bonett_price, -0.5084, -0.0134),
        (APPROVAL, newcombe_difference, 0.02123, 0.05870),
        (APPROVAL, wald_difference, 0.02128, 0.05872),
    ],
)
def test_published_intervals_of_a_paired_difference(table, method, lower, upper):
    interval = method(table, 0.95)
    assert (interval.lower, interval.upper) == (close(lower), close(upper))


def test_the_differences_that_those_intervals_surround():
    assert AIRWAYS.difference == close(-0.2857)
    assert APPROVAL.difference == pytest.approx(0.04)


def test_r_survey_standard_error_of_the_clustered_rate():
    bound = clustered_bound([ScenarioCounts(k, 10) for k in CLUSTERS], 0.05, icc0=0.0, few=0)
    error = math.sqrt(bound.design_effect * 0.04 * 0.96 / 200)
    assert error == pytest.approx(0.0222427, abs=5e-8)
    assert error * math.sqrt(19 / 20) == pytest.approx(0.0216795, abs=5e-8)
    assert math.sqrt(0.04 * 0.96 / 199) == pytest.approx(0.0138912, abs=5e-8)


def test_the_mean_over_scenarios_gives_the_limits_of_r_svyciprop_too():
    scenarios = [IndependentAttempts(attempts=10, successes=k) for k in CLUSTERS]
    bound = measured_at_k(scenarios, 1, 0.05, icc0=0.0, few=0).bound
    assert bound.lower == pytest.approx(0.01044431, abs=5e-9)
    assert bound.upper == pytest.approx(0.10260113, abs=5e-9)
    assert bound.effective == pytest.approx(70.8937, abs=5e-5)


def test_two_one_sided_tests_on_r_sleep():
    test = two_one_sided([a - b for a, b in zip(*SLEEP, strict=True)], 0.5, 0.05)
    # t = -4.0621 against zero, then against each margin.
    assert test.mean / test.error == close(-4.0621)
    assert (test.t_above_minus, test.p_above_minus) == (close(-2.7766), close(0.98924))
    assert test.t_below_plus == close(-5.3476)
    assert test.p_below_plus == pytest.approx(0.000232, abs=5e-7)
    assert test.p_value == close(0.98924)
    overall, above, below = ttost_paired(*map(np.array, SLEEP), -0.5, 0.5)
    assert test.p_value == pytest.approx(float(overall))
    assert test.t_above_minus == pytest.approx(float(above[0]))
    assert test.t_below_plus == pytest.approx(float(below[0]))
    assert against_margin(test.lower, test.upper, 0.5) is MarginVerdict.BEYOND


def test_rogan_gladen_on_the_brucellosis_example_of_epir():
    quality = KnownQuality(sensitivity=0.96, specificity=0.89)
    interval = wilson(23, 150, 0.95)
    assert (interval.lower, interval.upper) == (close(0.104400), close(0.219580))
    assert corrected_rate(23 / 150, quality) == pytest.approx(0.0509804, abs=5e-8)
    assert corrected_rate(interval.lower, quality) == pytest.approx(-0.00659, abs=6e-6)
    assert corrected_rate(interval.upper, quality) == pytest.approx(0.12892, abs=6e-6)


@pytest.mark.parametrize(
    ("tuned", "lower", "upper"), [(False, 0.055475, 0.544525), (True, 0.093492, 0.506508)]
)
def test_ppi_python_on_ten_labels_and_a_hundred_predictions(tuned, lower, upper):
    # Y = 1001000010, f = 1011000000, and 30 ones among 100 predictions without a label.
    counts = LabelledCounts(
        true_marked=2,
        true_unmarked=1,
        false_marked=1,
        false_unmarked=6,
        rest_marked=30,
        rest=100,
    )
    rate = predicted_rate(counts, tuned=tuned)
    z = float(stats.norm.ppf(0.95))
    assert rate.estimate == pytest.approx(0.3)
    assert rate.estimate - z * rate.error == pytest.approx(lower, abs=6e-7)
    assert rate.estimate + z * rate.error == pytest.approx(upper, abs=6e-7)


@pytest.mark.parametrize(("k", "share"), [(1, 0.15), (5, 0.600877), (10, 0.894737)])
def test_pass_at_k_of_three_in_twenty(k, share):
    assert asr_at_k(20, 3, k) == pytest.approx(share, abs=5e-7)


def test_the_tail_through_ten_scores_and_its_forecast():
    assert elicitation_score(0.01) == pytest.approx(-1.5271796, abs=5e-8)
    assert elicitation_score(0.5) == pytest.approx(0.36651, abs=5e-6)
    scores = (-1.50, -1.60, -1.66, -1.70, -1.74, -1.77, -1.79, -1.81, -1.83, -1.84)
    slope, intercept = line_through_tail(scores, 1000)
    assert slope == pytest.approx(-6.657256, abs=5e-7)
    assert intercept == pytest.approx(-16.874423, abs=5e-7)
    score = (-math.log(1e5) - intercept) / slope
    assert score == pytest.approx(-0.805361, abs=5e-7)
    assert probability_of_score(score) == pytest.approx(0.106724, abs=5e-7)


def test_shares_by_the_power_law_and_the_beta_binomial():
    assert power_law_share(3.0, 0.3, 100) == pytest.approx(0.470685, abs=5e-7)
    assert power_law_share(3.0, 0.3, 10_000) == pytest.approx(0.827549, abs=5e-7)
    assert beta_share(0.15, 15.0, 1000) == pytest.approx(0.470811, abs=5e-7)


@pytest.mark.parametrize(("theta", "read"), [(0.01, 401), (0.005, 804), (0.02, 200), (0.05, 79)])
def test_judge_negatives_to_read_without_a_miss(theta, read):
    assert negatives_to_read(theta, 0.05) == read


def test_a_thousand_queries_leave_three_in_a_thousand_worse():
    assert unseen_worse_share(1000, 0.95) == pytest.approx(0.0029912, abs=5e-7)


@pytest.mark.parametrize("df", [1, 2, 5, 14, 49, 149, 1000])
@pytest.mark.parametrize("q", [0.001, 0.05, 0.5, 0.95, 0.999])
def test_scipy_chi_square(q, df):
    quantile = chi_square_ppf(q, df)
    assert quantile == pytest.approx(float(stats.chi2.ppf(q, df)), rel=1e-11)
    assert gamma_cdf(0.5 * quantile, 0.5 * df) == pytest.approx(q, rel=1e-11)
