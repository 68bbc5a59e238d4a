"""What live logs and the work over them cost: CPU microseconds an entry of 2 KB, by kind of log.

    python benchmarks/live_logs.py [ENTRIES]

CPU time of this process, user and system, the best of three; brokers run beside it, and what they
use is given apart. Wall time says nothing on a machine that others use as well.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from live_brokers import KafkaServer, NatsServer, running
from live_flow import LATENESS, counts, exchange
from shipworthy.records.live import ExchangeContent
from shipworthy.traffic.flow import ResultStore, add_entries, counting, exchange_flow
from shipworthy.traffic.logs import Entry, open_reader, open_writer
from shipworthy.traffic.logs.segment import verify_log
from shipworthy.vocabulary import Message

BODY = 2048
BATCH = 500
CLIENTS = 200
ROUNDS = 3


def records(count):
    found = []
    for number in range(count):
        plain = exchange(number, 1_000_000 + number, f"account-{number % 1000}")
        size = BODY - len(msgspec.json.encode(plain)) - 110
        said = ExchangeContent(messages=(Message(role="user", content="x" * size),), text="y")
        full = msgspec.structs.replace(plain, content=(said,))
        found.append(Entry(full.account, msgspec.json.encode(full)))
    return found


def show(what, seconds, count, size):
    each = seconds / count * 1e6
    print(f"  {what:<44}{each:8.2f} us   {count * size / seconds / 1e6:8.0f} MB/s", flush=True)


async def appended(kind, options, entries):
    writer = await open_writer(kind, options)
    begun = time.process_time()
    for at in range(0, len(entries), BATCH):
        await writer.append(entries[at : at + BATCH])
    spent = time.process_time() - begun
    await writer.close()
    return spent


async def appended_singly(kind, options, entries):
    """Each entry by an append of its own, from many tasks at once, as a gateway does."""
    writer = await open_writer(kind, options)

    async def client(own):
        for entry in own:
            await writer.append([entry])

    begun = time.process_time()
    await asyncio.gather(*(client(entries[one::CLIENTS]) for one in range(CLIENTS)))
    spent = time.process_time() - begun
    await writer.close()
    return spent


async def read(kind, options, group, count):
    reader = await open_reader(kind, options, group)
    found, spent = [], 0.0
    while len(found) < count:
        begun = time.process_time()
        some = await reader.poll(BATCH, 0.05)
        if some:  # waiting for a group to form is no reading
            spent += time.process_time() - begun
        found += some
    await reader.close()
    return spent, found


def folded(found, windows, path):
    minutes = counting("minutes", 60_000, lambda _: ("",), counts)
    accounts = counting("accounts", 600_000, lambda record: (record.account,), counts)
    flow = exchange_flow((minutes, accounts) if windows else (), LATENESS)
    store = ResultStore(path)
    begun = time.process_time()
    for at in range(0, len(found), 1000):
        add_entries(flow, store, found[at : at + 1000])
    spent = time.process_time() - begun
    store.close()
    return spent


def best(measure):
    return min((measure(turn) for turn in range(ROUNDS)), key=lambda one: one[0])


def measure_kind(kind, options, entries):
    size = sum(len(entry.body) for entry in entries) / len(entries)
    count = len(entries)
    print(f"{kind}: {count} entries of {size:.0f} bytes")

    def fresh(turn, what):
        name = {"segment": "folder", "nats": "stream", "kafka": "topic"}[kind]
        return {**options, name: f"{options[name]}-{what}{turn}"}

    def append_in_batches(turn):
        return (asyncio.run(appended(kind, fresh(turn, "b"), entries)),)

    def append_singly(turn):
        return (asyncio.run(appended_singly(kind, fresh(turn, "s"), entries)),)

    def read_back(turn):
        return asyncio.run(read(kind, fresh(0, "b"), f"g{turn}", count))

    show(f"append, {BATCH} at a time", best(append_in_batches)[0], count, size)
    show(f"append, one at a time from {CLIENTS} tasks", best(append_singly)[0], count, size)
    spent, found = best(read_back)
    show("read", spent, count, size)
    return found


def measure_flow(found, folder):
    size = sum(len(one.body) for one in found) / len(found)
    found = sorted(found, key=lambda one: (one.partition, one.offset))
    print("flow: decoding, windows and the transaction")
    for windows, what in (
        (False, "decode, count once, commit"),
        (True, "the same and two queries"),
    ):
        spent = min(folded(found, windows, folder / f"{what}{turn}") for turn in range(ROUNDS))
        show(what, spent, len(found), size)


def cpu_of(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    entries = records(count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = measure_kind("segment", {"folder": str(folder / "log")}, entries)
        begun = time.process_time()
        assert verify_log(folder / "log-b0").is_whole
        size = len(entries[0].body)
        show("verify", time.process_time() - begun, count, size)
        packed = {"folder": str(folder / "packed"), "compress": True}
        measure_kind("segment", packed, entries)
        with running(NatsServer(folder / "nats")) as server:
            measure_kind("nats", {"servers": server.address, "stream": "b"}, entries)
            spent = cpu_of(server.process)
        show("the server itself, all of it", spent, 2 * ROUNDS * count, size)
        with running(KafkaServer()) as server:
            kafka = {"servers": server.address, "topic": "b", "session_seconds": 6}
            measure_kind("kafka", kafka, entries)
            spent = cpu_of(server.process)
        show("the broker itself, all of it", spent, 2 * ROUNDS * count, size)
        measure_flow(found, folder)


if __name__ == "__main__":
    main()
