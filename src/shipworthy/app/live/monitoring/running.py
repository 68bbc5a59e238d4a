"""Running a monitor: workers count, one process evaluates, and what follows is recorded."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shipworthy.app.live.monitoring.alarming import (
    CLUSTER_SHARE,
    DRIFT_SHARE,
    Behind,
    OwnTraffic,
    feed,
    gaps_behind,
    gaps_of,
    open_own,
    probe_silences,
    recalibrate,
    restart,
    watch_groups,
    watch_mix,
    watch_plan,
)
from shipworthy.app.live.monitoring.continuity import (
    count_unlogged,
    is_begun,
    note_bands,
    note_begin,
    reached,
    refuse_other_log,
    refuse_shorter_log,
)
from shipworthy.app.live.monitoring.following import (
    Followed,
    follow,
    log_what_was_seen,
    open_incidents,
)
from shipworthy.app.live.monitoring.opening import Monitor, open_monitor, open_source
from shipworthy.app.live.monitoring.receiving import receiving
from shipworthy.app.live.monitoring.reviewing import keep_heads, open_review
from shipworthy.app.live.monitoring.stakes import Stakes
from shipworthy.app.live.monitoring.standing import LEVEL, MonitorStanding, standing_of
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.live.monitoring.state.forgetting import forget
from shipworthy.app.live.monitoring.working import Budget, Worker, group_of
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Diagnostic, ExitCode, Problem, Registry, SystemClock
from shipworthy.traffic.logs import LogReader

PAUSE_S: Final = 5.0
"""Seconds between two evaluations while a monitor runs."""

_ALL: Final = 2**62
_JOIN_S: Final = 30
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an evaluation found new, and how the monitor stands after it."""

    followed: tuple[Followed, ...]
    standing: MonitorStanding


def run_once(monitor: Monitor, stakes: Stakes, processes: int) -> Evaluated:
    """Count everything that the source has now, evaluate it, and end."""
    state = monitor.open_state()
    try:
        refuse_other_log(monitor, state)
        asyncio.run(_begin(monitor, state))
        if processes == 1:
            asyncio.run(_drain(monitor, state))
        else:
            _in_processes(monitor.file.path, processes)
        asyncio.run(_note_gaps(monitor, state))
        found = evaluate(monitor, state, stakes, open_own(monitor, stakes), ended=True)
        forget_old(monitor, state)
        return found
    finally:
        state.close()


def run_on(
    monitor: Monitor, stakes: Stakes, processes: int, tell: Callable[[Evaluated], None]
) -> None:
    """Count as exchanges come and evaluate every few seconds, until a signal ends it."""
    with _stopping() as stopped:
        asyncio.run(_watch(monitor, stakes, processes, stopped, tell))


def evaluate(
    monitor: Monitor, state: MonitorState, stakes: Stakes, own: OwnTraffic | None, *, ended: bool
) -> Evaluated:
    """Leave traffic of ours out, feed detectors, look for silences, follow alarms, log it all.

    `ended` says that nothing more is expected of the source: windows do not wait then, but for
    what names probes and replays.
    """
    header = monitor.file.document.monitor
    closed = [cause for cause, still in open_incidents(state, stakes).items() if not still]
    restart(state, closed)
    if monitor.file.document.drift:
        recalibrate(state, monitor.file.document.drift, closed)
    now_ms = round(monitor.around.clock.now().timestamp() * 1000)
    last = max(state.last_ms().values(), default=0)
    held = own.join(state, now_ms if ended else last, now_ms) if own else _ALL
    plan = watch_plan(
        *(stakes.bands, header.false_alarm_days, header.requests_per_second, LEVEL),
        own.probes.per_second if own else 0.0,
        one_off(monitor),
    )
    _look_beside(monitor, state, held, min(last, now_ms), ended=ended)
    feed(state, plan, min(held, _ALL if ended else last - header.lateness_seconds * 1000))
    longest, look = header.silence_seconds * 1000, None if ended else now_ms
    state.keep_alarms(gaps_of(state, longest, look))
    if own and any(band.metric.startswith("asr.") for band in stakes.bands):
        state.keep_alarms(probe_silences(own.probes, longest, look))
    count_unlogged(monitor, state)
    note_bands(state, stakes.bands)
    keep_heads(state, [open_review(monitor, one.domain) for one in monitor.file.document.review])
    standing = standing_of(monitor, state, stakes)
    done = follow(monitor, state, stakes, standing.bands)
    log_what_was_seen(monitor, state, stakes)
    return Evaluated(done, standing_of(monitor, state, stakes) if done else standing)


def forget_old(monitor: Monitor, state: MonitorState) -> None:
    """Forget what is older than the file wants to be kept, and what no review can draw any more."""
    document, last = monitor.file.document, max(state.last_ms().values(), default=0)
    if not document.monitor.keep_days:
        return
    now_ms = round(monitor.around.clock.now().timestamp() * 1000)
    before = [min(last, now_ms) - document.monitor.keep_days * _DAY_MS]
    for section in document.review:
        draws = open_review(monitor, section.domain).folder.draws()
        before.append(max((one.until_ms for one in draws), default=0))
    forget(state, min(before))


def one_off(monitor: Monitor) -> float:
    """Return the probability that drift and clusters ever raise a false alarm, all together."""
    document = monitor.file.document
    drift = DRIFT_SHARE if document.drift else 0.0
    return drift + (CLUSTER_SHARE if document.clusters else 0.0)


