"""Replays in a state: out of every count once, in whatever order and process they come."""

import dataclasses
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from live_traffic import BEGAN_MS, exchange
from shipworthy.app.live.monitoring.alarming import ReplayJoin, feed, joined_replays, watch_plan
from shipworthy.app.live.monitoring.alarming.replay_book import NamedSending, ReadReplays
from shipworthy.app.live.monitoring.looking.counting import Row, request_mark
from shipworthy.app.live.monitoring.looking.rechecking import Rechecked
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.state import Looked, MonitorState
from shipworthy.app.live.monitoring.state.probes import exclude
from shipworthy.kernel import Problem, digest_text
from shipworthy.records.live.alarms import AcceptedBand
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.stages.confirming import Sending
from shipworthy.stages.monitoring import JoinedClaim, ProbeClaim
from shipworthy.vocabulary import LayerAction

LAYER = "output-filter"
METRIC = f"detected.{LAYER}.deployed"
LENGTH, ALL, MINUTE, HOUR = 10_000, 2**62, 60_000, 3_600_000
NOW = BEGAN_MS + HOUR
ROUTE = FieldRoute(dialect="chat")
PLANNED = 9


@dataclass
class Book:
    """A confirmation as it stands at one moment; the plan asks `item N` in place N."""

    read: ReadReplays
    broken: str = ""
    asked_for: list = field(default_factory=list)
    slowest_ms: int = 5_000
    wait_ms: int = 5_000

    def confirmations(self):
        return (self.read,)

    def place(self, read, named):
        if self.broken:
            raise Problem.of("confirm-other-plan", self.broken)
        number = int(named.role.removeprefix("t"))
        return number if number <= PLANNED else 0

    def asked(self, read, named):
        self.asked_for.append(named.role)
        return digest_text(f"item {named.role}") if self.place(read, named) else ""


def sent(number, name=None, *, at_ms=None):
    """A trial of the item in a place, with the exchange `xN`."""
    return NamedSending(
        role=f"t{number}",
        exchange=name or f"x{number}",
        sending=Sending(f"lab{number}", ROUTE),
        request="",
        at_ms=at_ms or BEGAN_MS + number * 20_000,
    )


def confirmation(*named, **changes):
    values = {
        "key": "abc",
        "number": 1,
        "planned": PLANNED,
        "begun_ms": BEGAN_MS,
        "last_ms": max((one.at_ms for one in named), default=BEGAN_MS),
        "touched_ms": BEGAN_MS,
        "named": tuple(named),
    }
    return ReadReplays(**(values | changes))


def row(name, at_ms, offset, *, held=False, asked=""):
    action = LayerAction(layer=LAYER, action="withheld" if held else "passed")
    known = assess(exchange(0), Rechecked((action,)), "", frozenset({LAYER}))
    mark = request_mark(digest_text(asked)) if asked else 7
    return Row(name, at_ms, 0, offset, known, name.encode(), mark)


def row_of(one, offset):
    return row(one.exchange, one.at_ms + 500, offset, held=True, asked=f"item {one.role}")


def add(state, rows):
    end = max((one.offset for one in rows), default=0) + 1
    last = max((one.at_ms for one in rows), default=0)
    state.add(Looked(rows, [], {0: end}, {0: last}), [LAYER])


@pytest.fixture
def state(tmp_path):
    made = MonitorState(tmp_path, LENGTH)
    yield made
    made.close()


def join(state, read, now_ms=NOW, **changes):
    return ReplayJoin(Book(read, **changes)).join(state, now_ms, now_ms)


def whys(state):
    (standing,) = joined_replays(state)
    return {doubt.exchange: doubt.why for doubt in standing.doubts}


