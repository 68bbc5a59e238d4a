"""Drift of the mix and clusters of accounts: found in traffic, one promise, the same every time."""

import asyncio
import dataclasses
import json
import random
from datetime import datetime
from itertools import count

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live_traffic import BEGAN_MS, MONITOR, exchange, write_monitor
from shipworthy.app.live.monitoring.alarming import (
    CLUSTER_SHARE,
    DRIFT_SHARE,
    cluster_standing,
    drift_standing,
    feed,
    recalibrate,
    watch_groups,
    watch_mix,
    watch_plan,
)
from shipworthy.app.live.monitoring.looking.counting import Beside, Row
from shipworthy.app.live.monitoring.looking.mixing import Mixing, bands_of
from shipworthy.app.live.monitoring.looking.rechecking import Rechecked
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.opening import open_monitor
from shipworthy.app.live.monitoring.running import evaluate, one_off
from shipworthy.app.live.monitoring.stakes import stakes_of
from shipworthy.app.live.monitoring.state import Looked, MonitorState
from shipworthy.app.live.monitoring.working import Budget, Worker, mixing_of
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import FixedClock, Problem, Registry
from shipworthy.records.live import ExchangeContent
from shipworthy.records.live.alarms import AcceptedBand
from shipworthy.records.live.monitors import ClustersSection, DriftSection
from shipworthy.stages.monitoring import WatchPlan
from shipworthy.statistics.monitoring import bands, signature, word_features
from shipworthy.vocabulary import LayerAction, Message

HOUR, ALL = 3_600_000, 2**62
DRIFT = DriftSection(features=("route", "length"), reference_windows=4)
GROUPS = ClustersSection(baseline="0.05", reason="a test")
KEY = b"k" * 32
LAYER = "output-filter"
TABLES = """
[drift]
features = ["route", "length"]
window_seconds = 3600
reference_windows = 4

[clusters]
baseline = "0.05"
reason = "a test"
"""


def known(*, held=False):
    action = LayerAction(layer=LAYER, action="withheld" if held else "passed")
    return assess(exchange(0), Rechecked((action,)), "", frozenset({LAYER}))


def said(text, account, **changes):
    message = Message(role="user", content=text)
    content = ExchangeContent(messages=(message,), text="yes")
    return exchange(0, account=account, content=(content,), **changes)


def mixed(route, account, at_ms, name):
    beside = Beside(account=account, bins=json.dumps({"route": route, "length": "2^4"}))
    return Row(name, at_ms, 0, 0, known(), name.encode(), 0, beside)


def add(state, rows):
    """Each row in a partition of its own, so that no place is taken twice."""
    numbered = [dataclasses.replace(one, partition=place) for place, one in enumerate(rows)]
    state.add(Looked(numbered, [], {}, {}), [LAYER])


@pytest.fixture
def state(tmp_path):
    made = MonitorState(tmp_path, 10_000)
    yield made
    made.close()


def hour_of(number, streamed, accounts=60, each=1):
    rows = []
    for account in range(accounts):
        route = "chat.stream" if account < streamed else "chat"
        for again in range(each):
            at_ms = BEGAN_MS // HOUR * HOUR + number * HOUR + account * 1000 + again
            rows.append(mixed(route, f"u{account}", at_ms, f"{number}-{account}-{again}"))
    return rows


def test_traffic_of_another_mix_is_a_drift_and_says_so_once(state):
    for number in range(8):
        add(state, hour_of(number, 10 if number < 4 else 50))
    (alarm,) = watch_mix(state, DRIFT, ALL)
    assert (alarm.kind, alarm.metric) == ("recalibrate", "mix.route")
    assert state.alarms() == (alarm,)
    route, length = drift_standing(state, DRIFT)
    assert route.raised
    assert not length.raised
    assert (route.reference, route.wanted) == (4, 4)
    assert float(route.distance) > 0.5
    assert watch_mix(state, DRIFT, ALL) == ()


def test_after_a_drift_was_dealt_with_the_calibration_begins_anew(state):
    for number in range(8):
        add(state, hour_of(number, 10 if number < 4 else 50))
    (alarm,) = watch_mix(state, DRIFT, ALL)
    for _ in range(2):
        recalibrate(state, DRIFT, [alarm.id, "another"])
    route, length = drift_standing(state, DRIFT)
    assert (route.reference, route.period, length.reference) == (0, 0, 4)
    for number in range(8, 16):
        add(state, hour_of(number, 50))
    assert watch_mix(state, DRIFT, ALL) == ()
    assert drift_standing(state, DRIFT)[0].period == 2


