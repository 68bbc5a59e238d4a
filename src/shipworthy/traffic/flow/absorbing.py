"""Entries of one partition turned into partial results: pure, and the same however they are cut.

Whether a record is late, or was counted before, depends on its partition alone and on the order of
its offsets: never on which process reads it, in how large pieces, or when.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from shipworthy.traffic.flow.queries import Flow
from shipworthy.traffic.logs import Stored

R = TypeVar("R")

NEVER: Final = -(1 << 62)
"""Watermark of a partition in which nothing has happened."""

LATE_SPAN_MS: Final = 3_600_000
"""Late records are counted by the hour that they belong to."""

Slot = tuple[str, int, str]
"""Name of a query, beginning of a window, key."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a partition is counted.

    Attributes:
        position: offset after the last entry that is in the results.
        watermark_ms: time of the newest record so far.
    """

    position: int = 0
    watermark_ms: int = NEVER


@dataclass(slots=True)
class Partial:
    """What entries add to the results.

    Attributes:
        after: how far the partition is counted with them.
        states: state by slot, to be merged.
        ids: id and time of each record that was counted.
        late: number of late records, by the hour that they belong to.
        refused: offset of each entry that is no record, and why.
        repeated: records that had been counted before.
    """

    after: Progress
    states: dict[Slot, Any] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    late: dict[int, int] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    repeated: int = 0


def decoded(flow: Flow[R], entries: Iterable[Stored]) -> tuple[list[tuple[int, R]], dict[int, str]]:
    """Decode entries; returns records by offset, and why the others are none."""
    records: list[tuple[int, R]] = []
    refused: dict[int, str] = {}
    for entry in entries:
        try:
            records.append((entry.offset, flow.decode(entry.body)))
        except ValueError as error:
            refused[entry.offset] = str(error)
    return records, refused


def absorb(
    flow: Flow[R],
    progress: Progress,
    entries: Sequence[Stored],
    known: Callable[[Collection[str]], Collection[str]],
) -> Partial:
    """Fold the entries of one partition that are not counted yet.

    Args:
        flow: what is asked.
        progress: how far the partition is counted.
        entries: entries of the partition in the order of their offsets.
        known: of some ids, those that were counted before.
    """
    fresh = [entry for entry in entries if entry.offset >= progress.position]
    records, refused = decoded(flow, fresh)
    position = fresh[-1].offset + 1 if fresh else progress.position
    seen = set(known([flow.id_of(record) for _, record in records]))
    found = Partial(progress, refused=refused)
    watermark = progress.watermark_ms
    for _, record in records:
        at_ms, its_id = flow.time_of(record), flow.id_of(record)
        if at_ms < watermark - flow.lateness_ms:
            hour = at_ms - at_ms % LATE_SPAN_MS
            found.late[hour] = found.late.get(hour, 0) + 1
        elif its_id in seen:
            found.repeated += 1
        else:
            seen.add(its_id)
            found.ids[its_id] = at_ms
            watermark = max(watermark, at_ms)
            _fold(flow, found.states, record, at_ms)
    found.after = Progress(position, watermark)
    return found


def _fold(flow: Flow[R], states: dict[Slot, Any], record: R, at_ms: int) -> None:
    for query in flow.queries:
        start = query.start(at_ms)
        for key in query.keys(record):
            slot = (query.name, start, key)
            state = states.get(slot)
            states[slot] = query.fold(query.empty() if state is None else state, record)
