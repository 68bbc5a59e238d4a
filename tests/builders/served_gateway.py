"""`shipworthy gateway serve` as a process, in front of a model on the loopback interface."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass

_READY_S = 20.0


@dataclass(frozen=True)
class Ports:
    """Where a gateway listens, and where it is asked about itself."""

    listen: int
    admin: int


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_gateway(folder, upstream, *, extra="", disclosure="all") -> Ports:
    """Write the deployment file of a gateway before a model; return its ports."""
    ports = Ports(free_port(), free_port())
    (folder / "deployment.toml").write_text(
        f"""\
[deployment]
name = "desks"
assessment = "assessment.toml"
model = "simulated"
disclosure = "{disclosure}"
listen = "127.0.0.1:{ports.listen}"
admin = "127.0.0.1:{ports.admin}"

[upstream]
url = "{upstream}"

[confirmation]
margin = "0.25"
per_minute = 600000
routes = ["chat", "messages.stream", "responses.tools"]
{extra}
"""
    )
    return ports


class Served:
    """`shipworthy gateway serve`, until the end of the block."""

    def __init__(self, folder, ports: Ports):
        self._command = [
            *(sys.executable, "-m", "shipworthy.cli.main", "gateway", "serve", "deployment.toml")
        ]
        self._folder, self._ports = folder, ports

    def __enter__(self):
        self.process = subprocess.Popen(
            self._command, cwd=self._folder, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + _READY_S
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self._ports.admin}/-/readyz", timeout=1)
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                time.sleep(0.1)
            else:
                return self
        raise AssertionError("the gateway is not ready")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


def ask(ports: Ports, question: str, system: str = "") -> str:
    """Ask the gateway as a user does; return the id of the exchange."""
    turns = [{"role": "system", "content": system}] if system else []
    body = {"model": "simulated", "messages": [*turns, {"role": "user", "content": question}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{ports.listen}/v1/chat/completions",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        answer.read()
        return answer.headers["x-shipworthy-exchange"]
