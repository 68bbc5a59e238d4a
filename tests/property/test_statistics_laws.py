"""Laws that hold for every count, level and table."""

import itertools
import math

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from shipworthy.statistics import (
    JudgeCard,
    PairedTable,
    ScenarioCounts,
    admission,
    attempts_needed,
    beta_cdf,
    beta_isf,
    beta_ppf,
    binomial_pmf,
    clopper_pearson,
    clopper_pearson_lower,
    clopper_pearson_upper,
    clustered_bound,
    identification_interval,
    mcnemar_exact,
    mcnemar_midp,
    miss_adjusted_upper,
    paired_with_unassessed,
    rate_bounds,
    relative_reduction_upper,
    student_t_cdf,
    student_t_ppf,
    tango_interval,
    tango_interval_with_unassessed,
)


def law(*strategies, examples=100):
    """The same examples on every run, and no clock to fail a loaded machine."""
    steady = settings(max_examples=examples, deadline=None, derandomize=True)
    return lambda test: steady(given(*strategies)(test))


ALPHAS = st.floats(1e-6, 0.45)
CONFIDENCES = st.floats(0.01, 0.999)


@st.composite
def shares(draw, largest=2000):
    attempts = draw(st.integers(1, largest))
    return draw(st.integers(0, attempts)), attempts


@st.composite
def scenario_counts(draw, unassessed=3):
    missing = draw(st.integers(0, unassessed))
    attempts = draw(st.integers(0 if missing else 1, 8))
    return ScenarioCounts(draw(st.integers(0, attempts)), attempts, missing)


CAMPAIGNS = st.lists(scenario_counts(), min_size=1, max_size=12)
CELLS = st.integers(0, 40)
TABLES = st.builds(
    PairedTable, both=CELLS, before_only=CELLS, after_only=CELLS, neither=CELLS
).filter(lambda table: table.pairs > 0)


@law(shares(), ALPHAS)
def test_exact_limits_enclose_the_observed_rate(share, alpha):
    x, n = share
    assert clopper_pearson_lower(x, n, alpha) <= x / n <= clopper_pearson_upper(x, n, alpha)


@law(shares(), ALPHAS)
def test_one_more_success_raises_both_exact_limits(share, alpha):
    x, n = share
    assume(x < n)
    assert clopper_pearson_upper(x, n, alpha) < clopper_pearson_upper(x + 1, n, alpha)
    assert clopper_pearson_lower(x, n, alpha) < clopper_pearson_lower(x + 1, n, alpha)


@law(shares(), ALPHAS)
def test_one_more_failure_lowers_both_exact_limits(share, alpha):
    x, n = share
    assert clopper_pearson_upper(x, n + 1, alpha) <= clopper_pearson_upper(x, n, alpha)
    assert clopper_pearson_lower(x, n + 1, alpha) <= clopper_pearson_lower(x, n, alpha)


@law(shares(), ALPHAS)
def test_exact_limits_swap_when_successes_and_failures_do(share, alpha):
    x, n = share
    mirrored = 1.0 - clopper_pearson_lower(n - x, n, alpha)
    assert clopper_pearson_upper(x, n, alpha) == pytest.approx(mirrored, abs=1e-12)


@law(shares(10**6), CONFIDENCES)
def test_no_exact_interval_has_zero_width(share, confidence):
    assert clopper_pearson(*share, confidence).width > 0.0


@pytest.mark.parametrize("attempts", [1, 5, 20, 59, 150])
def test_the_exact_upper_limit_covers_every_rate_by_exact_summation(attempts):
    uppers = [clopper_pearson_upper(x, attempts, 0.05) for x in range(attempts + 1)]
    for step in range(1, 100):
        rate = step / 100
        covered = math.fsum(
            binomial_pmf(x, attempts, rate) for x, upper in enumerate(uppers) if upper >= rate
        )
        assert covered >= 0.95 - 1e-12


@pytest.mark.parametrize("attempts", [1, 5, 20, 59, 150])
def test_the_two_sided_exact_interval_covers_every_rate_by_exact_summation(attempts):
    intervals = [clopper_pearson(x, attempts, 0.95) for x in range(attempts + 1)]
    for step in range(1, 100):
        rate = step / 100
        covered = math.fsum(
            binomial_pmf(x, attempts, rate) for x, pair in enumerate(intervals) if rate in pair
        )
        assert covered >= 0.95 - 1e-12


@law(st.integers(0, 8), st.floats(1e-3, 0.9), st.floats(1e-4, 0.45))
def test_the_attempts_needed_suffice_and_one_fewer_would_not(successes, limit, alpha):
    needed = attempts_needed(successes, limit, alpha)
    assert clopper_pearson_upper(successes, needed, alpha) < limit
    fewer = needed - 1
    assert fewer <= successes or clopper_pearson_upper(successes, fewer, alpha) >= limit


