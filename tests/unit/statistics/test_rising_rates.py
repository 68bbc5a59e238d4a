"""Detectors on window counts, one budget for many series, when it changed, limits at all times."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

from shipworthy.statistics import NoEvidence, clopper_pearson_upper
from shipworthy.statistics.monitoring import (
    AlarmBudget,
    DetectorPlan,
    after_window,
    baseline_from,
    change_estimate,
    log_evidence_above,
    log_evidence_below,
    no_change,
    rate_lower,
    rate_upper,
    tail_share,
)
from watched_rates import Setting, events_to_alarm, rise_delay, z_alarms

MONTH = 30 * 86_400


def one_by_one(plan, outcomes):
    parts = [0.0] * len(plan.alternatives)
    for event in outcomes:
        for j, ratio in enumerate(plan.alternatives):
            rest = (1 - ratio * plan.baseline) / (1 - plan.baseline)
            parts[j] = (parts[j] + 1) * (ratio if event else rest)
    return math.fsum(parts) / len(parts)


def test_a_window_is_the_order_with_the_events_first_and_no_order_is_below_it():
    plan = DetectorPlan(baseline=0.05, run_length=1e9)
    before = plan.start().window(10, 2)
    for requests, events in ((6, 2), (7, 3), (5, 0), (4, 4)):
        window = before.window(requests, events).level
        start = [True, True] + [False] * 8
        levels = []
        for places in itertools.combinations(range(requests), events):
            outcomes = [at in places for at in range(requests)]
            levels.append(one_by_one(plan, start + outcomes))
        first = [True] * events + [False] * (requests - events)
        assert window == pytest.approx(min(levels), rel=1e-12)
        assert window == pytest.approx(one_by_one(plan, start + first), rel=1e-12)


def test_a_common_baseline_keeps_the_multiples_that_are_rates():
    assert DetectorPlan(baseline=0.3, run_length=100.0).alternatives == (1.2, 1.5, 2.0, 3.0)
    state = DetectorPlan(baseline=0.3, run_length=100.0).start()
    while state.alarm_at is None:
        state = state.window(10, 9)
    assert state.requests <= 40


def test_thousands_of_events_in_one_window_do_not_overflow():
    state = DetectorPlan(baseline=0.01, run_length=1e9).start().window(10**6, 5 * 10**5)
    assert math.isfinite(state.level)
    assert state.alarm_at == 10**6


def test_the_mean_time_to_a_false_alarm_is_what_was_declared_or_more():
    rng = np.random.default_rng(7)
    for window in (1, 25):
        setting = Setting(0.02, 1.0, window, 500.0)
        times = np.array([rise_delay(setting, rng) for _ in range(150)])
        assert times.mean() + 2.58 * times.std() / len(times) ** 0.5 >= 500
        assert times.mean() >= 500  # and with room to spare at this seed


def test_dependence_that_keeps_the_conditional_rate_brings_no_earlier_alarm():
    # Events in long droughts and floods that never exceed the baseline given the past.
    rng = np.random.default_rng(8)
    times = []
    for _ in range(80):
        state = DetectorPlan(baseline=0.05, run_length=400.0).start()
        last = 0
        while state.alarm_at is None:
            rate = 0.05 if last else 0.05 * rng.random()
            last = int(rng.binomial(20, rate))
            state = state.window(20, last)
        times.append(state.requests)
    assert np.mean(times) >= 400


def test_a_thousand_series_share_one_promise():
    rng = np.random.default_rng(9)
    series, declared, rate = 1000, 60.0, 2.0
    budget = AlarmBudget(seconds=declared)
    lengths = budget.run_lengths({str(i): (1.0 + i % 3, rate) for i in range(series)})
    assert math.fsum(declared * rate / length for length in lengths.values()) == pytest.approx(1.0)
    firsts = []
    for _ in range(8):
        first = math.inf
        for length in lengths.values():
            state = DetectorPlan(baseline=0.02, run_length=length, ratios=(3.0, 10.0)).start()
            while state.alarm_at is None and state.requests / rate < min(first, 40 * declared):
                state = state.quiet(int(rng.geometric(0.02)) - 1).event()
            if state.alarm_at is not None:
                first = min(first, state.alarm_at / rate)
        firsts.append(min(first, 40 * declared))
    assert np.mean(firsts) >= declared


def test_series_without_notice_never_use_more_than_the_reserve():
    budget = AlarmBudget(seconds=1000.0, reserve=0.25)
    known = budget.run_lengths({"a": (1.0, 5.0), "b": (3.0, 5.0)})
    spent = sum(5000.0 / length for length in known.values())
    spent += sum(5000.0 / budget.run_length_unforeseen(i, 5.0) for i in range(1, 2000))
    assert 0.999 < spent < 1.0
    with pytest.raises(ValueError, match="kept"):
        AlarmBudget(seconds=1000.0).run_length_unforeseen(1, 5.0)


@pytest.mark.parametrize(
    ("times", "published", "ours"), [(2.0, 31.5, 3), (3.0, 17.3, 2), (10.0, 7.5, 1), (30.0, 5.3, 1)]
)
def test_events_to_an_alarm_are_those_of_the_design_study(times, published, ours):
    # p0 = 1e-5, one false alarm in 1e8; its mixture lacked 1.2, which costs half an event.
    rng = np.random.default_rng(int(times))
    mean = np.mean([events_to_alarm(1e-5, times, 1e8, rng) for _ in range(200)])
    assert mean == pytest.approx(published, abs=ours + 0.5)


@pytest.mark.parametrize(
    ("rate", "baseline", "times", "minutes"),
    [(200, 0.001, 1.2, 90.0), (200, 0.001, 2.0, 5.0), (200, 0.001, 3.0, 2.0), (10, 0.01, 2.0, 10)],
)
def test_a_risen_rate_is_found_within_minutes(rate, baseline, times, minutes):
    rng = np.random.default_rng(11)
    setting = Setting(baseline, times, 10 * rate, float(MONTH * rate))
    delays = [rise_delay(setting, rng) / rate / 60 for _ in range(41)]
    assert sorted(delays)[20] <= minutes


def test_canaries_missed_five_times_as_often_are_found_within_six_hours():
    rng = np.random.default_rng(12)
    hours = sorted(rise_delay(Setting(0.02, 5.0, 1, 720.0 * 20), rng) / 20 for _ in range(101))
    assert hours[50] <= 6.0


def test_the_rule_of_three_deviations_gives_a_thousand_false_alarms_a_month():
    assert 1000 < z_alarms(0.001, 2000, 30 * 8640, np.random.default_rng(13)) < 1400


def test_a_baseline_is_the_upper_limit_of_the_calibration_with_the_unassessed():
    assert baseline_from(3, 1000, 2, 0.05) == clopper_pearson_upper(5, 1000, 0.05)
    with pytest.raises(NoEvidence):
        baseline_from(0, 0, 0, 0.05)


@pytest.mark.parametrize("rate", [0.02, 0.3])
@pytest.mark.parametrize("requests", [1, 7, 40])
def test_the_evidence_is_worth_at_most_one_where_the_claim_holds(rate, requests):
    events = np.arange(requests + 1)
    weights = stats.binom.pmf(events, requests, rate)
    below = [math.exp(log_evidence_below(int(k), requests, rate)) for k in events]
    above = [math.exp(log_evidence_above(int(k), requests, rate)) for k in events]
    assert float(weights @ below) == pytest.approx(1.0, rel=1e-9)
    assert float(weights @ above) <= 1.0 + 1e-9


@pytest.mark.parametrize(("events", "requests", "rate"), [(3, 50, 0.1), (40, 1000, 0.03)])
def test_the_evidence_is_the_mixture_that_it_claims_to_be(events, requests, rate):
    def ratio(u):
        log = events * math.log(u) + (requests - events) * (
            math.log1p(-u * rate) - math.log1p(-rate)
        )
        return math.exp(log)

    below = integrate.quad(lambda v: ratio(v * v), 0, 1)[0]  # u = v^2 takes the pole away
    above = integrate.quad(lambda u: 0.5 * u**-1.5 * ratio(u), 1, 1 / rate, limit=200)[0]
    assert math.exp(log_evidence_below(events, requests, rate)) == pytest.approx(below, rel=1e-6)
    assert math.exp(log_evidence_above(events, requests, rate)) == pytest.approx(above, rel=1e-6)


def test_limits_hold_at_every_moment_of_a_long_run():
    rng = np.random.default_rng(14)
    low = high = 0
    for _ in range(120):
        looks = np.cumsum(rng.random(2000) < 0.05)[[9, 29, 99, 299, 999, 1999]]
        sizes = (10, 30, 100, 300, 1000, 2000)
        limits = [
            (rate_lower(int(k), n, 0.05), rate_upper(int(k), n, 0.05))
            for k, n in zip(looks, sizes, strict=True)
        ]
        low += any(lower > 0.05 for lower, _ in limits)
        high += any(upper < 0.05 for _, upper in limits)
    assert stats.binom.sf(low - 1, 120, 0.05) > 0.005
    assert stats.binom.sf(high - 1, 120, 0.05) > 0.005


def test_limits_of_nothing_and_of_everything():
    assert rate_lower(0, 50, 0.05) == 0.0
    assert rate_upper(50, 50, 0.05) == 1.0
    assert rate_upper(0, 10**6, 0.05) * 10**6 == pytest.approx(3.79, abs=0.02)
    with pytest.raises(NoEvidence):
        rate_upper(0, 0, 0.05)


def test_the_change_is_where_it_was_and_the_limits_hold_the_new_rate():
    rng = np.random.default_rng(15)
    plan = DetectorPlan(baseline=0.01, run_length=1e6)
    held, off = 0, []
    for _ in range(60):
        state = no_change(plan)
        for at in range(60):
            events = int(rng.binomial(100, 0.01 if at < 40 else 0.05))
            state = after_window(state, plan, at * 1000, (100, events, 0))
        found = change_estimate(state, 0.05)
        held += found.lower <= 0.05 <= found.upper
        off.append(abs(found.stretch.start_ms / 1000 - 40))
    assert held >= 57
    assert np.median(off) <= 1


def test_unassessed_requests_widen_both_limits_since_the_change():
    plan = DetectorPlan(baseline=0.01, run_length=1e6)
    sure = change_estimate(after_window(no_change(plan), plan, 0, (100, 10, 0)), 0.05)
    lost = change_estimate(after_window(no_change(plan), plan, 0, (100, 8, 2)), 0.05)
    assert lost.lower < sure.lower
    assert lost.upper == sure.upper
    assert lost.estimate == sure.estimate == 0.1


def test_nothing_counted_shows_no_change():
    plan = DetectorPlan(baseline=0.01, run_length=1e6)
    assert change_estimate(no_change(plan), 0.05) is None


def test_parts_of_a_level_without_an_end_sum_to_one():
    parts = [tail_share(i) for i in range(1, 5000)]
    assert math.fsum(parts) == pytest.approx(1 - 1 / math.log2(5001), rel=1e-12)
    assert parts == sorted(parts, reverse=True)
    with pytest.raises(ValueError, match="number 1"):
        tail_share(0)