def test_a_replay_is_no_traffic_and_is_read_by_nobody(state):
    one, two = sent(1), sent(2)
    user = row("user", BEGAN_MS + 21_000, 2, held=True)
    add(state, [row_of(one, 0), row_of(two, 1), user])
    join(state, confirmation(one, two))
    assert state.metrics()[METRIC] == (1, 1, 0)
    assert state.metrics()["exchanges"] == (1, 0, 0)
    assert [found[0] for found in state.framed(ALL, 4096, 0, ALL)] == []
    (standing,) = joined_replays(state)
    assert (standing.named, standing.excluded, standing.late, standing.doubted) == (2, 2, 0, 0)
    join(state, confirmation(one, two))
    assert state.metrics()[METRIC] == (1, 1, 0)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (sent(1, "user"), "it asks something else than the plan"),
        (sent(10, "user", at_ms=BEGAN_MS + 20_000), "it asks something else than the plan"),
        (sent(2, "x1"), "it asks something else than the plan"),
        (sent(1, at_ms=BEGAN_MS + 20 * MINUTE), "it was asked at another time than the replay"),
        (sent(1, "gone"), "it is not in the log"),
    ],
)
def test_no_trial_takes_out_what_is_not_its_replay(state, named, why):
    add(state, [row("user", BEGAN_MS + 20_500, 0, held=True), row_of(sent(1), 1)])
    join(state, confirmation(named))
    assert state.metrics()[METRIC] == (2, 2, 0)
    assert whys(state) == {named.exchange: why}


def test_what_asks_the_same_words_before_the_plan_or_after_the_end_stays_counted(state):
    early, late = sent(1, at_ms=BEGAN_MS - 5 * MINUTE), sent(2, at_ms=BEGAN_MS + 10 * MINUTE)
    add(state, [row_of(early, 0), row_of(late, 1)])
    join(state, confirmation(early, late, ended_ms=BEGAN_MS + MINUTE))
    assert state.metrics()[METRIC] == (2, 2, 0)
    assert set(whys(state).values()) == {"it was asked at another time than the replay"}


def test_an_item_goes_over_a_route_once(state):
    one = sent(1)
    again = row("again", one.at_ms + 900, 1, held=True, asked="item t1")
    add(state, [row_of(one, 0), again])
    join(state, confirmation(one, repeated=(("t1", "again"),)))
    assert state.metrics()[METRIC] == (1, 1, 0)
    assert whys(state) == {"again": "the replay has an exchange already"}
    # Nor does another trial that names it later, whatever became of the first.
    join(state, confirmation(sent(1, "again")))
    assert state.metrics()[METRIC] == (1, 1, 0)
    assert whys(state) == {"again": "it stands for another replay or for a sealed probe"}


def test_a_sealed_probe_is_no_replay(state):
    one = sent(1)
    add(state, [row_of(one, 0)])
    claim = ProbeClaim(
        watch="w", number=1, exchange="x1", drawn=(("attack", 1),), from_ms=0, until_ms=ALL
    )
    exclude(state, [JoinedClaim(claim, "probe", "attack")])
    join(state, confirmation(one))
    assert state.metrics()[METRIC] == (0, 0, 0)
    assert whys(state) == {"x1": "it stands for another replay or for a sealed probe"}
    assert joined_replays(state)[0].excluded == 0


def test_what_was_sent_before_all_that_is_counted_is_no_doubt(state):
    add(state, [row("user", BEGAN_MS + 30 * MINUTE, 0)])
    join(state, confirmation(sent(1)))
    (standing,) = joined_replays(state)
    assert (standing.before, standing.doubted, standing.excluded) == (1, 0, 0)


def test_nothing_is_left_out_for_what_cannot_be_drawn_again(state):
    add(state, [row_of(sent(1), 0)])
    join(state, confirmation(sent(1)), broken="the fillers are others")
    (standing,) = joined_replays(state)
    assert "the fillers are others" in standing.blocked
    assert state.metrics()[METRIC] == (1, 1, 0)
    join(state, confirmation(sent(1)))
    join(state, confirmation(sent(1)), broken="what is settled needs no drawing")
    (standing,) = joined_replays(state)
    assert (standing.blocked, standing.excluded) == ("", 1)


