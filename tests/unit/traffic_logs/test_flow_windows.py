"""Windows of event time: when they close, what is late, and what an idle partition holds up."""

import asyncio
import json
import resource
import signal
import sqlite3

import pytest

from shipworthy.kernel import Problem
from shipworthy.traffic.flow import Flow, Pace, ResultStore, Worker, add_entries, counting
from shipworthy.traffic.logs import Entry, Stored, open_reader, open_writer

PER_TEN = counting("tens", 10, lambda at: (f"{at % 2}",), lambda _: {"n": 1})
FLOW = Flow(int, lambda at: f"{at}", lambda at: at, 5, (PER_TEN,))


@pytest.fixture
def store(tmp_path):
    found = ResultStore(tmp_path / "results.sqlite")
    yield found
    found.close()


def entries(partition, times, first=0):
    return [Stored(partition, first + n, "k", f"{at}".encode()) for n, at in enumerate(times)]


def windows(store):
    return {(start, key): state["n"] for start, key, state in store.states(PER_TEN)}


def close(store, partitions=1, idle_ms=1000):
    store.close_windows(store.passed_ms(partitions, idle_ms), FLOW.lateness_ms)
    return [one.start_ms for one in store.closed()]


def test_a_window_closes_when_its_end_and_the_lateness_have_passed(store):
    add_entries(FLOW, store, entries(0, [1, 9, 12, 14]))
    assert close(store) == []
    add_entries(FLOW, store, entries(0, [15], first=4))
    assert close(store) == [0]
    assert windows(store) == {(0, "1"): 2, (10, "0"): 2, (10, "1"): 1}
    assert close(store) == [0], "a closed window is announced once"


def test_what_is_out_of_order_counts_and_what_is_late_is_counted_as_that(store):
    add_entries(FLOW, store, entries(0, [20, 16, 15, 14, 3]))
    assert windows(store) == {(10, "0"): 1, (10, "1"): 1, (20, "0"): 1}
    assert store.tally().late == {0: 2}


def test_all_partitions_must_have_passed(store):
    add_entries(FLOW, store, [*entries(0, [3, 40]), *entries(1, [4, 12])])
    assert close(store, partitions=2) == []
    add_entries(FLOW, store, entries(1, [17], first=2))
    assert close(store, partitions=2) == [0]
    assert close(store, partitions=3) == [0]
    add_entries(FLOW, store, entries(1, [60], first=3))
    assert close(store, partitions=3) == [0], "a partition nobody looked at holds everything"
    assert close(store, partitions=2) == [0, 10]


def test_an_idle_partition_does_not_hold_windows_for_ever(store):
    add_entries(FLOW, store, entries(0, [3, 40]))
    store.note_empty([1], now_ms=1014)
    assert close(store, partitions=2) == []
    store.note_empty([1], now_ms=1015)
    assert close(store, partitions=2) == [0]
    store.note_empty([0, 1], now_ms=1055)
    assert close(store, partitions=2) == [0, 40], "the end of all traffic closes what is left"


def test_what_comes_into_a_closed_window_is_counted_and_the_window_comes_again(store):
    add_entries(FLOW, store, entries(0, [3, 40]))
    store.note_empty([1], now_ms=1030)
    assert close(store, partitions=2) == [0]
    add_entries(FLOW, store, entries(1, [4, 5]))
    assert windows(store)[(0, "0")] == 1
    assert windows(store)[(0, "1")] == 2
    assert [one.start_ms for one in store.closed()] == [0, 0]
    assert [one.start_ms for one in store.closed(after=store.closed()[0].serial)] == [0]


def test_two_workers_that_read_the_same_entries_count_them_once(store, tmp_path):
    other = ResultStore(tmp_path / "results.sqlite")
    some = entries(0, range(100, 150))
    add_entries(FLOW, store, some[:30])
    add_entries(FLOW, other, some[:20])
    add_entries(FLOW, other, some[20:])
    add_entries(FLOW, store, some)
    other.close()
    assert sum(windows(store).values()) == 50
    assert store.tally().positions == {0: 50}


def test_an_id_that_was_written_again_counts_once_and_is_forgotten_when_it_would_be_late(store):
    add_entries(FLOW, store, entries(0, [100, 100, 101, 100]))
    assert store.tally().repeated == 2
    add_entries(FLOW, store, entries(0, [200, 100], first=4))
    assert store.tally().late == {0: 1}
    base = sqlite3.connect(store.path)
    assert base.execute("select id from seen").fetchall() == [("200",)]
    base.close()


def test_an_entry_that_is_no_record_is_kept_in_view(store):
    odd = [Stored(0, 0, "k", b"5"), Stored(0, 1, "k", b"five"), Stored(0, 2, "k", b"\xff")]
    add_entries(FLOW, store, odd)
    tally = store.tally()
    assert [(partition, offset) for partition, offset, _ in tally.refused] == [(0, 1), (0, 2)]
    assert "five" in tally.refused[0][2]
    assert tally.positions == {0: 3}


def test_a_worker_closes_windows_of_a_log_in_which_nothing_comes(tmp_path, store):
    options = {"folder": str(tmp_path / "log"), "partitions": 3, "lease_seconds": 1}
    now = [1_000_000]

    async def scenario():
        writer = await open_writer("segment", options)
        await writer.append([Entry("k", b"100"), Entry("k", b"101")])
        reader = await open_reader("segment", options, "g")
        pace = Pace(wait_s=0.01, idle_ms=1, commit_s=0)
        worker = Worker(reader, FLOW, store, pace, clock=lambda: now[0])
        came = [await worker.step() for _ in range(3)]
        await worker.close()
        again = await open_reader("segment", options, "g")
        left = await again.poll(10, 0.05)
        await again.close()
        await writer.close()
        return came, left

    came, left = asyncio.run(scenario())
    assert came == [2, 0, 0]
    assert not left, "what is counted is committed to the log"
    assert [one.start_ms for one in store.closed()] == [100]


def test_a_file_that_holds_no_results_is_refused(tmp_path):
    path = tmp_path / "results.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(Problem) as refused:
        ResultStore(path)
    assert refused.value.diagnostics[0].code == "flow-store"
    with pytest.raises(Problem):
        ResultStore(tmp_path)


def test_results_on_a_full_disk_stay_as_they_were_and_go_on(store):
    add_entries(FLOW, store, entries(0, range(100, 110)))
    before = (store.digest(), store.tally())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(Problem) as refused:
            add_entries(FLOW, store, entries(0, range(110, 9000), first=10))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert refused.value.diagnostics[0].code == "flow-store"
    assert (store.digest(), store.tally()) == before
    add_entries(FLOW, store, entries(0, range(110, 200), first=10))
    assert sum(windows(store).values()) == 100


def test_keys_and_states_come_back_in_order(store):
    add_entries(FLOW, store, entries(0, [31, 30, 29, 28]))
    assert [(start, key) for start, key, _ in store.states(PER_TEN)] == [
        (20, "0"),
        (20, "1"),
        (30, "0"),
        (30, "1"),
    ]
    assert [start for start, _, _ in store.states(PER_TEN, 30)] == [30, 30]
    assert json.loads(PER_TEN.encode({"n": 0})) == {}
