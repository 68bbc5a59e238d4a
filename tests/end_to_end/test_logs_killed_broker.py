"""A broker killed in mid-traffic: every acknowledged entry comes back, and is counted once."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from live_brokers import KafkaServer, NatsServer, running
from live_flow import id_counts, traffic
from shipworthy.traffic.flow import (
    Flow,
    LocalWork,
    Pace,
    ResultStore,
    count_all,
    counting,
    run_local,
)
from shipworthy.traffic.logs import open_writer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("brokers")]
APPENDER = Path(__file__).parents[1] / "builders" / "log_appender.py"


def name_of(body):
    return body[: len(body) // 20].decode()


def names():
    count = counting("names", 0, lambda name: (name,), lambda name: {"n": 1})
    return Flow(name_of, lambda name: name, lambda name: 0, 0, (count,))


def test_a_killed_nats_server_loses_nothing_that_it_acknowledged(tmp_path):
    with running(NatsServer(tmp_path / "store")) as server:
        options = {"servers": server.address, "stream": "exchanges", "partitions": 2}
        process = subprocess.Popen(
            [sys.executable, str(APPENDER), json.dumps(["nats", options, 4])],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            said = [process.stdout.readline() for _ in range(200)]
            for _ in range(3):
                server.kill()
                time.sleep(0.3)
                server.start()
                said += [process.stdout.readline() for _ in range(100)]
        finally:
            process.kill()
        said += process.communicate()[0].splitlines()
        acknowledged = {line.strip() for line in said if line.strip().count(":") == 1}
        work = LocalWork("nats", options, "count", names, tmp_path / "results.sqlite")
        asyncio.run(asyncio.wait_for(count_all(work), 60))
        store = ResultStore(work.results)
        found = {key: state for _, key, state in store.states(names().queries[0])}
        tally = store.tally()
        store.close()
    assert len(acknowledged) >= 500
    assert acknowledged <= set(found)
    assert set(map(str, found.values())) == {"{'n': 1}"}
    assert not tally.refused
    for task in range(4):
        numbers = sorted(int(one.split(":")[1]) for one in found if one.startswith(f"{task}:"))
        assert numbers == list(range(len(numbers)))
    assert tally.repeated == 0, "a message that was sent again is taken once"


def test_a_worker_waits_for_a_broker_that_comes_back(tmp_path):
    with running(NatsServer(tmp_path / "store")) as server:
        options = {"servers": server.address, "stream": "exchanges", "partitions": 2}
        pace = Pace(batch=20, wait_s=0.05, commit_s=0.1)
        work = LocalWork("nats", options, "count", id_counts, tmp_path / "results.sqlite", pace)
        entries = traffic(600)

        async def scenario():
            writer = await open_writer("nats", options)
            await writer.append(entries)
            counting_all = asyncio.create_task(count_all(work))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.start)
            await asyncio.wait_for(counting_all, 60)
            await writer.close()

        asyncio.run(scenario())
        store = ResultStore(work.results)
        found = {key: state for _, key, state in store.states(id_counts().queries[0])}
        store.close()
    assert found == {f"x{number}": {"n": 1} for number in range(600)}


@pytest.mark.parametrize("kind", ["nats", "kafka"])
def test_two_processes_count_a_broker_s_log_as_one_does(tmp_path, kind):
    server = NatsServer(tmp_path / "store") if kind == "nats" else KafkaServer()
    with running(server):
        where = {"stream": "x"} if kind == "nats" else {"topic": "x", "session_seconds": 6}
        options = {"servers": server.address, "partitions": 4, **where}

        async def append():
            writer = await open_writer(kind, options)
            entries = traffic(1000)
            for at in range(0, len(entries), 100):
                await writer.append(entries[at : at + 100])
            await writer.close()

        asyncio.run(append())
        digests = []
        for processes in (1, 2):
            results = tmp_path / f"{processes}.sqlite"
            work = LocalWork(kind, options, f"g{processes}", id_counts, results)
            run_local(work, processes)
            store = ResultStore(results)
            digests.append(store.digest())
            found = {key: state for _, key, state in store.states(id_counts().queries[0])}
            store.close()
            assert found == {f"x{number}": {"n": 1} for number in range(1000)}
    assert digests[0] == digests[1]
