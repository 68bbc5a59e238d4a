"""Results and positions in one SQLite file: both change in one transaction, or neither.

That is what counts an entry once although a log may deliver it twice: what is read again lies
before the position, and what was written again has an id that was counted.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.traffic.flow.absorbing import NEVER, Partial, Progress
from shipworthy.traffic.flow.queries import Flow, Query

R = TypeVar("R")
S = TypeVar("S")

_VERSION: Final = 1
_WAIT_S: Final = 60.0
_CHUNK: Final = 500

_TABLES: Final = """
create table if not exists progress (
  partition integer primary key, position integer not null, watermark_ms integer not null,
  empty_ms integer not null);
create table if not exists states (
  query text not null, start_ms integer not null, key text not null, state blob not null,
  primary key (query, start_ms, key)) without rowid;
create table if not exists seen (
  partition integer not null, id text not null, at_ms integer not null,
  primary key (partition, id)) without rowid;
create index if not exists seen_by_time on seen (partition, at_ms);
create table if not exists late (
  partition integer not null, hour_ms integer not null, count integer not null,
  primary key (partition, hour_ms)) without rowid;
create table if not exists refused (
  partition integer not null, offset integer not null, why text not null,
  primary key (partition, offset)) without rowid;
create table if not exists repeated (partition integer primary key, count integer not null);
create table if not exists open_windows (
  query text not null, start_ms integer not null, ends_ms integer not null,
  primary key (query, start_ms)) without rowid;
create table if not exists closings (
  serial integer primary key autoincrement, query text not null, start_ms integer not null);
create index if not exists closings_by_window on closings (query, start_ms);
"""


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """A window that is complete, or one that was and has changed since.

    Attributes:
        serial: grows with every closing: a reader goes on after the last that it has seen.
        query: name of the query.
        start_ms: beginning of the window.
    """

    serial: int
    query: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a store holds beside the states.

    Attributes:
        positions: offset after the last counted entry, by partition.
        late: records that came too late to count, by the hour that they belong to.
        refused: partition, offset and reason of each entry that is no record.
        repeated: records that were written more than once, and counted once.
    """

    positions: dict[int, int]
    late: dict[int, int]
    refused: tuple[tuple[int, int, str], ...]
    repeated: int


