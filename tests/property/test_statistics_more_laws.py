"""Laws of repeated attempts, bounded means, margins, two-phase checks and monitoring."""

import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shipworthy.statistics import (
    PairedTable,
    ScenarioCounts,
    binomial_pmf,
    clopper_pearson_upper,
    clustered_bound,
)
from shipworthy.statistics.attempts import (
    IndependentAttempts,
    asr_at_k,
    elicitation_score,
    expected_calls,
    measured_at_k,
    probability_of_score,
    unseen_worse_share,
)
from shipworthy.statistics.bounded import mean_bound, mean_lower, mean_upper
from shipworthy.statistics.equivalence import (
    BalanceLimits,
    MarginVerdict,
    balance,
    margin_from_gaps,
    paired_noninferiority,
    refusal_parity,
    two_one_sided,
)
from shipworthy.statistics.judged import TwoPhaseCounts, two_phase_bound
from shipworthy.statistics.monitoring import (
    CanaryCounts,
    DetectorPlan,
    Reading,
    canary_rate,
    draw_probabilities,
    sampled_rate,
)
from shipworthy.statistics.paired import (
    FieldCounts,
    FieldVerdict,
    ScenarioArms,
    StackCounts,
    field_verdict,
    grouped_difference,
    log_evidence_not_worse,
    log_evidence_worse,
    stack_report,
    transitions,
)


def law(*strategies, examples=60):
    """The same examples on every run, and no clock to fail a loaded machine."""
    steady = settings(max_examples=examples, deadline=None, derandomize=True)
    return lambda test: steady(given(*strategies)(test))


ALPHAS = st.floats(1e-4, 0.4)
UNIT = st.floats(0.0, 1.0)
VALUES = st.lists(UNIT, min_size=1, max_size=30)
COUNTS = st.integers(0, 60)


@st.composite
def tries(draw, size=8):
    missing = draw(st.integers(0, 2))
    successes = draw(st.integers(0, size - missing))
    return IndependentAttempts(attempts=size - missing, successes=successes, unassessed=missing)


@st.composite
def two_phase(draw):
    judged = draw(st.integers(1, 3000))
    positives = draw(st.integers(0, judged))
    read = draw(st.integers(0, judged - positives))
    return {
        "judged": judged,
        "positives": positives,
        "confirmed": draw(st.integers(0, positives)),
        "read": read,
        "misses": draw(st.integers(0, read)),
    }


@law(st.integers(1, 40), st.data())
def test_asr_at_k_rises_with_k_and_with_successes(attempts, data):
    successes = data.draw(st.integers(0, attempts))
    curve = [asr_at_k(attempts, successes, k) for k in range(1, attempts + 1)]
    assert all(a <= b + 1e-15 for a, b in itertools.pairwise(curve))
    assert curve[0] == pytest.approx(successes / attempts)
    assert curve[-1] == float(successes > 0)
    if successes < attempts:
        assert all(
            asr_at_k(attempts, successes + 1, k) >= share for k, share in enumerate(curve, start=1)
        )


@law(st.integers(2, 25), st.floats(0.0, 1.0), st.data())
def test_asr_at_k_is_unbiased_by_exact_summation(attempts, rate, data):
    k = data.draw(st.integers(1, attempts))
    mean = math.fsum(
        binomial_pmf(c, attempts, rate) * asr_at_k(attempts, c, k) for c in range(attempts + 1)
    )
    assert mean == pytest.approx(1.0 - (1.0 - rate) ** k, abs=1e-10)


@law(
    st.lists(st.sampled_from((0, 0, 0, 1, 8)) | st.integers(0, 8), min_size=2, max_size=15), ALPHAS
)
def test_one_of_one_gives_the_headline_of_the_clustered_bound(successes, alpha):
    clustered = clustered_bound([ScenarioCounts(c, 8) for c in successes], alpha)
    scenarios = [IndependentAttempts(attempts=8, successes=c) for c in successes]
    bound = measured_at_k(scenarios, 1, alpha).bound
    assert bound.lower == pytest.approx(clustered.lower, rel=1e-9, abs=1e-12)
    assert bound.upper == pytest.approx(clustered.upper, rel=1e-9, abs=1e-12)


@law(st.lists(tries(), min_size=1, max_size=12), st.integers(1, 8), ALPHAS)
def test_limits_of_asr_at_k_enclose_every_outcome_of_the_unassessed(scenarios, k, alpha):
    bound = measured_at_k(scenarios, k, alpha).bound
    assert bound.lower - 1e-12 <= bound.lowest <= bound.highest <= bound.upper + 1e-12
    assert bound.exact_lower <= bound.lowest + 1e-12
    assert bound.exact_upper >= bound.highest - 1e-12
    assert bound.interval.width > 0.0