def test_what_is_settled_is_not_drawn_again(state):
    add(state, [row_of(sent(1), 0)])
    book = Book(confirmation(sent(1)))
    ReplayJoin(book).join(state, NOW, NOW)
    assert book.asked_for == ["t1"]
    book.read = confirmation(sent(1), sent(2))
    ReplayJoin(book).join(state, NOW, NOW)
    assert book.asked_for == ["t1", "t2"]


def test_windows_wait_for_trials_that_may_come_and_no_longer_than_a_quarter_of_an_hour(state):
    last = BEGAN_MS + 10 * MINUTE
    read = confirmation(sent(1, at_ms=last), touched_ms=last)
    assert join(state, read, now_ms=last + 1000) == last - 10_000 - MINUTE
    assert join(state, read, now_ms=last + 15 * MINUTE) == ALL
    assert join(state, dataclasses.replace(read, ended_ms=last), now_ms=last + 1000) == ALL
    assert join(state, dataclasses.replace(read, altered="x"), now_ms=last + 1000) == ALL
    begun = confirmation()
    assert join(state, begun, now_ms=BEGAN_MS + 1000) == BEGAN_MS - MINUTE


def test_whoever_goes_on_writing_trials_holds_no_window_for_longer(state):
    """Files that are touched for ever, with trials of long ago or of the future."""
    for at_ms in (BEGAN_MS + 1, NOW + HOUR, 10**30):
        read = confirmation(sent(1, at_ms=at_ms), touched_ms=NOW)
        assert NOW - 16 * MINUTE <= join(state, read) <= NOW


def test_a_trial_that_comes_after_detectors_were_fed_leaves_the_others_exact(state):
    plan = watch_plan([AcceptedBand(metric=METRIC, upper="0.5", source="x")], 1, 1, 0.05)
    one = sent(1)
    add(state, [row_of(one, 0), row("early", one.at_ms + 400, 1, held=True)])
    feed(state, plan, ALL)
    add(state, [row("late", one.at_ms + 400, 2, held=True)])
    join(state, confirmation(one))
    (standing,) = joined_replays(state)
    assert (standing.excluded, standing.late) == (1, 1)
    assert state.metrics()[METRIC] == (2, 2, 0)
    feed(state, plan, ALL)
    with state.writing() as db:
        query = "select sum(requests - fed_requests), sum(events - fed_events) from windows"
        assert db.execute(f"{query} where metric = ?", (METRIC,)).fetchone() == (0, 0)


def figures(state):
    (standing,) = joined_replays(state)
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
    """Exchanges in any order of partitions, trials as they are written, joins in between."""
    chance = random.Random(seed)
    forged = {3: "user-1", 5: "x6", 8: "gone"}
    named = [sent(number, forged.get(number)) for number in range(1, 11)]
    rows = [row_of(sent(number), number) for number in range(1, 11)]
    rows += [row(f"user-{n}", BEGAN_MS + n * 9_000, 20 + n, held=n % 2 == 0) for n in range(20)]

    whole = MonitorState(tmp_path_factory.mktemp("whole"), LENGTH)
    add(whole, rows)
    join(whole, confirmation(*named))
    expected = figures(whole)
    assert expected[2].excluded == 6
    whole.close()

    folder = tmp_path_factory.mktemp("parts")
    state, told, left = MonitorState(folder, LENGTH), 0, rows[:]
    chance.shuffle(left)
    joined = ReplayJoin(Book(confirmation()))
    while left or told < len(named):
        if left and chance.random() < 0.6:
            count = chance.randint(1, 9)
            take, left = left[:count], left[count:]
            spread = [dataclasses.replace(one, partition=chance.randrange(3)) for one in take]
            state.add(Looked(spread, [], {}, {}), [LAYER])
        else:
            told = min(len(named), told + chance.randint(1, 3))
        joined.book.read = confirmation(*named[:told])
        joined.join(state, BEGAN_MS, NOW)
        if restarts:
            state.close()
            state = MonitorState(folder, LENGTH)
            joined = ReplayJoin(Book(confirmation(*named[:told])))
    joined.join(state, NOW, NOW)
    assert figures(state) == expected
    state.close()
