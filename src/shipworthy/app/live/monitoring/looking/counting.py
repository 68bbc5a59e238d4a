"""From what is known of single exchanges to counts by metric and window.

Most exchanges look alike, so that shapes are counted first and each shape is counted out once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.app.live.monitoring.looking.verdicts import (
    CONTENT,
    DETECTED,
    DISAGREED,
    ERRORED,
    MEDIA,
    OTHER_ENGINE,
    RECHECKED,
    RECORDED,
    RECORDED_CLEAR,
    REFUSED,
    Assessment,
)

EXCHANGES: Final = "exchanges"
"""All exchanges; its events are those that were refused before any layer."""

UNREADABLE: Final = "unreadable"
"""All entries; its events are those that are no exchange."""

Counts = tuple[int, int, int]
"""Requests, events, unassessed."""

Shape = tuple[int, int, frozenset[str], frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One exchange as it is kept: where it lies in the source, when it was, what is known."""

    id: str
    at_ms: int
    partition: int
    offset: int
    known: Assessment
    body: bytes = b""
    """As it lies in the source: two entries of one id and other bytes are not one exchange."""


@dataclass(frozen=True, slots=True)
class Aside:
    """An entry that is no exchange, in the window of the exchange before it."""

    at_ms: int
    partition: int
    offset: int
    why: str
    body: bytes


def window_of(at_ms: int, length_ms: int) -> int:
    """Return the start of the window that a moment belongs to."""
    return at_ms - at_ms % length_ms


def count_windows(
    rows: Iterable[Row], asides: Iterable[Aside], length_ms: int, layers: Iterable[str]
) -> dict[tuple[str, int], Counts]:
    """Return counts by metric and start of the window."""
    shapes: Counter[Shape] = Counter()
    for row in rows:
        known, at = row.known, row.at_ms
        shapes[at - at % length_ms, known.marks, known.detected, known.errored, known.unknown] += 1
    found: dict[tuple[str, int], list[int]] = {}

    def add(metric: str, start: int, requests: int, events: int, unassessed: int) -> None:
        counts = found.setdefault((metric, start), [0, 0, 0])
        counts[0] += requests
        counts[1] += events
        counts[2] += unassessed

    named = tuple(layers)
    for (start, marks, detected, errored, unknown), times in shapes.items():
        for metric, event, open_ in _of_shape(marks, detected, errored, unknown, named):
            add(metric, start, times, times * event, times * (open_ and not event))
        add(UNREADABLE, start, times, 0, 0)
    for aside in asides:
        add(UNREADABLE, window_of(aside.at_ms, length_ms), 1, 1, 0)
    return {key: (counts[0], counts[1], counts[2]) for key, counts in sorted(found.items())}


def _of_shape(
    marks: int,
    detected: frozenset[str],
    errored: frozenset[str],
    unknown: frozenset[str],
    layers: tuple[str, ...],
) -> Iterator[tuple[str, bool, bool]]:
    """Yield each metric that such an exchange is counted in: its event, and whether it is open."""
    refused = bool(marks & REFUSED)
    yield EXCHANGES, refused, False
    if refused:
        return
    unseen = bool(marks & MEDIA)
    for layer in layers:
        lost = layer in errored
        open_ = lost or unseen or layer in unknown
        yield f"detected.{layer}.deployed", layer in detected, open_
        yield f"errored.{layer}.deployed", lost, layer in unknown
    if not marks & RECORDED:
        return
    yield "other-engine", bool(marks & OTHER_ENGINE), False
    if marks & CONTENT:
        # What no layer could read, or was not looked at again, confirms nothing.
        half = not marks & RECHECKED or unseen
        yield "disagreement", bool(marks & DISAGREED), half
        if marks & RECORDED_CLEAR:
            yield "recheck", bool(marks & (DETECTED | ERRORED)), half
