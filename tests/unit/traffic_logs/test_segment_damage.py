"""Whatever happens to the files of a segment log is found and named; a torn tail is no damage."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.logs import Entry, open_reader, open_writer
from shipworthy.traffic.logs.segment import PartitionCursor, verify_log

COUNT = 44


def options(folder, **more):
    return {"folder": str(folder), "partitions": 1, "segment_bytes": 4096, **more}


async def write(folder, batches, **more):
    writer = await open_writer("segment", options(folder, **more))
    for batch in batches:
        await writer.append([Entry("account", body) for body in batch])
    await writer.close()


def bodies(count=COUNT, size=200, first=0):
    return [f"{n:06d}".encode().ljust(size, b".") for n in range(first, first + count)]


def in_batches(found, size=4):
    return [found[at : at + size] for at in range(0, len(found), size)]


def append(folder, batches, **more):
    asyncio.run(write(folder, batches, **more))


def all_bodies(folder):
    cursor = PartitionCursor(folder / "p0000", 0, 0)
    found = []
    while some := cursor.read(1000):
        found += [one.body for one in some]
    cursor.close()
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "log"
    append(folder, in_batches(bodies()))
    return folder


@pytest.fixture
def copied(written, tmp_path):
    folder = tmp_path / "log"
    shutil.copytree(written, folder)
    return folder


def segments(folder):
    return sorted((folder / "p0000").glob("*.seg"))


def seals(folder):
    return sorted((folder / "p0000").glob("*.seal"))


def names(health):
    return {Path(damage.file).name for damage in health.damages}


def test_a_whole_log_is_whole(written):
    health = verify_log(written)
    assert health.is_whole
    assert health.entries == COUNT
    (partition,) = health.partitions
    assert (partition.first, partition.next, partition.removed) == (0, COUNT, 0)
    assert len(segments(written)) == len(seals(written)) + 1 >= 3
    assert len(set(partition.roots)) == len(seals(written))
    assert len(partition.chain) == 64
    assert all_bodies(written) == bodies()


def test_every_flipped_byte_is_found_in_the_file_where_it_is(copied):
    for path in [*segments(copied), *seals(copied), copied / "p0000" / "mark"]:
        whole = path.read_bytes()
        for at in range(0, len(whole), 23 if path.suffix == ".seg" else 5):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
            health = verify_log(copied)
            assert not health.is_whole, f"{path.name} byte {at}"
            assert path.name in names(health), f"{path.name} byte {at}: {health.damages}"
        path.write_bytes(whole)
    assert verify_log(copied).is_whole


def test_a_flipped_byte_is_named_with_its_entry(copied):
    path = segments(copied)[0]
    data = path.read_bytes()
    path.write_bytes(data.replace(b"000006.", b"000007."))
    (damage,) = verify_log(copied).damages
    assert damage.file == str(path)
    assert "entry 6" in damage.what
    assert "byte " in damage.what
    with pytest.raises(Problem, match="entry 6") as stopped:
        all_bodies(copied)
    assert stopped.value.exit_code is ExitCode.INTEGRITY
    assert stopped.value.diagnostics[0].code == "log-damaged"


def batch_spans(path):
    """First byte and end of each batch, by the magic that begins it."""
    data = path.read_bytes()
    magic = data[data.index(b"SWB1") :][:20]
    starts = [at for at in range(len(data)) if data.startswith(magic, at)]
    return data, list(zip(starts, [*starts[1:], len(data)], strict=True))


@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_removed_batch_is_found(copied, which):
    for path in segments(copied):
        data, spans = batch_spans(path)
        start, end = spans[which]
        path.write_bytes(data[:start] + data[end:])
        assert path.name in names(verify_log(copied))
        path.write_bytes(data)


def test_swapped_and_doubled_batches_are_found(copied):
    for path in segments(copied):
        data, ((a, b), (_, c), *_) = batch_spans(path)
        for changed in (data[:a] + data[b:c] + data[a:b] + data[c:], data[:b] + data[a:]):
            path.write_bytes(changed)
            assert path.name in names(verify_log(copied))
        path.write_bytes(data)


def test_a_removed_segment_is_found(copied):
    for path in segments(copied):
        whole = path.read_bytes()
        path.unlink()
        assert path.name in names(verify_log(copied))
        with pytest.raises(Problem, match="missing"):
            all_bodies(copied)
        path.write_bytes(whole)


def test_a_removed_seal_is_found(copied):
    for path in seals(copied):
        whole = path.read_bytes()
        path.unlink()
        assert path.name in names(verify_log(copied))
        path.write_bytes(whole)


def test_segments_in_another_order_are_found(copied):
    first, second = segments(copied)[:2]
    for one, other in [(first, second), *zip(seals(copied)[:1], seals(copied)[1:2], strict=True)]:
        spare = copied / "spare"
        one.rename(spare)
        other.rename(one)
        spare.rename(other)
        assert {one.name, other.name} <= names(verify_log(copied))
        with pytest.raises(Problem):
            all_bodies(copied)
        other.rename(spare)
        one.rename(other)
        spare.rename(one)


def test_segments_of_another_log_are_found(copied, tmp_path):
    append(tmp_path / "other", in_batches(bodies()))
    name = segments(copied)[1].name
    shutil.copy(tmp_path / "other" / "p0000" / name, segments(copied)[1])
    assert name in names(verify_log(copied))
    shutil.copytree(tmp_path / "other" / "p0000", copied / "p0000", dirs_exist_ok=True)
    assert not verify_log(copied).is_whole


def test_a_log_cut_short_of_what_was_acknowledged_is_found(copied):
    path = segments(copied)[-1]
    data, spans = batch_spans(path)
    for size in (spans[-1][0], spans[-1][0] + 30, len(data) - 1):
        path.write_bytes(data[:size])
        assert path.name in names(verify_log(copied))
        with pytest.raises(Problem) as refused:
            append(copied, [[b"more"]])
        assert refused.value.diagnostics[0].code == "log-damaged"
        path.write_bytes(data)


def test_a_missing_mark_is_found(copied):
    (copied / "p0000" / "mark").unlink()
    assert names(verify_log(copied)) == {"mark"}
    with pytest.raises(Problem, match="mark"):
        append(copied, [[b"more"]])


def test_a_missing_log_file_is_named(copied):
    (copied / "log.json").unlink()
    for call in (lambda: verify_log(copied), lambda: append(copied, [[b"1"]])):
        with pytest.raises(Problem, match="log"):
            call()


def test_a_torn_tail_is_dropped_and_the_log_goes_on(written, tmp_path):
    """Every beginning of a batch that was never acknowledged, also with blocks that are zero."""
    source = tmp_path / "source"
    shutil.copytree(written, source)
    before = segments(source)[-1].read_bytes()
    mark = (source / "p0000" / "mark").read_bytes()
    append(source, [bodies(3, size=60, first=COUNT)], segment_bytes=1 << 20)
    after = segments(source)[-1].read_bytes()
    torn = after[len(before) :]
    assert torn
    (source / "p0000" / "mark").write_bytes(mark)
    for size in range(0, len(torn), 13):
        for tail in (
            torn[:size],
            torn[:size] + bytes(40),
            torn[:size] + bytes(9) + torn[size + 9 :],
        ):
            segments(source)[-1].write_bytes(before + tail)
            assert verify_log(source).is_whole
            assert all_bodies(source) == bodies()
            append(source, [[b"next"]], segment_bytes=1 << 20)
            assert all_bodies(source) == [*bodies(), b"next"], size
            assert verify_log(source).is_whole
            (source / "p0000" / "mark").write_bytes(mark)
    segments(source)[-1].write_bytes(after)
    append(source, [[b"next"]], segment_bytes=1 << 20)
    assert all_bodies(source)[-1] == b"next"
    assert len(all_bodies(source)) == COUNT + 3 + 1, "a whole batch stays"


def test_an_old_mark_after_a_power_cut_costs_nothing_and_hides_no_damage(written, tmp_path):
    """The mark may be behind by many batches and a rotation: the files themselves know better."""
    folder = tmp_path / "log"
    append(folder, in_batches(bodies(8)))
    mark = (folder / "p0000" / "mark").read_bytes()
    append(folder, in_batches(bodies(COUNT - 8, first=8)))
    (folder / "p0000" / "mark").write_bytes(mark)
    pristine = tmp_path / "pristine"
    shutil.copytree(folder, pristine)
    append(folder, [[b"next"]])
    assert all_bodies(folder) == [*bodies(), b"next"]
    assert verify_log(folder).is_whole
    for path in segments(pristine):
        data, spans = batch_spans(path)
        for start, _ in spans[:-1]:
            hurt = tmp_path / "hurt"
            shutil.rmtree(hurt, ignore_errors=True)
            shutil.copytree(pristine, hurt)
            changed = data[: start + 70] + b"\xff" + data[start + 71 :]
            (hurt / "p0000" / path.name).write_bytes(changed)
            with pytest.raises(Problem) as refused:
                append(hurt, [[b"next"]])
            assert refused.value.diagnostics[0].code == "log-damaged"
            assert refused.value.diagnostics[0].location.file.endswith(path.name)


def test_a_reader_names_damage_and_no_false_entry_comes_out(copied):
    async def scenario():
        path = segments(copied)[1]
        data = path.read_bytes()
        path.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
        reader = await open_reader("segment", options(copied), "g")
        found = []
        try:
            with pytest.raises(Problem) as stopped:
                await drain(reader, found)
        finally:
            await reader.close()
        return path, found, stopped.value

    path, found, problem = asyncio.run(scenario())
    assert problem.diagnostics[0].location.file == str(path)
    assert [one.body for one in found] == bodies()[: len(found)]


async def drain(reader, found):
    while True:
        found += await reader.poll(5, 0)


def test_marks_are_never_ahead_of_what_is_durable(tmp_path, monkeypatch):
    """The order of the calls that make a batch durable."""
    calls = []
    real_write, real_sync = os.pwrite, os.fdatasync

    def note_write(handle, data, position):
        calls.append("mark" if bytes(data[:4]) == b"SWM1" else "write")
        return real_write(handle, data, position)

    def note_sync(handle):
        calls.append("sync")
        return real_sync(handle)

    async def scenario():
        writer = await open_writer("segment", options(tmp_path / "log"))
        monkeypatch.setattr(os, "pwrite", note_write)
        monkeypatch.setattr(os, "fdatasync", note_sync)
        calls.clear()
        await writer.append([Entry("a", b"1"), Entry("a", b"2")])
        seen = list(calls)
        await writer.close()
        return seen

    assert asyncio.run(scenario()) == ["write", "sync", "mark"]
