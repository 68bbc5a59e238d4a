"""A log that is counted at once, segment by segment, gives what a worker gives."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context

import pytest

from live_flow import exchange_counts, traffic
from shipworthy.kernel import Problem
from shipworthy.traffic.flow import (
    LocalWork,
    ResultStore,
    add_entries,
    backfill,
    count_all,
    ray_mapper,
)
from shipworthy.traffic.logs import Stored, open_writer
from shipworthy.traffic.logs.segment import sealed_parts


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backfill")
    options = {"folder": str(folder / "log"), "partitions": 2, "segment_bytes": 60_000}

    async def append():
        writer = await open_writer("segment", options)
        entries = traffic(1500)
        for at in range(0, len(entries), 25):
            await writer.append(entries[at : at + 25])
        await writer.seal()
        await writer.close()

    asyncio.run(append())
    work = LocalWork("segment", options, "alone", exchange_counts, folder / "alone.sqlite")
    asyncio.run(count_all(work))
    store = ResultStore(work.results)
    yield folder / "log", options, store.digest(), store.tally()
    store.close()


def filled(written, tmp_path, mapper):
    folder, _, digest, tally = written
    store = ResultStore(tmp_path / "filled.sqlite")
    try:
        count = backfill(folder, exchange_counts, store, mapper)
        assert count == len(sealed_parts(folder)) > 10
        assert store.digest() == digest
        assert store.tally() == tally
        assert sum(tally.late.values()) > 50
        assert tally.repeated > 20
        assert backfill(folder, exchange_counts, store, mapper) == 0, "a second time adds nothing"
        assert store.digest() == digest
    finally:
        store.close()


def test_segments_in_one_process_give_the_results_of_a_worker(written, tmp_path):
    filled(written, tmp_path, map)


@pytest.mark.slow
def test_segments_in_two_processes_give_the_results_of_a_worker(written, tmp_path):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        filled(written, tmp_path, pool.map)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed: shipworthy[ray]")
def test_segments_on_a_ray_cluster_give_the_results_of_a_worker(written, tmp_path):
    import ray

    try:
        filled(written, tmp_path, ray_mapper(num_cpus=2, include_dashboard=False))
    finally:
        ray.shutdown()


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_ray_that_is_not_there_is_named():
    with pytest.raises(Problem) as missing:
        ray_mapper()
    assert missing.value.diagnostics[0].code == "extra-missing"
    assert "shipworthy[ray]" in missing.value.diagnostics[0].help


def test_a_backfill_goes_on_in_the_middle_of_a_segment_and_a_worker_after_it(written, tmp_path):
    folder, options, digest, tally = written
    store = ResultStore(tmp_path / "some.sqlite")
    part = sealed_parts(folder)[0]
    add_entries(exchange_counts(), store, list(part.entries())[:17])
    assert store.progress(part.partition).position == part.first + 17
    backfill(folder, exchange_counts, store)
    store.close()
    work = LocalWork("segment", options, "after", exchange_counts, tmp_path / "some.sqlite")
    asyncio.run(count_all(work))
    again = ResultStore(work.results)
    assert (again.digest(), again.tally()) == (digest, tally)
    again.close()


def test_new_results_begin_with_what_retention_kept_however_they_are_made(tmp_path):
    folder = tmp_path / "log"
    options = {"folder": str(folder), "partitions": 2, "segment_bytes": 20_000}

    async def append():
        writer = await open_writer("segment", options | {"retain_bytes": 60_000})
        for entry in traffic(600):
            await writer.append([entry])
        await writer.seal()
        await writer.close()

    asyncio.run(append())
    assert min(part.first for part in sealed_parts(folder)) > 0
    work = LocalWork("segment", options, "late", exchange_counts, tmp_path / "late.sqlite")
    asyncio.run(count_all(work))
    worker, filled = ResultStore(work.results), ResultStore(tmp_path / "filled.sqlite")
    backfill(folder, exchange_counts, filled)
    assert (filled.digest(), filled.tally()) == (worker.digest(), worker.tally())
    worker.close()
    filled.close()
    held = ResultStore(tmp_path / "held.sqlite")
    first = sealed_parts(folder)[0]
    add_entries(exchange_counts(), held, [Stored(first.partition, 0, "", b"")])
    with pytest.raises(Problem) as removed:
        backfill(folder, exchange_counts, held)
    assert removed.value.diagnostics[0].code == "log-removed"
    held.close()
