"""`shipworthy monitor` on logs that lost records: it never says that all is well."""

import asyncio
import json
import shutil

import msgspec
import pytest

from assessments import shipworthy
from live_traffic import MONITOR, exchange, write_monitor
from shipworthy.traffic.logs import Entry, open_writer
from shipworthy.traffic.logs.segment import verify_log

PROCESS = "0123456789abcdef"
SOURCE = 'kind = "segment"\n[source.options]\nfolder = "log"\n'


def options(folder):
    return {"folder": str(folder), "partitions": 4}


def write_log(folder, numbers):
    """Records of one process of a gateway, a second apart, as it would write them."""

    async def write():
        writer = await open_writer("segment", options(folder))
        for number in numbers:
            record = exchange(number, id=f"{PROCESS}-{number:x}")
            record = msgspec.structs.replace(record, at_ms=record.at_ms + number * 900)
            await writer.append([Entry(record.account, msgspec.json.encode(record))])
        await writer.close()

    asyncio.run(write())


@pytest.fixture
def watched(tmp_path):
    write_log(tmp_path / "log", range(1, 1201))
    write_monitor(tmp_path, MONITOR.replace('kind = "jsonl"\npaths = ["traffic*.jsonl"]\n', SOURCE))
    return tmp_path


def run(folder):
    return shipworthy("monitor", "run", folder / "monitor.toml", "--once", "--format", "json")


def test_a_whole_log_is_watched_without_doubt(watched):
    done = run(watched)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)["counts"]["unlogged"]
    assert found == {"requests": 1200, "events": 0, "unassessed": 0}


def test_a_partition_that_somebody_took_out_is_no_quiet_traffic(watched):
    parts = [path for path in sorted((watched / "log").glob("p*")) if (path / "mark").exists()]
    sizes = {path: sum(one.stat().st_size for one in path.glob("*.seg")) for path in parts}
    shutil.rmtree(min(path for path in parts if sizes[path] > 4096))
    assert verify_log(watched / "log").is_whole, "nothing in the log shows it"
    done = run(watched)
    assert done.returncode == 3, done.stdout + done.stderr
    assert json.loads(done.stdout)["counts"]["unlogged"]["events"] > 100
    text = shipworthy("monitor", "status", watched / "monitor.toml").stdout
    assert "in doubt  events of unlogged" in text


def test_records_that_the_log_never_took_are_counted(tmp_path):
    write_log(tmp_path / "log", [n for n in range(1, 1201) if n not in range(300, 310)])
    write_monitor(tmp_path, MONITOR.replace('kind = "jsonl"\npaths = ["traffic*.jsonl"]\n', SOURCE))
    done = run(tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert json.loads(done.stdout)["counts"]["unlogged"]["events"] == 10


@pytest.mark.parametrize("how", ["put back", "begun anew"])
def test_a_log_that_was_counted_further_is_refused(watched, how):
    log = watched / "log"
    shutil.copytree(log, watched / "yesterday")
    write_log(log, range(1201, 1301))
    assert run(watched).returncode == 0
    shutil.rmtree(log)
    if how == "put back":
        shutil.copytree(watched / "yesterday", log)
    else:
        write_log(log, range(1301, 1401))
    done = run(watched)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "monitor-source" in done.stderr
    assert "integrity" in done.stderr or "is not the one that was counted" in done.stderr
