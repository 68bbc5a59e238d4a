"""Alarms from the counts of a state: fed once, raised once, and again after what was dealt with."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live_traffic import BEGAN_MS, exchange
from shipworthy.app.live.monitoring.alarming import feed, gaps_of, judge, restart, watch_plan
from shipworthy.app.live.monitoring.looking.counting import Row
from shipworthy.app.live.monitoring.looking.rechecking import Rechecked
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.state import Looked, MonitorState
from shipworthy.records.live.alarms import AcceptedBand
from shipworthy.vocabulary import LayerAction

LAYER = "output-filter"
METRIC = f"detected.{LAYER}.deployed"
BAND = AcceptedBand(metric=METRIC, upper="0.02", source="declared")
ALL = 2**62
LENGTH = 10_000


def plan(days=1):
    return watch_plan([BAND], days, 1, 0.05)


def rows(first, held):
    """Rows of exchanges one second apart, from number `first` on."""
    found = []
    for number, one in enumerate(held, start=first):
        action = LayerAction(layer=LAYER, action="withheld" if one else "passed")
        known = assess(exchange(0), Rechecked((action,)), "", frozenset({LAYER}))
        found.append(Row(f"x{number}", BEGAN_MS + number * 1000, 0, number, known))
    return found


def add(state, some):
    last = some[-1]
    state.add(Looked(some, [], {0: last.offset + 1}, {0: last.at_ms}), [LAYER])


@pytest.fixture
def state(tmp_path):
    made = MonitorState(tmp_path, LENGTH)
    yield made
    made.close()


def test_a_rise_is_raised_once_and_kept(state):
    add(state, rows(0, [n % 5 == 0 for n in range(600)]))
    (alarm,) = feed(state, plan(), ALL)
    assert alarm.metric == METRIC
    assert feed(state, plan(), ALL) == ()
    assert state.alarms() == (alarm,)


def test_after_it_was_dealt_with_a_rise_that_goes_on_is_raised_again(state):
    add(state, rows(0, [n % 5 == 0 for n in range(600)]))
    (first,) = feed(state, plan(), ALL)
    restart(state, [first.id])
    assert judge(state, BAND, 0.05, 1).requests == 0
    add(state, rows(600, [n % 5 == 0 for n in range(600)]))
    (second,) = feed(state, plan(), ALL)
    assert second.id != first.id
    restart(state, [first.id])  # said again, it does not begin again
    assert judge(state, BAND, 0.05, 1).requests == 600


def test_windows_wait_until_they_are_over(state):
    add(state, rows(0, [n % 5 == 0 for n in range(600)]))
    assert feed(state, plan(), BEGAN_MS) == ()
    assert len(feed(state, plan(), ALL)) == 1


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(1, 299), max_size=4, unique=True))
def test_the_same_alarm_however_the_traffic_was_cut(tmp_path_factory, cuts):
    held = [n > 100 and n % 4 == 0 for n in range(300)]
    whole = MonitorState(tmp_path_factory.mktemp("whole"), LENGTH)
    add(whole, rows(0, held))
    expected = feed(whole, plan(), ALL)
    parts = MonitorState(tmp_path_factory.mktemp("parts"), LENGTH)
    places = [0, *sorted(cut // 10 * 10 for cut in cuts), 300]
    everything = rows(0, held)
    found = []
    for start, end in pairwise(places):
        if end > start:
            add(parts, everything[start:end])
            found += feed(parts, plan(), ALL)
    assert tuple(found) == expected
    assert parts.metrics() == whole.metrics()
    whole.close()
    parts.close()


def test_too_little_is_never_shown_to_be_inside(state):
    add(state, rows(0, [False] * 400))
    feed(state, plan(), ALL)
    assert judge(state, BAND, 0.05, 1000).place == "not-shown"
    assert judge(state, BAND, 0.05, 100).place == "inside"


def test_a_band_too_high_for_a_detector_is_judged_by_its_limits(state):
    high = AcceptedBand(metric=METRIC, upper="0.9", source="declared")
    assert watch_plan([high], 1, 1, 0.05) is None
    add(state, rows(0, [False] * 100))
    assert feed(state, None, ALL) == ()
    assert judge(state, high, 0.05, 10).place == "inside"


def test_a_gap_between_exchanges_is_a_silence(state):
    some = rows(0, [False] * 10)
    add(state, some)
    add(state, [Row("late", BEGAN_MS + 10**7, 0, 99, some[0].known)])
    (alarm,) = gaps_of(state, 3_600_000, None)
    assert alarm.kind == "silence"
    assert len(gaps_of(state, 3_600_000, BEGAN_MS + 3 * 10**7)) == 2


def test_one_record_from_the_future_does_not_end_all_silences(state):
    some = rows(0, [False] * 10)
    year = 365 * 86_400_000
    add(state, [*some, Row("a wrong clock", BEGAN_MS + year, 0, 99, some[0].known)])
    more = [Row(f"b{n}", BEGAN_MS + 10**8, 0, 200 + n, some[0].known) for n in range(3)]
    add(state, more)
    now = BEGAN_MS + 2 * 10**8
    found = {alarm.at_ms for alarm in gaps_of(state, 3_600_000, now)}
    end = BEGAN_MS + 10**8 - (BEGAN_MS + 10**8) % state.length_ms + state.length_ms
    assert end + 3_600_000 in found
    # As soon as something is heard again the last stretch is over.
    add(state, [Row("again", now, 0, 300, some[0].known)])
    assert max(one.at_ms for one in gaps_of(state, 3_600_000, now)) < now + 3_600_000
