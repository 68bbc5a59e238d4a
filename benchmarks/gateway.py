"""What the gateway costs: CPU of its process per request and per chunk of a stream.

Everything runs in one go on the loopback interface: the model server and the clients are bare
uvloop protocols (`gateway_load.py`), the gateway is `shipworthy gateway serve` with a real stack
and a real log, and nginx as a bare proxy is the floor. CPU time of the process in the middle is
read from the system before and after, so that neither end is counted; wall time is shown and means
little on a shared machine. nginx is left out, with a word, where it is not installed.

    python benchmarks/gateway.py [--quick] [--only NAME] [--streams 1000] [--profile]
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import gateway_load
import uvloop

CONNECTIONS = 32
NO_GUARD = ""
OUTPUT_FILTER = '[[safeguards]]\nkind = "output-filter"\n'
GOALS = {"json": 60.0, "chunk": 35.0, "nginx": 3.0}


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


@contextlib.contextmanager
def model(pause_s: float) -> Iterator[int]:
    """Run the model server; give its port."""
    command = [sys.executable, gateway_load.__file__, "--pause", str(pause_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@contextlib.contextmanager
def gateway(
    upstream: int, front: str, layers: str, log: str = "before-release", profile: str = ""
) -> Iterator[tuple[int, int]]:
    """Run a gateway; give its process and port."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deployment.toml"
        path.write_text(
            f'[deployment]\nname = "bench"\nlisten = "127.0.0.1:0"\nadmin = ""\n'
            f'[upstream]\nurl = "http://127.0.0.1:{upstream}"\nconnections = 4096\n'
            f'[log]\nwhen = "{log}"\n{layers}'
        )
        command = [sys.executable, "-m", "shipworthy.cli.main"]
        if profile:
            command = [sys.executable, "-m", "cProfile", "-o", profile, "-m", "shipworthy.cli.main"]
        command += ["gateway", "serve", str(path), "--front", front]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            try:
                line = process.stderr.readline()
                if not line.startswith("serving "):
                    raise RuntimeError(line + process.stderr.read())
                yield process.pid, int(line.split(":")[2].split()[0])
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


@contextlib.contextmanager
def nginx(upstream: int) -> Iterator[tuple[int, int]]:
    """Run nginx as a bare proxy with one worker and kept connections."""
    port = 20_000 + os.getpid() % 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nginx.conf"
        path.write_text(
            f"daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;\n"
            "events { worker_connections 8192; }\n"
            "http { access_log off; client_body_temp_path %s/b; proxy_temp_path %s/p;\n"
            "fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n"
            "client_body_buffer_size 64k; keepalive_requests 1000000;\n"
            "upstream model { server 127.0.0.1:%d; keepalive 2048; }\n"
            "server { listen 127.0.0.1:%d backlog=2048; location / {\n"
            'proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection "";\n'
            "proxy_buffering off; } } }\n" % (*[folder] * 5, upstream, port)
        )
        command = [str(shutil.which("nginx")), "-p", folder, "-c", str(path)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                time.sleep(0.5)
                yield process.pid, port
            finally:
                process.terminate()


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
        "fast, no layer": ("fast", NO_GUARD, "before-release"),
        "fast, output filter": ("fast", OUTPUT_FILTER, "before-release"),
        "fast, 200 patterns + probe": ("fast", full, "before-release"),
        "portable, 200 patterns + probe": ("portable", full, "before-release"),
    }


def middles(upstream: int, options: argparse.Namespace) -> Iterator[tuple[str, object]]:
    """Yield what stands in the middle, by name."""
    if shutil.which("nginx"):
        yield "nginx, bare proxy", nginx(upstream)
    else:
        print("nginx is not installed: no floor (apt-get install nginx-light)", file=sys.stderr)
    for name, (front, layers, log) in profiles().items():
        profile = options.profile and f"/tmp/gateway-{name.replace(' ', '-')}.prof"
        yield name, gateway(upstream, front, layers, log, profile or "")


def main() -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests, one run")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--streams", type=int, default=1000, help="streams at once, at the end")
    parser.add_argument("--profile", action="store_true", help="write cProfile files to /tmp")
    options = parser.parse_args()
    scale, runs = (10, 1) if options.quick else (1, 3)
    rows: dict[str, list[float]] = {}
    titles = "| in the middle | JSON us | burst us | paced us/chunk | JSON p50/p99 ms | RSS MB |"
    print(f"{titles}\n|---|---|---|---|---|---|")
    with model(0.0) as quick, model(0.01) as slow:
        for (name, one), (_, other) in zip(
            middles(quick, options), middles(slow, options), strict=True
        ):
            if options.only not in name:
                continue
            with one as (pid, port):
                whole = [
                    measure(pid, port, 3000 // scale, CONNECTIONS, stream=False)
                    for _ in range(runs)
                ]
                burst = [
                    measure(pid, port, 500 // scale, CONNECTIONS, stream=True) for _ in range(runs)
                ]
            with other as (pid, port):
                paced = [measure(pid, port, 160, CONNECTIONS, stream=True) for _ in range(runs)]
            json = median(one.cpu_us for one in whole)
            chunk = median(one.cpu_us for one in paced) / gateway_load.PIECES
            rows[name] = [json, chunk]
            print(
                f"| {name} | {json:.0f} | {median(one.cpu_us for one in burst):.0f} | {chunk:.1f} "
                f"| {whole[0].p50_ms:.1f} / {whole[0].p99_ms:.1f} | {whole[-1].rss_mb:.0f} |",
                flush=True,
            )
        if options.streams and not options.only:
            at_once(slow, options.streams)
    verdict(rows)


def at_once(upstream: int, number: int) -> None:
    """Run so many paced streams at once through the fast front."""
    front, layers, log = profiles()["fast, 200 patterns + probe"]
    with gateway(upstream, front, layers, log) as (pid, port):
        found = measure(pid, port, number, number, stream=True)
    chunk = found.cpu_us / gateway_load.PIECES
    print(f"\n{number} streams at once: {chunk:.1f} us a chunk, {found.rss_mb:.0f} MB resident")


def verdict(rows: dict[str, list[float]]) -> None:
    """Say which goals hold."""
    full = rows.get("fast, 200 patterns + probe")
    floor = rows.get("nginx, bare proxy")
    if not full:
        return
    print(f"\nJSON {full[0]:.0f} us (goal {GOALS['json']:.0f}), chunk {full[1]:.1f} us", end="")
    print(f" (goal {GOALS['chunk']:.0f})", end="")
    if floor:
        print(f"; {full[0] / floor[0]:.1f} and {full[1] / floor[1]:.1f} times nginx", end="")
    print()


if __name__ == "__main__":
    main()
