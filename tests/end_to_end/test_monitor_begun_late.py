"""`shipworthy monitor` and `review` on a log of which retention has removed the first entries."""

import asyncio
import json

import msgspec
import pytest

from assessments import shipworthy
from live_traffic import MONITOR, exchange, write_monitor
from shipworthy.traffic.logs import Entry, open_writer
from shipworthy.traffic.logs.segment.layout import first_offset

PROCESS = "0123456789abcdef"
SOURCE = 'kind = "segment"\n[source.options]\nfolder = "log"\n'
REVIEW = '\n[[review]]\ndomain = "secrets"\nquestion = "is a key in it?"\ndraws = 12\n'
RETAIN = {"segment_bytes": 50_000, "retain_bytes": 350_000}

pytestmark = pytest.mark.slow


def write_log(folder, numbers, **more):
    async def write():
        writer = await open_writer("segment", {"folder": str(folder), "partitions": 2, **more})
        for number in numbers:
            record = exchange(number, id=f"{PROCESS}-{number:x}")
            record = msgspec.structs.replace(record, at_ms=record.at_ms + number * 900)
            await writer.append([Entry(record.account, msgspec.json.encode(record))])
        await writer.close()

    asyncio.run(write())


@pytest.fixture
def watched(tmp_path):
    text = MONITOR.replace('kind = "jsonl"\npaths = ["traffic*.jsonl"]\n', SOURCE)
    write_monitor(tmp_path, text + REVIEW)
    return tmp_path


def run(folder, *more):
    return shipworthy("monitor", "run", folder / "monitor.toml", "--once", *more)


def standing(folder):
    done = shipworthy("monitor", "status", folder / "monitor.toml", "--format", "json")
    return json.loads(done.stdout)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_monitor_that_begins_late_says_so_and_holds_nothing_else_against_the_log(
    watched, processes
):
    write_log(watched / "log", range(1, 2001), **RETAIN)
    starts = {
        str(one): first_offset(watched / "log" / f"p{one:04}")
        for one in (0, 1)
    }  # fmt: skip
    assert min(starts.values()) > 0
    done = run(watched, "--processes", processes)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "begun  when the first entries of 2 partitions were no longer kept" in done.stdout
    found = standing(watched)
    assert found["begun_at"] == starts
    assert found["exchanges"] == 2000 - sum(starts.values())
    assert found["counts"]["unlogged"]["events"] == 0
    drawn = shipworthy("review", "draw", watched / "monitor.toml")
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
    # What it was there for is held against the log as ever, and what is removed behind it is not.
    later = [n for n in range(2001, 3801) if n not in range(2900, 2910)]
    write_log(watched / "log", later, **RETAIN)
    assert run(watched).returncode == 3
    again = standing(watched)
    assert again["begun_at"] == starts
    assert again["exchanges"] == found["exchanges"] + 1790
    assert again["counts"]["unlogged"]["events"] == 10


def test_a_monitor_that_was_too_slow_has_lost_entries_and_ends(watched):
    write_log(watched / "log", range(1, 101))
    assert run(watched).returncode == 3, "too few for the band"
    assert standing(watched)["begun_at"] == {}
    write_log(watched / "log", range(101, 2001), **RETAIN, keep_unread=False)
    done = run(watched)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "error[log-removed]" in done.stderr
