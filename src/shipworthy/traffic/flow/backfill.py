"""Counting a long log at once: its sealed segments in any order, with the results of a worker.

Two passes, each over every segment on its own. The first finds how far each segment moves the time
of its partition and which ids it holds; from that it is known, before the second, what a worker
would know at the beginning of each segment.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.flow.absorbing import NEVER, Partial, Progress, absorb, decoded
from shipworthy.traffic.flow.queries import Flow
from shipworthy.traffic.flow.store import ResultStore
from shipworthy.traffic.logs.segment import SealedPart, sealed_parts

A = TypeVar("A")
B = TypeVar("B")

Mapper = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Calls a function for every item, anywhere and in any order, and returns the answers in order."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass finds in a segment: its latest time, and time by id."""

    newest_ms: int
    ids: dict[str, int]


@dataclass(frozen=True, slots=True)
class Task:
    """A segment of the second pass, and what a worker would know when it comes to it."""

    part: SealedPart
    before: Progress
    known: frozenset[str]


def survey(flow: Callable[[], Flow[Any]], part: SealedPart) -> Survey:
    """Look through one segment."""
    asked = flow()
    records, _ = decoded(asked, part.entries())
    times = {asked.id_of(record): asked.time_of(record) for _, record in records}
    return Survey(max(map(asked.time_of, (record for _, record in records)), default=NEVER), times)


def fold_part(flow: Callable[[], Flow[Any]], task: Task) -> Partial:
    """Fold one segment."""
    entries = list(task.part.entries())
    return absorb(flow(), task.before, entries, lambda ids: task.known & set(ids))


def backfill(
    folder: Path, flow: Callable[[], Flow[Any]], store: ResultStore, mapper: Mapper = map
) -> int:
    """Count the sealed segments of a log that a store does not hold yet; returns how many.

    The results are those of a worker that reads them in order, and one may go on after them.

    Args:
        folder: the segment log.
        flow: returns the flow; called where the work is done.
        store: where results go; no worker may write to it meanwhile.
        mapper: spreads the work: `map`, `ray_mapper()`, the `map` of a pool of processes.

    Raises:
        Problem: `log-damaged` (integrity); `flow-backfill` when a worker wrote to the store.
    """
    asked = flow()
    parts = [
        part for part in sealed_parts(folder) if part.end > store.progress(part.partition).position
    ]
    surveys = mapper(partial(survey, flow), parts)
    tasks = list(_tasks(asked, store, zip(parts, surveys, strict=True)))
    for task, found in zip(tasks, mapper(partial(fold_part, flow), tasks), strict=True):
        if not store.apply(asked, task.part.partition, task.before, found):
            raise _disturbed(store)
    return len(parts)


def ray_mapper(**settings: Any) -> Mapper:
    """Return a mapper that spreads work over a Ray cluster; `settings` are those of `ray.init`.

    Raises:
        Problem: `extra-missing` (environment).
    """
    try:
        import ray
    except ImportError:
        raise Problem.of(
            "extra-missing",
            "spreading a back-fill over a cluster needs the package `ray`",
            help="pip install 'shipworthy[ray]', or use the processes of this machine",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    if not ray.is_initialized():
        ray.init(**settings)

    def mapper(call: Callable[[A], B], items: Sequence[A]) -> list[B]:
        remote = ray.remote(call_with)
        return list(ray.get([remote.remote(call, item) for item in items]))

    return mapper


def call_with(call: Callable[[A], B], item: A) -> B:
    """Call a function: what Ray runs must be a function itself."""
    return call(item)


def _tasks(
    flow: Flow[Any], store: ResultStore, surveyed: Iterable[tuple[SealedPart, Survey]]
) -> Iterator[Task]:
    reached: dict[int, Progress] = {}
    recent: dict[int, dict[str, int]] = {}
    for part, found in surveyed:
        before = reached.get(part.partition) or store.progress(part.partition)
        # New results begin with what is kept, as a new group does.
        if 0 < before.position < part.first:
            raise _removed(part, before.position)
        earlier = recent.setdefault(part.partition, {})
        known = store.known(part.partition, found.ids) | (earlier.keys() & found.ids.keys())
        yield Task(part, before, frozenset(known))
        newest = max(before.watermark_ms, found.newest_ms)
        reached[part.partition] = Progress(part.end, newest)
        earlier.update(found.ids)
        # an id that cannot come again in time need not be remembered
        oldest = newest - flow.lateness_ms
        recent[part.partition] = {one: at for one, at in earlier.items() if at >= oldest}


def _removed(part: SealedPart, offset: int) -> Problem:
    return Problem.of(
        "log-removed",
        f"entry {offset} of partition {part.partition} was removed before it was counted",
        help="what is missing stays uncounted: begin new results, and say so where they are used",
    )


def _disturbed(store: ResultStore) -> Problem:
    return Problem.of(
        "flow-backfill",
        f"a worker wrote to `{store.path}` while it was filled",
        help="stop the workers, and start the back-fill again: it goes on where it is",
    )
