"""What lies long ago is forgotten, and no figure changes by it."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from live_traffic import BEGAN_MS, MONITOR, exchange, write_monitor
from shipworthy.app.live.monitoring.opening import open_monitor
from shipworthy.app.live.monitoring.running import evaluate, forget_old
from shipworthy.app.live.monitoring.stakes import stakes_of
from shipworthy.app.live.monitoring.state.forgetting import forget
from shipworthy.app.live.monitoring.working import Budget, Worker
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import FixedClock, Problem, Registry
from shipworthy.traffic.logs import Stored

DAY = 86_400_000
DAYS, EACH = 20, 30
NOW = datetime.fromtimestamp((BEGAN_MS + 40 * DAY) / 1000, UTC)


def records(day):
    return [
        exchange(
            day * EACH + n,
            held=day > 12 and n % 3 == 0,
            at_ms=BEGAN_MS + day * DAY + n * 1000,
            media={"image": 1} if n % 7 == 0 else {},
        )
        for n in range(EACH)
    ]


def monitor_of(folder, keep_days, extra=""):
    folder.mkdir()
    (folder / "traffic1.jsonl").touch()
    text = MONITOR.replace("silence_seconds = 86400", f"keep_days = {keep_days}") + extra
    around = Surroundings(Registry.installed(), {}, FixedClock(NOW))
    return open_monitor(write_monitor(folder, text), around)


def look(monitor, state, entries):
    worker = Worker(monitor, state, Budget(0))
    state.add(asyncio.run(worker.look(entries)), monitor.layers)


def played(monitor):
    """Count day after day, each evaluated; returns the state and how it stands."""
    state, stakes, standing = monitor.open_state(), stakes_of(monitor), None
    for day in range(DAYS):
        bodies = [msgspec.json.encode(one) for one in records(day)]
        if day == 3:
            bodies.append(b"{}")
        start = day * (EACH + 1)
        look(monitor, state, [Stored(0, start + n, "", body) for n, body in enumerate(bodies)])
        standing = evaluate(monitor, state, stakes, None, ended=True).standing
        forget_old(monitor, state)
    return state, standing


def rows_of(state, table):
    with state.writing() as db:
        return db.execute(f"select count(*) from {table}").fetchone()[0]


def test_no_figure_changes_by_what_is_forgotten(tmp_path):
    all_, whole = played(monitor_of(tmp_path / "all", 0))
    some, less = played(monitor_of(tmp_path / "some", 7))
    for name in ("totals", "span", "metrics", "bands", "alarms", "exit_code"):
        assert getattr(less, name) == getattr(whole, name), name
    assert less.alarms
    assert some.unassessed() == all_.unassessed() > 0
    assert rows_of(all_, "exchanges") == DAYS * EACH
    assert rows_of(some, "exchanges") == 7 * EACH + 10
    assert rows_of(some, "windows") < rows_of(all_, "windows") / 2
    assert rows_of(some, "aside") == 0
    all_.close()
    some.close()


def test_what_was_read_is_not_counted_again_and_what_comes_too_late_is_unreadable(tmp_path):
    monitor = monitor_of(tmp_path / "some", 7)
    state, standing = played(monitor)
    bodies = [msgspec.json.encode(one) for one in records(0)]
    look(monitor, state, [Stored(0, n, "", body) for n, body in enumerate(bodies)])
    assert state.metrics() == standing.metrics
    look(monitor, state, [Stored(1, n, "", body) for n, body in enumerate(bodies)])
    assert state.totals().exchanges == standing.totals.exchanges
    assert state.totals().unreadable == standing.totals.unreadable + EACH
    assert "older than what is kept" in state.asides(1)[0][2]
    state.close()


def test_a_state_of_which_all_is_forgotten_still_says_when_it_began(tmp_path):
    monitor = monitor_of(tmp_path / "some", 7)
    state, standing = played(monitor)
    forget(state, BEGAN_MS + 90 * DAY)
    assert rows_of(state, "exchanges") == 0
    assert state.metrics() == standing.metrics
    assert state.span()[0] == standing.span[0]
    assert forget(state, BEGAN_MS) > BEGAN_MS + 89 * DAY
    state.close()


def test_nothing_is_forgotten_that_a_review_may_still_draw(tmp_path):
    review = '\n[[review]]\ndomain = "secrets"\nquestion = "does it hold a key?"\n'
    state, _ = played(monitor_of(tmp_path / "some", 7, review))
    assert rows_of(state, "exchanges") == DAYS * EACH
    state.close()


def test_too_short_a_memory_is_refused(tmp_path):
    with pytest.raises(Problem) as caught:
        monitor_of(tmp_path / "some", 6)
    assert "keep_days" in caught.value.diagnostics[0].message
