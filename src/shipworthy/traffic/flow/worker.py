"""A worker: it reads what its group gives it, adds it to the results, and commits."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shipworthy.kernel import Problem
from shipworthy.traffic.flow.absorbing import absorb
from shipworthy.traffic.flow.queries import Flow
from shipworthy.traffic.flow.store import ResultStore
from shipworthy.traffic.logs import LogReader, Stored, ends_to_read

R = TypeVar("R")

_AGAIN_S: Final = 0.5
_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker goes about it.

    Attributes:
        batch: most entries of one transaction.
        wait_s: how long it waits for entries before it looks around.
        commit_s: time between commits to the log. The results hold the positions that count; these
            only spare the next reader what was read already.
        idle_ms: a partition in which nothing comes for so long no longer holds windows open.
        patience_s: how long a broker may be away before the worker gives up.
    """

    batch: int = 1000
    wait_s: float = 0.2
    commit_s: float = 1.0
    idle_ms: int = 60_000
    patience_s: float = 120.0


def wall_ms() -> int:
    """Return the wall clock in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def add_entries(flow: Flow[R], store: ResultStore, entries: Sequence[Stored]) -> dict[int, int]:
    """Add entries to the results; returns the position of each partition that came.

    Entries of one partition must come in order and begin at its position or before it.
    """
    by_partition: dict[int, list[Stored]] = {}
    for entry in entries:
        by_partition.setdefault(entry.partition, []).append(entry)
    return {one: _add(flow, store, one, some) for one, some in by_partition.items()}


def _add(flow: Flow[R], store: ResultStore, partition: int, entries: Sequence[Stored]) -> int:
    while True:
        before = store.progress(partition)
        found = absorb(flow, before, entries, lambda ids: store.known(partition, ids))
        # another worker may have counted the same entries meanwhile: look again where it got to
        if found.after == before or store.apply(flow, partition, before, found):
            return found.after.position


class Worker(Generic[R]):
    """One member of a group at work.

    Args:
        reader: its place in the group; the worker closes it.
        flow: what is computed.
        store: where results go.
        pace: batch sizes and times.
        clock: milliseconds since 1970.
    """

    def __init__(
        self,
        reader: LogReader,
        flow: Flow[R],
        store: ResultStore,
        pace: Pace | None = None,
        clock: Callable[[], int] = wall_ms,
    ) -> None:
        self._reader, self._flow, self._store = reader, flow, store
        self._pace, self._clock = pace or Pace(), clock
        self._waiting: dict[int, int] = {}
        self._committed_at = time.monotonic()
        self._look_at = 0.0

    async def step(self) -> int:
        """Poll once, count what came, close windows; returns how many entries came.

        Raises:
            Problem: as `LogReader.poll`. Losing a partition to another member is none.
        """
        entries = await self._reader.poll(self._pace.batch, self._pace.wait_s)
        if entries:
            self._waiting.update(add_entries(self._flow, self._store, entries))
        else:
            await self._note_empty()
        passed = self._store.passed_ms(self._reader.partitions, self._pace.idle_ms)
        self._store.close_windows(passed, self._flow.lateness_ms)
        if time.monotonic() - self._committed_at >= self._pace.commit_s:
            await self.commit()
        return len(entries)

    async def commit(self) -> None:
        """Commit to the log what the results hold."""
        held = self._reader.assigned()
        waiting = {one: at for one, at in self._waiting.items() if one in held}
        await _commit(self._reader, waiting)
        self._waiting.clear()
        self._committed_at = time.monotonic()

    async def close(self) -> None:
        """Commit, and leave the group."""
        try:
            await self.commit()
        finally:
            await self._reader.close()

    async def _note_empty(self) -> None:
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + min(self._pace.idle_ms / 4000, _LOOK_S)
        # asked before the positions are looked at: what comes in between is not called counted
        now, ends = self._clock(), await ends_to_read(self._reader)
        done = [
            one
            for one in self._reader.assigned()
            if self._store.progress(one).position >= ends.get(one, 0)
        ]
        if done:
            self._store.note_empty(done, now)


async def run_worker(
    reader: LogReader,
    flow: Flow[R],
    store: ResultStore,
    *,
    stop: Callable[[], bool],
    pace: Pace | None = None,
) -> int:
    """Work until `stop` says so; returns how many entries came.

    Raises:
        Problem: as `LogReader.poll`; what was counted stays counted. `log-unreachable` only once
            the broker was away for as long as the pace allows.
    """
    worker, came = Worker(reader, flow, store, pace), 0
    patience_s = (pace or Pace()).patience_s
    heard_at = time.monotonic()
    try:
        while not stop():
            try:
                came += await worker.step()
                heard_at = time.monotonic()
            except Problem as problem:
                away = problem.diagnostics[0].code == "log-unreachable"
                if not away or time.monotonic() - heard_at > patience_s:
                    raise
                await asyncio.sleep(_AGAIN_S)
    finally:
        await worker.close()
    return came


async def _commit(reader: LogReader, positions: Mapping[int, int]) -> None:
    if not positions:
        return
    try:
        await reader.commit(positions)
    except Problem as problem:
        # the results hold the position: whoever reads the partition now passes over what they have
        if problem.diagnostics[0].code != "log-fenced":
            raise
