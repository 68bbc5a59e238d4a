"""Time as an argument: nothing below the edges reads the wall clock."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """Return the current time, with its zone."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The wall clock of this machine, in UTC."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: for replays and tests."""

    at: datetime

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.at


def timestamp(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with whole seconds: `2026-11-22T05:04:03Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
