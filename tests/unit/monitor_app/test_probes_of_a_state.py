"""Probes in a state: taken out of every count once, in whatever order and process they come."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from live_traffic import BEGAN_MS, exchange
from shipworthy.app.live.canaries.reading import ReadProbe, ReadWatch
from shipworthy.app.live.monitoring.alarming import (
    ProbeJoin,
    feed,
    joined_watches,
    probe_silences,
    watch_plan,
)
from shipworthy.app.live.monitoring.looking.counting import Row, request_mark
from shipworthy.app.live.monitoring.looking.rechecking import Rechecked
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.state import Looked, MonitorState
from shipworthy.kernel import digest_text
from shipworthy.records.live.alarms import AcceptedBand
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.probes import Probe, ProbeOutcome, ProbePromised, WatchOpened
from shipworthy.stages.confirming import DrawnProbe, WatchCounts
from shipworthy.vocabulary import LayerAction

LAYER = "output-filter"
METRIC = f"detected.{LAYER}.deployed"
ASR = "asr.secrets.deployed"
LENGTH, ALL, HOUR = 10_000, 2**62, 3_600_000
ROUTE = FieldRoute(dialect="chat")
POOL = [Probe(scenario=f"s{n}", domain="secrets", attack=f"a{n}", twin=f"t{n}", has_tools=False)
        for n in range(3)]  # fmt: skip


@dataclass
class Book:
    """A watch as it stands at one moment; what the key draws is by the number."""

    probes: tuple[ReadProbe, ...] = ()
    changes: dict = field(default_factory=dict)

    def watches(self):
        watch = ReadWatch(
            key="w",
            opened=WatchOpened(
                plan="", deployment="desk", key="", pool="", routes=(ROUTE,), per_hour=20,
                baseline="0.02", run_length=1, at="",
            ),
            counts=WatchCounts(
                promised=len(self.probes), caught=0, missed=0, unknown=0, twins_answered=0,
                twins_refused=0, twins_unknown=0, noticed=0, disclosed=0, alarms=0,
            ),
            probes=self.probes,
        )  # fmt: skip
        return (watch,)

    def requests(self, probe):
        return (
            ("attack", digest_text(probe.drawn.probe.attack)),
            ("twin", digest_text(probe.drawn.probe.twin)),
        )

    def covers(self, probe):
        return ()


def probe(number, end="caught", exchanges=None, *, at_ms=None, answered=True):
    """A probe whose attack and twin are the exchanges `pN` and `qN`."""
    at_ms = at_ms or BEGAN_MS + number * 20_000
    drawn = DrawnProbe(number, POOL[number % 3], ROUTE, False, 1.0, 0.5, "")
    outcome = ProbeOutcome(
        number=number, scenario=drawn.probe.scenario, route=ROUTE.id, end=end, twin="answered",
        noticed=None, exchanges=exchanges or (f"p{number}", f"q{number}"), at_ms=at_ms + 2000,
    )  # fmt: skip
    promise = ProbePromised(number=number, promise="", previous="", at_ms=at_ms)
    return ReadProbe(promise, drawn, (), at_ms - 10_000, outcome if answered else None)


def row(name, at_ms, offset, *, held=False, asked=""):
    action = LayerAction(layer=LAYER, action="withheld" if held else "passed")
    known = assess(exchange(0), Rechecked((action,)), "", frozenset({LAYER}))
    mark = request_mark(digest_text(asked)) if asked else 7
    return Row(name, at_ms, 0, offset, known, name.encode(), mark)


def rows_of(one, offset):
    drawn, at_ms = one.drawn.probe, one.promise.at_ms
    return [
        row(f"p{one.promise.number}", at_ms + 500, offset, held=True, asked=drawn.attack),
        row(f"q{one.promise.number}", at_ms + 900, offset + 1, asked=drawn.twin),
    ]


def add(state, rows):
    if rows:
        end = max(one.offset for one in rows) + 1
        state.add(Looked(rows, [], {0: end}, {0: max(one.at_ms for one in rows)}), [LAYER])


@pytest.fixture
def state(tmp_path):
    made = MonitorState(tmp_path, LENGTH)
    yield made
    made.close()


def join(state, *probes, now_ms=BEGAN_MS + HOUR):
    return ProbeJoin(Book(probes)).join(state, now_ms, now_ms)


def test_a_probe_is_no_traffic_and_counts_for_its_domain(state):
    one, two = probe(1), probe(2, end="missed")
    add(state, [*rows_of(one, 0), *rows_of(two, 2), row("user", BEGAN_MS + 21_000, 4, held=True)])
    join(state, one, two)
    assert state.metrics()[METRIC] == (1, 1, 0)
    assert state.metrics()["exchanges"] == (1, 0, 0)
    assert state.metrics()["unreadable"] == (1, 0, 0)
    assert state.metrics()[ASR] == (2, 1, 0)
    assert [found[0] for found in state.framed(ALL, 4096, 0, ALL)] == []
    (standing,) = joined_watches(state)
    assert (standing.excluded, standing.late, standing.doubted) == (4, 0, 0)
    join(state, one, two)
    assert state.metrics()[METRIC] == (1, 1, 0)
    assert state.metrics()[ASR] == (2, 1, 0)


def test_no_outcome_takes_a_request_of_a_user_out(state):
    one = probe(1, exchanges=("user", "gone"))
    add(state, [row("user", one.promise.at_ms + 500, 0, held=True)])
    join(state, one)
    assert state.metrics()[METRIC] == (1, 1, 0)
    (standing,) = joined_watches(state)
    assert (standing.excluded, standing.doubted) == (0, 2)
    assert {doubt.exchange: doubt.why for doubt in standing.doubts} == {
        "user": "it asks something else than the probe",
        "gone": "it is not in the log",
    }


def test_windows_wait_for_the_outcome_and_no_longer_than_it_may_take(state):
    one, two = probe(1), probe(2, answered=False)
    now = two.promise.at_ms + 5000
    assert join(state, one, two, now_ms=now) == two.since_ms - 60_000
    assert join(state, one, two, now_ms=now + HOUR) == ALL
    assert state.metrics()[ASR] == (1, 0, 0)


def test_a_promise_without_an_outcome_is_lost_in_the_end_and_counts_as_unknown(state):
    one, two = probe(1), probe(2, answered=False)
    join(state, one, two, now_ms=two.promise.at_ms + 30 * HOUR)
    assert state.metrics()[ASR] == (2, 0, 1)
    join(state, one, probe(2), now_ms=two.promise.at_ms + 30 * HOUR)
    assert state.metrics()[ASR] == (2, 0, 1)


def test_an_outcome_that_comes_after_detectors_were_fed_leaves_the_others_exact(state):
    plan = watch_plan([AcceptedBand(metric=METRIC, upper="0.5", source="x")], 1, 1, 0.05)
    one = probe(1)
    at_ms = one.promise.at_ms + 400
    add(state, [*rows_of(one, 0), row("early", at_ms, 2, held=True)])
    feed(state, plan, ALL)
    add(state, [row("late", at_ms, 3, held=True)])
    join(state, one)
    (standing,) = joined_watches(state)
    assert (standing.excluded, standing.late) == (2, 2)
    assert state.metrics()[METRIC] == (2, 2, 0)
    with state.writing() as db:
        (left,) = db.execute(
            "select requests - fed_requests from windows where metric = ?", (METRIC,)
        ).fetchone()
    assert left == 1
    feed(state, plan, ALL)
    with state.writing() as db:
        query = "select sum(requests - fed_requests), sum(events - fed_events) from windows"
        assert db.execute(f"{query} where metric = ?", (METRIC,)).fetchone() == (0, 0)


def test_a_watch_that_fell_silent_is_a_silence():
    probes = (probe(1), probe(2), probe(3, at_ms=BEGAN_MS + 9 * HOUR))
    found = probe_silences(ProbeJoin(Book(probes)), HOUR, None)
    assert [(one.kind, one.metric) for one in found] == [("silence", "probes")]
    assert len(probe_silences(ProbeJoin(Book(probes)), HOUR, BEGAN_MS + 20 * HOUR)) == 2
    assert probe_silences(ProbeJoin(Book(probes[:2])), HOUR, BEGAN_MS + HOUR) == ()


def figures(state):
    (standing,) = joined_watches(state)
    with state.writing() as db:
        windows = db.execute(
            "select metric, start_ms, requests, events, unassessed from windows"
            " where requests > 0 order by metric, start_ms"
        ).fetchall()
        marks = db.execute("select id, marks from exchanges order by id").fetchall()
    return windows, marks, replace(standing, late=0)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), restarts=st.booleans())
def test_the_join_does_not_depend_on_what_comes_first_nor_on_restarts(
    tmp_path_factory, seed, restarts
):
    """Exchanges in any order of partitions, outcomes as the watch writes them, joins in between."""
    chance = random.Random(seed)
    ends = [chance.choice(["caught", "missed", "unknown"]) for _ in range(6)]
    named = [None, None, ("user-1", "q3"), None, ("p5", "p4"), None]
    probes = [probe(n, end, names) for n, (end, names) in enumerate(zip(ends, named, strict=True), 1)]  # fmt: skip  # noqa: E501 - one line a probe
    rows = [one for n, found in enumerate(probes) for one in rows_of(found, n * 2)]
    rows += [row(f"user-{n}", BEGAN_MS + n * 9_000, 20 + n, held=n % 2 == 0) for n in range(9)]

    whole = MonitorState(tmp_path_factory.mktemp("whole"), LENGTH)
    add(whole, rows)
    join(whole, *probes)
    expected = figures(whole)
    whole.close()

    folder = tmp_path_factory.mktemp("parts")
    state, told, left = MonitorState(folder, LENGTH), 0, rows[:]
    chance.shuffle(left)
    book = ProbeJoin(Book())
    while left or told < len(probes):
        if left and chance.random() < 0.6:
            take = [replace_partition(one, chance) for one in left[: chance.randint(1, 9)]]
            state.add(Looked(take, [], {}, {}), [LAYER])
            left = left[len(take) :]
        else:
            told = min(len(probes), told + chance.randint(1, 3))
        book.book.probes = tuple(probes[:told])
        book.join(state, BEGAN_MS, BEGAN_MS + HOUR)
        if restarts:
            state.close()
            state, book = MonitorState(folder, LENGTH), ProbeJoin(Book(tuple(probes[:told])))
    book.join(state, BEGAN_MS + HOUR, BEGAN_MS + HOUR)
    assert figures(state) == expected
    state.close()


def replace_partition(one, chance):
    import dataclasses

    return dataclasses.replace(one, partition=chance.randrange(3))
