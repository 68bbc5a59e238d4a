"""Probes and replays in a state: what the log holds of what is named, out of every count once."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from shipworthy.app.live.monitoring.looking.counting import shape_counts, window_of
from shipworthy.app.live.monitoring.looking.verdicts import PROBE, REFUSED
from shipworthy.app.live.monitoring.state.keeping import MonitorState
from shipworthy.records.live.windows import WindowCounts
from shipworthy.stages.monitoring import JoinedClaim, ProbeRole, SeenExchange

_LATE: Final = "late-probes"
_COUNTED: Final = "probes:"


def seen_exchanges(state: MonitorState, names: Iterable[str]) -> dict[str, SeenExchange]:
    """Return those of some exchanges that were counted."""
    with state.writing() as db:
        query = (
            "select id, at_ms, asked, marks from exchanges"
            " where id in (select value from json_each(?))"
        )
        return {
            name: SeenExchange(at_ms=at_ms, asked=asked, refused=bool(marks & REFUSED))
            for name, at_ms, asked, marks in db.execute(query, (json.dumps(sorted(names)),))
        }


def settled_probes(
    state: MonitorState, watch: str, names: Iterable[str] = ()
) -> dict[str, tuple[str, int, ProbeRole]]:
    """Return the exchanges that are known as probes of a watch, with number and role.

    Those among `names` are there too where they are known as probes of another.
    """
    with state.writing() as db:
        query = (
            "select exchange, watch, number, role from probes"
            " where watch = ? or exchange in (select value from json_each(?))"
        )
        found = db.execute(query, (watch, json.dumps(sorted(names))))
        return {one: (key, number, role) for one, key, number, role in found}


def exclude(state: MonitorState, joined: Iterable[JoinedClaim]) -> int:
    """Take probes out of what was counted as traffic, each once; return how many were new.

    What detectors were fed before stays fed, and is noted as late.
    """
    with state.writing() as db:
        return sum(_exclude(state, db, one) for one in joined if one.role)


def _exclude(state: MonitorState, db: sqlite3.Connection, joined: JoinedClaim) -> bool:
    claim = joined.claim
    found = db.execute(
        "select at_ms, shapes.shape, turn from exchanges"
        " join shapes on shapes.number = exchanges.shape where id = ? and marks & ? = 0",
        (claim.exchange, PROBE),
    ).fetchone()
    if found is None:
        return False
    at_ms, shape, turn = found
    start, late = window_of(at_ms, state.length_ms), False
    for metric, (requests, events, open_) in shape_counts(shape):
        place = (metric, start)
        (fed,) = db.execute(
            "select fed_turn > ? from windows where metric = ? and start_ms = ?", (turn, *place)
        ).fetchone()
        told = (requests, events, open_) if fed else (0, 0, 0)
        db.execute(
            "update windows set requests = requests - ?, events = events - ?,"
            " unassessed = unassessed - ?, fed_requests = fed_requests - ?,"
            " fed_events = fed_events - ?, fed_unassessed = fed_unassessed - ?"
            " where metric = ? and start_ms = ?",
            (requests, events, open_, *told, *place),
        )
        late = late or bool(fed)
    db.execute("update exchanges set marks = marks | ? where id = ?", (PROBE, claim.exchange))
    for table in ("mixing", "grouping"):
        db.execute(f"delete from {table} where at_ms = ? and id = ?", (at_ms, claim.exchange))  # noqa: S608 - a constant of this function
    db.execute(
        "insert into probes values(?,?,?,?)",
        (claim.exchange, claim.watch, claim.number, joined.role),
    )
    if late:
        db.execute(
            "insert into totals values(?, 1) on conflict do update set number = number + 1",
            (_LATE + claim.watch,),
        )
    return True


def excluded_in_all(state: MonitorState) -> int:
    """Return how many exchanges are excluded, of whatever watch or confirmation."""
    with state.writing() as db:
        (found,) = db.execute("select count(*) from probes").fetchone()
        return int(found)


def excluded(state: MonitorState, watch: str) -> tuple[int, int]:
    """Return how many exchanges of a watch are excluded, and how many of them came too late."""
    with state.writing() as db:
        (all_,) = db.execute("select count(*) from probes where watch = ?", (watch,)).fetchone()
        late = db.execute("select number from totals where name = ?", (_LATE + watch,)).fetchone()
        return int(all_), int(late[0]) if late else 0


def counted_until(state: MonitorState, watch: str) -> int:
    """Return the number of the last probe of a watch that is counted."""
    return int(state.read_about(_COUNTED + watch) or 0)


def count_outcomes(
    state: MonitorState, watch: str, windows: Iterable[WindowCounts], until: int
) -> None:
    """Count outcomes, each in a window of its own, up to the probe with a number."""
    with state.writing() as db:
        db.executemany(
            "insert into windows(metric, start_ms, requests, events, unassessed)"
            " values(?,?,?,?,?) on conflict do update set"
            " requests = requests + excluded.requests, events = events + excluded.events,"
            " unassessed = unassessed + excluded.unassessed",
            [
                (one.metric, one.start_ms, one.requests, one.events, one.unassessed)
                for one in windows
            ],
        )
        state.write_about(_COUNTED + watch, str(until))
