"""What the gateway costs: CPU of its process per request and per chunk of a stream.

Everything runs in one go on the loopback interface: the model server and the clients are bare
uvloop protocols (`gateway_load.py`), the gateway is `shipworthy gateway serve` with a real stack
and a real log. All that is compared runs at the same time and is asked in turns, so that each has
its share of whatever else the machine does. nginx as a bare proxy is the floor, beside it the fast
front's two ends with nothing between them (`gateway_bare.py`), and LiteLLM's proxy where an
environment with it is named. CPU time of the process in the middle is read from the system before
and after, so that neither end is counted; wall time is shown and means little on a shared machine.

    python benchmarks/gateway.py [--quick] [--only NAME] [--streams 1000] [--profile]
    python -m venv VENV && VENV/bin/pip install 'litellm[proxy]==1.106.2'
    python benchmarks/gateway.py --litellm VENV
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import gateway_load
import uvloop
from gateway_middles import Middle, gateway, litellm, model, nginx

CONNECTIONS = 32
NO_GUARD = ""
OUTPUT_FILTER = '[[safeguards]]\nkind = "output-filter"\n'
GOALS = {"json": 60.0, "chunk": 35.0, "nginx": 3.0, "litellm": 100.0}
FULL = "fast, 200 patterns + probe"
BARE = "fast front, bare proxy"
FLOOR = "nginx, bare proxy"
PEER = "LiteLLM proxy"


def screen(rules: int) -> str:
    """Return the tables of the screening layer: so many patterns, and the built-in probe."""
    lines = ['[[safeguards]]\nkind = "screen"\n', "[safeguards.options]\n"]
    lines.append(f"rules = [{', '.join(rule(n) for n in range(rules))}]\n")
    return "".join(lines)


def rule(number: int) -> str:
    """Return a pattern of two words that no benchmark text has."""
    words = f"(?i)zq{number:03}[a-z]+ (of|for) +kx{number:03}[0-9]*"
    return f"{{id = 'r{number}', request = '{words}', reply = '{words}'}}"


@dataclass(frozen=True)
class Measured:
    """CPU microseconds per request, and what clients saw."""

    cpu_us: float
    p50_ms: float
    p99_ms: float
    rss_mb: float


@dataclass
class Row:
    """What was found of one thing in the middle, by kind of traffic."""

    json: list[Measured] = field(default_factory=list)
    burst: list[Measured] = field(default_factory=list)
    paced: list[Measured] = field(default_factory=list)

    def chunks(self) -> list[float]:
        """Return microseconds per chunk of a paced stream."""
        return [one.cpu_us / gateway_load.PIECES for one in self.paced]


def cpu_ns(pid: int) -> int:
    """Return the CPU time of all threads of a process and of its children, in nanoseconds."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
            for child in (task / "children").read_text().split():
                total += cpu_ns(int(child))
    return total


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(pid: int, port: int, number: int, connections: int, *, stream: bool) -> Measured:
    """Ask so often, warm; return what the process in the middle spent."""

    async def asked() -> tuple[int, list[float]]:
        await gateway_load.ask(port, max(connections, number // 5), connections, stream=stream)
        before = cpu_ns(pid)
        latencies = await gateway_load.ask(port, number, connections, stream=stream)
        return cpu_ns(pid) - before, latencies

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        spent, latencies = runner.run(asked())
    latencies.sort()
    p50, p99 = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.99))
    return Measured(spent / number / 1000, p50, p99, rss_mb(pid))


def profiles() -> dict[str, tuple[str, str, str]]:
    """Return what is measured: front, layers and when the log is waited for, by name."""
    full = screen(200) + 'probe = {hold = "window", action = "flag"}\n'
    return {
        BARE: ("bare", NO_GUARD, "before-release"),
        "fast, no layer, no log": ("unlogged", NO_GUARD, "before-release"),
        "fast, no layer": ("fast", NO_GUARD, "before-release"),
        "fast, output filter": ("fast", OUTPUT_FILTER, "before-release"),
        FULL: ("fast", full, "before-release"),
        "portable, 200 patterns + probe": ("portable", full, "before-release"),
    }


def middles(
    options: argparse.Namespace,
) -> Iterator[tuple[str, Callable[[int], AbstractContextManager[Middle]]]]:
    """Yield what can stand in the middle, by name: each takes the port of a model server."""
    if shutil.which("nginx"):
        yield FLOOR, nginx
    else:
        print("nginx is not installed: no floor (apt-get install nginx-light)", file=sys.stderr)
    for name, (front, layers, log) in profiles().items():
        file = f"/tmp/gateway-{name.replace(' ', '-')}.prof" if options.profile else ""
        yield name, partial(gateway, front=front, layers=layers, log=log, profile=file)
    if options.litellm:
        yield PEER, partial(litellm, environment=options.litellm)


