"""A full disk, a failing device, a writer killed at every step: nothing acknowledged is lost."""

import asyncio
import errno
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shipworthy.kernel import Problem
from shipworthy.traffic.logs import Entry, LogFull, open_writer
from shipworthy.traffic.logs.segment import PartitionCursor, verify_log
from shipworthy.traffic.logs.segment.appending import PartitionWriter, Rotation
from shipworthy.traffic.logs.segment.disk import Disk
from shipworthy.traffic.logs.segment.layout import LogIdentity
from shipworthy.traffic.logs.segment.options import SegmentOptions
from shipworthy.traffic.logs.segment.writing import SegmentWriter

BUILDERS = Path(__file__).parents[2] / "builders"
ROTATION = Rotation(bytes=1000)


class Killed(BaseException):
    """The process is gone: nothing of ours runs any more."""


class FaultyDisk(Disk):
    """Fails at its `at`-th step and the next, `times` in all; a write first writes a part.

    A mark is smaller than the smallest block of a disk: it is written, or it is not.
    """

    def __init__(self, error, at, times=1):
        self.error, self.left, self.times = error, at, times
        self.steps = 0

    def _fails(self):
        self.steps += 1
        self.left -= 1
        return self.left < 0 and self.left >= -self.times

    def write(self, handle, data, position):
        if self._fails():
            part = 0 if data.startswith(b"SWM1") else len(data) // 2
            super().write(handle, data[:part], position)
            raise self.error
        super().write(handle, data, position)

    def sync(self, handle):
        if self._fails():
            raise self.error
        super().sync(handle)

    def cut(self, handle, size):
        if self._fails():
            raise self.error
        super().cut(handle, size)

    def replace(self, path, data):
        if self._fails():
            raise self.error
        super().replace(path, data)


def opened(folder, disk=None):
    (folder.parent / "log.json").write_text(
        json.dumps({"type": "live-log", "version": 1, "id": "l", "partitions": 1})
    )
    return PartitionWriter(folder, "l", 0, 1000, ROTATION, disk)


def put(writer, number):
    now = 1000 + number
    if writer.due(now):
        writer.rotate(now)
    entries = [Entry("k", f"{number}-{part}".encode().ljust(90, b".")) for part in range(3)]
    writer.store(writer.encode(entries, now, None), now)
    return [entry.body for entry in entries]


def read_all(folder):
    cursor = PartitionCursor(folder, 0, 0)
    found = []
    while some := cursor.read(100):
        found += [one.body for one in some]
    cursor.close()
    return found


def healthy(folder):
    return verify_log(folder.parent).damages == ()


def steps_of_a_run(tmp_path):
    disk = FaultyDisk(OSError(), at=10**6)
    (tmp_path / "count").mkdir()
    writer = opened(tmp_path / "count" / "p0000", disk)
    for number in range(8):
        put(writer, number)
    writer.close()
    return disk.steps


@pytest.mark.parametrize(
    ("code", "times"), [(errno.ENOSPC, 1), (errno.ENOSPC, 4), (errno.EDQUOT, 2)]
)
def test_a_full_disk_at_every_step_acknowledges_nothing_by_half(tmp_path, code, times):
    steps = steps_of_a_run(tmp_path)
    assert steps > 30
    for at in range(steps):
        root = tmp_path / f"{at}"
        root.mkdir()
        folder = root / "p0000"
        disk = FaultyDisk(OSError(code, os.strerror(code)), at, times)
        acknowledged, refused, writer = [], 0, None
        for number in range(8):
            try:
                writer = writer or opened(folder, disk)
                acknowledged += put(writer, number)
            except LogFull:
                refused += 1
            assert read_all(folder) == acknowledged, f"step {at}"
        assert refused or at >= steps - 1
        if writer:
            writer.close()
        assert read_all(folder) == acknowledged
        assert healthy(folder), verify_log(root).damages


def test_a_writer_killed_at_every_step_loses_nothing_that_it_acknowledged(tmp_path):
    steps = steps_of_a_run(tmp_path)
    for at in range(steps):
        root = tmp_path / f"{at}"
        root.mkdir()
        folder = root / "p0000"
        acknowledged, number, writer = [], 0, None
        try:
            writer = opened(folder, FaultyDisk(Killed(), at))
            for number in range(8):
                acknowledged += put(writer, number)
            writer.close()
        except Killed:
            if writer is not None:
                writer._release()
        again = opened(folder)
        found = read_all(folder)
        assert found[: len(acknowledged)] == acknowledged, f"step {at}"
        assert len(found) - len(acknowledged) in {0, 3}, "at most the batch that was being written"
        added = put(again, 99)
        again.close()
        assert read_all(folder) == [*found, *added]
        assert healthy(folder), verify_log(root).damages


