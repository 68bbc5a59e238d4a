"""A group that is new to a log reads from the first entry that is kept, and knows when it is done.

On segment files, whose retention removes, and on a stream that somebody told to forget. The broker
of the Kafka protocol that tests use cannot be told to.
"""

import asyncio
import secrets
import time

import nats
import pytest
from nats.js import api

from shipworthy.traffic.logs import Entry, ends_to_read, open_reader, open_writer

PATIENCE_S = 60


def entries(count):
    return [Entry(f"account-{n % 7}", f"{n}".encode().ljust(500, b".")) for n in range(count)]


async def all_of(reader):
    """Read until the ends that the log has now."""
    ends, found, until = await ends_to_read(reader), {}, time.monotonic() + PATIENCE_S
    while any((one, end - 1) not in found for one, end in ends.items()):
        assert time.monotonic() < until, f"{len(found)} came, to {ends}"
        found |= {(one.partition, one.offset): one for one in await reader.poll(50, 0.2)}
    return found


def numbers(found):
    return sorted(int(one.body.rstrip(b".")) for one in found.values())


def segments(folder):
    return {"folder": str(folder), "partitions": 2, "lease_seconds": 1}


@pytest.fixture
def forgetful(tmp_path):
    """A segment log of which retention has removed the first entries."""

    async def write():
        more = {"segment_bytes": 4096, "retain_bytes": 8192}
        writer = await open_writer("segment", segments(tmp_path / "log") | more)
        for one in entries(100):
            await writer.append([one])
        await writer.close()

    asyncio.run(write())
    return segments(tmp_path / "log")


def test_a_new_group_reads_what_a_segment_log_keeps(forgetful):
    async def read():
        reader = await open_reader("segment", forgetful, "new")
        starts, found = await reader.starts(), await all_of(reader)
        await reader.commit({one: at + 1 for one, at in found})
        await reader.close()
        again = await open_reader("segment", forgetful, "new")
        more = await again.poll(50, 0.1)
        await again.close()
        return starts, found, more

    starts, found, more = asyncio.run(read())
    assert min(starts.values()) > 0
    for partition, start in starts.items():
        offsets = sorted(at for one, at in found if one == partition)
        assert offsets == list(range(start, offsets[-1] + 1))
    assert numbers(found)[-1] == 99
    assert not more


@pytest.mark.xdist_group("brokers")
def test_a_stream_that_forgets_is_read_from_what_it_keeps(nats_address):
    name = f"t{secrets.token_hex(6)}"
    options = {"servers": nats_address, "stream": name, "partitions": 2, "lease_seconds": 1}

    async def scenario():
        client = await nats.connect(nats_address)
        subjects = [f"{name}.0", f"{name}.1"]
        config = api.StreamConfig(
            name=name, subjects=subjects, max_msgs=9, discard=api.DiscardPolicy.OLD,
            allow_direct=True,
        )  # fmt: skip
        await client.jetstream().add_stream(config)
        writer = await open_writer("nats", options)
        reader = await open_reader("nats", options, "early")
        before = await reader.starts()
        for one in entries(40):
            await writer.append([one])
        starts, found = await reader.starts(), await all_of(reader)
        # The last of one account alone: the other partition keeps nothing.
        quiet = {one.partition for one in found.values()}
        for number in range(20):
            await writer.append([Entry("one", f"{number}".encode())])
        quiet -= {one.partition for one in (await all_of(reader)).values() if one.key == "one"}
        left = await ends_to_read(reader)
        for one in (reader, writer, client):
            await one.close()
        return before, starts, found, quiet, left

    before, starts, found, quiet, left = asyncio.run(scenario())
    assert before == {0: 0, 1: 0}
    assert numbers(found) == list(range(31, 40))
    assert min(starts.values()) <= min(at for _, at in found)
    assert len(quiet) == 1
    assert not quiet & left.keys(), "nothing of it is kept, so nothing is waited for"
