"""What every kind of log must do: the same tests on segment files, NATS and the Kafka protocol."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shipworthy.kernel import Problem
from shipworthy.traffic.logs import Entry, open_reader, open_writer, partition_of

pytestmark = pytest.mark.xdist_group("brokers")
PATIENCE_S = 60  # a reader joins a Kafka group in seconds, or in many on a busy machine
MEMBER = Path(__file__).parents[2] / "builders" / "log_member.py"


def run(log, scenario):
    async def bounded():
        try:
            return await asyncio.wait_for(scenario, 2 * PATIENCE_S)
        finally:
            await log.close()

    return asyncio.run(bounded())


def entries(count, keys=7):
    return [Entry(f"account-{n % keys}", f"{n}".encode()) for n in range(count)]


async def read(reader, count):
    """Read until so many different entries came."""
    found, until = [], time.monotonic() + PATIENCE_S
    while len({(one.partition, one.offset) for one in found}) < count:
        assert time.monotonic() < until, f"{len(found)} of {count} came"
        found += await reader.poll(50, 0.2)
    return found


def after(found):
    return {one.partition: one.offset + 1 for one in found}


def numbers(found):
    return sorted(int(one.body) for one in found)


def test_entries_of_a_key_come_in_order_and_unchanged(log):
    async def scenario():
        writer, reader = await log.writer(), await log.reader()
        wanted = entries(200)
        for at in range(0, 200, 25):
            await writer.append(wanted[at : at + 25])
        return wanted, await read(reader, 200)

    wanted, found = run(log, scenario())
    assert numbers(found) == list(range(200))
    for key in {one.key for one in wanted}:
        its = [one.body for one in found if one.key == key]
        assert its == [one.body for one in wanted if one.key == key]
    for partition in {one.partition for one in found}:
        offsets = [one.offset for one in found if one.partition == partition]
        assert offsets == sorted(set(offsets))
    assert {one.partition for one in found} == {0, 1}
    assert all(one.partition == partition_of(one.key, 2) for one in found)


def test_what_many_tasks_append_at_once_is_all_there_and_each_keeps_its_order(log):
    async def scenario():
        writer, reader = await log.writer(), await log.reader()

        async def client(name):
            for number in range(10):
                await writer.append([Entry(f"client-{name}", f"{name * 10 + number}".encode())])

        await asyncio.gather(*(client(name) for name in range(20)))
        return await read(reader, 200)

    found = run(log, scenario())
    assert numbers(found) == list(range(200))
    for name in range(20):
        its = [int(one.body) for one in found if one.key == f"client-{name}"]
        assert its == sorted(its)


def test_keys_and_bodies_may_be_any_text_and_bytes(log):
    odd = [Entry("", b""), Entry("ключ\n\x00", bytes(range(256))), Entry("k" * 1000, b"\x00" * 9)]

    async def scenario():
        writer, reader = await log.writer(), await log.reader()
        await writer.append(odd)
        return await read(reader, 3)

    found = run(log, scenario())
    assert {(one.key, one.body) for one in found} == {(one.key, one.body) for one in odd}


def test_what_was_not_committed_comes_again(log):
    async def scenario():
        writer, first = await log.writer(), await log.reader()
        await writer.append(entries(40))
        seen = await read(first, 40)
        await first.close()
        return seen, await read(await log.reader(), 40)

    seen, again = run(log, scenario())
    assert set(seen) <= set(again)


def test_reading_goes_on_after_what_was_committed(log):
    async def scenario():
        writer, first = await log.writer(), await log.reader()
        await writer.append(entries(40))
        await first.commit(after(await read(first, 40)))
        await first.close()
        await writer.append([Entry("account-1", b"100"), Entry("account-2", b"101")])
        second = await log.reader()
        found = await read(second, 2)
        return found + list(await second.poll(50, 0.3))

    assert numbers(run(log, scenario())) == [100, 101]


def test_the_ends_are_where_the_last_acknowledged_entries_end(log):
    async def scenario():
        writer, reader = await log.writer(), await log.reader()
        empty = await reader.ends()
        await writer.append(entries(50))
        full, starts = await reader.ends(), await reader.starts()
        return empty, full, starts, after(await read(reader, 50))

    empty, full, starts, read_to = run(log, scenario())
    assert empty == starts == {0: 0, 1: 0}
    assert full == read_to


def test_an_earlier_position_within_a_batch_can_be_committed(log):
    async def scenario():
        writer, first = await log.writer(), await log.reader()
        await writer.append([Entry("account-1", f"{n}".encode()) for n in range(10)])
        found = await read(first, 10)
        await first.commit({found[3].partition: found[3].offset + 1})
        await first.close()
        return await read(await log.reader(), 6)

    assert numbers(run(log, scenario())) == [4, 5, 6, 7, 8, 9]


def test_groups_do_not_disturb_each_other(log):
    async def scenario():
        writer = await log.writer()
        await writer.append(entries(30))
        one = await log.reader("one")
        await one.commit(after(await read(one, 30)))
        return await read(await log.reader("other"), 30)

    assert numbers(run(log, scenario())) == list(range(30))


def test_the_members_of_a_group_share_the_partitions(log):
    async def scenario():
        writer = await log.writer()
        one, other = await log.reader(), await log.reader()
        until = time.monotonic() + PATIENCE_S
        while not (len(one.assigned()) == len(other.assigned()) == 1):
            assert time.monotonic() < until, (one.assigned(), other.assigned())
            await asyncio.gather(one.poll(10, 0.2), other.poll(10, 0.2))
        await writer.append(entries(60))
        found = {0: [], 1: []}
        while len(found[0]) + len(found[1]) < 60:
            assert time.monotonic() < until
            for index, reader in enumerate((one, other)):
                found[index] += await reader.poll(50, 0.2)
        return one.assigned(), other.assigned(), found

    mine, others, found = run(log, scenario())
    assert mine | others == {0, 1}
    assert {one.partition for one in found[0]} == mine
    assert {one.partition for one in found[1]} == others
    assert numbers(found[0] + found[1]) == list(range(60))


def test_an_entry_that_is_too_large_is_refused_with_all_beside_it(log):
    large = Entry("account-1", bytes(65 * 1024 * 1024))

    async def scenario():
        writer, reader = await log.writer(), await log.reader()
        with pytest.raises(Problem) as refused:
            await writer.append([Entry("account-1", b"1"), large])
        await writer.append([Entry("account-1", b"2")])
        return refused.value, await read(reader, 1)

    problem, found = run(log, scenario())
    assert problem.diagnostics[0].code == "log-entry"
    assert "bytes" in problem.diagnostics[0].help
    assert numbers(found) == [2]


def test_a_closed_writer_takes_nothing_and_closes_twice(log):
    async def scenario():
        writer = await log.writer()
        await writer.close()
        await writer.close()
        with pytest.raises(Problem) as refused:
            await writer.append(entries(1))
        return refused.value

    assert run(log, scenario()).diagnostics[0].code == "log-closed"


def test_another_number_of_partitions_is_refused(log):
    async def scenario():
        await (await log.writer()).close()
        with pytest.raises(Problem) as refused:
            await log.writer(partitions=3)
        return refused.value

    problem = run(log, scenario())
    assert problem.diagnostics[0].code == "log-options"
    assert "2 partitions and not 3" in problem.diagnostics[0].message


def test_a_misspelt_option_is_named(log):
    async def scenario():
        with pytest.raises(Problem) as refused:
            await log.writer(partition=3)
        return refused.value

    assert "did you mean `partitions`" in run(log, scenario()).render()


def test_a_kind_that_there_is_not_is_named():
    for opening in (open_writer("kafkaa", {}), open_reader("kafkaa", {}, "g")):
        with pytest.raises(Problem) as refused:
            asyncio.run(opening)
        assert refused.value.diagnostics[0].code == "log-kind"
        assert "did you mean `kafka`" in refused.value.render()


class Member:
    """A reader in a process of its own."""

    def __init__(self, log, mode):
        asked = json.dumps([log.kind, log.options, log.group, mode])
        self.process = subprocess.Popen(
            [sys.executable, str(MEMBER), asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self):
        found = self.process.stdout.readline()
        assert found, "the member ended"
        return json.loads(found)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


@pytest.mark.slow
def test_what_a_killed_reader_had_not_committed_goes_to_the_next(log):
    async def scenario():
        writer = await log.writer()
        await writer.append(entries(400))
        with Member(log, "at once") as member:
            first = await asyncio.to_thread(member.line)
            await asyncio.to_thread(member.line)
            member.process.send_signal(signal.SIGKILL)
            member.process.wait()
            rest = [json.loads(line) for line in member.process.stdout.read().splitlines()]
        seen = {int(body) for line in [first, *rest] for _, _, body in line.get("read", [])}
        reader, found, until = await log.reader(), [], time.monotonic() + PATIENCE_S
        while {int(one.body) for one in found} | seen != set(range(400)):
            assert time.monotonic() < until, len(found)
            found += await reader.poll(50, 0.2)
        return seen

    seen = run(log, scenario())
    assert 0 < len(seen) < 400


@pytest.mark.slow
def test_a_reader_that_was_paused_too_long_cannot_commit(log):
    async def scenario():
        writer = await log.writer()
        await writer.append(entries(100))
        with Member(log, "wait") as member:
            stale = (await asyncio.to_thread(member.line))["read"]
            member.process.send_signal(signal.SIGSTOP)
            reader = await log.reader()
            found = await read(reader, 100)
            await reader.commit(after(found))
            member.process.send_signal(signal.SIGCONT)
            member.process.stdin.write("go on\n")
            member.process.stdin.flush()
            answer = await asyncio.to_thread(member.line)
            # the test broker never replaces a leader of a group that dies while it forms
            await asyncio.to_thread(member.process.wait, PATIENCE_S)
        await reader.close()
        await writer.append([Entry("account-1", b"100")])
        return stale, answer, await read(await log.reader(), 1)

    stale, answer, later = run(log, scenario())
    assert stale
    assert answer == {"refused": "log-fenced"}
    assert numbers(later) == [100]
