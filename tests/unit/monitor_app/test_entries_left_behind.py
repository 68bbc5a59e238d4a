"""Entries that nobody reads are a gap, once, when nobody gets any further."""

from shipworthy.app.live.monitoring.alarming import Behind, gaps_behind
from shipworthy.app.live.monitoring.alarming.behind import LOOKS


def looks(behind, times, known, ends):
    return [behind.look(known, ends) for _ in range(times)][-1]


def test_a_partition_that_does_not_move_is_left_behind_up_to_where_it_ended_then():
    behind = Behind()
    assert looks(behind, 1, {0: 5}, {0: 9}) == {}
    assert looks(behind, LOOKS - 2, {0: 5}, {0: 12}) == {}
    assert looks(behind, 1, {0: 5}, {0: 20}) == {0: 9}


def test_one_that_moves_or_is_read_to_its_end_is_not():
    behind = Behind()
    for position in range(3 * LOOKS):
        assert behind.look({0: position, 1: 7}, {0: 10**6, 1: 7}) == {}
    looks(behind, LOOKS - 1, {1: 7}, {0: 4, 1: 7})
    behind.look({0: 4, 1: 7}, {0: 4, 1: 7})
    assert looks(behind, LOOKS - 1, {1: 7}, {0: 4, 1: 7}) == {}
    assert looks(behind, 1, {1: 7}, {0: 4, 1: 7}) == {0: 4}


def test_one_gap_is_one_alarm_however_often_it_is_seen_and_whatever_else_comes():
    first = gaps_behind("segment", {0: 5, 1: 3}, {0: 9, 1: 3}, {0: 1000, 1: 50})
    again = gaps_behind("segment", {0: 5, 1: 8}, {0: 9, 1: 8}, {0: 1000, 1: 90})
    assert [alarm.id for alarm in first] == [alarm.id for alarm in again]
    (alarm,) = first
    assert (alarm.kind, alarm.metric, alarm.key) == ("silence", "segment", "0:5")
    assert "4 entries" in alarm.why