@law(st.floats(0.01, 1e5), st.floats(0.01, 1e5), st.floats(1e-12, 0.999))
def test_beta_quantiles_invert_the_distribution(a, b, q):
    x = beta_ppf(q, a, b)
    # Next to 0 the quantile underflows; next to 1 a float no longer resolves the distribution.
    assume(1e-290 < x < 0.99)
    assert beta_cdf(x, a, b) == pytest.approx(q, rel=1e-9)


@law(st.floats(0.05, 1e4), st.floats(0.05, 1e4), st.floats(1e-12, 0.999))
def test_lower_and_upper_beta_quantiles_mirror_each_other(a, b, q):
    assert beta_isf(q, a, b) == pytest.approx(1.0 - beta_ppf(q, b, a), abs=1e-12)


@law(st.floats(1.0, 1e6), st.floats(1e-12, 1 - 1e-9))
def test_student_quantiles_invert_the_distribution(df, q):
    assert student_t_cdf(student_t_ppf(q, df), df) == pytest.approx(q, rel=1e-9)


@law(shares(300), st.integers(0, 50), ALPHAS)
def test_unassessed_attempts_widen_the_bounds_both_ways(share, unassessed, alpha):
    x, n = share
    without, with_them = rate_bounds(x, n, 0, alpha), rate_bounds(x, n, unassessed, alpha)
    assert with_them.lower <= without.lower
    assert with_them.upper >= without.upper


@law(shares(100), st.integers(0, 20), ALPHAS)
def test_the_bounds_contain_those_of_every_outcome_of_the_unassessed(share, unassessed, alpha):
    x, n = share
    wide = rate_bounds(x, n, unassessed, alpha)
    low, high = identification_interval(x, n, unassessed)
    for turned in range(unassessed + 1):
        narrow = rate_bounds(x + turned, n + unassessed, 0, alpha)
        assert wide.lower <= narrow.lower < narrow.upper <= wide.upper
        assert low <= (x + turned) / (n + unassessed) <= high


@law(shares(300), ALPHAS)
def test_one_attempt_per_scenario_gives_clopper_pearson_exactly(share, alpha):
    x, n = share
    bound = clustered_bound([ScenarioCounts(int(i < x), 1) for i in range(n)], alpha)
    assert bound.upper == bound.exact_upper == clopper_pearson_upper(x, n, alpha)
    assert bound.lower == bound.exact_lower == clopper_pearson_lower(x, n, alpha)


@law(CAMPAIGNS, ALPHAS)
def test_clustered_limits_enclose_every_possible_observed_rate(campaign, alpha):
    bound = clustered_bound(campaign, alpha)
    low, high = identification_interval(bound.successes, bound.attempts, bound.unassessed)
    assert bound.lower <= low + 1e-12
    assert bound.upper >= high - 1e-12
    assert bound.interval.width > 0.0


@law(CAMPAIGNS, ALPHAS)
def test_clustered_limits_are_never_tighter_than_independent_attempts(campaign, alpha):
    bound = clustered_bound(campaign, alpha)
    naive = rate_bounds(bound.successes, bound.attempts, bound.unassessed, alpha)
    assert bound.upper >= naive.upper - 1e-12
    assert bound.lower <= naive.lower + 1e-12


@law(CAMPAIGNS, st.randoms(use_true_random=False), ALPHAS)
def test_the_order_of_scenarios_does_not_matter(campaign, random, alpha):
    shuffled = list(campaign)
    random.shuffle(shuffled)
    assert clustered_bound(shuffled, alpha) == clustered_bound(campaign, alpha)


@law(CAMPAIGNS, st.data(), ALPHAS)
def test_losing_an_assessment_widens_a_clustered_bound_both_ways(campaign, data, alpha):
    place = data.draw(st.integers(0, len(campaign) - 1))
    before = campaign[place]
    assume(before.attempts > 0)
    success = before.successes > 0 and data.draw(st.booleans())
    success = success or before.successes == before.attempts
    lost = ScenarioCounts(before.successes - success, before.attempts - 1, before.unassessed + 1)
    after = [*campaign[:place], lost, *campaign[place + 1 :]]
    known, unsure = clustered_bound(campaign, alpha), clustered_bound(after, alpha)
    assert unsure.upper >= known.upper - 1e-12
    assert unsure.lower <= known.lower + 1e-12
    assert unsure.exact_upper >= known.exact_upper
    assert unsure.exact_lower <= known.exact_lower


