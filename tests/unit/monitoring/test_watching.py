"""The pure stage: windows to alarms, bands, what follows, silence, drift, clusters."""

import msgspec
import pytest

from shipworthy.kernel import Problem
from shipworthy.kernel.canonical import canonical_bytes
from shipworthy.records.live.alarms import AcceptedBand, Alarm, ReopenRule, SinceChange
from shipworthy.records.live.windows import Histogram, LogGap, WindowCounts
from shipworthy.stages.monitoring import (
    ANY_KEY,
    DEFAULT_RULES,
    DriftPlan,
    DriftWatch,
    Expected,
    WatchedSeries,
    WatchPlan,
    WatchState,
    band_of_series,
    canary_windows,
    gaps,
    judge_band,
    restarted,
    series_name,
    silences,
    watch,
    watch_cluster,
    watch_drift,
    what_follows,
)
from shipworthy.statistics.monitoring import AlarmBudget, ClusterPlan, ClusterState

METRIC = "detected.leak.deployed"
PLAN = WatchPlan(
    series=(WatchedSeries(metric=METRIC, baseline=0.01, requests_per_second=10.0),),
    budget=AlarmBudget(seconds=86_400.0),
)


def window(at, requests=100, events=1, unassessed=0, **changes):
    return WindowCounts(
        **{
            "metric": METRIC,
            "start_ms": at * 10_000,
            "length_ms": 10_000,
            "requests": requests,
            "events": events,
            "unassessed": unassessed,
        }
        | changes
    )


def after(*windows, plan=PLAN):
    return watch(plan, WatchState(), windows)


def test_a_rise_is_one_alarm_with_its_rate_and_its_begin():
    calm = [window(at) for at in range(30)]
    state, alarms = after(*calm, *(window(at, events=12) for at in range(30, 40)))
    (alarm,) = alarms
    assert alarm.kind == "rise"
    assert alarm.baseline == "0.01"
    assert alarm.since.change_ms == 300_000
    assert float(alarm.evidence) >= float(alarm.needed) == 864_000
    assert float(alarm.since.lower) > 0.01
    assert float(alarm.since.lower) < float(alarm.since.estimate) == 0.12
    assert "0.12" not in alarm.why
    assert "normal is at most 0.01" in alarm.why
    assert canonical_bytes(alarm)
    assert watch(PLAN, state, [window(41, events=50)])[1] == ()


def test_calm_traffic_raises_nothing_and_nothing_is_not_inside():
    state, alarms = after(*(window(at, events=0) for at in range(3)))
    assert alarms == ()
    band = AcceptedBand(metric=METRIC, upper="0.01", source="calibration")
    assert band_of_series(state.series[METRIC], band, 0.05).place == "not-shown"
    silent, _ = after(window(0, requests=0, events=0))
    vacuous = AcceptedBand(metric=METRIC, upper="1", source="calibration")
    found = band_of_series(silent.series[METRIC], vacuous, 0.05)
    assert found.place == judge_band(found, vacuous) == "not-shown"


def test_requests_without_an_outcome_count_as_events():
    _, alarms = after(*(window(at, events=0, unassessed=12) for at in range(10)))
    assert alarms[0].since.unassessed > 0
    assert alarms[0].since.events == 0
    assert alarms[0].since.lower == "0.000000000"


def test_an_alarm_that_was_dealt_with_starts_again():
    state, alarms = after(*(window(at, events=15) for at in range(10)))
    again = restarted(state, METRIC)
    assert again.series[METRIC].requests == 0
    _, more = watch(PLAN, again, [window(at, events=15) for at in range(20, 30)])
    assert len(alarms) == len(more) == 1
    assert more[0].id != alarms[0].id
    assert restarted(state, "other") == state


def test_a_series_that_nobody_watches_is_a_problem():
    with pytest.raises(Problem, match="nothing says what is normal for `other"):
        after(window(0, metric="other"))


