"""Several processes of one machine at work on one log: started, watched, started again."""

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.flow.queries import Flow
from shipworthy.traffic.flow.store import ResultStore
from shipworthy.traffic.flow.worker import Pace, run_worker
from shipworthy.traffic.logs import ends_to_read, open_reader


@dataclass(frozen=True, slots=True)
class LocalWork:
    """What every process does.

    Attributes:
        kind: kind of the log.
        options: options of the log.
        group: name of the group that the processes form.
        flow: returns the flow; a function of a module, for it is called in each process.
        results: the file of the results.
        pace: batch sizes and times.
    """

    kind: str
    options: Mapping[str, object]
    group: str
    flow: Callable[[], Flow[Any]]
    results: Path
    pace: Pace = field(default_factory=Pace)


async def count_all(work: LocalWork) -> None:
    """Count, in this process, all that the log holds by now.

    Raises:
        Problem: as `run_worker`.
    """
    store = ResultStore(work.results)
    try:
        reader = await open_reader(work.kind, work.options, work.group)
        ends = await ends_to_read(reader)
        await run_worker(
            reader, work.flow(), store, stop=lambda: _reached(store, ends), pace=work.pace
        )
    finally:
        store.close()


def run_local(work: LocalWork, processes: int, *, restarts: int = 20, poll_s: float = 0.1) -> None:
    """Count, in so many processes, all that the log holds by now.

    A process that dies is started again; its partitions move on to the others meanwhile.

    Raises:
        Problem: `flow-workers` (environment) when processes died more often than `restarts`; as
            `open_reader` when the log cannot be opened.
    """
    store = ResultStore(work.results)
    try:
        ends = asyncio.run(_ends(work))
        context = multiprocessing.get_context("spawn")

        def start() -> BaseProcess:
            process = context.Process(target=work_until_told, args=(work,), daemon=True)
            process.start()
            return process

        team = [start() for _ in range(processes)]
        try:
            while not _reached(store, ends):
                time.sleep(poll_s)
                dead = [index for index, one in enumerate(team) if not one.is_alive()]
                for index in dead:
                    restarts = _one_less(restarts)
                    team[index] = start()
        finally:
            _stop(team)
    finally:
        store.close()


def work_until_told(work: LocalWork) -> None:
    """Work in this process until it is told to end by SIGTERM."""
    told = False

    def end(_signal: int, _frame: object) -> None:
        nonlocal told
        told = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def run() -> None:
        store = ResultStore(work.results)
        try:
            reader = await open_reader(work.kind, work.options, work.group)
            await run_worker(reader, work.flow(), store, stop=lambda: told, pace=work.pace)
        finally:
            store.close()

    asyncio.run(run())


async def _ends(work: LocalWork) -> Mapping[int, int]:
    reader = await open_reader(work.kind, work.options, work.group)
    try:
        return await ends_to_read(reader)
    finally:
        await reader.close()


def _reached(store: ResultStore, ends: Mapping[int, int]) -> bool:
    return all(store.progress(one).position >= end for one, end in ends.items())


def _one_less(restarts: int) -> int:
    if restarts <= 0:
        raise Problem.of(
            "flow-workers",
            "the workers die as fast as they are started",
            help="run one process to see why; what was counted stays counted",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return restarts - 1


def _stop(team: list[BaseProcess], patience_s: float = 10.0) -> None:
    for process in team:
        process.terminate()
    until = time.monotonic() + patience_s
    for process in team:
        process.join(max(until - time.monotonic(), 0.1))
        if process.is_alive():
            process.kill()
            process.join()
