"""A few exchanges out of many: the bytes that they had, and the first of each partition."""

import json
from collections.abc import Iterable

from shipworthy.app.live.monitoring.state.keeping import MonitorState, print_of


def counted_places(state: MonitorState, most: int) -> list[tuple[int, int, int]]:
    """Return partition, offset and print of so many exchanges, from either end of their ids."""
    found: set[tuple[int, int, int]] = set()
    with state.writing() as db:
        for way in ("asc", "desc"):
            query = f"select partition, offset, print from exchanges order by id {way} limit ?"  # noqa: S608 - a constant of this function
            found |= set(db.execute(query, (most // 2,)))
    return sorted(found)


def first_times(state: MonitorState, partitions: Iterable[int]) -> dict[int, int]:
    """Return the time of the first exchange that was counted of each of some partitions."""
    query = (
        "select partition, at_ms, min(offset) from exchanges where partition in"
        " (select value from json_each(?)) group by partition"
    )
    with state.writing() as db:
        found = db.execute(query, (json.dumps(sorted(partitions)),))
        return {partition: at_ms for partition, at_ms, _ in found}


def is_same(body: bytes, mark: int) -> bool:
    """Say whether an entry has the bytes that were counted."""
    return print_of(body) == mark
