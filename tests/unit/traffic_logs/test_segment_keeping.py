"""Rotation, seals, retention, lanes and packing of a segment log."""

import asyncio
import hashlib

import pytest

from shipworthy.evidence.merkle import leaf_hash, merkle_root
from shipworthy.kernel import Problem
from shipworthy.traffic.logs import Entry, open_reader, open_writer
from shipworthy.traffic.logs.segment import verify_log
from shipworthy.traffic.logs.segment.files import SegmentFile
from shipworthy.traffic.logs.segment.layout import partition_files, read_seal
from shipworthy.traffic.logs.segment.options import read_options
from shipworthy.traffic.logs.segment.writing import SegmentWriter


class Clock:
    def __init__(self):
        self.now = 1_000_000

    def __call__(self):
        return self.now


def options(folder, **more):
    return {"folder": str(folder), "partitions": 1, "lease_seconds": 1, **more}


def body(number):
    return f"{number}".encode().ljust(500, b".")


async def append(writer, numbers):
    for number in numbers:
        await writer.append([Entry("account", body(number))])


async def drained(reader):
    found = []
    while some := await reader.poll(100, 0.05):
        found += some
    return found


def test_a_segment_is_sealed_by_size_and_by_age(tmp_path):
    clock = Clock()
    found = read_options(options(tmp_path, segment_bytes=4096, segment_seconds=60))

    async def scenario():
        writer = SegmentWriter(found, clock)
        await append(writer, range(20))
        by_size = len(partition_files(tmp_path / "p0000").seals)
        await append(writer, [20])
        clock.now += 61_000
        await append(writer, [21])
        await writer.close()
        return by_size

    by_size = asyncio.run(scenario())
    assert by_size >= 2
    assert len(partition_files(tmp_path / "p0000").seals) == by_size + 1
    assert verify_log(tmp_path).is_whole


def test_a_seal_holds_the_merkle_root_of_its_records(tmp_path):
    """Computed again from the bodies alone, as spec/live-log.md says."""

    async def scenario():
        writer = SegmentWriter(read_options(options(tmp_path)))
        await writer.append([Entry("account", body(n)) for n in range(5)])
        await writer.append([Entry("account", body(n)) for n in range(5, 7)])
        await writer.seal()
        await writer.seal()
        await writer.close()

    asyncio.run(scenario())
    files = partition_files(tmp_path / "p0000")
    assert files.seals == (0,), "a segment without entries is not sealed"
    seal, _ = read_seal(files.seal(0))
    line = files.segment(0).read_bytes().split(b"\n")[0] + b"\n"
    chain, leaves = hashlib.sha256(line).digest(), []
    with SegmentFile(files.segment(0)) as segment:
        for batch in segment.batches(seal.bytes):
            for key, content in batch.entries:
                head = len(content).to_bytes(4, "big") + len(key).to_bytes(2, "big")
                chain = hashlib.sha256(chain + head + key.encode() + content).digest()
                leaves.append(leaf_hash(chain))
            chain = hashlib.sha256(chain + batch.head.raw).digest()
    assert seal.count == len(leaves) == 7
    assert seal.root == f"sha256:{merkle_root(leaves).hex()}"
    assert seal.last == chain.hex()


def test_retention_removes_whole_segments_and_leaves_their_seals(tmp_path):
    clock = Clock()
    found = read_options(options(tmp_path, segment_bytes=4096, retain_seconds=100))

    async def scenario():
        writer = SegmentWriter(found, clock)
        for number in range(40):
            await append(writer, [number])
            clock.now += 10_000
        await writer.close()
        late = await open_reader("segment", options(tmp_path), "late")
        kept = await drained(late)
        await late.close()
        reader = await open_reader("segment", options(tmp_path), "earlier")
        await reader.renew()
        await reader.commit({0: 1})
        await reader.close()
        reader = await open_reader("segment", options(tmp_path), "earlier")
        with pytest.raises(Problem) as removed:
            await reader.poll(10, 0)
        await reader.close()
        return kept, removed.value

    kept, problem = asyncio.run(scenario())
    files = partition_files(tmp_path / "p0000")
    assert files.segments[0] > 0
    assert files.seals[0] == 0
    health = verify_log(tmp_path)
    assert health.is_whole, health.damages
    (partition,) = health.partitions
    assert partition.removed == partition.first > 0
    assert partition.removed + partition.entries == partition.next == 40
    assert [one.offset for one in kept] == list(range(partition.first, 40))
    assert [one.body for one in kept] == [body(n) for n in range(partition.first, 40)]
    assert problem.diagnostics[0].code == "log-removed"
    assert "stays uncounted" in problem.diagnostics[0].help
    files.seal(0).unlink()
    assert not verify_log(tmp_path).is_whole, "a removed segment must leave its seal"


