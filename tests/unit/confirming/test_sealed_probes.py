"""Sealed probes: what the key draws, what an audit finds, and what a missing outcome costs."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.kernel import canonical_bytes
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.probes import (
    Probe,
    ProbeOutcome,
    ProbePromised,
    WatchAlarmed,
    WatchOpened,
)
from shipworthy.stages.confirming import (
    Anchor,
    Chain,
    audit,
    audit_anchors,
    audit_outcomes,
    count_probes,
    detector_of,
    draw_cover,
    draw_probe,
    key_digest,
    line_digest,
    outcome_digests,
    outcomes_root,
    pool_digest,
)

KEY = bytes(range(32))
ROUTES = (
    FieldRoute(dialect="chat"),
    FieldRoute(dialect="chat", stream=True),
    FieldRoute(dialect="messages", tools=True),
)
POOL = tuple(
    Probe(scenario=f"s-{n}", domain="cyber", attack=f"a-{n}", twin=f"b-{n}", has_tools=n % 5 == 0)
    for n in range(12)
)


def opened(**changes):
    values = {
        "plan": "sha256:" + "1" * 64,
        "deployment": "desks",
        "key": key_digest(KEY),
        "pool": pool_digest(POOL),
        "routes": ROUTES,
        "per_hour": 20,
        "baseline": "0.02",
        "run_length": 14_400,
        "at": "2026-11-22T00:00:00Z",
    }
    return WatchOpened(**(values | changes))


def chained(*lines):
    """Link lines as a watch writes them; `previous` of what is given does not matter."""
    linked, digests = [], []
    for line in lines:
        follows = {"previous": digests[-1]} if digests else {}
        linked.append(msgspec.structs.replace(line, **follows))
        digests.append(line_digest(canonical_bytes(linked[-1])))
    return Chain(linked, digests)


def promised(number, at_ms=None):
    drawn = draw_probe(KEY, number, POOL, ROUTES)
    return ProbePromised(
        number=number, promise=drawn.promise, previous="", at_ms=at_ms or number * 1000
    )


def outcome(number, end="caught", **changes):
    drawn = draw_probe(KEY, number, POOL, ROUTES)
    values = {
        "number": number,
        "scenario": drawn.probe.scenario,
        "route": drawn.route.id,
        "end": end,
        "twin": "answered",
        "noticed": None,
        "exchanges": (),
        "at_ms": number * 1000 + 5,
    }
    return ProbeOutcome(**(values | changes))


def watch(count=8):
    return chained(opened(), *(promised(n) for n in range(1, count + 1)))


def outcomes(count=8):
    return linked([outcome(n) for n in range(1, count + 1)])


def linked(found):
    """Link outcomes as a watch writes them."""
    previous, done = outcomes_root(KEY), []
    for one in found:
        done.append(msgspec.structs.replace(one, previous=previous))
        (previous,) = outcome_digests(done[-1:])
    return done


def heads(*fixed, count=8):
    """Return what was signed: place in the chain, number of outcomes, and seconds after begin."""
    chain, found = watch(count), outcomes(count)
    known = (outcomes_root(KEY), *outcome_digests(found))
    return [Anchor(at(second), chain.digests[place], known[n]) for place, n, second in fixed]


def at(second):
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


HONEST = heads((0, 0, 0), (4, 3, 4), (8, 8, 9))


def complaints(chain, found, anchors):
    root = outcomes_root(KEY)
    return (*audit_outcomes(found, root), *audit_anchors(chain, found, root, anchors))


def test_a_watch_is_as_it_was_signed():
    assert complaints(watch(), outcomes(), HONEST) == ()
    assert complaints(watch(), outcomes(), HONEST[:1]) == ()


def called(number, end):
    found = [outcome(n, end if n == number else "caught") for n in range(1, 9)]
    return linked(found)


@pytest.mark.parametrize(
    ("chain", "found", "anchors", "complaint"),
    [
        (watch(), outcomes(), [], "the log knows no head of this chain"),
        (watch(), outcomes(), HONEST[1:], "the watch was not logged before its first promise"),
        (watch(), called(2, "missed"), HONEST, f"outcomes that were signed at {at(4)}"),
        (watch(), called(7, "missed"), HONEST, f"outcomes that were signed at {at(9)}"),
        (watch(), outcomes(6), HONEST, f"outcomes that were signed at {at(9)}"),
        (watch(7), outcomes(7), HONEST, f"the head of the chain that was signed at {at(9)}"),
        (watch(), outcomes()[::-1], HONEST, "outcome 1 does not follow the one before it"),
        (watch(), outcomes()[1:], HONEST, "outcome 1 does not follow the one before it"),
        (watch(), outcomes(), heads((0, 0, 0), (2, 3, 4)), "probe 3 had an outcome at"),
        (watch(), outcomes(), heads((0, 0, 0), (6, 5, 4)), "promise 5 is dated after the"),
        (watch(), outcomes(), heads((0, 0, 0), (2, 2, 6)), "promise 3 is dated before"),
        (watch(), outcomes(), heads((0, 0, 0), (6, 6, 6), (4, 4, 8)), "the head that was signed"),
    ],
)
def test_what_was_signed_cannot_be_made_another(chain, found, anchors, complaint):
    assert any(one.startswith(complaint) for one in complaints(chain, found, anchors))


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_done_to_outcomes_that_were_signed_is_found(data):
    """Drop, repeat, reorder or replace: nothing but the outcomes themselves passes."""
    honest = outcomes()
    forged = data.draw(st.lists(st.sampled_from([*honest, *called(3, "missed")]), max_size=9))
    if data.draw(st.booleans()):
        forged = linked(forged)
    passes = not complaints(watch(), forged, HONEST)
    assert passes == (forged == honest)


def test_a_stranger_cannot_guess_an_outcome_from_its_digest():
    """Two watches with the same outcome have other digests of it: the root is the key's."""
    mine, other = outcomes(1), outcomes(1)
    other[0] = msgspec.structs.replace(other[0], previous=outcomes_root(bytes(32)))
    assert outcome_digests(mine) != outcome_digests(other)