def test_a_failed_device_is_not_trusted_again_until_it_was_read(tmp_path):
    folder = tmp_path / "p0000"
    disk = FaultyDisk(OSError(errno.EIO, os.strerror(errno.EIO)), at=10**6)
    writer = opened(folder, disk)
    kept = put(writer, 0)
    disk.left = 1  # the write succeeds and its sync does not
    with pytest.raises(Problem) as broken:
        put(writer, 1)
    assert broken.value.diagnostics[0].code == "log-broken"
    with pytest.raises(Problem) as still:
        put(writer, 2)
    assert still.value.diagnostics[0].code == "log-broken"
    assert read_all(folder) == kept
    writer.close()
    again = opened(folder)
    assert read_all(folder)[:3] == kept
    again.close()


def test_many_appends_at_once_on_a_full_disk_are_refused_together_and_then_go_on(tmp_path):
    disk = FaultyDisk(OSError(errno.ENOSPC, "no space"), at=10**6, times=10**6)
    options = SegmentOptions(folder=str(tmp_path), partitions=2)

    async def scenario():
        writer = SegmentWriter(options, disk=disk)
        disk.left = 0
        ends = await asyncio.gather(
            *(writer.append([Entry(f"k{n}", b"lost")]) for n in range(50)), return_exceptions=True
        )
        disk.left = 10**6
        await writer.append([Entry(f"k{n}", b"kept") for n in range(50)])
        await writer.close()
        return ends

    ends = asyncio.run(scenario())
    assert {type(end) for end in ends} == {LogFull}
    assert {end.diagnostics[0].code for end in ends} == {"log-full"}
    assert all("room" in end.diagnostics[0].help for end in ends)
    found = [one for p in range(2) for one in read_all(tmp_path / f"p000{p}")]
    assert found == [b"kept"] * 50
    assert verify_log(tmp_path).is_whole


LIMITED = """
import asyncio, resource, sys
from shipworthy.traffic.logs import Entry, LogFull, open_writer

async def main(folder):
    writer = await open_writer("segment", {"folder": folder, "partitions": 1})
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    count = 0
    try:
        while True:
            await writer.append([Entry("k", b"x" * 1000)])
            count += 1
    except LogFull:
        pass
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    for _ in range(5):
        await writer.append([Entry("k", b"y" * 1000)])
    await writer.close()
    print(count)

asyncio.run(main(sys.argv[1]))
"""


def test_a_file_that_may_not_grow_is_a_full_log(tmp_path):
    """The limit of the operating system, and no injected error."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    finished = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    count = int(finished.stdout)
    assert 30 < count < 50
    assert read_all(tmp_path / "p0000") == [b"x" * 1000] * count + [b"y" * 1000] * 5
    assert verify_log(tmp_path).is_whole


@pytest.mark.parametrize("lines", [1, 30, 400])
def test_a_killed_writer_keeps_every_entry_that_it_acknowledged(tmp_path, lines):
    options = {"folder": str(tmp_path), "partitions": 2, "segment_bytes": 20_000}
    process = subprocess.Popen(
        [sys.executable, str(BUILDERS / "log_appender.py"), json.dumps(["segment", options, 5])],
        stdout=subprocess.PIPE,
        text=True,
    )
    said = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    said += process.communicate()[0].splitlines()
    acknowledged = {line.strip() for line in said if line.strip().count(":") == 1}

    async def open_again():
        await (await open_writer("segment", options)).close()

    asyncio.run(open_again())
    found = [one for p in range(2) for one in read_all(tmp_path / f"p000{p}")]
    texts = [body[: len(body) // 20].decode() for body in found]
    assert len(texts) == len(set(texts))
    assert acknowledged <= set(texts)
    for task in range(5):
        numbers = [int(text.split(":")[1]) for text in texts if text.startswith(f"{task}:")]
        assert numbers == list(range(len(numbers)))
    assert verify_log(tmp_path).is_whole


def test_one_process_writes_a_partition(tmp_path):
    async def scenario():
        first = await open_writer("segment", {"folder": str(tmp_path)})
        with pytest.raises(Problem) as refused:
            await open_writer("segment", {"folder": str(tmp_path)})
        await first.close()
        await (await open_writer("segment", {"folder": str(tmp_path)})).close()
        return refused.value

    problem = asyncio.run(scenario())
    assert problem.diagnostics[0].code == "log-busy"
    assert "lane" in problem.diagnostics[0].help


def test_the_identity_of_a_log_is_read_back(tmp_path):
    opened(tmp_path / "p0000").close()
    assert LogIdentity(id="l", partitions=1).id == verify_log(tmp_path).log
