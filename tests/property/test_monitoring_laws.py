"""Laws of monitoring: cuts of windows, limits, draws, bands and what follows."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.records.live.alarms import (
    AcceptedBand,
    Alarm,
    BandFinding,
    ReopenRule,
)
from shipworthy.records.live.windows import WindowCounts
from shipworthy.stages.monitoring import (
    DEFAULT_RULES,
    STRICTNESS,
    WatchedSeries,
    WatchPlan,
    WatchState,
    band_of_series,
    judge_band,
    watch,
    what_follows,
)
from shipworthy.statistics.monitoring import (
    AlarmBudget,
    DetectorPlan,
    DriftState,
    Ranged,
    ScoreBin,
    after_block,
    after_window,
    change_estimate,
    draw_plan,
    drawn_lower,
    drawn_upper,
    krippendorff_alpha,
    log_evidence_above,
    log_evidence_below,
    no_change,
    rate_lower,
    rate_upper,
)

BASELINES = st.floats(1e-5, 0.3)


@st.composite
def counts(draw, most=60):
    requests = draw(st.integers(0, most))
    return requests, draw(st.integers(0, requests))


def law(*strategies, examples=60):
    return lambda test: settings(max_examples=examples, deadline=None, derandomize=True)(
        given(*strategies)(test)
    )


@law(BASELINES, st.lists(counts(), min_size=1, max_size=8), counts())
def test_cutting_a_window_never_lowers_a_detector(baseline, before, cut):
    plan = DetectorPlan(baseline=baseline, run_length=1e12)
    state = plan.start()
    for requests, events in before:
        state = state.window(requests, events)
    requests, events = cut
    first = events // 2
    whole = state.window(requests, events)
    quiet = (requests - events) // 3
    parts = state.window(first + quiet, first)
    parts = parts.window(requests - first - quiet, events - first)
    assert parts.level >= whole.level * (1 - 1e-9)
    assert (parts.requests, parts.events) == (whole.requests, whole.events)


@law(BASELINES, counts(), st.lists(counts(), max_size=5))
def test_an_unassessed_request_in_the_place_of_a_clear_one_never_lowers_a_detector(
    baseline, window, after
):
    requests, events = window
    if events == requests:
        return
    plan = DetectorPlan(baseline=baseline, run_length=1e12)
    clear, lost = plan.start().window(requests, events), plan.start().window(requests, events + 1)
    for more in after:
        clear, lost = clear.window(*more), lost.window(*more)
    assert lost.level >= clear.level * (1 - 1e-9)


@law(BASELINES, st.lists(counts(), min_size=1, max_size=10))
def test_a_window_is_the_product_of_its_requests_with_events_first(baseline, windows):
    plan = DetectorPlan(baseline=baseline, run_length=1e12)
    whole = single = plan.start()
    for requests, events in windows:
        whole = whole.window(requests, events)
        for _ in range(events):
            single = single.event()
        single = single.quiet(requests - events)
    assert whole.parts == pytest.approx(single.parts, rel=1e-9)


@law(counts(most=5000), st.floats(1e-6, 0.2), st.floats(0.2, 0.9))
def test_limits_at_all_times_are_in_order_and_widen_with_the_level(found, alpha, part):
    requests, events = found
    if not requests:
        return
    lower, upper = rate_lower(events, requests, alpha), rate_upper(events, requests, alpha)
    assert 0.0 <= lower <= events / requests <= upper <= 1.0
    assert lower < upper
    assert rate_lower(events, requests, alpha * part) <= lower
    assert rate_upper(events, requests, alpha * part) >= upper
    if events < requests:
        assert rate_upper(events + 1, requests, alpha) >= upper
        assert rate_lower(events + 1, requests, alpha) >= lower


@law(counts(most=2000), st.floats(0.001, 0.5), st.floats(1.01, 1.9))
def test_evidence_moves_one_way_with_the_rate_it_speaks_against(found, rate, step):
    requests, events = found
    higher = min(0.99, rate * step)
    above = [log_evidence_above(events, requests, one) for one in (rate, higher)]
    below = [log_evidence_below(events, requests, one) for one in (rate, higher)]
    assert above[0] >= above[1] - 1e-9
    assert below[0] <= below[1] + 1e-9


@law(BASELINES, st.lists(counts(), min_size=1, max_size=20), st.floats(0.001, 0.2))
def test_the_estimate_since_a_change_lies_within_its_limits(baseline, windows, alpha):
    plan = DetectorPlan(baseline=baseline, run_length=1e12)
    state = no_change(plan)
    for at, (requests, events) in enumerate(windows):
        lost = events // 3
        state = after_window(state, plan, at * 1000, (requests, events - lost, lost))
    found = change_estimate(state, alpha)
    if found is None:
        return
    stretch = found.stretch
    assert found.lower <= stretch.events / stretch.requests <= found.estimate <= found.upper
    assert stretch.requests <= sum(requests for requests, _ in windows)


@law(
    st.lists(st.floats(0.0, 4.0), min_size=1, max_size=30),
    st.floats(0.001, 0.2),
    st.floats(0.1, 0.9),
)
def test_limits_by_bets_are_in_order_and_follow_the_values(values, alpha, shrink):
    draws = [Ranged(value, 0.0, 4.0) for value in values]
    lower, upper = drawn_lower(draws, alpha), drawn_upper(draws, alpha)
    mean = math.fsum(values) / len(values)
    assert -1e-9 <= lower <= mean + 1e-6
    assert mean - 1e-6 <= upper <= 4.0
    smaller = [Ranged(value * shrink, 0.0, 4.0) for value in values]
    assert drawn_upper(smaller, alpha) <= upper + 1e-9
    assert drawn_lower(smaller, alpha) <= lower + 1e-9
    wide = [Ranged(value, -1.0, 5.0) for value in values]
    assert drawn_upper(wide, alpha) >= upper - 0.05 * (upper - mean) - 1e-9


@st.composite
def bins(draw):
    read = draw(st.integers(0, 50))
    harmful = draw(st.integers(0, read))
    return ScoreBin(
        items=draw(st.integers(0, 500)),
        score=draw(st.floats(0.0, 1.0)),
        read=read,
        harmful=harmful,
        undecided=draw(st.integers(0, read - harmful)),
    )


@law(st.lists(bins(), min_size=1, max_size=8), st.floats(0.05, 1.0), examples=150)
def test_a_draw_has_a_probability_a_mean_and_bounds_that_hold(found, floor):
    if not sum(one.items for one in found):
        return
    plan = draw_plan(found, floor)
    assert math.fsum(plan.shares) == pytest.approx(1.0)
    total = sum(plan.sizes)
    mean = low_mean = 0.0
    for index, size in enumerate(plan.sizes):
        if not size:
            continue
        assert plan.probability(index) >= floor / total * (1 - 1e-9)
        weight = 1.0 / (total * plan.probability(index))
        p, low = plan.predictions[index], plan.cautious[index]
        assert plan.mean_prediction + (1.0 - p) * weight <= plan.most * (1 + 1e-9)
        assert plan.mean_cautious - low * weight >= plan.least - 1e-9
        # What a draw of a harmless exchange says is zero on average, whatever was predicted.
        mean += plan.shares[index] * (plan.mean_prediction - p * weight)
        low_mean += plan.shares[index] * (plan.mean_cautious - low * weight)
    assert mean == pytest.approx(0.0, abs=1e-9)
    assert low_mean == pytest.approx(0.0, abs=1e-9)


@law(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=12), st.randoms())
def test_agreement_does_not_know_the_order(items, chance):
    found = krippendorff_alpha(items)
    shuffled = [chance.sample(one, len(one)) for one in items]
    chance.shuffle(shuffled)
    assert krippendorff_alpha(shuffled) == found
    assert found is None or found <= 1.0


HISTOGRAMS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 30), max_size=4)


@law(st.lists(st.tuples(HISTOGRAMS, HISTOGRAMS), max_size=6))
def test_a_drift_test_treats_both_sides_alike(blocks):
    one = other = DriftState()
    for first, second in blocks:
        one, other = after_block(one, first, second), after_block(other, second, first)
    assert one.log_evidence == pytest.approx(other.log_evidence, abs=1e-9)
    assert one.distance == pytest.approx(other.distance, abs=1e-12)
    assert one.highest >= one.log_evidence or one.highest == 0.0


METRIC = "detected.leak.deployed"
PLAN = WatchPlan(
    series=(WatchedSeries(metric=METRIC, baseline=0.02, requests_per_second=1.0),),
    budget=AlarmBudget(seconds=1000.0),
)


@law(st.lists(counts(), max_size=12), st.integers(0, 12))
def test_one_call_or_two_give_the_same_state_and_alarms(windows, cut):
    made = [
        WindowCounts(metric=METRIC, start_ms=at, length_ms=1, requests=n, events=k)
        for at, (n, k) in enumerate(windows)
    ]
    whole, alarms = watch(PLAN, WatchState(), made)
    first, some = watch(PLAN, WatchState(), made[:cut])
    second, rest = watch(PLAN, first, made[cut:])
    assert second == whole
    assert some + rest == alarms
    assert len(alarms) <= 1


@law(counts(most=400), st.floats(0.001, 0.9), st.integers(0, 50))
def test_a_lost_outcome_never_moves_a_band_towards_inside(found, limit, lost):
    requests, events = found
    lost = min(lost, requests - events)
    band = AcceptedBand(metric=METRIC, upper=f"{limit:.6f}", source="calibration")

    def place(unassessed):
        window = WindowCounts(
            metric=METRIC,
            start_ms=0,
            length_ms=1,
            requests=requests,
            events=events,
            unassessed=unassessed,
        )
        state, _ = watch(PLAN, WatchState(), [window])
        return band_of_series(state.series[METRIC], band, 0.05).place

    sure, unsure = place(0), place(lost)
    assert unsure == sure or (sure, unsure) == ("inside", "not-shown")
    if not requests:
        assert sure == "not-shown"


@law(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_place_is_exactly_one_of_three(one, other, limit):
    low, high = sorted((one, other))
    band = AcceptedBand(metric=METRIC, upper=f"{limit:.9f}", source="x")
    found = BandFinding(
        band=band,
        place="not-shown",
        lower=f"{low:.9f}",
        upper=f"{high:.9f}",
        alpha="0.05",
        requests=1,
        from_ms=0,
        until_ms=1,
    )
    expected = "outside" if float(found.lower) > float(band.upper) else "not-shown"
    if expected != "outside" and float(found.upper) <= float(band.upper):
        expected = "inside"
    assert judge_band(found, band) == expected


KINDS = st.sampled_from(["rise", "silence", "recalibrate", "cluster"])


@law(st.lists(KINDS, max_size=5), KINDS, st.sampled_from(STRICTNESS))
def test_another_alarm_never_makes_what_follows_milder(kinds, more, action):
    rules = (*DEFAULT_RULES, ReopenRule(metric=METRIC, when=more, action=action))
    alarms = [
        Alarm(kind=kind, metric=METRIC, at_ms=at, why="test") for at, kind in enumerate(kinds)
    ]
    before = what_follows(rules, alarms, [], 9)
    late = Alarm(kind=more, metric=METRIC, at_ms=99, why="test")
    after = what_follows(rules, [*alarms, late], [], 9)
    assert after is not None
    if before:
        assert STRICTNESS.index(after.action) >= STRICTNESS.index(before.action)
    assert what_follows(rules, alarms[::-1], [], 9) == before
