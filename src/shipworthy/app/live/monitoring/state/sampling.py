"""A few exchanges with the bytes they had: whether a source still holds what was counted."""

from shipworthy.app.live.monitoring.state.keeping import MonitorState, print_of


def counted_places(state: MonitorState, most: int) -> list[tuple[int, int, int]]:
    """Return partition, offset and print of so many exchanges, from either end of their ids."""
    found: set[tuple[int, int, int]] = set()
    with state.writing() as db:
        for way in ("asc", "desc"):
            query = f"select partition, offset, print from exchanges order by id {way} limit ?"  # noqa: S608 - a constant of this function
            found |= set(db.execute(query, (most // 2,)))
    return sorted(found)


def is_same(body: bytes, mark: int) -> bool:
    """Say whether an entry has the bytes that were counted."""
    return print_of(body) == mark