def test_a_segment_removed_by_hand_is_damage_also_beside_retention(tmp_path):
    found = read_options(options(tmp_path, segment_bytes=4096, retain_bytes=12_000))

    async def scenario():
        writer = SegmentWriter(found)
        await append(writer, range(60))
        await writer.close()

    asyncio.run(scenario())
    files = partition_files(tmp_path / "p0000")
    assert files.segments[0] > 0
    assert sum(files.segment(n).stat().st_size for n in files.segments) < 12_000 + 2 * 5000
    assert verify_log(tmp_path).is_whole
    files.segment(files.segments[0]).unlink()
    assert not verify_log(tmp_path).is_whole


def test_what_a_group_has_not_committed_is_not_removed(tmp_path):
    more = {"segment_bytes": 4096, "retain_bytes": 4096}

    async def scenario():
        writer = await open_writer("segment", options(tmp_path, **more))
        await append(writer, [0])
        reader = await open_reader("segment", options(tmp_path), "monitor")
        (first,) = await reader.poll(10, 1)
        await reader.commit({0: first.offset})
        await append(writer, range(1, 40))
        kept = partition_files(tmp_path / "p0000").segments
        found = await drained(reader)
        await reader.commit({0: found[-1].offset + 1})
        await append(writer, range(40, 60))
        await reader.close()
        await writer.close()
        return kept, [one.body for one in found]

    kept, found = asyncio.run(scenario())
    assert kept[0] == 0
    assert found == [body(n) for n in range(1, 40)]
    assert partition_files(tmp_path / "p0000").segments[0] > 0
    assert verify_log(tmp_path).is_whole


def test_several_processes_write_one_log_in_lanes(tmp_path):
    async def scenario():
        writers = [
            await open_writer("segment", options(tmp_path, partitions=2, lanes=3, lane=lane))
            for lane in range(3)
        ]
        for lane, writer in enumerate(writers):
            await writer.append([Entry(f"k{n}", body(100 * lane + n)) for n in range(20)])
        reader = await open_reader("segment", options(tmp_path), "g")
        found = await drained(reader)
        for one in (*writers, reader):
            await one.close()
        return reader.partitions, found

    partitions, found = asyncio.run(scenario())
    assert partitions == 6
    assert {one.partition for one in found} == set(range(6))
    wanted = sorted(body(100 * lane + n) for lane in range(3) for n in range(20))
    assert sorted(one.body for one in found) == wanted
    assert verify_log(tmp_path).entries == 60


def test_packed_batches_are_smaller_and_the_same_to_readers(tmp_path):
    async def scenario():
        plain = await open_writer("segment", options(tmp_path / "plain"))
        packed = await open_writer("segment", options(tmp_path / "packed", compress=True))
        for writer in (plain, packed):
            await writer.append([Entry("account", body(n)) for n in range(100)])
            await writer.close()
        found = {}
        for name in ("plain", "packed"):
            reader = await open_reader("segment", options(tmp_path / name), "g")
            found[name] = await drained(reader)
            await reader.close()
        return found

    found = asyncio.run(scenario())
    assert found["plain"] == found["packed"]
    sizes = {
        name: (tmp_path / name / "p0000" / "0000000000.seg").stat().st_size
        for name in ("plain", "packed")
    }
    assert sizes["packed"] * 3 < sizes["plain"]
    path = tmp_path / "packed" / "p0000" / "0000000000.seg"
    whole = path.read_bytes()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert not verify_log(tmp_path / "packed").is_whole, at


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"partitions": 0}, "log-options"),
        ({"lane": 1}, "log-options"),
        ({"segment_bytes": 1}, "log-options"),
        ({"partitions": "four"}, "record-invalid"),
        ({"folders": "x"}, "record-invalid"),
    ],
)
def test_options_out_of_range_are_named(tmp_path, wrong, code):
    with pytest.raises(Problem) as refused:
        read_options({**options(tmp_path), **wrong})
    assert refused.value.diagnostics[0].code == code
    assert next(iter(wrong)) in refused.value.render()


def test_a_log_that_is_not_there_is_named(tmp_path):
    for call in (
        lambda: verify_log(tmp_path / "none"),
        lambda: asyncio.run(open_reader("segment", options(tmp_path / "none"), "g")),
    ):
        with pytest.raises(Problem) as missing:
            call()
        assert missing.value.diagnostics[0].code == "log-missing"