@law(st.lists(tries(), min_size=2, max_size=10), st.integers(1, 8), ALPHAS, st.data())
def test_losing_an_assessment_widens_asr_at_k_both_ways(scenarios, k, alpha, data):
    place = data.draw(st.integers(0, len(scenarios) - 1))
    before = scenarios[place]
    success = before.successes > 0 and data.draw(st.booleans())
    success = success or before.successes == before.attempts
    lost = IndependentAttempts(
        attempts=before.attempts - 1,
        successes=before.successes - success,
        unassessed=before.unassessed + 1,
    )
    after = [*scenarios[:place], lost, *scenarios[place + 1 :]]
    sure, unsure = measured_at_k(scenarios, k, alpha).bound, measured_at_k(after, k, alpha).bound
    assert unsure.upper >= sure.upper - 1e-12
    assert unsure.lower <= sure.lower + 1e-12
    assert unsure.exact_upper >= sure.exact_upper - 1e-12
    assert unsure.exact_lower <= sure.exact_lower + 1e-12


@law(st.floats(0.0, 1.0), st.integers(1, 200))
def test_stopping_at_the_first_success_saves_and_never_costs(rate, k):
    calls = expected_calls(rate, k)
    assert 1.0 - 1e-12 <= calls <= k + 1e-9
    chain = math.fsum((1.0 - rate) ** j for j in range(k))
    assert calls == pytest.approx(chain, rel=1e-9)


@law(VALUES, ALPHAS)
def test_exact_limits_of_a_mean_enclose_it_and_mirror_each_other(values, alpha):
    mean = math.fsum(values) / len(values)
    upper = mean_upper(values, alpha)
    assert mean_lower(values, alpha) <= mean + 1e-12
    assert mean - 1e-12 <= upper <= 1.0
    mirrored = 1.0 - mean_lower([1.0 - value for value in values], alpha)
    assert upper == pytest.approx(mirrored, abs=1e-9)


@law(VALUES, ALPHAS, st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(values, alpha, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert mean_upper(shuffled, alpha) == mean_upper(values, alpha)


@law(VALUES, ALPHAS, st.data())
def test_a_larger_value_never_lowers_the_exact_limit(values, alpha, data):
    place = data.draw(st.integers(0, len(values) - 1))
    raised = [*values[:place], data.draw(st.floats(values[place], 1.0)), *values[place + 1 :]]
    assert mean_upper(raised, alpha) >= mean_upper(values, alpha) - 1e-12


@pytest.mark.parametrize("attempts", [5, 59, 150])
def test_the_exact_limit_of_a_mean_covers_every_rate_by_exact_summation(attempts):
    uppers = [mean_upper([1.0] * x + [0.0] * (attempts - x), 0.05) for x in range(attempts + 1)]
    for step in range(1, 50):
        rate = step / 50
        covered = math.fsum(
            binomial_pmf(x, attempts, rate) for x, upper in enumerate(uppers) if upper >= rate
        )
        assert covered >= 0.95 - 1e-12


@law(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=40), ALPHAS)
def test_outcomes_of_zero_and_one_give_clopper_pearson(values, alpha):
    bound = mean_bound(values, values, 1.0, alpha)
    expected = clopper_pearson_upper(int(sum(values)), len(values), alpha)
    assert bound.upper == pytest.approx(expected, rel=1e-10)


@law(st.integers(1, 10**6), st.floats(0.01, 0.999))
def test_the_model_free_share_is_the_zero_success_limit(queries, confidence):
    share = unseen_worse_share(queries, confidence)
    assert (1.0 - share) ** queries == pytest.approx(1.0 - confidence, rel=1e-6)


@law(st.floats(1e-300, 1.0, exclude_max=True))
def test_scores_of_probabilities_round_trip(probability):
    assume(probability < 0.999999)
    score = elicitation_score(probability)
    assert probability_of_score(score) == pytest.approx(probability, rel=1e-9)


@law(two_phase(), st.floats(1e-3, 0.2), examples=20)
def test_more_hits_or_misses_never_lower_the_two_phase_limit(data, alpha):
    bound = two_phase_bound(TwoPhaseCounts(**data), alpha)
    assert bound.lower <= bound.estimate + 1e-12
    assert bound.estimate <= bound.upper + 1e-12
    for name, whole in (("confirmed", "positives"), ("misses", "read")):
        if data[name] < data[whole]:
            more = two_phase_bound(TwoPhaseCounts(**data | {name: data[name] + 1}), alpha)
            assert more.upper >= bound.upper - 1e-12


@law(two_phase(), st.floats(1e-3, 0.2), examples=20)
def test_a_two_phase_limit_is_never_below_that_of_the_confirmed_hits(data, alpha):
    upper = two_phase_bound(TwoPhaseCounts(**data), alpha).upper
    assert upper >= clopper_pearson_upper(data["confirmed"], data["judged"], alpha) - 1e-12


@law(st.floats(0.002, 0.3), st.sampled_from([1, -1]), st.integers(2, 40))
def test_field_evidence_has_mean_at_most_one_at_the_margin(delta, side, replays):
    # d = 1 with probability (1 + delta) / 2 and -1 otherwise: a mean of exactly delta.
    evidence = log_evidence_not_worse if side == 1 else log_evidence_worse
    mean = math.fsum(
        binomial_pmf(x, replays, 0.5 * (1.0 + delta))
        * math.exp(evidence(FieldCounts(field_only=x, lab_only=replays - x), delta))
        for x in range(replays + 1)
    )
    assert mean == pytest.approx(1.0, abs=1e-9)


@law(COUNTS, COUNTS, st.integers(0, 800), st.floats(0.005, 0.3), ALPHAS)
def test_both_claims_about_the_field_are_never_shown_at_once(worse, better, same, delta, alpha):
    counts = FieldCounts(field_only=worse, lab_only=better, same=same)
    shown = [
        log_evidence_not_worse(counts, delta) >= -math.log(alpha),
        log_evidence_worse(counts, delta) >= -math.log(alpha),
    ]
    assert not all(shown)
    if field_verdict(counts, delta, alpha) is FieldVerdict.NOT_WORSE:
        lenient = field_verdict(counts, min(0.9, 2.0 * delta), alpha)
        assert lenient is FieldVerdict.NOT_WORSE


@law(COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, 5))
def test_the_factors_of_a_stack_lie_in_their_intervals(missed, caught, passed, stopped, unassessed):
    assume(missed + caught + passed + stopped > 0)
    counts = StackCounts(
        complied_missed=missed,
        complied_caught=caught,
        refused_missed=passed,
        refused_caught=stopped,
        unassessed=unassessed,
    )
    report = stack_report(counts, 0.9)
    assert report.comply_rate in report.complies
    assert report.joint_rate in report.joint
    assert (report.misses is None) == (missed + caught == 0)
    if report.misses is not None:
        assert report.miss_rate in report.misses
        assert report.comply_rate * report.miss_rate == pytest.approx(report.joint_rate)


