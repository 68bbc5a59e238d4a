"""Forgetting what lies long ago, so that a state does not grow for ever, and no figure changes.

Counts of old windows are folded into one sum a metric. Of old exchanges nothing is kept but their
number: one that comes again, or so late, cannot be told from another and is counted as unreadable.
"""

from shipworthy.app.live.monitoring.state.keeping import BEGAN, FORGOTTEN, OPEN, MonitorState


def forget(state: MonitorState, before_ms: int) -> int:
    """Forget exchanges and windows before a time; returns before which time all is forgotten.

    Detectors have to be fed before: what they have seen is in their state, and stays.
    """
    floor = before_ms - before_ms % state.length_ms
    with state.writing() as db:
        known = int(state.read_about(FORGOTTEN) or 0)
        span = state.span()
        if floor <= known or span is None or span[0] >= floor:
            return known
        open_ = state.unassessed(floor)
        db.execute(
            "insert into totals values(?,?) on conflict do update set number = number + ?",
            (OPEN, open_, open_),
        )
        db.execute(
            "insert into folded select metric, sum(requests), sum(events), sum(unassessed)"
            " from windows where start_ms < ? group by metric on conflict do update set"
            " requests = requests + excluded.requests, events = events + excluded.events,"
            " unassessed = unassessed + excluded.unassessed",
            (floor,),
        )
        for table, column in (("windows", "start_ms"), ("exchanges", "at_ms"), ("aside", "at_ms")):
            db.execute(f"delete from {table} where {column} < ?", (floor,))  # noqa: S608 - constants of this function
        state.write_about(BEGAN, str(span[0]))
        state.write_about(FORGOTTEN, str(floor))
    return floor
