"""CPU per single-turn sample of other harnesses, beside ours, against the same fixed answer.

Optional: each harness lives in a virtual environment of its own, `PEERS/inspect`, `PEERS/garak`,
`PEERS/pyrit` (README.md says how to make them). One that is not there is a line that says so.

Every harness runs twice as a whole program, small and large; the difference, divided by the
requests that the server counted, is the cost of a sample, and what is left is the cost of
starting. So imports, set-up and reports that do not grow with the samples count for nobody.

    python benchmarks/peers.py --peers PEERS [--samples 1000]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import mock_server
from campaign_runs import Bench, Cost, Setting, write_assessment

HERE: Final = Path(__file__).parent
SMALL_SHARE: Final = 5
"""The small run has a fifth of the samples of the large one."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A harness in an environment of its own."""

    label: str
    environment: str
    distribution: str
    script: str
    variant: str = ""


PEERS: Final = (
    Peer("inspect_ai, openai-api provider", "inspect", "inspect-ai", "run_inspect.py", "provider"),
    Peer("inspect_ai, own aiohttp ModelAPI", "inspect", "inspect-ai", "run_inspect.py", "aiohttp"),
    Peer("garak, serial", "garak", "garak", "run_garak.py"),
    Peer("PyRIT, in-memory store", "pyrit", "pyrit", "run_pyrit.py"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One whole program: requests that arrived, CPU and wall seconds, peak memory."""

    requests: int
    cpu_s: float
    wall_s: float
    rss_mb: float
    size: int


Command = Callable[[str, int, Path], list[str]]
"""From the server's URL, the number of samples and a folder to what to run."""


def run(command: Command, samples: int, prompts: list[str]) -> Run:
    """Run a program to its end against a fresh server; raises when it fails."""
    with tempfile.TemporaryDirectory() as name, mock_server.running() as server:
        folder = Path(name)
        (folder / "prompts.json").write_text(json.dumps(prompts))
        started = time.perf_counter()
        with (folder / "output").open("w+") as output:
            process = subprocess.Popen(
                command(server.url, samples, folder), cwd=folder, stdout=output, stderr=output
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - started
            output.seek(0)
            assert process.returncode == 0, output.read()[-2000:]
        kept = [path for path in folder.rglob("*") if path.suffix in {".jsonl", ".eval"}]
        size = sum(path.stat().st_size for path in kept)
    return Run(server.requests, used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, size)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table. What is cheap runs longer and more often, or noise would drown it."""

    label: str
    command: Command
    factor: int = 1
    repeat: int = 1


def peer_command(peer: Peer, python: Path) -> Command:
    """Return how to run a peer."""

    def command(url: str, samples: int, folder: Path) -> list[str]:
        script = HERE / "harnesses" / peer.script
        return [str(python), str(script), url, str(samples), str(folder), peer.variant]

    return command


def our_command(name: str) -> Command:
    """Return how to run `shipworthy evaluate` with the safeguards of a configuration."""

    def command(url: str, samples: int, folder: Path) -> list[str]:
        # 20 attacks on every scenario of six domains, and a benign twin, in every arm
        scenarios = max(1, round(samples / (6 * 21)))
        assessment = write_assessment(Setting(name, url, scenarios, 64), folder)
        return [sys.executable, "-m", "shipworthy.cli.main", "evaluate", str(assessment)]

    return command


def bare_prompts() -> list[str]:
    """Return the conversations of our bare arm, each as one text."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Cost("bare"), Setting("bare", "http://127.0.0.1:1/v1", 4, 64), Path(folder))
        bodies = [json.loads(body) for body in bench.bodies()]
    return ["\n\n".join(turn["content"] for turn in body["messages"]) for body in bodies]


def version_of(peer: Peer, python: Path) -> str:
    """Return the version that is installed, or nothing."""
    code = f"import importlib.metadata as m; print(m.version({peer.distribution!r}))"
    try:
        found = subprocess.run(
            [str(python), "-c", code], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()


def median_run(command: Command, samples: int, prompts: list[str], repeat: int) -> Run:
    """Return the run with the median CPU time."""
    runs = [run(command, samples, prompts) for _ in range(repeat)]
    return sorted(runs, key=lambda one: one.cpu_s)[repeat // 2]


def line(entry: Entry, samples: int, prompts: list[str]) -> tuple[float, str]:
    """Measure a harness; return its CPU milliseconds a request and its line of the table."""
    small, large = (
        median_run(entry.command, count * entry.factor, prompts, entry.repeat)
        for count in (samples // SMALL_SHARE, samples)
    )
    more = large.requests - small.requests
    each = (large.cpu_s - small.cpu_s) / more
    cells = (
        entry.label,
        f"{large.requests:,}",
        f"{1000 * each:.2f}",
        f"{large.cpu_s - each * large.requests:.1f}",
        f"{large.wall_s:.1f}",
        f"{large.rss_mb:.0f}",
        f"{(large.size - small.size) / more:,.0f}" if large.size else "in memory",
    )
    return 1000 * each, " | ".join(cells)


def main(options: argparse.Namespace) -> None:
    """Measure everything that is there and print the table."""
    prompts = bare_prompts()
    todo = [
        Entry("shipworthy, bare arm", our_command("bare"), 4, 3),
        Entry("shipworthy, two arms, two safeguards", our_command("prompt+output"), 4, 3),
    ]
    for peer in PEERS:
        python = options.peers / peer.environment / "bin" / "python"
        version = version_of(peer, python)
        if version:
            command = peer_command(peer, python.absolute())
            todo.append(Entry(f"{peer.label} ({version})", command))
        else:
            print(f"{peer.label}: not installed in {python.parent.parent}, left out")
    titles = "harness | requests | CPU ms each | start CPU s | wall s | RSS MB | log B each | ratio"
    print(f"| {titles} |\n|---|---|---|---|---|---|---|---|")
    ours = 0.0
    for entry in todo:
        each, cells = line(entry, options.samples, prompts)
        ours = ours or each
        print(f"| {cells} | {each / ours:.1f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True, help="folder of the environments")
    parser.add_argument("--samples", type=int, default=1000, help="of the large run, about")
    main(parser.parse_args())