class ResultStore:
    """The results of one flow; any number of processes of one machine may share it.

    Raises:
        Problem: `flow-store` (environment) when the file cannot be used as one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
            self._base.execute("pragma journal_mode = wal")
            # positions must never outlive what was counted up to them, also after a power cut
            self._base.execute("pragma synchronous = full")
            version = self._base.execute("pragma user_version").fetchone()[0]
            if version not in {0, _VERSION}:
                raise _unusable(path, f"it is of version {version} and not {_VERSION}")
            with self._change():
                for statement in _TABLES.split(";\n"):
                    self._base.execute(statement)
                self._base.execute(f"pragma user_version = {_VERSION}")
        except (sqlite3.DatabaseError, OSError) as error:
            raise _unusable(path, str(error)) from None

    def progress(self, partition: int) -> Progress:
        """Return how far a partition is counted."""
        found = self._base.execute(
            "select position, watermark_ms from progress where partition = ?", (partition,)
        ).fetchone()
        return Progress(*found) if found else Progress()

    def known(self, partition: int, ids: Collection[str]) -> set[str]:
        """Return those of some ids that were counted in a partition."""
        asked, found = list(ids), set[str]()
        for at in range(0, len(asked), _CHUNK):
            some = asked[at : at + _CHUNK]
            marks = ",".join("?" * len(some))
            rows = self._base.execute(
                f"select id from seen where partition = ? and id in ({marks})",  # noqa: S608 - marks
                (partition, *some),
            )
            found.update(row[0] for row in rows)
        return found

    def apply(self, flow: Flow[R], partition: int, before: Progress, found: Partial) -> bool:
        """Add what entries gave, if the partition is still where it was; False if it is not."""
        with self._change():
            if self.progress(partition) != before:
                return False
            self._merge(flow, found)
            self._note(partition, found)
            self._forget_ids(partition, found.after.watermark_ms - flow.lateness_ms)
            self._base.execute(
                "insert into progress values (?, ?, ?, ?) on conflict (partition) do update set"
                " position = excluded.position, watermark_ms = excluded.watermark_ms",
                (partition, found.after.position, found.after.watermark_ms, NEVER),
            )
        return True

    def note_empty(self, partitions: Collection[int], now_ms: int) -> None:
        """Note that everything in some partitions was counted at `now_ms`."""
        with self._change():
            self._base.executemany(
                "insert into progress values (?, 0, ?, ?) on conflict (partition) do update set"
                " empty_ms = max(empty_ms, excluded.empty_ms)",
                [(one, NEVER, now_ms) for one in sorted(partitions)],
            )

    def passed_ms(self, partitions: int, idle_ms: int) -> int:
        """Return the time before which every partition has told all that it will.

        A partition in which nothing comes is taken to be past what lies `idle_ms` before the last
        moment at which it was found empty; one that nobody has looked at holds everything.
        """
        ask = "select partition, max(watermark_ms, empty_ms - ?) from progress"
        rows = dict(self._base.execute(ask, (idle_ms,)).fetchall())
        return min((rows.get(one, NEVER) for one in range(partitions)), default=NEVER)

    def close_windows(self, passed_ms: int, lateness_ms: int) -> int:
        """Close what ended before `passed_ms` less the lateness; returns how many windows."""
        limit = (passed_ms - lateness_ms,)
        asked = "select query, start_ms from open_windows where ends_ms <= ?"
        if self._base.execute(f"{asked} limit 1", limit).fetchone() is None:
            return 0
        with self._change():
            rows = self._base.execute(f"{asked} order by ends_ms, query, start_ms", limit)
            ended = rows.fetchall()
            self._base.executemany("insert into closings (query, start_ms) values (?, ?)", ended)
            self._base.execute("delete from open_windows where ends_ms <= ?", limit)
        return len(ended)

    def closed(self, after: int = 0) -> tuple[ClosedWindow, ...]:
        """Return closings after a serial, in order. A window comes again when it was amended."""
        rows = self._base.execute("select * from closings where serial > ? order by 1", (after,))
        return tuple(ClosedWindow(*row) for row in rows)

    def states(
        self, query: Query[R, S], start_ms: int | None = None
    ) -> Iterator[tuple[int, str, S]]:
        """Yield window, key and state of a query's results, in order; of one window if it is given.

        What is yielded is of one moment.
        """
        ask = "select start_ms, key, state from states where query = ?"
        if start_ms is None:
            rows = self._base.execute(f"{ask} order by start_ms, key", (query.name,))
        else:
            one = f"{ask} and start_ms = ? order by key"
            rows = self._base.execute(one, (query.name, start_ms))
        for start, key, state in rows.fetchall():
            yield start, key, query.decode(state)

    def tally(self) -> Tally:
        """Return positions, late records and refused entries."""
        ask = self._base.execute
        late = "select hour_ms, sum(count) from late group by hour_ms order by hour_ms"
        return Tally(
            positions=dict(ask("select partition, position from progress order by 1").fetchall()),
            late=dict(ask(late).fetchall()),
            refused=tuple(ask("select * from refused order by partition, offset").fetchall()),
            repeated=ask("select coalesce(sum(count), 0) from repeated").fetchone()[0],
        )

    def digest(self) -> str:
        """Return a digest of all results: the same for every number of processes."""
        found = hashlib.sha256()
        for table in ("states", "late", "refused", "repeated"):
            ordered = "1, 2" if table in {"late", "refused", "repeated"} else "1, 2, 3"
            rows = self._base.execute(f"select * from {table} order by {ordered}")  # noqa: S608 - ours
            for row in rows.fetchall():
                found.update(repr((table, row)).encode("utf-8", "surrogatepass"))
        return f"sha256:{found.hexdigest()}"

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _merge(self, flow: Flow[R], found: Partial) -> None:
        queries = {query.name: query for query in flow.queries}
        for slot, state in sorted(found.states.items(), key=lambda item: item[0]):
            query, merged = queries[slot[0]], state
            row = self._base.execute(
                "select state from states where query = ? and start_ms = ? and key = ?", slot
            ).fetchone()
            if row is not None:
                merged = query.merge(query.decode(row[0]), state)
            self._base.execute(
                "insert or replace into states values (?, ?, ?, ?)", (*slot, query.encode(merged))
            )
        for name, start in sorted({slot[:2] for slot in found.states}):
            self._touch(name, start, queries[name].window_ms)

    def _touch(self, name: str, start_ms: int, window_ms: int) -> None:
        """Note that a window has changed: it is open, or it was closed and is closed again."""
        if not window_ms:
            return
        asked = "select 1 from closings where query = ? and start_ms = ? limit 1"
        if self._base.execute(asked, (name, start_ms)).fetchone() is None:
            row = (name, start_ms, start_ms + window_ms)
            self._base.execute("insert or ignore into open_windows values (?, ?, ?)", row)
        else:
            insert = "insert into closings (query, start_ms) values (?, ?)"
            self._base.execute(insert, (name, start_ms))

    def _note(self, partition: int, found: Partial) -> None:
        many = self._base.executemany
        many("insert into seen values (?, ?, ?)", [(partition, *one) for one in found.ids.items()])
        many(
            "insert into late values (?, ?, ?) on conflict (partition, hour_ms)"
            " do update set count = count + excluded.count",
            [(partition, *one) for one in found.late.items()],
        )
        refused = [(partition, *one) for one in found.refused.items()]
        many("insert or replace into refused values (?, ?, ?)", refused)
        if found.repeated:
            self._base.execute(
                "insert into repeated values (?, ?) on conflict (partition)"
                " do update set count = count + excluded.count",
                (partition, found.repeated),
            )

    def _forget_ids(self, partition: int, before_ms: int) -> None:
        """Forget ids that cannot come again: a record of theirs would be late."""
        self._base.execute(
            "delete from seen where partition = ? and at_ms < ?", (partition, before_ms)
        )

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Change everything within, or nothing."""
        try:
            self._base.execute("begin immediate")
            try:
                yield
            except BaseException:
                with suppress(sqlite3.OperationalError):  # a full disk may have done so already
                    self._base.execute("rollback")
                raise
            self._commit()
        except sqlite3.OperationalError as error:
            raise _unusable(self.path, str(error)) from None

    def _commit(self) -> None:
        try:
            self._base.execute("commit")
        except sqlite3.OperationalError:
            with suppress(sqlite3.OperationalError):  # as above
                self._base.execute("rollback")
            raise


def _unusable(path: Path, why: str) -> Problem:
    return Problem.of(
        "flow-store",
        f"the results cannot be kept here: {why}",
        location=Location(str(path)),
        help="make room, or name a file that is not there yet or holds results of the same flow",
        exit_code=ExitCode.ENVIRONMENT,
    )
