"""From what is known of single exchanges to counts by metric and window.

Most exchanges look alike, so that shapes are counted first and each shape is counted out once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

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
    UNANSWERED,
    Assessment,
)
from shipworthy.kernel import Digest, is_digest

EXCHANGES: Final = "exchanges"
"""All exchanges; its events are those that were refused before any layer."""

UNREADABLE: Final = "unreadable"
"""All entries; its events are those that are no exchange."""

Counts = tuple[int, int, int]
"""Requests, events, unassessed."""

Shape = tuple[int, int, frozenset[str], frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What drift and clusters look at later, when it is known that the exchange is no probe.

    `bins` holds the bin of each feature as JSON, `bands` those of the sketch of what was asked,
    eight bytes each; empty where nothing of the kind is watched. `weak`: nearly tripped a detector.
    """

    account: str
    bins: str = ""
    bands: bytes = b""
    weak: bool = False


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
    asked: int = 0
    """Eight bytes of the digest of what was asked; 0 where nothing could be read."""
    beside: Beside | None = None


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


def shape_text(known: Assessment, layers: Iterable[str]) -> str:
    """Write in which metrics an exchange is counted, and as what; see `shape_counts`."""
    found = list(
        _of_shape(known.marks, known.detected, known.errored, known.unknown, tuple(layers))
    )
    return msgspec.json.encode([*found, (UNREADABLE, False, False)]).decode()


def shape_counts(text: str) -> Iterator[tuple[str, Counts]]:
    """Yield the metrics that an exchange of a shape was counted in, with its counts."""
    for metric, event, open_ in msgspec.json.decode(text, type=list[tuple[str, bool, bool]]):
        yield metric, (1, int(event), int(open_ and not event))


def request_mark(digest: Digest) -> int:
    """Return eight bytes of the digest of what was asked, as SQLite keeps them; 0 for none.

    Enough to hold a claim against: whoever wants another request with the same ones has to try
    2^64 of them.
    """
    if not is_digest(digest):
        return 0
    return int.from_bytes(bytes.fromhex(digest[-16:]), "big", signed=True)


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
    unseen, unanswered = bool(marks & MEDIA), bool(marks & UNANSWERED)
    for layer in layers:
        if unanswered and layer in unknown:
            continue
        lost = layer in errored
        open_ = lost or unseen or layer in unknown
        yield f"detected.{layer}.deployed", layer in detected, open_
        yield f"errored.{layer}.deployed", lost, layer in unknown
    if not marks & RECORDED:
        return
    yield "other-engine", bool(marks & OTHER_ENGINE), False
    if marks & CONTENT and (marks & DISAGREED or not unanswered):
        # What no layer could read, or was not looked at again, confirms nothing.
        half = not marks & RECHECKED or unseen
        yield "disagreement", bool(marks & DISAGREED), half
        if marks & RECORDED_CLEAR:
            yield "recheck", bool(marks & (DETECTED | ERRORED)), half
