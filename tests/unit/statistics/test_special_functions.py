"""The distributions agree with scipy and with exact rational sums, far into the tails."""

import itertools
import math
from fractions import Fraction

import pytest
from scipy import special as oracle
from scipy import stats

from shipworthy.statistics import (
    beta_cdf,
    beta_isf,
    beta_ppf,
    binomial_cdf,
    binomial_pmf,
    normal_cdf,
    normal_ppf,
    student_t_cdf,
    student_t_ppf,
)

RELATIVE = 1e-10
SHAPES = (0.1, 0.5, 1.0, 1.5, 3.7, 10.0, 59.0, 299.5, 1e3, 1e4, 2.5e5, 1e6)
MASSES = (1e-200, 1e-100, 1e-30, 1e-12, 1e-6, 0.001, 0.025, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999)
DEGREES = (1, 2, 3.5, 19, 199, 1e4, 1e6)


def exact_binomial_cdf(successes: int, attempts: int, rate: Fraction) -> float:
    terms = (
        math.comb(attempts, k) * rate**k * (1 - rate) ** (attempts - k)
        for k in range(successes + 1)
    )
    return float(sum(terms, Fraction(0)))


@pytest.mark.parametrize("a", SHAPES)
def test_the_incomplete_beta_function_agrees_with_scipy_at_every_quantile(a):
    compared = 0
    for b, mass in itertools.product(SHAPES, MASSES):
        x = beta_ppf(mass, a, b)
        if 0.0 < x < 0.9999:
            assert beta_cdf(x, a, b) == pytest.approx(float(oracle.betainc(a, b, x)), rel=RELATIVE)
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("a", SHAPES)
def test_beta_quantiles_give_back_their_probability_under_scipy(a):
    compared = 0
    for b, mass in itertools.product(SHAPES, MASSES):
        x = beta_ppf(mass, a, b)
        if 0.0 < x < 0.9999:
            assert float(oracle.betainc(a, b, x)) == pytest.approx(mass, rel=RELATIVE)
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("b", [1.0, 3.5, 40.0, 1e3])
@pytest.mark.parametrize("a", [1.0, 2.5, 10.0, 300.0])
def test_beta_quantiles_agree_with_scipy(a, b):
    # Where scipy's own inverse is good; it gives nan at (2.5, 3.5) for a mass of 1e-200.
    for mass in MASSES[3:]:
        expected = float(oracle.betaincinv(a, b, mass))
        assert beta_ppf(mass, a, b) == pytest.approx(expected, rel=RELATIVE)
        expected = float(oracle.betainccinv(a, b, mass))
        assert beta_isf(mass, a, b) == pytest.approx(expected, rel=RELATIVE)


def test_the_incomplete_beta_function_equals_an_exact_rational_sum():
    rate = Fraction(3, 128)
    expected = exact_binomial_cdf(4, 400, rate)
    assert beta_cdf(1.0 - 3 / 128, 396, 5) == pytest.approx(expected, rel=1e-13)


def test_beta_quantiles_beyond_the_floating_range_are_zero():
    assert beta_ppf(1e-40, 0.1, 1.0) == 0.0


@pytest.mark.parametrize("q", [0.0, 1.0])
def test_beta_quantiles_of_no_mass_and_all_mass_are_the_ends(q):
    assert beta_ppf(q, 2.0, 3.0) == q
    assert beta_isf(q, 2.0, 3.0) == 1.0 - q


def test_the_incomplete_beta_function_is_zero_and_one_at_the_ends():
    assert beta_cdf(0.0, 2.0, 3.0) == 0.0
    assert beta_cdf(1.0, 2.0, 3.0) == 1.0


@pytest.mark.parametrize("df", DEGREES)
def test_student_t_agrees_with_scipy(df):
    for q in (1e-100, 1e-50, 1e-10, 0.01, 0.05, 0.3, 0.49, 0.6, 0.975, 0.999):
        t = student_t_ppf(q, df)
        assert student_t_cdf(t, df) == pytest.approx(float(stats.t.cdf(t, df)), rel=RELATIVE)
        assert float(stats.t.cdf(t, df)) == pytest.approx(q, rel=RELATIVE)


def test_student_t_is_symmetric_about_zero():
    assert student_t_ppf(0.5, 7) == 0.0
    assert student_t_ppf(0.975, 7) == pytest.approx(-student_t_ppf(0.025, 7), rel=1e-12)
    assert student_t_cdf(math.inf, 7) == 1.0
    assert student_t_cdf(-math.inf, 7) == 0.0


def test_a_student_quantile_out_of_range_is_refused():
    with pytest.raises(ValueError, match="out of range"):
        student_t_ppf(1e-200, 1)


@pytest.mark.parametrize("attempts", [1, 5, 100, 10**4, 10**6])
@pytest.mark.parametrize("rate", [0.0, 1e-6, 1e-3, 0.05, 0.5, 0.9, 1.0])
def test_binomial_probabilities_agree_with_scipy(attempts, rate):
    for share in (0.0, 1e-3, 0.01, 0.05, 0.3, 0.5, 0.9, 1.0):
        k = int(share * attempts)
        pmf, cdf = stats.binom.pmf(k, attempts, rate), stats.binom.cdf(k, attempts, rate)
        assert binomial_pmf(k, attempts, rate) == pytest.approx(
            float(pmf), rel=RELATIVE, abs=1e-290
        )
        assert binomial_cdf(k, attempts, rate) == pytest.approx(
            float(cdf), rel=RELATIVE, abs=1e-290
        )


def test_more_successes_than_attempts_have_no_probability():
    assert binomial_pmf(4, 3, 0.5) == 0.0
    assert binomial_cdf(4, 3, 0.5) == 1.0


@pytest.mark.parametrize("z", [-37.0, -20.0, -8.0, -1.0, 0.0, 0.5, 3.0])
def test_the_normal_tail_agrees_with_scipy(z):
    assert normal_cdf(z) == pytest.approx(float(stats.norm.cdf(z)), rel=RELATIVE)


@pytest.mark.parametrize("q", [1e-300, 1e-20, 0.01, 0.7, 0.999])
def test_normal_quantiles_agree_with_scipy(q):
    assert normal_ppf(q) == pytest.approx(float(stats.norm.ppf(q)), rel=RELATIVE)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: beta_cdf(1.5, 1, 1), "x"),
        (lambda: beta_cdf(0.5, 0.0, 1), "a"),
        (lambda: beta_cdf(0.5, 1, math.inf), "b"),
        (lambda: beta_ppf(math.nan, 1, 1), "q"),
        (lambda: beta_ppf(0.5, math.nan, 1), "a"),
        (lambda: beta_isf(-0.1, 1, 1), "q"),
        (lambda: student_t_cdf(math.nan, 3), "t"),
        (lambda: student_t_cdf(1.0, 0), "df"),
        (lambda: student_t_ppf(1.0, 3), "q"),
        (lambda: student_t_ppf(0.1, -1), "df"),
        (lambda: normal_cdf(math.nan), "z"),
        (lambda: normal_ppf(0.0), "q"),
        (lambda: binomial_pmf(-1, 3, 0.5), "successes"),
        (lambda: binomial_cdf(1, 3, 1.5), "rate"),
        (lambda: binomial_pmf(1, True, 0.5), "attempts"),
    ],
)
def test_arguments_outside_the_domain_are_refused_by_name(call, name):
    with pytest.raises(ValueError, match=f"`{name}` must"):
        call()
