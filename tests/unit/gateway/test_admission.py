"""Limits, the queue, the stop file, addresses and times, each alone."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import Problem
from shipworthy.records.live import AccountsSection, LimitsSection, LogSection
from shipworthy.traffic.gateway.addresses import listening, upstream_address
from shipworthy.traffic.gateway.admission import (
    AccountLimits,
    Accounts,
    Gate,
    Memory,
    Stop,
    StopSwitch,
)
from shipworthy.traffic.gateway.keeping.journal import Journal
from shipworthy.traffic.gateway.keeping.naming import exchange_names
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.logs import Entry
from shipworthy.traffic.logs.protocol import log_full


@given(
    rate=st.integers(1, 120),
    gaps=st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=200),
)
def test_no_cut_of_time_lets_more_than_two_minutes_worth_through_in_one(rate, gaps):
    limits = AccountLimits(LimitsSection(requests_per_minute=rate))
    at, entered = 0.0, []
    for gap in gaps:
        at += gap
        if limits.enter("a", at) is None:
            entered.append(at)
            limits.leave("a")
    for begin in entered:
        assert sum(begin <= one < begin + 60 for one in entered) <= 2 * rate


@given(st.lists(st.booleans(), max_size=60))
def test_exchanges_at_once_are_never_more_than_allowed(moves):
    limits = AccountLimits(LimitsSection(concurrent=3))
    running = 0
    for enters in moves:
        if enters:
            running += limits.enter("a", 0.0) is None
        elif running:
            limits.leave("a")
            running -= 1
        assert running <= 3
    assert (limits.enter("a", 0.0) is None) == (running < 3)


def test_strikes_are_counted_within_their_time_and_end():
    limits = AccountLimits(LimitsSection(strikes=2, strike_minutes=1, stop_minutes=5))
    assert not limits.strike("a", 0.0)
    assert not limits.strike("a", 61.0), "the first strike is over"
    assert limits.strike("a", 90.0)
    denial = limits.enter("a", 91.0)
    assert denial is not None
    assert denial.retry_s == 299
    assert limits.enter("b", 91.0) is None
    assert limits.enter("a", 391.0) is None


def test_nobody_is_struck_where_nobody_is_told_apart():
    limits = AccountLimits(LimitsSection(strikes=1))
    assert not limits.strike("", 0.0)
    assert limits.enter("", 1.0) is None


def test_a_reload_keeps_who_is_stopped():
    limits = AccountLimits(LimitsSection(strikes=1))
    limits.strike("a", 0.0)
    assert limits.renewed(LimitsSection(strikes=5)).enter("a", 1.0) is not None


def test_a_queue_lets_in_by_turns_and_a_place_given_up_is_no_loss():
    async def run():
        gate = Gate(1, 2, 0.05)
        assert await gate.enter() is None
        waiting = [asyncio.create_task(gate.enter()) for _ in range(2)]
        await asyncio.sleep(0)
        assert (await gate.enter()).why == "too many exchanges wait"
        waiting[0].cancel()
        await asyncio.sleep(0)
        gate.leave()
        assert await waiting[1] is None
        late = await gate.enter()
        assert late.why == "no room in time"
        gate.leave()
        assert (gate.running, gate.waiting) == (0, 0)
        assert gate.try_enter()

    asyncio.run(run())


@given(st.lists(st.integers(0, 100), max_size=50))
def test_memory_is_never_held_beyond_its_bound(sizes):
    memory, held = Memory(200), []
    for size in sizes:
        if memory.take(size):
            held.append(size)
        elif held:
            memory.give(held.pop())
        assert memory.held == sum(held) <= 200


def test_a_stop_file_of_any_content_stops(tmp_path):
    switch = StopSwitch(tmp_path / "state")
    assert switch.read() is None
    switch.stop(Stop(why="drill", at_ms=5, by="me"))
    switch.stop(Stop(why="another", at_ms=6))
    assert switch.read() == Stop(why="drill", at_ms=5, by="me"), "the first stop stays"
    assert switch.resume(Stop(why="over", at_ms=7))
    assert not switch.resume(Stop(why="over", at_ms=8))
    for content in (b"", b"pulled by hand", b"\xff\xfe", b'{"why": 3}'):
        switch.path.write_bytes(content)
        assert switch.read().why
    history = (tmp_path / "state" / "stops.jsonl").read_text().splitlines()
    assert [line.partition('"event":"')[2].partition('"')[0] for line in history] == [
        "stop",
        "stop",
        "resume",
    ]


def test_accounts_without_a_key_are_told_apart_and_not_logged():
    one, other = Accounts(AccountsSection(), {}), Accounts(AccountsSection(), {})
    headers = {b"x-api-key": b"sk-a"}
    assert one.of(headers) == one.of(headers) != one.of({b"x-api-key": b"sk-b"})
    assert one.of(headers) != other.of(headers), "the key of one process was used in another"
    assert one.logged(one.of(headers)) == ""
    assert one.of({}) == ""


def test_an_account_can_be_named_by_a_header():
    section = AccountsSection(header="X-User", key_variable="K")
    accounts = Accounts(section, {"K": "k" * 16})
    assert accounts.of({b"x-user": b"u", b"x-api-key": b"a"}) == accounts.of({b"x-user": b"u"})
    assert accounts.of({b"x-api-key": b"a"}) == ""


@pytest.mark.parametrize(
    ("url", "authority", "port", "secure", "prefix"),
    [
        ("http://127.0.0.1:9000", b"127.0.0.1:9000", 9000, False, b""),
        ("https://model.example/api/", b"model.example", 443, True, b"/api"),
        ("http://[::1]:80", b"[::1]", 80, False, b""),
    ],
)
def test_an_address_is_read(url, authority, port, secure, prefix):
    found = upstream_address(url)
    assert (found.authority, found.port, found.secure) == (authority, port, secure)
    assert found.prefix == prefix


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:9000",
        "ftp://a",
        "http://",
        "http://a:99999",
        "http://user:pass@a",
        "http://a/v1",
        "http://a?x=1",
        "http://a\r\nX: y",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url):
    with pytest.raises(Problem, match="no address"):
        upstream_address(url)


@pytest.mark.parametrize("text", ["8080", ":8080", "host:", "host:http", "unix:", "a:70000"])
def test_a_place_to_listen_that_is_none_is_refused(text):
    with pytest.raises(Problem, match="no address"):
        listening(text)


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(-1e6, 1e6)), max_size=40),
)
def test_a_clock_never_runs_backwards_and_never_ahead_of_the_latest_wall(steps):
    wall, monotonic = [1e9], [0.0]
    clock = SteadyClock(lambda: wall[0], lambda: monotonic[0])
    last, highest = clock.now_ms(), wall[0]
    for passed, jump in steps:
        monotonic[0] += passed
        wall[0] += passed + jump
        highest = max(highest + passed, wall[0])
        now = clock.now_ms()
        assert last <= now <= highest * 1000
        last = now


def test_a_clock_that_was_put_back_is_caught_up_with():
    wall, monotonic = [1000.0], [0.0]
    clock = SteadyClock(lambda: wall[0], lambda: monotonic[0])
    wall[0] -= 10.0
    for _ in range(25):
        monotonic[0] += 1.0
        wall[0] += 1.0
        clock.now_ms()
    assert clock.now_ms() == int(wall[0] * 1000)


def test_names_rise_and_begin_as_they_were_told():
    name = exchange_names("seed")
    assert [name(), name()] == ["seed-1", "seed-2"]
    assert exchange_names()() != exchange_names()()


class Writer:
    """A log that can be slow and full."""

    def __init__(self):
        self.batches = []
        self.full = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def append(self, entries):
        await self.gate.wait()
        if self.full:
            raise log_full("test", "full")
        self.batches.append([entry.key for entry in entries])

    async def close(self):
        pass


def test_what_gathers_while_the_log_writes_is_written_together_and_in_order():
    async def run():
        writer = Writer()
        journal = Journal(writer, LogSection())
        writer.gate.clear()
        handed = [journal.hand_over([Entry(str(n), b"")]) for n in range(20)]
        await asyncio.sleep(0)
        handed += [journal.hand_over([Entry(str(n), b"")]) for n in range(20, 40)]
        writer.gate.set()
        assert all(await asyncio.gather(*handed))
        await journal.close()
        return writer.batches

    batches = asyncio.run(run())
    assert len(batches) == 2
    assert [key for batch in batches for key in batch] == [str(n) for n in range(40)]


def test_a_log_that_is_full_late_or_behind_says_no():
    async def run():
        writer = Writer()
        journal = Journal(writer, LogSection(backlog=2, timeout_seconds=1))
        told = []
        writer.full = True
        assert not await journal.hand_over([Entry("a", b"")], told.append)
        assert "full" in journal.failing
        writer.full = False
        assert await journal.hand_over([Entry("b", b"")], told.append)
        assert not journal.failing
        writer.gate.clear()
        first = journal.hand_over([Entry("c", b"")])
        await asyncio.sleep(0)
        rest = [journal.hand_over([Entry(str(n), b"")]) for n in range(3)]
        assert [future.done() for future in rest] == [False, False, True]
        assert not await first, "an append that does not end counts as refused"
        writer.gate.set()
        await journal.close()
        assert not await journal.hand_over([Entry("z", b"")])
        return told

    assert asyncio.run(run()) == [False, True]