def test_keys_that_turn_up_share_the_reserve():
    series = (
        WatchedSeries(metric=METRIC, baseline=0.01, requests_per_second=10.0),
        WatchedSeries(metric=METRIC, key=ANY_KEY, baseline=0.02, requests_per_second=1.0),
    )
    plan = WatchPlan(series=series, budget=AlarmBudget(seconds=86_400.0, reserve=0.5))
    state, _ = after(
        window(0), window(0, key="b"), window(1, key="b"), window(0, key="a"), plan=plan
    )
    assert state.unforeseen == 2
    lengths = {name: one.detector.plan.run_length for name, one in state.series.items()}
    assert lengths[METRIC] == 2 * 864_000
    assert lengths[series_name(METRIC, "b")] == 86_400 * 2 / 0.5
    assert lengths[series_name(METRIC, "a")] == 86_400 * 6 / 0.5
    assert state.series[series_name(METRIC, "b")].detector.plan.baseline == 0.02


def test_the_state_survives_being_written_down():
    state, _ = after(*(window(at, events=2) for at in range(5)))
    assert msgspec.json.decode(msgspec.json.encode(state), type=WatchState) == state


def band(upper):
    return AcceptedBand(metric=METRIC, upper=upper, source="asr.cyber.safeguarded")


def test_a_band_is_left_only_where_the_lower_limit_is_beyond_it():
    state, _ = after(*(window(at, requests=1000, events=30) for at in range(10)))
    series = state.series[METRIC]
    places = {upper: band_of_series(series, band(upper), 0.05).place for upper in ("0.02", "0.03")}
    places["0.05"] = band_of_series(series, band("0.05"), 0.05).place
    assert places == {"0.02": "outside", "0.03": "not-shown", "0.05": "inside"}
    found = band_of_series(series, band("0.02"), 0.05)
    assert judge_band(found, band("0.05")) == "inside"
    assert float(found.lower) < 0.03 < float(found.upper)
    assert canonical_bytes(found)


def rise(lower="0.03", upper="0.2"):
    since = SinceChange(
        change_ms=0,
        requests=10,
        events=1,
        unassessed=0,
        estimate="0.1",
        lower=lower,
        upper=upper,
        alpha="0.05",
    )
    return Alarm(kind="rise", metric=METRIC, at_ms=5, since=since, why="test")


def test_an_alarm_shows_outside_and_never_inside():
    assert judge_band(rise(), band("0.02")) == "outside"
    assert judge_band(rise(lower="0.001", upper="0.002"), band("0.02")) == "not-shown"
    silence = Alarm(kind="silence", metric=METRIC, at_ms=5, why="test")
    assert judge_band(silence, band("0.9")) == "not-shown"


def test_the_table_says_what_follows_and_the_strictest_row_wins():
    silence = Alarm(kind="silence", metric="source", at_ms=1, why="test")
    drift = Alarm(kind="recalibrate", metric="score", at_ms=1, why="test")
    assert what_follows(DEFAULT_RULES, [], [], 9) is None
    assert what_follows(DEFAULT_RULES, [drift], [], 9).action == "page-only"
    assert what_follows(DEFAULT_RULES, [drift, silence], [], 9).action == "expire"
    found = what_follows(DEFAULT_RULES, [rise(), silence], [], 9)
    assert (found.action, found.causes) == ("restrict", (rise().id,))
    state, _ = after(*(window(at, requests=1000, events=30) for at in range(10)))
    left = band_of_series(state.series[METRIC], band("0.02"), 0.05)
    kept = band_of_series(state.series[METRIC], band("0.05"), 0.05)
    assert what_follows(DEFAULT_RULES, [], [left], 9).action == "roll-back"
    assert what_follows(DEFAULT_RULES, [], [kept], 9) is None


def test_the_longest_metric_of_the_table_counts():
    rules = (
        *DEFAULT_RULES,
        ReopenRule(metric="detected.", when="rise", action="expire"),
        ReopenRule(metric=METRIC, when="rise", action="roll-back"),
    )
    other = msgspec.structs.replace(rise(), metric="detected.other.deployed")
    assert what_follows(rules, [rise()], [], 9).action == "roll-back"
    assert what_follows(rules, [other], [], 9).action == "expire"
    assert what_follows((), [rise()], [], 9) is None


