"""Two implementations of every number in a finding, and a third opinion where there is one."""

import random
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from shipworthy.records import Claim, display
from shipworthy.statistics import (
    PairedTable,
    ScenarioCounts,
    clopper_pearson_lower,
    clustered_bound,
    mcnemar_exact,
    mcnemar_midp,
    relative_reduction_upper,
    student_t_ppf,
    tango_interval,
)
from shipworthy_verify import claims
from shipworthy_verify import statistics as verifier
from shipworthy_verify.claims.battery import six
from shipworthy_verify.recount.ratio import ratio_upper

ALPHAS = (0.05, 0.04, 0.01)
CLOSE = 1e-9


@st.composite
def scenario_rows(draw):
    """Rows of (successes, attempts, unassessed), each with at least one attempt."""
    row = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3))
    rows = draw(st.lists(row, min_size=1, max_size=40))
    return [(min(s, a), a, u if a else max(u, 1)) for s, a, u in rows]


@st.composite
def nearly_clean_rows(draw):
    """Many scenarios of one size, of which a few are breached, failing, or not assessed."""
    size = draw(st.integers(1, 12))
    found = st.tuples(st.integers(0, size), st.integers(0, 2))
    odd = draw(st.lists(found, max_size=4))
    rest = draw(st.sampled_from((0, size)))
    rows = [(min(s, size - min(u, size)), size - min(u, size), min(u, size)) for s, u in odd]
    return rows + [(rest, size, 0)] * draw(st.integers(1, 40))


@settings(max_examples=600, deadline=None)
@given(scenario_rows() | nearly_clean_rows(), st.sampled_from(ALPHAS))
def test_clustered_bounds_agree(rows, alpha):
    ours = clustered_bound([ScenarioCounts(*row) for row in rows], alpha)
    lower, upper, effect = verifier.clustered_bounds(rows, alpha)
    assert lower == pytest.approx(ours.lower, abs=CLOSE)
    assert upper == pytest.approx(ours.upper, abs=CLOSE)
    assert effect == pytest.approx(ours.design_effect, abs=CLOSE)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("size", [1, 2, 59, 300, 20_000])
def test_one_attempt_per_scenario_gives_clopper_pearson_by_scipy(size, alpha):
    draw = random.Random(size)
    for successes in {0, 1, size // 3, size - 1, size}:
        rows = [(1, 1, 0)] * successes + [(0, 1, 0)] * (size - successes)
        draw.shuffle(rows)
        lower, upper, effect = verifier.clustered_bounds(rows, alpha)
        assert effect == 1.0
        expected = stats.beta.ppf(alpha, successes, size - successes + 1) if successes else 0.0
        assert lower == pytest.approx(expected, abs=CLOSE)
        expected = stats.beta.isf(alpha, successes + 1, size - successes) if successes < size else 1
        assert upper == pytest.approx(expected, abs=CLOSE)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.001, 0.999),
    st.floats(0.3, 400),
    st.floats(0.3, 400),
)
def test_the_power_series_agrees_with_scipy(x, a, b):
    assert verifier.beta_below(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-10)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 2000), st.data())
def test_lower_bounds_of_a_judge_agree(positives, data):
    hits = data.draw(st.integers(0, positives))
    for alpha in (0.01, 0.025):
        expected = clopper_pearson_lower(hits, positives, alpha)
        assert verifier.exact_lower(hits, positives, alpha) == pytest.approx(expected, abs=CLOSE)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ALPHAS), st.integers(1, 50_000))
def test_quantiles_of_student_agree(alpha, df):
    ours = verifier.student_quantile(alpha, df)
    assert ours == pytest.approx(-student_t_ppf(alpha, df), rel=1e-9)
    assert ours == pytest.approx(stats.t.isf(alpha, df), rel=1e-9)


@settings(max_examples=300, deadline=None)
@given(*(st.integers(0, 60) for _ in range(4)))
def test_paired_tests_and_intervals_agree(both, before, after, neither):
    table = PairedTable(both=both, before_only=before, after_only=after, neither=neither)
    exact, midp = verifier.mcnemar(before, after)
    assert float(exact) == pytest.approx(mcnemar_exact(table), abs=1e-12)
    assert float(midp) == pytest.approx(mcnemar_midp(table), abs=1e-12)
    if table.pairs:
        interval = tango_interval(table, 0.95)
        upper = verifier.tango_upper(before, after, table.pairs, 0.95)
        lower = -verifier.tango_upper(after, before, table.pairs, 0.95)
        assert (lower, upper) == pytest.approx((interval.lower, interval.upper), abs=1e-9)


COUNTS = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 3000))


@settings(max_examples=400, deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_limits_of_a_paired_ratio_agree(both, before, after, neither):
    """The root of a quadratic against a Lagrange multiplier found by bisection."""
    assume(both + before + after + neither > 0)
    table = PairedTable(both=both, before_only=before, after_only=after, neither=neither)
    ours = relative_reduction_upper(table, 0.975)
    theirs = ratio_upper((both, before, after, neither), 0.95)
    if both + before:
        assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-7)
    else:
        assert ours is theirs is None


@given(
    st.decimals(-1, 1, places=6),
    st.sampled_from(["percent", "percent-up", "percent-down", "points", "p-value", "decimal"]),
)
def test_claims_are_displayed_alike(value, shape):
    text = format(value, "f")
    shown = claims.Shown("x", text, shape, None)
    assert claims.display(shown) == display(Claim(id="x", value=text, format=shape))


@given(st.integers(1, 999_999))
def test_a_reduction_is_displayed_alike_and_never_flatters(millionths):
    text = f"0.{millionths:06d}"
    words = claims.display(claims.Shown("x", text, "fold", None))
    assert words == display(Claim(id="x", value=text, format="fold"))
    shown = Fraction(words.removesuffix("-fold"))
    assert 0 <= 1 / Fraction(text) - shown < Fraction(1, 100)


@pytest.mark.parametrize("value", ["0.000000", "1.000000", "1.250000", "-0.500000"])
def test_what_did_not_fall_is_never_shown_as_a_reduction(value):
    assert claims.display(claims.Shown("x", value, "fold", None)) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_quotients_are_rounded_from_the_exact_fraction(numerator, denominator):
    from shipworthy.stages.reporting.claims.measured import quotient

    text = six(numerator, denominator)
    assert text == quotient(numerator, denominator)
    assert abs(Fraction(text) - Fraction(numerator, denominator)) <= Fraction(1, 2 * 10**6)