def _look_beside(
    monitor: Monitor, state: MonitorState, held: int, last: int, *, ended: bool
) -> None:
    """Look at the mix of traffic and at clusters of accounts, as far as no probe can be in it."""
    document = monitor.file.document
    until = last if ended else last - document.monitor.lateness_seconds * 1000
    if document.drift:
        watch_mix(state, document.drift, min(held, until))
    if document.clusters:
        watch_groups(state, document.clusters, min(held, _ALL if ended else until))


async def _begin(monitor: Monitor, state: MonitorState) -> None:
    if is_begun(state):
        return
    reader = await open_source(monitor, group_of(monitor, state))
    try:
        note_begin(state, await reader.starts())
    finally:
        await reader.close()


async def _drain(monitor: Monitor, state: MonitorState) -> None:
    reader = await open_source(monitor, group_of(monitor, state))
    worker = Worker(monitor, state, _budget(monitor))
    try:
        await worker.run(reader, once=True, stop=lambda: False)
    finally:
        await reader.close()


async def _watch(
    monitor: Monitor,
    stakes: Stakes,
    processes: int,
    stopped: Callable[[], bool],
    tell: Callable[[Evaluated], None],
) -> None:
    state = monitor.open_state()
    children = [] if processes == 1 else _started(monitor.file.path, processes, once=False)
    try:
        async with receiving(monitor):
            refuse_other_log(monitor, state)
            await _begin(monitor, state)
            reader = await open_source(monitor, group_of(monitor, state)) if not children else None
            if reader is not None:
                await _refuse_shorter(monitor, state, reader)
            worker = Worker(monitor, state, _budget(monitor))
            own, behind = open_own(monitor, stakes), Behind()
            while not stopped():
                if reader is None:
                    await asyncio.sleep(PAUSE_S)
                    _check(children)
                else:
                    await _for_a_while(worker, reader, stopped)
                    known = reached(state)
                    left = behind.look(known, await reader.ends())
                    kind = monitor.file.document.source.kind
                    state.keep_alarms(gaps_behind(kind, known, left, state.last_ms()))
                tell(evaluate(monitor, state, stakes, own, ended=False))
                if worker.caught_up:
                    forget_old(monitor, state)
            if reader is not None:
                await reader.close()
    finally:
        for child in children:
            child.terminate()
            child.join(_JOIN_S)
        state.close()


async def _for_a_while(worker: Worker, reader: Any, stopped: Callable[[], bool]) -> None:
    until = worker.timer() + PAUSE_S
    await worker.run(reader, once=False, stop=lambda: stopped() or worker.timer() >= until)


async def _note_gaps(monitor: Monitor, state: MonitorState) -> None:
    """Raise an alarm for entries that a log has and that nobody could read."""
    source = monitor.file.document.source
    if source.kind in {"jsonl", "parquet"}:
        return
    reader = await open_source(monitor, group_of(monitor, state))
    try:
        ends = await _refuse_shorter(monitor, state, reader)
    finally:
        await reader.close()
    state.keep_alarms(gaps_behind(source.kind, reached(state), ends, state.last_ms()))


async def _refuse_shorter(
    monitor: Monitor, state: MonitorState, reader: LogReader
) -> Mapping[int, int]:
    """Refuse a log that lost what was counted at its end; returns its ends."""
    ends, starts = await reader.ends(), await reader.starts()
    # A log that keeps nothing of a partition any more may not know where that ended.
    far = {one: max(end, starts.get(one, 0)) for one, end in ends.items()}
    refuse_shorter_log(monitor, state.positions(), far)
    return ends


def _budget(monitor: Monitor) -> Budget:
    return Budget(monitor.file.document.monitor.experts_per_minute)


def _in_processes(path: Path, processes: int) -> None:
    children = _started(path, processes, once=True)
    for child in children:
        child.join()
    _check(children)


def _started(path: Path, processes: int, *, once: bool) -> list[Any]:
    context = multiprocessing.get_context("spawn")
    children = [
        context.Process(target=_be_worker, args=(str(path), member, processes, once))
        for member in range(processes)
    ]
    for child in children:
        child.start()
    return children


def _check(children: list[Any]) -> None:
    broken = [child.exitcode for child in children if child.exitcode]
    if broken:
        known = {code.value for code in ExitCode}
        code = ExitCode(broken[0]) if broken[0] in known else ExitCode.INTERNAL
        raise Problem(
            [
                Diagnostic(
                    "monitor-worker",
                    f"{len(broken)} of {len(children)} workers ended with {broken[0]}",
                    help="what they counted is kept; what they say stands above",
                )
            ],
            code,
        )


def _be_worker(path: str, member: int, members: int, once: bool) -> None:  # noqa: FBT001 - sent to a process
    """The body of a worker process; a problem is told on standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    around = Surroundings(Registry.installed(), os.environ, SystemClock())
    try:
        monitor = open_monitor(Path(path), around)
        asyncio.run(_work(monitor, member, members, once=once))
    except Problem as problem:
        sys.stderr.write(problem.render() + "\n")
        sys.exit(problem.exit_code.value)


async def _work(monitor: Monitor, member: int, members: int, *, once: bool) -> None:
    state = monitor.open_state()
    reader = await open_source(monitor, group_of(monitor, state), member, members)
    try:
        await Worker(monitor, state, _budget(monitor)).run(reader, once=once, stop=lambda: False)
    finally:
        await reader.close()
        state.close()


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Count SIGINT and SIGTERM as a wish to end after the batch at hand."""
    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        asked.append(number)

    before = {one: signal.signal(one, ask) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
