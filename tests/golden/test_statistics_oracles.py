"""Published and R values that any correct implementation reproduces."""

import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from shipworthy.statistics import (
    PairedTable,
    ScenarioCounts,
    attempts_needed,
    clopper_pearson,
    clopper_pearson_upper,
    clustered_bound,
    mcnemar_exact,
    mcnemar_midp,
    relative_reduction_upper,
    tango_interval,
    zero_success_attempts,
)

# Agresti, Categorical Data Analysis (1990), p. 350: approval ratings by the same 1600 people.
APPROVAL = PairedTable(both=794, before_only=150, after_only=86, neither=570)
# Fagerland, Lydersen and Laake (2013), airway hyper-responsiveness before and after transplant.
AIRWAYS = PairedTable(both=1, before_only=1, after_only=7, neither=12)
# The example input of the R package PropCIs.
PROPCIS = PairedTable(both=0, before_only=40, after_only=20, neither=100)


def close(value):
    """Printed to four or five places in the source."""
    return pytest.approx(value, abs=6e-5)


def test_r_binom_test_two_sided():
    interval = clopper_pearson(682, 925, 0.95)
    assert interval.lower == pytest.approx(0.7076683, abs=5e-8)
    assert interval.upper == pytest.approx(0.7654066, abs=5e-8)


def test_r_binom_test_one_sided_without_success():
    assert clopper_pearson_upper(0, 300, 0.05) == pytest.approx(0.009936082, abs=5e-10)


@pytest.mark.parametrize(
    ("successes", "attempts", "lower", "upper"),
    [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_newcombe_1998_exact_intervals(successes, attempts, lower, upper):
    interval = clopper_pearson(successes, attempts, 0.95)
    assert (interval.lower, interval.upper) == (close(lower), close(upper))


@pytest.mark.parametrize("attempts", [1, 7, 60, 925, 10_000])
def test_statsmodels_exact_intervals(attempts):
    for successes in {0, 1, attempts // 3, attempts - 1, attempts}:
        low, high = proportion_confint(successes, attempts, alpha=0.05, method="beta")
        interval = clopper_pearson(successes, attempts, 0.95)
        assert interval.lower == pytest.approx(float(low), rel=1e-10)
        assert interval.upper == pytest.approx(float(high), rel=1e-10)


@pytest.mark.parametrize(
    ("successes", "attempts", "alpha", "upper"),
    [
        (0, 59, 0.05, 0.0495076),
        (0, 299, 0.05, 0.0099691),
        (0, 598, 0.05, 0.0049971),
        (1, 473, 0.05, 0.0099897),
        (3, 1000, 0.05, 0.0077352),
        (5, 5000, 0.05, 0.0021014),
        (0, 300, 0.01, 0.0152333),
        (3, 1000, 0.01, 0.0100098),
    ],
)
def test_one_sided_upper_limits(successes, attempts, alpha, upper):
    assert clopper_pearson_upper(successes, attempts, alpha) == pytest.approx(upper, abs=6e-8)


@pytest.mark.parametrize(
    ("alpha", "limit", "attempts"),
    [
        (0.05, 0.001, 2995),
        (0.05, 0.005, 598),
        (0.05, 0.01, 299),
        (0.05, 0.02, 149),
        (0.05, 0.05, 59),
        (0.01, 0.001, 4603),
        (0.01, 0.005, 919),
        (0.01, 0.01, 459),
        (0.01, 0.02, 228),
        (0.01, 0.05, 90),
    ],
)
def test_attempts_without_success_that_show_a_limit(alpha, limit, attempts):
    assert zero_success_attempts(limit, alpha) == attempts


def test_attempts_that_show_one_percent_by_number_of_successes():
    needed = [attempts_needed(successes, 0.01, 0.05) for successes in range(7)]
    assert needed == [299, 473, 628, 773, 913, 1049, 1182]


def test_fagerland_2013_mcnemar_p_values():
    assert mcnemar_exact(AIRWAYS) == close(0.0703)
    assert mcnemar_midp(AIRWAYS) == close(0.0391)


@pytest.mark.parametrize("table", [APPROVAL, AIRWAYS, PROPCIS])
def test_statsmodels_exact_mcnemar(table):
    cells = [[table.both, table.before_only], [table.after_only, table.neither]]
    assert mcnemar_exact(table) == pytest.approx(
        float(mcnemar(cells, exact=True).pvalue), rel=1e-10
    )


def test_the_mid_p_value_counts_the_observed_table_half():
    expected = mcnemar_exact(APPROVAL) - float(stats.binom.pmf(86, 236, 0.5))
    assert mcnemar_midp(APPROVAL) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("table", "lower", "upper"),
    [
        (AIRWAYS, -0.5172, -0.0260),
        (PROPCIS, 0.03086, 0.21806),
        (APPROVAL, 0.02136, 0.05900),
    ],
)
def test_tango_intervals(table, lower, upper):
    interval = tango_interval(table, 0.95)
    assert (interval.lower, interval.upper) == (close(lower), close(upper))


def test_the_score_limits_of_the_paired_ratio():
    """Tang's limits in the R package contingencytables, data of Cavo et al. (2012)."""
    response = PairedTable(both=59, before_only=16, after_only=6, neither=80)
    exchanged = PairedTable(both=59, before_only=6, after_only=16, neither=80)
    assert relative_reduction_upper(response, 0.975) == pytest.approx(0.9876, abs=5e-5)
    assert 1 / relative_reduction_upper(exchanged, 0.975) == pytest.approx(0.7476, abs=5e-5)


def test_r_svyciprop_beta_with_twenty_clusters_of_ten():
    successes = (0, 0, 0, 1, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    bound = clustered_bound([ScenarioCounts(k, 10) for k in successes], 0.05, icc0=0.0, few=0)
    assert bound.lower == pytest.approx(0.01044431, abs=5e-9)
    assert bound.upper == pytest.approx(0.10260113, abs=5e-9)
    assert bound.design_effect == pytest.approx(2.57675, abs=5e-6)
    assert bound.effective_attempts == pytest.approx(70.8937, abs=5e-5)