@pytest.mark.parametrize("per_hundred", [0, 10, 50, 300])
def test_cover_comes_as_often_as_was_asked(per_hundred):
    drawn = [draw_cover(KEY, n, per_hundred, ROUTES) for n in range(1, 1501)]
    mean = sum(map(len, drawn)) / len(drawn)
    assert mean == pytest.approx(2 * per_hundred / 100, rel=0.1)
    assert drawn[:20] == [draw_cover(KEY, n, per_hundred, ROUTES) for n in range(1, 21)]
    assert all(0 <= one.at < 1 for cover in drawn for one in cover)


def test_a_watch_that_kept_its_promises_is_in_order():
    assert audit(watch(), outcomes(), KEY, POOL) == ()


def test_the_same_key_draws_the_same_and_another_draws_otherwise():
    first = [draw_probe(KEY, n, POOL, ROUTES) for n in range(1, 50)]
    assert first == [draw_probe(KEY, n, POOL, ROUTES) for n in range(1, 50)]
    other = [draw_probe(bytes(32), n, POOL, ROUTES) for n in range(1, 50)]
    assert [one.probe for one in first] != [one.probe for one in other]
    assert not {one.promise for one in first} & {one.promise for one in other}
    assert all(one.route.tools for one in first if one.probe.has_tools)
    assert {one.route for one in first} == set(ROUTES)
    assert {one.twin_first for one in first} == {True, False}


def test_a_promise_shows_nothing_of_what_is_promised():
    """Promises of one probe over one route differ in each number, by what only the key knows."""
    alone = [draw_probe(KEY, n, POOL[1:2], ROUTES[:1]) for n in range(1, 200)]
    assert len({one.promise for one in alone}) == 199


def test_gaps_are_those_of_users():
    gaps = [draw_probe(KEY, n, POOL, ROUTES).gap for n in range(1, 4001)]
    assert 0.94 < sum(gaps) / len(gaps) < 1.06
    assert 0.30 < sum(gap > 1.0 for gap in gaps) / len(gaps) < 0.44


@pytest.mark.parametrize(
    ("chain", "found", "key", "pool", "complaint"),
    [
        (watch(), outcomes(7), KEY, POOL, "promise 8 has no outcome"),
        (watch(7), outcomes(), KEY, POOL, "probe 8 has an outcome and was never promised"),
        (watch(), [*outcomes(), outcome(3)], KEY, POOL, "probe 3 has 2 outcomes"),
        (watch(), outcomes(), bytes(32), POOL, "the key is not the one"),
        (watch(), outcomes(), KEY, POOL[1:], "the probes that were drawn from"),
        (
            watch(),
            [outcome(1, route="chat.other"), *outcomes()[1:]],
            KEY,
            POOL,
            "the outcome of probe 1 is of another probe",
        ),
        (
            watch(),
            [outcome(1, at_ms=1), *outcomes()[1:]],
            KEY,
            POOL,
            "the outcome of probe 1 is older than its promise",
        ),
    ],
)
def test_what_was_not_kept_is_found(chain, found, key, pool, complaint):
    assert any(one.startswith(complaint) for one in audit(chain, found, key, pool))


def test_a_line_that_was_changed_cut_or_put_in_is_found():
    whole = watch()
    lines = list(whole.lines)
    changed = msgspec.structs.replace(lines[3], at_ms=1)
    digests = [line_digest(canonical_bytes(one)) for one in [*lines[:3], changed, *lines[4:]]]
    broken = Chain([*lines[:3], changed, *lines[4:]], digests)
    assert "line 5 does not follow the line before it" in audit(broken, outcomes(), KEY, POOL)
    cut = Chain([*lines[:3], *lines[4:]], [*whole.digests[:3], *whole.digests[4:]])
    assert any("does not follow" in one for one in audit(cut, outcomes(), KEY, POOL))
    assert audit(Chain(lines[1:], whole.digests[1:]), outcomes(), KEY, POOL)
    other = chained(opened(), *(promised(n) for n in (1, 3, 2)))
    assert any("in the place of" in one for one in audit(other, outcomes(3), KEY, POOL))


@given(st.sets(st.integers(1, 8)))
def test_a_missing_outcome_counts_as_a_miss(missing):
    kept = {n: outcome(n) for n in range(1, 9) if n not in missing}
    counts = count_probes(watch(), kept)
    assert (counts.promised, counts.unknown) == (8, len(missing))
    recall = counts.recall(0.025)
    whole = count_probes(watch(), {n: outcome(n) for n in range(1, 9)}).recall(0.025)
    assert recall.lower <= whole.lower
    missed = {n: outcome(n, "missed") if n in missing else outcome(n) for n in range(1, 9)}
    assert detector_of(watch(), kept) == detector_of(watch(), missed)


def test_the_detector_starts_anew_after_an_alarm():
    alarm = WatchAlarmed(after=2, previous="", at_ms=9)
    chain = chained(opened(), promised(1), promised(2), alarm, promised(3))
    found = {n: outcome(n, "missed") for n in (1, 2, 3)}
    state = detector_of(chain, found)
    assert (state.requests, state.events) == (1, 1)
    assert count_probes(chain, found).alarms == 1


def test_no_probe_has_no_recall():
    assert count_probes(watch(0), {}).recall(0.025) is None
