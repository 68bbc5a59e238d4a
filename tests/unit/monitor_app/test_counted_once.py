"""The state of a monitor: every exchange once, whatever is read again, by however many."""

import asyncio
import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live_traffic import BEGAN_MS, exchange, write_monitor, write_traffic
from shipworthy.app.live.monitoring.opening import open_monitor, open_source
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.live.monitoring.working import Budget, Worker
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Problem, Registry, SystemClock
from shipworthy.traffic.logs import Stored


def monitor_of(folder):
    around = Surroundings(Registry.installed(), os.environ, SystemClock())
    return open_monitor(write_monitor(folder), around)


def read_all(monitor, group="g"):
    state = monitor.open_state()

    async def work():
        reader = await open_source(monitor, group)
        worker = Worker(monitor, state, Budget(0))
        return await worker.run(reader, once=True, stop=lambda: False)

    counted = asyncio.run(work())
    found = (counted, state.totals(), state.metrics())
    state.close()
    return found


@pytest.fixture
def monitor(tmp_path):
    write_traffic(tmp_path / "traffic1.jsonl", [exchange(n, held=n % 10 == 0) for n in range(50)])
    return monitor_of(tmp_path)


def test_reading_again_counts_nothing_again(monitor):
    first = read_all(monitor)
    assert first[0] == 50
    again = read_all(monitor, "another group, which begins at the beginning")
    assert again[0] == 0
    assert again[2] == first[2]


def test_one_exchange_in_two_files_counts_once(monitor, tmp_path):
    read_all(monitor)
    write_traffic(tmp_path / "traffic2.jsonl", [exchange(n) for n in range(45, 60)])
    counted, totals, metrics = read_all(monitor)
    assert counted == 10
    assert (totals.exchanges, totals.again) == (60, 5)
    assert metrics["exchanges"] == (60, 0, 0)


def test_what_is_no_exchange_is_kept_aside_with_its_place(monitor, tmp_path):
    with (tmp_path / "traffic1.jsonl").open("ab") as stream:
        stream.write(b'{"id": 3}\n')
    _, totals, metrics = read_all(monitor)
    assert totals.unreadable == 1
    assert metrics["unreadable"] == (51, 1, 0)
    state = monitor.open_state()
    ((_, _, why),) = state.asides(10)
    state.close()
    assert "id" in why


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6))
def test_any_order_and_repetition_of_deliveries_gives_the_same_counts(tmp_path_factory, seed):
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("state")
    monitor = monitor_of(folder)
    records = [exchange(n, held=n % 5 == 0) for n in range(40)]
    import msgspec

    entries = [Stored(n % 3, n, "", msgspec.json.encode(one)) for n, one in enumerate(records)]
    partitions = [[one for one in entries if one.partition == p] for p in range(3)]
    state = monitor.open_state()
    worker = Worker(monitor, state, Budget(0))
    done = [0, 0, 0]
    while any(done[p] < len(partitions[p]) for p in range(3)):
        p = chance.randrange(3)
        start = chance.randint(0, done[p])  # delivered again from an earlier place
        end = min(len(partitions[p]), start + chance.randint(1, 9))
        if end > start:
            looked = asyncio.run(worker.look(partitions[p][start:end]))
            state.add(looked, monitor.layers)
            done[p] = max(done[p], end)
    found = state.metrics()
    state.close()
    assert found["exchanges"] == (40, 0, 0)
    assert found["detected.output-filter.deployed"] == (40, 8, 0)


def test_a_state_of_other_windows_is_refused(tmp_path):
    MonitorState(tmp_path, 10_000).close()
    with pytest.raises(Problem) as caught:
        MonitorState(tmp_path, 20_000)
    assert caught.value.diagnostics[0].code == "monitor-window"


def test_a_file_that_is_no_state_is_refused(tmp_path):
    (tmp_path / "state.sqlite").write_bytes(b"something else, long enough to be looked at" * 40)
    with pytest.raises(Problem) as caught:
        MonitorState(tmp_path, 10_000)
    assert caught.value.diagnostics[0].code == "monitor-state"


def test_a_window_holds_what_happened_in_it(monitor):
    read_all(monitor)
    state = monitor.open_state()
    windows = list(state.windows("exchanges"))
    state.close()
    assert [window.requests for window in windows] == [50]
    assert windows[0].start_ms == BEGAN_MS - BEGAN_MS % 10_000
