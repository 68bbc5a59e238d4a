"""Which exchanges are probes: by what was drawn, when, and how often; a name alone is nothing."""

import pytest

from shipworthy.stages.monitoring import JoinedClaim, ProbeClaim, SeenExchange, join_probes

DRAWN = (("attack", 11), ("twin", 12))
LATE = 10**9


def claim(exchange, number=1, **changes):
    values = {
        "watch": "w",
        "number": number,
        "exchange": exchange,
        "drawn": DRAWN,
        "from_ms": 1000,
        "until_ms": 2000,
    }
    return ProbeClaim(**(values | changes))


def seen(asked, at_ms=1500, **changes):
    return SeenExchange(at_ms=at_ms, asked=asked, **changes)


def places(claims, known, settled=(), until=LATE):
    found = join_probes(claims, known, dict(settled), until)
    return {one.claim.exchange: (one.place, one.role) for one in found}


def test_what_asks_what_was_drawn_in_its_time_is_a_probe():
    known = {"a": seen(11), "b": seen(12)}
    assert places([claim("a"), claim("b")], known) == {
        "a": ("probe", "attack"),
        "b": ("probe", "twin"),
    }


@pytest.mark.parametrize(
    ("exchange", "place"),
    [
        (seen(13), "another-request"),
        (seen(0), "another-request"),
        (seen(11, at_ms=999), "another-time"),
        (seen(11, at_ms=2001), "another-time"),
        (seen(0, refused=True), "refused"),
    ],
)
def test_what_is_not_the_probe_stays_traffic(exchange, place):
    assert places([claim("a")], {"a": exchange}) == {"a": (place, "")}


def test_nothing_that_was_not_asked_is_a_probe_because_nothing_was_drawn():
    nothing = claim("a", drawn=(("attack", 0),))
    assert places([nothing], {"a": seen(0)}) == {"a": ("another-request", "")}


def test_a_named_exchange_that_the_log_does_not_hold_is_missing_once_it_is_read_so_far():
    assert places([claim("a")], {}, until=2000) == {"a": ("awaited", "")}
    assert places([claim("a")], {}, until=2001) == {"a": ("missing", "")}


def test_a_probe_takes_out_no_more_exchanges_than_were_drawn():
    known = {"a": seen(11), "b": seen(11), "c": seen(12)}
    found = places([claim("a"), claim("b"), claim("c")], known)
    assert found == {"a": ("probe", "attack"), "b": ("twice", ""), "c": ("probe", "twin")}


def test_two_equal_messages_around_a_probe_are_two_exchanges():
    drawn = (("cover 1", 9), ("cover 1", 8), ("cover 2", 9), ("cover 2", 8))
    claims = [claim(name, drawn=drawn) for name in "abc"]
    found = places(claims, {"a": seen(9), "b": seen(8), "c": seen(9)})
    assert [place for place, _ in found.values()] == ["probe", "probe", "twice"]


def test_an_exchange_is_the_probe_of_one_promise():
    known = {"a": seen(11)}
    found = join_probes([claim("a", number=2), claim("a", number=1)], known, {}, LATE)
    assert [(one.claim.number, one.place) for one in found] == [(1, "probe"), (2, "twice")]
    other = {"a": ("another watch", 1, "attack")}
    assert places([claim("a")], known, other) == {"a": ("twice", "")}


def test_what_is_settled_stays_and_counts_for_its_role():
    settled = {"a": ("w", 1, "attack")}
    found = places([claim("a"), claim("b")], {"b": seen(11)}, settled)
    assert found == {"a": ("probe", "attack"), "b": ("twice", "")}
    assert join_probes([], {}, settled, LATE) == ()
    assert isinstance(join_probes([claim("a")], {}, settled, LATE)[0], JoinedClaim)
