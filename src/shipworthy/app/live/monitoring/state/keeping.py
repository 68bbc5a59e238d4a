"""What a monitor knows, in one SQLite file: results and how far it has read, in one transaction.

An exchange counts once, however often it is read: an entry before the position of its partition was
counted, and so was one whose id is known. Whatever ends the process, either a batch is counted and
its position moved, or neither.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.live.monitoring.looking.counting import Aside, Row, count_windows
from shipworthy.app.live.monitoring.looking.numbering import UNLOGGED, Run, joined, numbered
from shipworthy.app.live.monitoring.looking.verdicts import Mark
from shipworthy.app.live.monitoring.state.shapes import Shapes
from shipworthy.app.live.monitoring.state.tables import FILE, FORMAT, TABLES
from shipworthy.kernel import ExitCode, Location, Problem, canonical_bytes, read_record
from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.windows import WindowCounts

BEGAN: Final = "began"
FORGOTTEN: Final = "forgotten"
OPEN: Final = "forgotten-open"
_SAME_ID: Final = "bears the id of another exchange"
_TOO_OLD: Final = "older than what is kept: nobody can tell whether it was counted before"


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a batch of entries, before it is known which of them are new.

    `positions` are the offsets after the last entry of each partition, `last_ms` the times of the
    last exchange of each.
    """

    rows: Sequence[Row]
    asides: Sequence[Aside]
    positions: Mapping[int, int]
    last_ms: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many entries were read in all, and what they were."""

    exchanges: int
    unreadable: int
    again: int
    """Entries whose exchange was known already."""


class MonitorState:
    """The state of one monitor; several processes may open it, each with an object of its own.

    Raises:
        Problem: `monitor-state` (integrity) when the file is another one's, or damaged.
    """

    def __init__(self, folder: Path, length_ms: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / FILE
        self.length_ms = length_ms
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=60)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=full")
            self._db.executescript(TABLES)
            self._check_format()
        except sqlite3.DatabaseError as error:
            raise _damaged(self.path, str(error)) from None

    @property
    def identity(self) -> str:
        """Drawn when the state was made: another state has read for itself."""
        return self.read_about("identity")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def add(self, looked: Looked, layers: Sequence[str]) -> int:
        """Count what is new in a batch; return how many exchanges that were."""
        with self.writing() as db:
            known = dict(db.execute("select partition, position from partitions"))
            rows = [row for row in looked.rows if row.offset >= known.get(row.partition, 0)]
            asides = [one for one in looked.asides if one.offset >= known.get(one.partition, 0)]
            fresh, other = self._unknown(db, rows)
            asides += other
            self._insert(db, fresh, layers)
            db.executemany(
                "insert into aside values(?,?,?,?,?)",
                [(one.partition, one.offset, one.at_ms, one.why, one.body) for one in asides],
            )
            _keep_runs(db, fresh)
            counted = count_windows(fresh, asides, self.length_ms, layers)
            db.executemany(
                "insert into windows(metric, start_ms, requests, events, unassessed)"
                " values(?,?,?,?,?) on conflict do update set"
                " requests = requests + excluded.requests, events = events + excluded.events,"
                " unassessed = unassessed + excluded.unassessed",
                [(metric, start, *counts) for (metric, start), counts in counted.items()],
            )
            for name, number in (
                ("exchanges", len(fresh)),
                ("unreadable", len(asides)),
                ("again", len(rows) - len(fresh) - len(other)),
            ):
                db.execute(
                    "insert into totals values(?,?) on conflict do update set"
                    " number = number + excluded.number",
                    (name, number),
                )
            db.executemany(
                "insert into partitions values(?,?,?) on conflict do update set"
                " position = max(position, excluded.position), last_ms = excluded.last_ms",
                [
                    (partition, position, looked.last_ms.get(partition, 0))
                    for partition, position in looked.positions.items()
                ],
            )
        return len(fresh)

    def _insert(self, db: sqlite3.Connection, fresh: Sequence[Row], layers: Sequence[str]) -> None:
        turn, shapes = self.turn(), Shapes(db, tuple(layers))
        db.executemany(
            "insert into exchanges values(?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    *(one.id, one.at_ms, one.partition, one.offset),
                    *(one.known.marks, one.known.score, print_of(one.body)),
                    *(one.asked, shapes.number(one.known), turn),
                )
                for one in fresh
            ],
        )
        beside = [(one, one.beside) for one in fresh if one.beside is not None]
        db.executemany(
            "insert or ignore into mixing values(?,?,?,?)",
            [(row.at_ms, row.id, one.account, one.bins) for row, one in beside if one.bins],
        )
        db.executemany(
            "insert or ignore into grouping values(?,?,?,?,?)",
            [
                (row.at_ms, row.id, one.account, one.bands, one.weak)
                for row, one in beside
                if one.bands
            ],
        )

    def turn(self) -> int:
        """Return how often detectors were fed."""
        return int(self.read_about("turn") or 0)

    def last_ms(self) -> dict[int, int]:
        """Return the time of the last exchange of each partition."""
        return dict(self._db.execute("select partition, last_ms from partitions"))

    def positions(self) -> dict[int, int]:
        """Return how far each partition is counted."""
        return dict(self._db.execute("select partition, position from partitions"))

    def windows(self, metric: str, from_ms: int = 0) -> Iterator[WindowCounts]:
        """Yield the windows of a metric in order of time."""
        found = self._db.execute(
            "select start_ms, requests, events, unassessed from windows"
            " where metric = ? and start_ms >= ? order by start_ms",
            (metric, from_ms),
        )
        for start, requests, events, unassessed in found:
            yield WindowCounts(
                metric=metric,
                start_ms=start,
                length_ms=self.length_ms,
                requests=requests,
                events=events,
                unassessed=unassessed,
            )

    def metrics(self) -> dict[str, tuple[int, int, int]]:
        """Return requests, events and unassessed of every metric, over all windows.

        Beside them numbers that gateways gave, and those of them without a record, once counted.
        """
        found = self._db.execute(
            "select metric, sum(requests), sum(events), sum(unassessed) from (select metric,"
            " requests, events, unassessed from windows union all select * from folded)"
            " group by metric order by metric"
        )
        counted = {metric: (requests, events, open_) for metric, requests, events, open_ in found}
        given, _, missing = self.read_about(UNLOGGED).partition(" ")
        if missing != "" and int(given):
            counted[UNLOGGED] = (int(given), int(missing), 0)
        return counted

    def runs(self) -> dict[str, list[Run]]:
        """Return the numbers that were seen, by the process of a gateway that gave them."""
        found: dict[str, list[Run]] = {}
        query = "select process, first, last, first_ms, last_ms from runs order by process, first"
        for process, *run in self._db.execute(query):
            found.setdefault(process, []).append(Run(*run))
        return found

    def span(self) -> tuple[int, int] | None:
        """Return the times of the first and the last exchange, or nothing."""
        first, last = self._db.execute("select min(at_ms), max(at_ms) from exchanges").fetchone()
        began, until = int(self.read_about(BEGAN) or 0), int(self.read_about(FORGOTTEN) or 0)
        if first is None:
            return (began, until) if until else None
        return (began if until else first, last)

    def totals(self) -> Totals:
        """Return how much was read."""
        found = dict(self._db.execute("select name, number from totals"))
        return Totals(found.get("exchanges", 0), found.get("unreadable", 0), found.get("again", 0))

    def read_about(self, name: str) -> str:
        """Return something that is kept by its name, or an empty string."""
        found = self._db.execute("select value from about where name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def write_about(self, name: str, value: str) -> None:
        """Keep something by its name."""
        self._db.execute("insert or replace into about values(?,?)", (name, value))

    def read_blob(self, name: str) -> bytes | None:
        """Return bytes that are kept by their name, or nothing."""
        found = self._db.execute("select value from blobs where name = ?", (name,)).fetchone()
        return found[0] if found else None

    def keep_alarms(self, alarms: Iterable[Alarm]) -> None:
        """Keep alarms; one that is there stays as it is."""
        self._db.executemany(
            "insert or ignore into alarms values(?,?,?)",
            [(alarm.id, alarm.at_ms, canonical_bytes(alarm)) for alarm in alarms],
        )

    def alarms(self) -> tuple[Alarm, ...]:
        """Return every alarm so far, the oldest first."""
        found = self._db.execute("select record from alarms order by at_ms, id")
        return tuple(read_record(record, Alarm, str(self.path)) for (record,) in found)

    def followed(self) -> dict[str, tuple[str, str]]:
        """Return, by alarm, the incident and the action that followed."""
        found = self._db.execute("select alarm, incident, action from followed")
        return {alarm: (incident, action) for alarm, incident, action in found}

    def keep_followed(self, alarm: str, incident: str, action: str) -> None:
        """Note what followed an alarm."""
        self._db.execute("insert or ignore into followed values(?,?,?)", (alarm, incident, action))

    def unassessed(self, before_ms: int | None = None) -> int:
        """Return of how many exchanges it is not known whether a layer would have objected.

        With a time, of those before it that are not forgotten.
        """
        before = self._db.execute("select number from totals where name = ?", (OPEN,)).fetchone()
        old = int(before[0]) if before and before_ms is None else 0
        found = self._db.execute(
            "select count(*) from exchanges where at_ms < ? and marks & ? = 0 and ("
            " marks & ? != 0 or marks & ? = 0 and (marks & ? != 0 or marks & ? = 0))",
            (
                2**62 if before_ms is None else before_ms,
                int(Mark.REFUSED | Mark.DETECTED | Mark.PROBE),
                int(Mark.ERRORED | Mark.MEDIA),
                int(Mark.RECHECKED),
                int(Mark.OTHER_ENGINE),
                int(Mark.RECORDED_CLEAR | Mark.RECORDED_DETECTED),
            ),
        ).fetchone()
        return old + int(found[0])

    def framed(
        self, kept: int, left_out: int, after_ms: int, until_ms: int
    ) -> list[tuple[str, int, int, int]]:
        """Return id, time, marks and score of exchanges between two times, by their marks.

        Those at `after_ms` and at `until_ms` are not among them.
        """
        query = (
            "select id, at_ms, marks, score from exchanges"
            " where at_ms > ? and at_ms < ? and marks & ? != 0 and marks & ? = 0 order by id"
        )
        return list(self._db.execute(query, (after_ms, until_ms, kept, left_out)))

    def places(self, ids: Iterable[str]) -> list[tuple[str, int, int]]:
        """Return id, partition and offset of exchanges."""
        query = (
            "select id, partition, offset from exchanges"
            " where id in (select value from json_each(?))"
        )
        return list(self._db.execute(query, (json.dumps(sorted(ids)),)))

    def asides(self, most: int) -> list[tuple[int, int, str]]:
        """Return partition, offset and why of entries that are no exchange, the first ones."""
        query = "select partition, offset, why from aside order by partition, offset limit ?"
        return list(self._db.execute(query, (most,)))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the file for one transaction."""
        self._db.execute("begin immediate")
        try:
            yield self._db
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def _unknown(
        self, db: sqlite3.Connection, rows: Sequence[Row]
    ) -> tuple[list[Row], list[Aside]]:
        """Return the rows whose exchange is not known, each id once, the first of it.

        Beside them those that bear the id of another exchange: nothing is known of these.
        """
        asked = json.dumps([row.id for row in rows])
        found = "select id, print from exchanges where id in (select value from json_each(?))"
        seen: dict[str, int] = dict(db.execute(found, (asked,)))
        forgotten = int(self.read_about(FORGOTTEN) or 0)
        fresh: list[Row] = []
        other: list[Aside] = []
        for row in rows:
            mark = print_of(row.body)
            if row.at_ms < forgotten:
                other.append(Aside(row.at_ms, row.partition, row.offset, _TOO_OLD, row.body))
            elif row.id not in seen:
                seen[row.id] = mark
                fresh.append(row)
            elif seen[row.id] != mark:
                other.append(Aside(row.at_ms, row.partition, row.offset, _SAME_ID, row.body))
        return fresh, other

    def _check_format(self) -> None:
        wanted = {
            "format": FORMAT,
            "window": str(self.length_ms),
            "identity": secrets.token_hex(8),
            "sketches": secrets.token_hex(32),
        }
        for name, value in wanted.items():
            self._db.execute("insert or ignore into about values(?,?)", (name, value))
        found = dict(self._db.execute("select name, value from about"))
        if found["format"] != FORMAT:
            raise _damaged(self.path, f"its format is `{found['format']}`, not `{FORMAT}`")
        if found["window"] != wanted["window"]:
            raise Problem.of(
                "monitor-window",
                f"the state counts in windows of {int(found['window']) / 1000:g} s, "
                f"the file asks for {self.length_ms / 1000:g} s",
                location=Location(str(self.path)),
                help="keep `window_seconds` as it was, or give the monitor another `state`",
            )


