"""What a monitor costs per exchange: CPU of each piece and of the whole, on exchanges of 2 KB.

    python benchmarks/monitor.py [--exchanges 20000]

The whole is the worker that `shipworthy monitor run` runs, on a segment log: read, decode, recheck
by the deployment's stack (layer `screen`: 200 rules and a probe), count in windows, and write the
verdict of each exchange, durably, in transactions of 2,000. Figures are CPU of this process, the
least of several rounds; wall time on a shared machine says nothing.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from shipworthy.app.live.monitoring.looking.rechecking import recheck
from shipworthy.app.live.monitoring.looking.verdicts import assess
from shipworthy.app.live.monitoring.opening import Monitor, open_monitor, open_source
from shipworthy.app.live.monitoring.working import BATCH, Budget, Worker
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Registry, SystemClock
from shipworthy.records.live import ExchangeContent, ExchangeRecord, GuardVerdict
from shipworthy.traffic.logs import Entry, open_writer
from shipworthy.traffic.sources import decode_own
from shipworthy.vocabulary import Message, Sampling

PROSE = (
    "the morning ferry leaves from the old pier and returns before dark while people on the quay "
    "wait for parcels bread letters news of a storm that never came and a band that plays waltzes"
)
WORDS = PROSE.split()


def deployment(folder: Path, rules: int) -> Path:
    """Write a deployment with a screen, and a monitor of it."""
    lines = ['[deployment]\nname = "bench"\n[upstream]\nurl = "http://127.0.0.1:9"']
    lines.append('[[safeguards]]\nkind = "screen"\n[safeguards.options]\nprobe = {}')
    for number in range(rules):
        word = f"forbidden{number:03d}"
        lines.append(f'[[safeguards.options.rules]]\nid = "r{number}"\nreply = "{word}[a-z]+x"')
        lines.append(f'request = "{word} (now|today)"')
    (folder / "deployment.toml").write_text("\n".join(lines))
    path = folder / "monitor.toml"
    path.write_text(
        '[monitor]\nname = "bench"\ndeployment = "deployment.toml"\n'
        '[[bands]]\nmetric = "detected.screen.deployed"\nlimit = "0.01"\nreason = "a benchmark"\n'
    )
    return path


def exchange(number: int, draws: random.Random, digest: str) -> ExchangeRecord:
    """Return an exchange whose JSON has about 2 KB."""

    def text(size: int) -> str:
        said: list[str] = []
        length = 0
        while length < size:
            said.append(draws.choice(WORDS))
            length += len(said[-1]) + 1
        return " ".join(said)

    content = ExchangeContent(
        messages=(
            Message(role="system", content=text(150)),
            Message(role="user", content=text(400)),
        ),
        text=text(750),
    )
    return ExchangeRecord(
        id=f"gw-{number:012d}",
        at_ms=1_790_000_000_000 + number * 5,
        deployment="bench",
        account=f"{draws.randrange(5000):016x}",
        conversation="",
        dialect="chat",
        stream=False,
        model="m",
        sampling=Sampling(),
        request="sha256:" + "1" * 64,
        reply="sha256:" + "2" * 64,
        status=200,
        verdict=GuardVerdict(engine=digest, actions=(), enforced="released"),
        content=(content,),
    )


def least(work: Callable[[], Any], rounds: int) -> float:
    """Return the least CPU time of several rounds, in seconds."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


async def write(monitor: Monitor, bodies: list[tuple[str, bytes]]) -> None:
    """Write exchanges into the deployment's log."""
    writer = await open_writer(*monitor.log_options())
    for at in range(0, len(bodies), BATCH):
        await writer.append([Entry(key=key, body=body) for key, body in bodies[at : at + BATCH]])
    await writer.close()


async def whole(monitor: Monitor, group: str) -> float:
    """Run a worker over the log into a state of its own; return its CPU time in seconds."""
    state = monitor.open_state()
    reader = await open_source(monitor, group)
    worker = Worker(monitor, state, Budget(0))
    began = time.process_time()
    counted = await worker.run(reader, once=True, stop=lambda: False)
    spent = time.process_time() - began
    await reader.close()
    assert counted == state.totals().exchanges
    state.close()
    for left in monitor.file.state.glob("*"):
        left.unlink()
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exchanges", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rules", type=int, default=200)
    chosen = parser.parse_args()
    # numba asks for a module `coverage`, and must not get the benchmark of that name beside this.
    sys.path = [path for path in sys.path if Path(path) != Path(__file__).parent]
    with tempfile.TemporaryDirectory() as name:
        around = Surroundings(Registry.installed(), os.environ, SystemClock())
        monitor = open_monitor(deployment(Path(name), chosen.rules), around)
        engine, digest = monitor.engine, monitor.engine.digest
        draws = random.Random(1)
        records = [exchange(number, draws, digest) for number in range(chosen.exchanges)]
        records = [
            msgspec.structs.replace(
                one,
                verdict=msgspec.structs.replace(
                    one.verdict, actions=recheck(engine, one.content[0]).actions
                ),
            )
            for one in records
        ]
        bodies = [(one.account, msgspec.json.encode(one)) for one in records]
        size = sum(len(body) for _, body in bodies) / len(bodies)
        layers = frozenset(monitor.layers)
        asyncio.run(write(monitor, bodies))
        again = [recheck(engine, one.content[0]) for one in records]
        pieces = {
            "decode": lambda: [decode_own(body) for _, body in bodies],
            "recheck (engine and screen)": lambda: [
                recheck(engine, one.content[0]) for one in records
            ],
            "compare": lambda: [
                assess(one, found, digest, layers)
                for one, found in zip(records, again, strict=True)
            ],
        }
        told = [f"{size:.0f} bytes of JSON an exchange, {chosen.rules} rules and a probe"]
        scale = 1e6 / chosen.exchanges
        for what, work in pieces.items():
            told.append(f"{what:<32}{least(work, chosen.rounds) * scale:8.1f} us")
        spent = min(
            asyncio.run(whole(monitor, f"bench-{number}")) for number in range(chosen.rounds)
        )
        told.append(f"{'the whole worker':<32}{spent * scale:8.1f} us")
        told.append(f"{'exchanges a second of CPU':<32}{chosen.exchanges / spent:8.0f}")
        print("\n".join(told))


if __name__ == "__main__":
    main()