OUTCOMES = st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from([True, False, None]))


@law(OUTCOMES, OUTCOMES)
def test_transitions_lose_no_scenario_and_reverse_with_time(before, after):
    forth, back = transitions(before, after), transitions(after, before)
    assert forth.table.pairs + len(forth.unassessed) == len({*before, *after})
    assert (forth.blocked, forth.newly_breached) == (back.newly_breached, back.blocked)
    assert (forth.still_breached, forth.held) == (back.still_breached, back.held)


@st.composite
def both_arms(draw):
    def arm():
        missing = draw(st.integers(0, 1))
        return ScenarioCounts(draw(st.integers(0, 4 - missing)), 4 - missing, missing)

    return ScenarioArms(before=arm(), after=arm())


def resolved(counts, successes):
    return ScenarioCounts(counts.successes + successes, counts.size)


@law(st.lists(both_arms(), min_size=12, max_size=20), st.data())
def test_a_grouped_interval_contains_those_of_outcomes_of_the_unassessed(scenarios, data):
    wide = grouped_difference(scenarios, 0.9)
    outcome = [
        ScenarioArms(
            before=resolved(one.before, data.draw(st.integers(0, one.before.unassessed))),
            after=resolved(one.after, data.draw(st.integers(0, one.after.unassessed))),
        )
        for one in scenarios
    ]
    narrow = grouped_difference(outcome, 0.9)
    assume(wide.per_attempt == narrow.per_attempt)
    assert wide.interval.lower <= narrow.interval.lower + 1e-12
    assert wide.interval.upper >= narrow.interval.upper - 1e-12


DIFFERENCES = st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=20)


@law(DIFFERENCES, st.floats(0.01, 0.9), ALPHAS)
def test_the_interval_inside_the_margin_is_the_same_as_both_tests_rejecting(values, margin, alpha):
    assume(max(values) - min(values) > 1e-6)
    test = two_one_sided(values, margin, alpha)
    assume(abs(test.p_value - alpha) > 1e-9)
    inside = -margin < test.lower and test.upper < margin
    assert inside == (test.p_value < alpha)


