"""`shipworthy monitor run` on the same traffic from every source: the same counts and digests."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assessments import shipworthy
from live_brokers import KafkaServer, NatsServer, free_port, running
from live_traffic import MONITOR, exchange, write_monitor, write_traffic
from shipworthy.kernel import digest_of
from shipworthy.records.live import GuardVerdict
from shipworthy.traffic.logs import Entry, open_writer
from shipworthy.traffic.telemetry import export_request

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("brokers")]

FILES = 'kind = "jsonl"\npaths = ["traffic*.jsonl"]\n'
# a run that is cut off may evaluate what it has: it finds neither silence nor late exchanges then
CALM = MONITOR.replace(
    "silence_seconds = 86400", "silence_seconds = 31536000\nlateness_seconds = 86400"
)
PATIENCE_S = 120.0


def traffic():
    """Quiet, then a rise; one exchange is there twice, as an exporter that tries again sends it."""
    records = [exchange(n, held=n % (100 if n < 500 else 6) == 0) for n in range(800)]
    return [*records, records[17]]


def without_verdicts(records):
    """What an exporter says of traffic: no reader takes a verdict from the wire."""
    bare = GuardVerdict(engine="", actions=(), enforced="released")
    return [msgspec.structs.replace(one, verdict=bare) for one in records]


def watched(folder, source, records=()):
    """Return what a run says, and how it ended."""
    folder.mkdir(exist_ok=True)
    path = write_monitor(folder, CALM.replace(FILES, source))
    if records:
        write_traffic(folder / "traffic1.jsonl", records)
    return counted(path)


def counted(path):
    done = shipworthy("monitor", "run", path, "--once", "--format", "json")
    assert done.returncode in {0, 1, 3}, done.stdout + done.stderr
    return json.loads(done.stdout), done.returncode


def options_of(kind, server):
    where = {"stream": "x", "lease_seconds": 3} if kind == "nats" else {"topic": "x"}
    return {"servers": server.address, "partitions": 4, **where}


def source_of(kind, options):
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in options.items())
    return f'kind = "{kind}"\n[source.options]\n' + "".join(lines)


def append(kind, options, records):
    async def write():
        writer = await open_writer(kind, options)
        entries = [Entry(one.account, msgspec.json.encode(one)) for one in records]
        for at in range(0, len(entries), 100):
            await writer.append(entries[at : at + 100])
        await writer.close()

    asyncio.run(write())


@pytest.fixture(scope="module")
def from_lines(tmp_path_factory):
    found, code = watched(tmp_path_factory.mktemp("lines"), FILES, traffic())
    assert found["exchanges"] == 800
    assert found["read_again"] == 1
    held = len([n for n in range(800) if n % (100 if n < 500 else 6) == 0])
    assert found["counts"]["detected.output-filter.deployed"]["events"] == held
    assert found["alarms"], "the rise is there to be seen"
    assert code == 1
    return found, code


def test_columns_say_what_lines_say(tmp_path, from_lines):
    bodies = [msgspec.json.encode(one).decode() for one in traffic()]
    pq.write_table(pa.table({"record": bodies}), tmp_path / "traffic.parquet")
    same(watched(tmp_path, 'kind = "parquet"\npaths = ["*.parquet"]\n'), from_lines)


@pytest.mark.parametrize("kind", ["nats", "kafka"])
def test_a_broker_says_what_lines_say(tmp_path, from_lines, kind):
    server = NatsServer(tmp_path / "store") if kind == "nats" else KafkaServer()
    with running(server):
        options = options_of(kind, server)
        append(kind, options, traffic())
        same(watched(tmp_path / "watched", source_of(kind, options)), from_lines)


def test_an_exporter_says_what_lines_without_verdicts_say(tmp_path):
    port, records = free_port(), without_verdicts(traffic())
    (tmp_path / "otlp").mkdir()
    source = source_of("otlp", {"listen": f"127.0.0.1:{port}"})
    path = write_monitor(tmp_path / "otlp", CALM.replace(FILES, source))
    with monitoring(path):
        for at in range(0, len(records), 100):
            post(port, export_request(records[at : at + 100], "desk"))
    # what was answered with 200 is durable, so that a run that receives nothing counts it
    found = counted(path)
    same(found, watched(tmp_path / "lines", FILES, records))
    assert found[0]["exchanges"] == 800


def test_killed_in_mid_stream_every_exchange_of_a_broker_counts_once(tmp_path):
    """A kill comes after some were counted and while others arrive, however fast the machine is."""
    records = [exchange(n, held=n % 100 == 0) for n in range(1000)]
    with running(NatsServer(tmp_path / "store")) as server:
        options = options_of("nats", server)
        path = write_monitor(tmp_path, CALM.replace(FILES, source_of("nats", options)))
        seen = 0
        for part in (records[:300], records[300:600]):
            append("nats", options, part[:100])
            with monitoring(path) as process:
                seen = counts_more_than(path, seen, process)
                append("nats", options, part[100:])
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
            assert exchanges(path) >= seen
        append("nats", options, records[600:])
        found, code = counted(path)
    plain, expected = watched(tmp_path / "lines", FILES, records)
    same((found, code), (plain, expected))
    assert found["exchanges"] == 1000
    assert found["read_again"] == 0


def same(found, expected):
    """Compare everything that was said, and one digest of it."""
    assert found == expected
    assert digest_of(found[0]) == digest_of(expected[0])


class monitoring:  # noqa: N801 - reads as a statement
    """A monitor that runs until the block ends."""

    def __init__(self, path):
        command = [sys.executable, "-m", "shipworthy.cli.main", "monitor", "run", str(path)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **quiet)

    def __enter__(self):
        return self.process

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()


def exchanges(path):
    """Return what was counted so far; 0 while the state is being made."""
    done = shipworthy("monitor", "status", path, "--format", "json")
    return json.loads(done.stdout)["exchanges"] if done.returncode in {0, 1, 3} else 0


def counts_more_than(path, before, process):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, f"the monitor ended with {process.returncode}"
        if (path.parent / "monitor" / "state.sqlite").exists():
            found = exchanges(path)
            if found > before:
                return found
        time.sleep(0.1)
    raise TimeoutError(f"no more than {before} exchanges were counted")


def post(port, body):
    """Send an export, as often as the receiver is not there yet."""
    until = time.monotonic() + PATIENCE_S
    question = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/logs", body, {"content-type": "application/json"}
    )
    while True:
        try:
            with urllib.request.urlopen(question, timeout=30) as answer:
                assert json.loads(answer.read()) == {}
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
