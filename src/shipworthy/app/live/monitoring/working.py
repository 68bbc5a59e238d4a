"""One process of a monitor: read entries, look at each, count them, and say how far it got."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shipworthy.app.live.monitoring.looking.counting import Aside, Row, request_mark
from shipworthy.app.live.monitoring.looking.mixing import Mixing
from shipworthy.app.live.monitoring.looking.rechecking import (
    Rechecked,
    recheck,
    recheck_with_experts,
)
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.state import Looked, MonitorState
from shipworthy.kernel import Problem
from shipworthy.records.live import ExchangeContent, ExchangeRecord
from shipworthy.traffic.logs import LogReader, Stored, ends_to_read
from shipworthy.traffic.sources import NotAnExchangeError

BATCH: Final = 2000
"""Entries of one transaction."""

WAIT_S: Final = 0.5
PATIENCE_S: Final = 20.0
"""Without a new entry for so long, what is still missing of a source is a gap; a reader that died
keeps its share of a log for less."""

_MINUTE_S: Final = 60.0
_FENCED: Final = "log-fenced"
_LATEST_MS: Final = 253_402_300_800_000
"""The year 10000, which no calendar of this program reaches."""


@dataclass(slots=True)
class Budget:
    """How often experts may be asked: so many times in any minute that begins with the first."""

    per_minute: int
    _began: float = 0.0
    _asked: int = 0

    def take(self, now: float) -> bool:
        """Say whether one more may be asked, and count it."""
        if now - self._began >= _MINUTE_S:
            self._began, self._asked = now, 0
        if self._asked >= self.per_minute:
            return False
        self._asked += 1
        return True


@dataclass(slots=True)
class Worker:
    """Counts what one reader gives into the state."""

    monitor: Monitor
    state: MonitorState
    budget: Budget
    timer: Callable[[], float] = time.monotonic
    _last_ms: dict[int, int] = field(default_factory=dict)
    caught_up: bool = False
    """Whether the last look at the source found nothing new."""
    _mixing: Mixing = field(init=False)

    def __post_init__(self) -> None:
        self._mixing = mixing_of(self.monitor, self.state)

    async def run(self, reader: LogReader, *, once: bool, stop: Callable[[], bool]) -> int:
        """Work until told to stop, or, once, until everything is counted that the source has now.

        Returns how many exchanges were new.
        """
        self._last_ms = self.state.last_ms()
        counted, idle = 0, 0.0
        ends = await ends_to_read(reader) if once else {}
        while not stop():
            found = await reader.poll(BATCH, WAIT_S)
            idle = 0.0 if found else idle + WAIT_S
            self.caught_up = not found
            if found:
                counted += await self.take(reader, found)
            elif once and (self._done(ends) or idle >= PATIENCE_S):
                break
        return counted

    async def take(self, reader: LogReader, found: Sequence[Stored]) -> int:
        """Count a batch; the reader may forget it only when that is durable."""
        looked = await self.look(found)
        counted = self.state.add(looked, self.monitor.layers)
        try:
            await reader.commit(looked.positions)
        except Problem as problem:
            # Another process has the partition now: what it reads again is known by its position.
            if problem.diagnostics[0].code != _FENCED:
                raise
        return counted

    async def look(self, found: Sequence[Stored]) -> Looked:
        """Read and recheck a batch."""
        decode, rows, asides = self.monitor.decode, [], []
        engine, digest = self.monitor.engine, self.monitor.engine.digest
        layers = frozenset(layer.enforcement.name for layer in engine.layers)
        last, mixing = self._last_ms, self._mixing
        for entry in found:
            partition = entry.partition
            try:
                record = decode(entry.body)
                _check_time(record)
            except NotAnExchangeError as error:
                at = last.get(partition, 0)
                asides.append(Aside(at, partition, entry.offset, str(error), entry.body))
                continue
            last[partition] = record.at_ms
            again = await self._again(record)
            known = assess(record, again, digest, layers)
            rows.append(
                Row(
                    *(record.id, record.at_ms, partition, entry.offset, known, entry.body),
                    *(request_mark(record.request), mixing.beside(record, known)),
                )
            )
        positions = {entry.partition: entry.offset + 1 for entry in found}
        return Looked(rows, asides, positions, {one: last.get(one, 0) for one in positions})

    async def _again(self, record: ExchangeRecord) -> Rechecked | None:
        if not record.content:
            return None
        found = [await self._recheck(content) for content in record.content]
        if len(found) == 1:
            return found[0]
        actions = tuple(act for one in found for act in one.actions)
        return Rechecked(actions, any(one.open for one in found))

    async def _recheck(self, content: ExchangeContent) -> Rechecked:
        engine = self.monitor.engine
        again = recheck(engine, content)
        if again.open and self.budget.take(self.timer()):
            return await recheck_with_experts(engine, content)
        return again

    def _done(self, ends: Mapping[int, int]) -> bool:
        known = self.state.positions()
        return all(known.get(partition, 0) >= end for partition, end in ends.items())


def _check_time(record: ExchangeRecord) -> None:
    if not 0 <= record.at_ms < _LATEST_MS:
        raise NotAnExchangeError("`at_ms` is no time in milliseconds since 1970")


def mixing_of(monitor: Monitor, state: MonitorState) -> Mixing:
    """Return what the monitor file wants to be kept beside each exchange.

    Raises:
        Problem: `monitor-secret` when the variable that it names is not set.
    """
    drift, clusters = monitor.file.document.drift, monitor.file.document.clusters
    key = b""
    if clusters is not None:
        name = clusters.key_variable
        secret = monitor.around.environment.get(name, "") if name else state.read_about("sketches")
        if not secret:
            raise Problem.of(
                "monitor-secret",
                f"the environment variable `{name}` is not set",
                location=monitor.file.locate("clusters", "key_variable"),
                help="set it to a long random text, the same for all monitors of one log",
            )
        key = hashlib.blake2b(secret.encode(), digest_size=32).digest()
    return Mixing(drift.features if drift else (), key, clusters.weak_score if clusters else None)


def group_of(monitor: Monitor, state: MonitorState) -> str:
    """Return the group of readers that read for this state, and for no other."""
    return f"{monitor.file.document.source.group}-{state.identity}"
