"""Time as an argument: nothing below the edges reads the wall clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Protocol


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


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_day(text: str) -> bool:
    """Say whether a text is a day of the calendar, `YYYY-MM-DD`."""
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def timestamp(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC with whole seconds: `2026-11-22T05:04:03Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