def _keep_runs(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Note the numbers of exchanges beside those that were seen before."""
    fresh: dict[str, list[Run]] = {}
    for row in rows:
        named = numbered(row.id)
        if named is not None:
            process, number = named
            fresh.setdefault(process, []).append(Run(number, number, row.at_ms, row.at_ms))
    for process, found in fresh.items():
        span = (process, min(run.first for run in found) - 1, max(run.last for run in found) + 1)
        touched = "from runs where process = ? and last >= ? and first <= ?"
        known = db.execute(f"select first, last, first_ms, last_ms {touched}", span)
        runs = joined([*(Run(*run) for run in known), *found])
        db.execute(f"delete {touched}", span)
        db.executemany(
            "insert into runs values(?,?,?,?,?)",
            [(process, run.first, run.last, run.first_ms, run.last_ms) for run in runs],
        )


def print_of(body: bytes) -> int:
    """Return eight bytes of a digest as SQLite keeps them."""
    digest = hashlib.blake2b(body, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _damaged(path: Path, why: str) -> Problem:
    return Problem.of(
        "monitor-state",
        f"the state of the monitor cannot be used: {why}",
        location=Location(str(path)),
        help="restore it from a copy, or begin anew in another folder: the source is read again",
        exit_code=ExitCode.INTEGRITY,
    )