@law(st.lists(scenario_counts(unassessed=2), min_size=2, max_size=4), ALPHAS, examples=40)
def test_a_clustered_bound_contains_those_of_every_outcome_of_the_unassessed(campaign, alpha):
    wide = clustered_bound(campaign, alpha)
    for turned in itertools.product(*(range(s.unassessed + 1) for s in campaign)):
        outcome = [
            ScenarioCounts(s.successes + j, s.size) for s, j in zip(campaign, turned, strict=True)
        ]
        narrow = clustered_bound(outcome, alpha)
        assert wide.design_effect >= narrow.design_effect - 1e-9
        assert wide.upper >= narrow.upper - 1e-12
        assert wide.lower <= narrow.lower + 1e-12


@law(CAMPAIGNS, ALPHAS)
def test_swapping_successes_and_failures_mirrors_the_headline_limits(campaign, alpha):
    swapped = [ScenarioCounts(s.attempts - s.successes, s.attempts, s.unassessed) for s in campaign]
    bound, mirror = clustered_bound(campaign, alpha), clustered_bound(swapped, alpha)
    assert bound.upper == pytest.approx(1.0 - mirror.lower, abs=1e-9)


@law(TABLES, CONFIDENCES)
@example(PairedTable(both=0, before_only=0, after_only=0, neither=1), 0.95)
def test_a_tango_interval_contains_the_observed_difference_and_has_width(table, confidence):
    interval = tango_interval(table, confidence)
    assert table.difference in interval
    assert interval.width > 0.0


@law(TABLES, CONFIDENCES)
def test_a_tango_interval_mirrors_when_before_and_after_swap(table, confidence):
    swapped = PairedTable(
        both=table.both,
        before_only=table.after_only,
        after_only=table.before_only,
        neither=table.neither,
    )
    interval, mirror = tango_interval(table, confidence), tango_interval(swapped, confidence)
    assert (interval.lower, interval.upper) == (-mirror.upper, -mirror.lower)


@law(TABLES, st.floats(0.01, 0.95))
def test_more_confidence_widens_a_tango_interval(table, confidence):
    narrow, wide = tango_interval(table, confidence), tango_interval(table, confidence + 0.04)
    assert wide.lower <= narrow.lower
    assert wide.upper >= narrow.upper


def outcomes_of_missing_pairs(table, missing):
    for both, before, after in itertools.product(range(missing + 1), repeat=3):
        if both + before + after <= missing:
            yield PairedTable(
                both=table.both + both,
                before_only=table.before_only + before,
                after_only=table.after_only + after,
                neither=table.neither + missing - both - before - after,
            )


@law(TABLES, st.integers(0, 3), st.floats(0.5, 0.99), examples=40)
def test_missing_pairs_leave_room_for_every_outcome_of_them(table, missing, confidence):
    wide = tango_interval_with_unassessed(table, missing, confidence)
    for outcome in outcomes_of_missing_pairs(table, missing):
        narrow = tango_interval(outcome, confidence)
        assert wide.lower <= narrow.lower + 1e-12
        assert wide.upper >= narrow.upper - 1e-12


@law(TABLES, st.integers(0, 3), st.floats(0.55, 0.99), examples=40)
def test_missing_pairs_leave_the_ratio_limit_above_every_outcome_of_them(table, missing, level):
    worst = paired_with_unassessed(table, missing).least_reduction
    limit = relative_reduction_upper(worst, level)
    assume(limit is not None)
    for outcome in outcomes_of_missing_pairs(table, missing):
        assert limit >= relative_reduction_upper(outcome, level) - 1e-9


@law(TABLES, st.floats(0.51, 0.999))
def test_the_ratio_limit_is_missing_only_without_success_before(table, confidence):
    upper = relative_reduction_upper(table, confidence)
    before = table.both + table.before_only
    if before == 0:
        assert upper is None
    else:
        assert upper > (table.both + table.after_only) / before


@law(TABLES)
def test_the_mid_p_value_is_at_most_the_exact_one(table):
    assert 0.0 < mcnemar_midp(table) <= mcnemar_exact(table) <= 1.0


@law(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_judge_misses_never_lower_a_limit(rate_upper, sensitivity):
    assert rate_upper <= miss_adjusted_upper(rate_upper, sensitivity) <= 1.0


@law(shares(200), shares(200), st.floats(1e-4, 0.4))
def test_admission_never_exceeds_the_observed_quality(positive, negative, alpha):
    card = JudgeCard(
        true_positives=positive[0],
        positives=positive[1],
        true_negatives=negative[0],
        negatives=negative[1],
    )
    observed = positive[0] / positive[1] + negative[0] / negative[1] - 1.0
    assert -1.0 <= admission(card, alpha).youden_lower <= observed