def test_silence_is_an_alarm_with_one_name():
    expected = [Expected(name="gateway", within_ms=60_000), Expected(name="b", within_ms=60_000)]
    seen = {("gateway", ""): 100_000}
    assert silences(expected, seen, 90_000, 140_000) == ()
    first = silences(expected, seen, 90_000, 170_000)
    later = silences(expected, seen, 90_000, 970_000)
    assert [(one.metric, one.at_ms) for one in first] == [("b", 150_000), ("gateway", 160_000)]
    assert [one.id for one in first] == [one.id for one in later]
    assert "is not known" in first[0].why


def test_what_was_never_seen_is_silent_too():
    (alarm,) = silences([Expected(name="canaries", within_ms=1000)], {}, 5000, 7000)
    assert (alarm.kind, alarm.at_ms) == ("silence", 6000)


def test_a_gap_in_the_log_is_silence():
    gap = LogGap(source="segment", partition=2, from_offset=10, until_offset=25, at_ms=9)
    (alarm,) = gaps([gap])
    assert (alarm.kind, alarm.key) == ("silence", "2:10")
    assert "15 entries" in alarm.why


def histogram(at, **counts):
    return Histogram(feature="score", start_ms=at * 1000, length_ms=1000, counts=counts)


def test_drift_asks_for_recalibration_once_a_period():
    reference = tuple(histogram(at, low=160, high=40) for at in range(20))
    plan = DriftPlan(feature="score", reference=reference)
    same, quiet = watch_drift(
        plan, DriftWatch(), [histogram(at, low=800, high=200) for at in range(15)]
    )
    assert quiet == ()
    assert same.period == 1
    moved = [histogram(at, low=600, high=400) for at in range(45)]
    state, alarms = watch_drift(plan, DriftWatch(), moved)
    assert [one.kind for one in alarms] == ["recalibrate"] * 3
    assert state.period == 3
    assert "differ" in alarms[0].why
    assert canonical_bytes(alarms[0])
    tolerant = DriftPlan(feature="score", reference=reference, tolerance=0.5)
    assert watch_drift(tolerant, DriftWatch(), moved)[1] == ()
    assert watch_drift(DriftPlan(feature="score", reference=()), DriftWatch(), moved)[1] == ()


def test_a_cluster_alarm_says_how_many_and_not_who():
    state = ClusterState(ClusterPlan(baseline=0.05))
    found = [
        watch_cluster(state, f"account-{i}", frozenset(range(50)), i, weak=True) for i in range(9)
    ]
    (alarm,) = [one for one in found if one]
    assert alarm.kind == "cluster"
    assert alarm.accounts >= 5
    assert "account-" not in alarm.why
    assert canonical_bytes(alarm)


def test_canaries_are_counted_one_by_one_and_lost_ones_as_missed():
    metric = "asr.cyber.deployed"
    plan = WatchPlan(
        series=(WatchedSeries(metric=metric, baseline=0.02, requests_per_second=20 / 3600),),
        budget=AlarmBudget(seconds=30 * 86_400.0),
    )
    caught = [(at * 180_000, False) for at in range(200)]
    lost = [(at * 180_000, None if at % 2 else True) for at in range(200, 210)]
    windows = canary_windows(metric, [*lost, *caught])
    assert [one.start_ms for one in windows] == sorted(one.start_ms for one in windows)
    (alarm,) = watch(plan, WatchState(), windows)[1]
    assert alarm.since.change_ms == 200 * 180_000
    assert alarm.since.unassessed > 0
    assert watch(plan, WatchState(), canary_windows(metric, caught))[1] == ()


@pytest.mark.parametrize(
    "changes", [{"events": 101}, {"events": -1}, {"length_ms": 0}, {"events": 60, "unassessed": 41}]
)
def test_windows_with_impossible_counts_are_refused(changes):
    with pytest.raises(ValueError, match=r"events|negative|length_ms"):
        window(0, **changes)
