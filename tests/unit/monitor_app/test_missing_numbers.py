"""Numbers that a gateway gave and that no record bears."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_traffic import exchange
from shipworthy.app.live.monitoring.looking.counting import Row
from shipworthy.app.live.monitoring.looking.numbering import Run, joined, numbered, unlogged
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.state import Looked, MonitorState

PROCESS = "0123456789abcdef"
PATIENCE = 1000


def runs_of(numbers):
    """As they come to be when every exchange begins 10 ms after the one before it."""
    return [Run(number, number, number * 10, number * 10) for number in numbers]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (f"{PROCESS}-1f", (PROCESS, 31)),
        (f"{PROCESS}-1f.3", (PROCESS, 31)),
        ("ex-000001", None),
        (f"{PROCESS.upper()}-1f", None),
        (f"{PROCESS}-", None),
        (f"{PROCESS}-1f\n", None),
        (f"{PROCESS}-{'f' * 14}", None),
    ],
)
def test_only_names_that_a_gateway_gives_have_a_number(name, found):
    assert numbered(name) == found


@given(st.sets(st.integers(1, 300), min_size=1), st.integers(0, 3100))
def test_of_gaps_that_began_before_all_was_kept_nothing_is_said(numbers, since_ms):
    found, missing = unlogged(joined(runs_of(numbers)), -1, from_one=False, since_ms=since_ms)
    late = [two - one - 1 for one, two in pairwise(sorted(numbers)) if one * 10 >= since_ms]
    assert missing == sum(late)
    assert found == len(numbers) + missing


@given(st.sets(st.integers(1, 300), min_size=1), st.randoms(use_true_random=False))
def test_runs_are_the_same_in_any_order_and_however_they_are_put_together(numbers, chance):
    order = list(numbers)
    chance.shuffle(order)
    cut = chance.randrange(len(order) + 1)
    together = joined([*joined(runs_of(order[:cut])), *runs_of(order[cut:])])
    assert together == joined(runs_of(sorted(numbers)))
    held = {n for run in together for n in range(run.first, run.last + 1)}
    assert held == numbers


@given(st.sets(st.integers(1, 300), min_size=1))
def test_what_is_missing_is_what_is_not_there(numbers):
    last = max(numbers)
    given_, missing = unlogged(joined(runs_of(numbers)), -1, from_one=True)
    assert (given_, missing) == (last, last - len(numbers))
    _, later = unlogged(joined(runs_of(numbers)), -1, from_one=False)
    assert later == last - min(numbers) + 1 - len(numbers)


def test_what_may_be_under_way_is_not_missing_yet():
    runs = joined(runs_of([1, 2, 4, 5]))
    assert unlogged(runs, PATIENCE, from_one=True) == (4, 0)
    young, old = Run(6, 104, 60, 1040), Run(6, 105, 60, 1050)
    assert unlogged(joined([*runs, young]), PATIENCE, from_one=True) == (103, 0)
    assert unlogged(joined([*runs, old]), PATIENCE, from_one=True) == (105, 1)
    assert unlogged([], PATIENCE, from_one=True) == (0, 0)


def test_the_state_keeps_numbers_however_the_records_are_cut(tmp_path):
    chance = random.Random(4)
    numbers = [n for n in range(1, 200) if n not in {7, 8, 100}]
    records = [exchange(n, id=f"{PROCESS}-{n:x}") for n in numbers]
    rows = [
        Row(one.id, one.at_ms, n % 3, n, assess(one, None, one.verdict.engine, frozenset()))
        for n, one in zip(numbers, records, strict=True)
    ]
    chance.shuffle(rows)
    found = []
    for size in (1, 13, len(rows)):
        state = MonitorState(tmp_path / str(size), 60_000)
        for at in range(0, len(rows), size):
            state.add(Looked(rows[at : at + size], (), {}, {}), ())
        found.append({one: [(r.first, r.last) for r in runs] for one, runs in state.runs().items()})
        state.close()
    assert found[0] == {PROCESS: [(1, 6), (9, 99), (101, 199)]}
    assert found[0] == found[1] == found[2]