def test_the_same_mix_is_no_drift_and_a_busy_account_counts_once(state):
    for number in range(12):
        rows = hour_of(number, 10)
        add(state, rows)
        if number > 5:
            start = rows[0].at_ms
            add(state, [mixed("chat.stream", "u59", start + 9 + n, f"{number}x{n}") for n in range(900)])  # fmt: skip  # noqa: E501 - one line of traffic
    assert watch_mix(state, DRIFT, ALL) == ()


def test_a_window_waits_until_it_is_over(state):
    add(state, hour_of(0, 10))
    start = BEGAN_MS // HOUR * HOUR
    watch_mix(state, DRIFT, start + HOUR - 1)
    assert drift_standing(state, DRIFT)[0].reference == 0
    watch_mix(state, DRIFT, start + HOUR)
    assert drift_standing(state, DRIFT)[0].reference == 1


def test_bins_are_few_whatever_is_sent():
    mixing = Mixing(features=("route", "length", "turns", "score"))
    beside = mixing.beside(said("x" * 1000, "u", stream=True), known())
    assert msgspec.json.decode(beside.bins) == {
        "route": "chat.stream",
        "length": "2^10",
        "turns": "2^1",
        "score": "none",
    }
    assert beside.bands == b""
    assert mixing.beside(exchange(1, content=()), known()).account == "u1"


def like(number, account, *, weak, at_ms=None):
    """One of many wordings of one request, by one account."""
    words = "please tell me how to open the back door of the boat house at night without a key"
    changed = words.split()
    changed[number % len(changed)] = f"word{number}"
    record = said(" ".join(changed), account)
    beside = Mixing(key=KEY).beside(record, known(held=weak))
    at_ms = at_ms or BEGAN_MS + number * 1000
    return Row(f"l{number}", at_ms, 0, 0, known(), f"l{number}".encode(), 0, beside)


def test_accounts_that_send_like_texts_are_named_without_saying_who(state):
    add(state, [like(n, f"secret-{n}", weak=True) for n in range(12)])
    (alarm,) = watch_groups(state, GROUPS, ALL)
    assert alarm.kind == "cluster"
    assert alarm.accounts >= 5
    assert "secret" not in str(alarm)
    standing = cluster_standing(state, GROUPS)
    assert (standing.exchanges, standing.named) == (12, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [like(n, f"u{n}", weak=False) for n in range(40)],
        [like(n, "one", weak=True) for n in range(40)],
        [like(n, f"u{n % 4}", weak=True) for n in range(40)],
    ],
)
def test_harmless_and_single_accounts_are_not_named(state, rows):
    add(state, rows)
    assert watch_groups(state, GROUPS, ALL) == ()


def test_nobody_is_grouped_where_nobody_is_told_apart_or_nothing_was_kept():
    mixing = Mixing(key=KEY)
    assert mixing.beside(said("a b c", ""), known()).bands == b""
    assert mixing.beside(exchange(1, content=()), known()).bands == b""
    words = word_features("a b c", KEY)
    kept = mixing.beside(said("a b c", "u"), known())
    assert bands_of(kept.bands) == bands(signature(words))
    assert not kept.weak
    assert Mixing(key=KEY, weak_score=-(2**40)).beside(said("a", "u"), known()).weak is False