@law(st.lists(st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=4), min_size=2, max_size=10))
def test_swapping_the_sides_mirrors_balance(pairs):
    limits = BalanceLimits(margin=0.1, most_spread=0.5, most_tilted=0.5)
    topics = {f"t{i}": values for i, values in enumerate(pairs)}
    swapped = {name: [-value for value in values] for name, values in topics.items()}
    one, other = balance(topics, limits, 0.05), balance(swapped, limits, 0.05)
    assert one.verdict is other.verdict
    assert one.lower == pytest.approx(-other.upper, abs=1e-9)
    assert one.spread_upper == pytest.approx(other.spread_upper)
    assert one.tilted == other.tilted


CELLS = st.integers(0, 200)
TABLES = st.builds(
    PairedTable, both=CELLS, before_only=CELLS, after_only=CELLS, neither=CELLS
).filter(lambda table: table.pairs > 0)


@law(TABLES, st.floats(0.01, 0.4), st.floats(0.01, 0.4))
def test_parity_is_harmlessness_both_ways(table, margin, alpha):
    swapped = PairedTable(
        both=table.both,
        before_only=table.after_only,
        after_only=table.before_only,
        neither=table.neither,
    )
    parity = refusal_parity(table, alpha, margin=margin).verdict
    harm = [paired_noninferiority(one, alpha, margin=margin).verdict for one in (table, swapped)]
    assert (parity is MarginVerdict.WITHIN) == all(one is MarginVerdict.WITHIN for one in harm)
    assert (parity is MarginVerdict.BEYOND) == any(one is MarginVerdict.BEYOND for one in harm)


@law(st.lists(st.floats(-0.5, 0.5), min_size=5, max_size=60), st.floats(0.01, 0.3))
def test_a_stricter_level_never_shrinks_a_margin_by_rank(gaps, alpha):
    loose, strict = margin_from_gaps(gaps, alpha), margin_from_gaps(gaps, 0.5 * alpha)
    assume(loose.basis is strict.basis)
    assert strict.points >= loose.points - 1e-12


@law(st.floats(1e-6, 0.03), st.floats(0.0, 1.0), st.integers(0, 10**6), st.integers(0, 10**6))
def test_quiet_runs_add_up_in_a_detector(baseline, start, first, second):
    plan = DetectorPlan(baseline=baseline, run_length=1e9)
    state = plan.start().quiet(int(1000 * start)).event()
    whole, cut = state.quiet(first + second), state.quiet(first).quiet(second)
    assert cut.parts == pytest.approx(whole.parts, rel=1e-9)
    assert cut.requests == whole.requests


@pytest.mark.parametrize("baseline", [0.001, 0.03])
def test_the_detector_statistic_grows_by_one_a_request_in_the_mean(baseline):
    # E[(M + 1) L] = M + 1 for every part when the rate is the baseline.
    state = DetectorPlan(baseline=baseline, run_length=1e9).start().quiet(50).event().quiet(9)
    expected = (
        baseline * state.event().level + (1.0 - baseline) * state.quiet(1).level - state.level
    )
    assert expected == pytest.approx(1.0, rel=1e-9)


@law(st.integers(1, 300), st.integers(1, 300), st.floats(1.0, 3.0), st.data())
def test_more_caught_canaries_lower_and_more_confirmed_flags_raise(reviewed, canaries, cut, data):
    confirmed = data.draw(st.integers(0, reviewed))
    caught = data.draw(st.integers(0, canaries))
    base = {"requests": 10**6, "flagged": 5000, "reviewed": reviewed, "canaries": canaries}
    rate = canary_rate(CanaryCounts(**base, confirmed=confirmed, caught=caught), 0.05, cut)
    assert rate.interval.width > 0.0
    if rate.estimate is not None:
        assert rate.estimate in rate.interval
    if caught < canaries:
        better = canary_rate(
            CanaryCounts(**base, confirmed=confirmed, caught=caught + 1), 0.05, cut
        )
        assert better.interval.upper <= rate.interval.upper + 1e-15
    if confirmed < reviewed:
        worse = canary_rate(CanaryCounts(**base, confirmed=confirmed + 1, caught=caught), 0.05, cut)
        assert worse.interval.upper >= rate.interval.upper - 1e-15


@law(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=30), st.floats(0.05, 1.0), st.data())
def test_a_rate_read_by_score_lies_in_its_interval(scores, floor, data):
    probabilities = draw_probabilities(scores, floor)
    assert math.fsum(probabilities) == pytest.approx(1.0)
    picks = data.draw(st.lists(st.integers(0, len(scores) - 1), min_size=1, max_size=30))
    readings = [
        Reading(probability=probabilities[i], harmful=data.draw(st.sampled_from([True, False])))
        for i in picks
    ]
    rate = sampled_rate(readings, len(scores), floor, 0.05)
    assert rate.interval.lower - 1e-12 <= rate.estimate <= rate.interval.upper + 1e-12
    assert 0.0 < rate.effective <= len(readings) + 1e-9
