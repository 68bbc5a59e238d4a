"""Canaries as windows: each probe by itself, since a window of many would only delay an alarm."""

from collections.abc import Iterable

from shipworthy.records.live.windows import WindowCounts


def canary_windows(
    metric: str, outcomes: Iterable[tuple[int, bool | None]], key: str = ""
) -> tuple[WindowCounts, ...]:
    """One window a canary, in the order of time.

    `outcomes` are (when it was sent in milliseconds, whether the safeguards let it through). None:
    it was sent and nobody knows what became of it, which a detector counts as let through.
    """
    return tuple(
        WindowCounts(
            metric=metric,
            key=key,
            start_ms=at_ms,
            length_ms=1,
            requests=1,
            events=int(missed is True),
            unassessed=int(missed is None),
        )
        for at_ms, missed in sorted(outcomes, key=lambda one: one[0])
    )
