"""Exchanges that a gateway carried out and that are nowhere in its log, found by their numbers.

A gateway numbers what it takes on without leaving one out, and each leaves a record. So a number
that is missing behind later ones is an exchange of which nothing is known: the log could not take
its record, the gateway was killed, or somebody took it out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

UNLOGGED: Final = "unlogged"
"""Numbers that gateways gave; its events are those without a record."""

_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9a-f]{1,13})(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers of one process of a gateway that follow each other without a gap.

    Attributes:
        first: the first number.
        last: the last number.
        first_ms: time of the first.
        last_ms: time of the last.
    """

    first: int
    last: int
    first_ms: int
    last_ms: int


def numbered(name: str) -> tuple[str, int] | None:
    """Return process and number by the id of a record; None where a gateway gave no number."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2], 16)) if found else None


def joined(runs: Iterable[Run]) -> list[Run]:
    """Return runs in order, those that touch or overlap as one."""
    found: list[Run] = []
    for run in sorted(runs, key=lambda one: (one.first, one.last)):
        before = found[-1] if found else None
        if before is None or run.first > before.last + 1:
            found.append(run)
        elif run.last > before.last:
            found[-1] = Run(before.first, run.last, before.first_ms, run.last_ms)
    return found


def unlogged(
    runs: Sequence[Run], patience_ms: int, *, from_one: bool, since_ms: int = 0
) -> tuple[int, int]:
    """Return how many numbers one process gave, and how many of them have no record.

    A number counts as given once exchanges that began after it are older than `patience_ms`, by
    the newest that was seen: until then it may be under way. `from_one` counts those before the
    first that was seen. Of gaps that began before `since_ms` nothing is said.
    """
    if not runs:
        return 0, 0
    newest = max(run.last_ms for run in runs)
    given = missing = 0
    before = 0 if from_one else runs[0].first - 1
    before_ms = since_ms
    for run in runs:
        is_due = newest - run.first_ms > patience_ms and before_ms >= since_ms
        gap = run.first - before - 1 if is_due else 0
        given, missing, before = given + gap + run.last - run.first + 1, missing + gap, run.last
        before_ms = run.last_ms
    return given, missing