def main() -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests, one run")
    parser.add_argument("--only", default="", help="only what has one of these in its name (a,b)")
    parser.add_argument("--runs", type=int, default=5, help="rounds, each of which asks everybody")
    parser.add_argument("--streams", type=int, default=1000, help="streams at once, at the end")
    parser.add_argument("--profile", action="store_true", help="write cProfile files to /tmp")
    parser.add_argument("--litellm", type=Path, help="a virtual environment with LiteLLM's proxy")
    options = parser.parse_args()
    scale, runs = (10, 1) if options.quick else (1, options.runs)
    wanted = options.only.split(",")
    rows: dict[str, Row] = {}
    with model(0.0) as quick, model(0.01) as slow:
        chosen = {
            name: begin for name, begin in middles(options) if any(word in name for word in wanted)
        }
        for upstream, kinds in ((quick, ("json", "burst")), (slow, ("paced",))):
            with contextlib.ExitStack() as running:
                served = {
                    name: running.enter_context(begin(upstream)) for name, begin in chosen.items()
                }
                for _ in range(runs):
                    for name, middle in served.items():
                        # LiteLLM's proxy is too slow to be asked as often
                        less = 10 if name == PEER else scale
                        ask_one(rows.setdefault(name, Row()), middle, kinds, less)
        show(rows)
        if options.streams and not options.only:
            at_once(slow, options.streams)
    verdict(rows)


def ask_one(row: Row, middle: Middle, kinds: tuple[str, ...], scale: int) -> None:
    """Ask one of them once for each kind of traffic."""
    pid, port = middle
    numbers = {"json": 3000 // scale, "burst": 500 // scale, "paced": 160 // scale}
    for kind in kinds:
        number = max(CONNECTIONS, numbers[kind])
        found = measure(pid, port, number, CONNECTIONS, stream=kind != "json")
        getattr(row, kind).append(found)


def spread(values: list[float], digits: int = 0) -> str:
    """Return the median and, in brackets, the least and the most."""
    low, middle, high = (f"{one:,.{digits}f}" for one in (min(values), median(values), max(values)))
    return f"{middle} ({low} to {high})"


def show(rows: dict[str, Row]) -> None:
    """Print the table."""
    titles = "| in the middle | JSON us | burst us | paced us/chunk | JSON p50/p99 ms | RSS MB |"
    print(f"{titles}\n|---|---|---|---|---|---|")
    for name, row in rows.items():
        json = spread([one.cpu_us for one in row.json])
        burst = f"{median(one.cpu_us for one in row.burst):,.0f}"
        p50, p99 = (median(getattr(one, at) for one in row.json) for at in ("p50_ms", "p99_ms"))
        cells = [name, json, burst, spread(row.chunks(), 1), f"{p50:.1f} / {p99:.1f}"]
        print(f"| {' | '.join(cells)} | {row.json[-1].rss_mb:.0f} |", flush=True)


def at_once(upstream: int, number: int) -> None:
    """Run so many paced streams at once through the fast front."""
    front, layers, log = profiles()[FULL]
    with gateway(upstream, front, layers, log) as (pid, port):
        found = measure(pid, port, number, number, stream=True)
    chunk = found.cpu_us / gateway_load.PIECES
    print(f"\n{number} streams at once: {chunk:.1f} us a chunk, {found.rss_mb:.0f} MB resident")


def verdict(rows: dict[str, Row]) -> None:
    """Say which goals hold; ratios are of medians of one run."""
    json = {name: median(one.cpu_us for one in row.json) for name, row in rows.items()}
    chunk = {name: median(row.chunks()) for name, row in rows.items()}
    if FULL in rows:
        print(f"\nJSON {json[FULL]:.0f} us (goal {GOALS['json']:.0f}), ", end="")
        print(f"chunk {chunk[FULL]:.1f} us (goal {GOALS['chunk']:.0f})")
    for name in (BARE, FULL):
        if name in rows and FLOOR in rows:
            ratios = f"{json[name] / json[FLOOR]:.1f} and {chunk[name] / chunk[FLOOR]:.1f}"
            print(f"{name}: {ratios} times nginx (goal, as bare proxy: {GOALS['nginx']:.0f})")
    for name in (BARE, FULL):
        if name in rows and PEER in rows:
            ratios = f"{json[PEER] / json[name]:.0f} and {chunk[PEER] / chunk[name]:.0f}"
            print(f"{PEER}: {ratios} times {name} (goal {GOALS['litellm']:.0f})")


if __name__ == "__main__":
    main()