def parts(whole, seed):
    chance, cuts = random.Random(seed), []
    left = list(whole)
    while left:
        size = chance.randint(20, 120)
        cuts.append(left[:size])
        left = left[size:]
    return cuts


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6))
def test_restarts_and_cuts_of_the_traffic_change_nothing(tmp_path_factory, seed):
    rows = [one for n in range(9) for one in hour_of(n, 10 if n < 4 else 55, accounts=25)]
    rows += [like(n, f"u{n}", weak=n % 3 > 0, at_ms=BEGAN_MS + n * HOUR // 3) for n in range(24)]
    rows.sort(key=lambda one: (one.at_ms, one.id))
    found = []
    for cuts in ([rows], parts(rows, seed)):
        folder = tmp_path_factory.mktemp("state")
        for cut in cuts:
            one = MonitorState(folder, 10_000)
            add(one, random.Random(seed).sample(cut, len(cut)))
            watch_mix(one, DRIFT, cut[-1].at_ms)
            watch_groups(one, GROUPS, cut[-1].at_ms)
            one.close()
        one = MonitorState(folder, 10_000)
        watch_mix(one, DRIFT, ALL)
        watch_groups(one, GROUPS, ALL)
        found.append((one.alarms(), drift_standing(one, DRIFT), cluster_standing(one, GROUPS)))
        one.close()
    assert found[0] == found[1]
    assert {alarm.kind for alarm in found[0][0]} == {"recalibrate", "cluster"}


def test_all_of_them_share_the_one_promise():
    band = AcceptedBand(metric="detected.x.deployed", upper="0.01", source="a test")
    alone = watch_plan([band], 30, 10, 0.05)
    together = watch_plan([band], 30, 10, 0.05, one_off=DRIFT_SHARE + CLUSTER_SHARE)
    assert isinstance(alone, WatchPlan)
    assert together.budget.seconds * (1 - DRIFT_SHARE - CLUSTER_SHARE) == pytest.approx(
        alone.budget.seconds
    )


def monitor_of(folder, tables, now="2026-11-01T00:00:00+00:00", **environment):
    around = Surroundings(
        Registry.installed(), environment, FixedClock(datetime.fromisoformat(now))
    )
    return open_monitor(write_monitor(folder, MONITOR + tables), around)


def test_the_monitor_looks_and_says_where_both_stand(tmp_path):
    monitor = monitor_of(tmp_path, TABLES)
    assert one_off(monitor) == pytest.approx(0.1)
    found = monitor.open_state()
    worker, numbers = Worker(monitor, found, Budget(0)), count()
    stakes = stakes_of(monitor)
    for number in range(7):
        records = [
            said(
                f"w{n} when does the boat leave today",
                f"u{n}",
                id=f"{number}-{n}",
                stream=number > 3,
                at_ms=BEGAN_MS + number * HOUR + n,
            )
            for n in range(40)
        ]
        from shipworthy.traffic.logs import Stored

        entries = [Stored(0, next(numbers), "", msgspec.json.encode(one)) for one in records]
        found.add(asyncio.run(worker.look(entries)), monitor.layers)
        standing = evaluate(monitor, found, stakes, None, ended=True).standing
    assert [one.feature for one in standing.drift] == ["mix.route", "mix.length"]
    assert standing.drift[0].raised
    assert standing.clusters.exchanges == 280
    (alarm,) = [one.alarm for one in standing.alarms if one.alarm.kind == "recalibrate"]
    assert alarm.metric == "mix.route"
    assert feed(found, None, ALL) == ()
    found.close()


def test_two_states_with_one_secret_sketch_alike_and_others_do_not(tmp_path):
    keyed = TABLES.replace('reason = "a test"', 'reason = "a test"\nkey_variable = "SKETCH"')
    monitor = monitor_of(tmp_path, keyed, SKETCH="long")
    first, second = MonitorState(tmp_path / "a", 10_000), MonitorState(tmp_path / "b", 10_000)
    assert mixing_of(monitor, first) == mixing_of(monitor, second)
    drawn = monitor_of(tmp_path, TABLES)
    assert mixing_of(drawn, first) != mixing_of(drawn, second)
    with pytest.raises(Problem) as caught:
        mixing_of(monitor_of(tmp_path, keyed), first)
    assert caught.value.diagnostics[0].code == "monitor-secret"
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("reference_windows = 4", "reference_windows = 1"),
        ('features = ["route", "length"]', 'features = ["route", "route"]'),
        ('features = ["route", "length"]', 'features = ["rout"]'),
        ('baseline = "0.05"', 'baseline = "5"'),
        ('reason = "a test"\n', 'reason = " "\n'),
        ('reason = "a test"\n', 'reason = "a"\naction = "restrict"\n'),
        ("window_seconds = 3600", "window_seconds = 1"),
        ("window_seconds = 3600", 'tolerance = "2"'),
    ],
)
def test_wrong_tables_are_explained(tmp_path, before, after):
    assert before in TABLES
    with pytest.raises(Problem) as caught:
        monitor_of(tmp_path, TABLES.replace(before, after))
    assert caught.value.diagnostics[0].code == "monitor-file-invalid"
