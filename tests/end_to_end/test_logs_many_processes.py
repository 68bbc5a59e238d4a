"""One process and many give the same bytes, whoever is killed or paused on the way."""

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import threading
import time

import pytest

from live_flow import exchange_counts, id_counts, queries, traffic
from shipworthy.traffic.flow import LocalWork, Pace, ResultStore, count_all, run_local
from shipworthy.traffic.logs import open_writer

COUNT = 3000


def work(folder, name, flow=exchange_counts):
    options = {"folder": str(folder / "log"), "partitions": 4, "lease_seconds": 1}
    pace = Pace(batch=40, wait_s=0.05, commit_s=0.2, idle_ms=1000)
    return LocalWork("segment", options, name, flow, folder / f"{name}.sqlite", pace)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traffic")

    async def append():
        writer = await open_writer("segment", work(folder, "x").options)
        entries = traffic(COUNT)
        for at in range(0, len(entries), 100):
            await writer.append(entries[at : at + 100])
        await writer.close()

    asyncio.run(append())
    return folder


@pytest.fixture(scope="module")
def alone(written):
    asked = work(written, "alone")
    asyncio.run(count_all(asked))
    return outcome(asked)


def outcome(asked):
    store = ResultStore(asked.results)
    try:
        return store.digest(), store.tally()
    finally:
        store.close()


def test_the_numbers_of_one_process_are_those_of_a_plain_loop(written, alone):
    store = ResultStore(written / "alone.sqlite")
    tally = alone[1]
    minutes = list(store.states(queries()[0]))
    accounts = list(store.states(queries()[1]))
    store.close()
    late, repeated, refused = sum(tally.late.values()), tally.repeated, len(tally.refused)
    entries = traffic(COUNT)
    assert late > 100
    assert repeated > 50
    assert refused == sum(entry.body.startswith(b'{"type": "some') for entry in entries) > 10
    counted = sum(state["requests"] for _, _, state in minutes)
    assert counted + late + repeated + refused == len(entries)
    assert counted == sum(state["requests"] for _, _, state in accounts)
    assert sum(state.get("events", 0) for _, _, state in minutes) > 100


def counted(store):
    return sum(store.tally().positions.values())


@contextlib.contextmanager
def disturbed(asked, name, every, seed):
    """Send a signal to one of the workers each time that so many more entries were counted."""
    chance, over, sent = random.Random(seed), threading.Event(), []

    def disturb():
        store, due = ResultStore(asked.results), every
        try:
            while not over.wait(0.002):
                team = multiprocessing.active_children()
                if counted(store) < due or not team:
                    continue
                due += every
                victim = chance.choice(team)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim.pid, name)
                    sent.append(victim.pid)
                    if name == signal.SIGSTOP:
                        time.sleep(2.2)  # more than twice the lease
                        os.kill(victim.pid, signal.SIGCONT)
        finally:
            store.close()

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2, 4])
def test_killed_workers_change_no_result(written, alone, processes):
    asked = work(written, f"killed-{processes}")
    with disturbed(asked, signal.SIGKILL, COUNT // 6, processes) as sent:
        run_local(asked, processes, restarts=50)
    assert outcome(asked) == alone
    assert sent


@pytest.mark.slow
def test_paused_workers_change_no_result(written, alone):
    asked = work(written, "paused")
    with disturbed(asked, signal.SIGSTOP, COUNT // 3, 5) as sent:
        run_local(asked, 2, restarts=50)
    assert outcome(asked) == alone
    assert sent


@pytest.mark.slow
def test_every_exchange_is_counted_once_by_its_id(written):
    asked = work(written, "ids", id_counts)
    run_local(asked, 2)
    store = ResultStore(asked.results)
    found = {key: state for _, key, state in store.states(id_counts().queries[0])}
    store.close()
    assert found == {f"x{number}": {"n": 1} for number in range(COUNT)}
