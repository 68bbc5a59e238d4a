"""Whole logs that are not the one that was read: cut, put together of two, with parts gone."""

import asyncio
import shutil

import pytest

from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.logs import Entry, open_reader, open_writer
from shipworthy.traffic.logs.segment import verify_log

KEYS = [f"account-{number}" for number in range(24)]


def options(folder):
    return {"folder": str(folder), "partitions": 2}


async def write(folder, first=0):
    writer = await open_writer("segment", options(folder))
    for batch in range(first, first + 3):
        await writer.append([Entry(key, f"{batch}".encode()) for key in KEYS])
    await writer.close()


async def read(folder, group="readers"):
    reader = await open_reader("segment", options(folder), group)
    found = []
    try:
        while some := await reader.poll(1000, 0.05):
            found += some
            await reader.commit({one.partition: one.offset + 1 for one in some})
    finally:
        await reader.close()
    return found


@pytest.fixture
def log(tmp_path):
    asyncio.run(write(tmp_path / "log"))
    return tmp_path / "log"


def refused(folder, group="readers"):
    with pytest.raises(Problem) as caught:
        asyncio.run(read(folder, group))
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert caught.value.diagnostics[0].code == "log-damaged"
    return caught.value.diagnostics[0].message


def test_a_partition_of_another_log_is_refused_by_readers_writers_and_the_check(log, tmp_path):
    asyncio.run(write(tmp_path / "other"))
    shutil.rmtree(log / "p0001")
    shutil.copytree(tmp_path / "other" / "p0001", log / "p0001")
    assert "another log" in refused(log)
    assert not verify_log(log).is_whole
    with pytest.raises(Problem, match="another log"):
        asyncio.run(write(log))


def test_a_log_that_is_put_back_to_what_it_was_is_no_quiet_log(log, tmp_path):
    """Whole in itself and shorter than what was read: a copy of yesterday."""
    shutil.copytree(log, tmp_path / "yesterday")
    asyncio.run(write(log, first=3))
    assert len(asyncio.run(read(log))) == 6 * len(KEYS)
    for part in ("p0000", "p0001"):
        shutil.rmtree(log / part)
        shutil.copytree(tmp_path / "yesterday" / part, log / part)
    assert verify_log(log).is_whole
    assert "was read to" in refused(log)
    # Whoever never read further cannot know.
    assert len(asyncio.run(read(log, "others"))) == 3 * len(KEYS)


@pytest.mark.parametrize("gone", ["p0001", "p0001/mark"])
def test_a_partition_that_is_gone_after_it_was_read_is_missed(log, gone):
    asyncio.run(read(log))
    path = log / gone
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert "was read to" in refused(log)


def test_a_reader_at_work_sees_that_its_log_was_cut(log, tmp_path):
    shutil.copytree(log, tmp_path / "yesterday")
    asyncio.run(write(log, first=3))

    async def work():
        reader = await open_reader("segment", options(log), "readers")
        try:
            while await reader.poll(1000, 0.05):
                pass
            for part in ("p0000", "p0001"):
                shutil.copy(tmp_path / "yesterday" / part / "mark", log / part / "mark")
            await reader.poll(1000, 0.05)
        finally:
            await reader.close()

    with pytest.raises(Problem, match="was read to"):
        asyncio.run(work())
