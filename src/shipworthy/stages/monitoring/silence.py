"""Missing data is an alarm of its own: from nothing seen follows nothing known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.windows import LogGap


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A source or a metric that has something to say at least once in `within_ms`."""

    name: str
    key: str = ""
    within_ms: int


def silences(
    expected: Iterable[Expected],
    last_seen_ms: Mapping[tuple[str, str], int],
    since_ms: int,
    now_ms: int,
) -> tuple[Alarm, ...]:
    """Alarms for everything that was expected and has been silent for too long.

    `last_seen_ms` holds the end of the last window with a request, by name and key. What was never
    seen counts from `since_ms`, when watching began. One silence has one id, from the moment at
    which it became too long, however often it is looked at.
    """
    alarms = []
    for one in sorted(expected, key=lambda each: (each.name, each.key)):
        last = last_seen_ms.get((one.name, one.key), since_ms)
        if now_ms - last <= one.within_ms:
            continue
        alarms.append(
            Alarm(
                kind="silence",
                metric=one.name,
                key=one.key,
                at_ms=last + one.within_ms,
                why=f"nothing seen for {(now_ms - last) // 1000} s, at most "
                f"{one.within_ms // 1000} s were expected; what happened meanwhile is not known",
            )
        )
    return tuple(alarms)


def gaps(found: Iterable[LogGap]) -> tuple[Alarm, ...]:
    """Alarms for entries of a log that exist and were not read."""
    return tuple(
        Alarm(
            kind="silence",
            metric=gap.source,
            key=f"{gap.partition}:{gap.from_offset}",
            at_ms=gap.at_ms,
            why=f"{gap.until_offset - gap.from_offset} entries of partition {gap.partition} from "
            f"{gap.from_offset} on were not read; what they hold is not known",
        )
        for gap in sorted(found, key=lambda one: (one.source, one.partition, one.from_offset))
    )
