"""The state of a group in files: many processes, none of which can hold up or undo the others."""

import asyncio
import subprocess
import sys

import pytest

from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.logs import Entry, LogFull, open_reader, open_writer
from shipworthy.traffic.logs.groups import GroupState, VersionFolder


def test_of_two_that_change_a_version_one_is_told_no(tmp_path):
    folder = VersionFolder(tmp_path)
    assert folder.load_now() == (0, b"")
    assert folder.replace_now(0, b"a")
    assert not folder.replace_now(0, b"b")
    assert folder.load_now() == (1, b"a")
    assert folder.replace_now(1, b"c")
    assert folder.load_now() == (2, b"c")


def test_one_that_was_stopped_for_long_cannot_bring_back_what_is_past(tmp_path):
    folder = VersionFolder(tmp_path)
    for version in range(300):
        assert folder.replace_now(version, f"{version}".encode())
    for stale in (0, 1, 100, 240, 290, 299):
        assert not folder.replace_now(stale, b"stale"), stale
    assert folder.load_now() == (300, b"299")
    assert folder.replace_now(300, b"next")
    assert folder.load_now() == (301, b"next")
    assert len(list(tmp_path.iterdir())) <= 70


RACE = """
import sys
from pathlib import Path
from shipworthy.traffic.logs.groups import VersionFolder
folder, done = VersionFolder(Path(sys.argv[1])), 0
while done < 40:
    version, data = folder.load_now()
    done += folder.replace_now(version, str(int(data or b"0") + 1).encode())
"""


def test_no_change_of_many_processes_is_lost(tmp_path):
    team = [subprocess.Popen([sys.executable, "-c", RACE, str(tmp_path)]) for _ in range(3)]
    assert [one.wait(60) for one in team] == [0, 0, 0]
    assert VersionFolder(tmp_path).load_now() == (120, b"120")


def test_a_state_that_is_none_is_named(tmp_path):
    options = {"folder": str(tmp_path / "log"), "partitions": 1}

    async def scenario():
        await (await open_writer("segment", options)).close()
        VersionFolder(tmp_path / "log" / "groups" / "g").replace_now(0, b"{broken")
        reader = await open_reader("segment", options, "g")
        with pytest.raises(Problem) as broken:
            await reader.poll(1, 0)
        return broken.value

    problem = asyncio.run(scenario())
    assert problem.exit_code is ExitCode.INTEGRITY
    assert "group `g`" in problem.diagnostics[0].message


def test_states_with_the_same_content_have_the_same_bytes():
    one = GroupState(members={"a": 1}, positions={"0": 3})
    assert GroupState.parse(one.encoded()) == one
    assert GroupState.parse(b"") == GroupState()


async def fill(writer, kept):
    for number in range(1000):
        await writer.append([Entry("k", f"{number}".encode().ljust(1000))])
        kept.append(number)


@pytest.mark.xdist_group("brokers")
def test_a_full_stream_refuses_and_forgets_nothing(nats_address):
    options = {"servers": nats_address, "stream": "full", "partitions": 1, "max_bytes": 40_000}

    async def scenario():
        writer = await open_writer("nats", options)
        kept = []
        with pytest.raises(LogFull) as full:
            await fill(writer, kept)
        reader = await open_reader("nats", options, "g")
        found = []
        while some := await reader.poll(100, 0.1):
            found += some
        await reader.close()
        await writer.close()
        return kept, found, full.value

    kept, found, full = asyncio.run(scenario())
    assert 20 < len(kept) < 41
    assert [int(one.body) for one in found] == kept
    assert full.diagnostics[0].code == "log-full"


@pytest.mark.parametrize("kind", ["nats", "kafka"])
def test_a_broker_that_is_not_there_is_named(kind):
    address = "nats://127.0.0.1:9" if kind == "nats" else "127.0.0.1:9"
    with pytest.raises(Problem) as away:
        asyncio.run(open_writer(kind, {"servers": address, "timeout_seconds": 1}))
    assert away.value.diagnostics[0].code == "log-unreachable"
