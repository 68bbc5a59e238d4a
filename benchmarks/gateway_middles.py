"""What `gateway.py` puts between the model server and the clients, each as a process of its own.

Every function is a context that gives the process and the port it listens on, on loopback.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import gateway_bare
import gateway_load

Middle = tuple[int, int]

LITELLM_START_S = 180
LITELLM = """
model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:%d/v1", api_key: none}
litellm_settings: {telemetry: false}
"""
NGINX = """
daemon off; worker_processes 1; pid FOLDER/pid; error_log stderr crit;
events { worker_connections 8192; }
http { access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p;
fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;
client_body_buffer_size 64k; keepalive_requests 1000000;
upstream model { server 127.0.0.1:UPSTREAM; keepalive 2048; }
server { listen 127.0.0.1:PORT backlog=2048; location / {
proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection "";
proxy_buffering off; } } }
"""


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


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
) -> Iterator[Middle]:
    """Run a gateway; `front` may be one of those of `gateway_bare.py`, too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deployment.toml"
        path.write_text(
            f'[deployment]\nname = "bench"\nlisten = "127.0.0.1:0"\nadmin = ""\n'
            f'[upstream]\nurl = "http://127.0.0.1:{upstream}"\nconnections = 4096\n'
            f'[log]\nwhen = "{log}"\n{layers}'
        )
        command = [sys.executable, *(["-m", "cProfile", "-o", profile] if profile else [])]
        if front in {"bare", "unlogged"}:
            command += [gateway_bare.__file__, front, str(path)]
        else:
            command += ["-m", "shipworthy.cli.main", "gateway", "serve", str(path)]
            command += ["--front", front]
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
def nginx(upstream: int) -> Iterator[Middle]:
    """Run nginx as a bare proxy with one worker and kept connections."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nginx.conf"
        given = {"FOLDER": folder, "UPSTREAM": str(upstream), "PORT": str(port)}
        text = NGINX
        for name, value in given.items():
            text = text.replace(name, value)
        path.write_text(text)
        command = [str(shutil.which("nginx")), "-p", folder, "-c", str(path)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                time.sleep(0.5)
                yield process.pid, port
            finally:
                process.terminate()


@contextlib.contextmanager
def litellm(upstream: int, environment: Path) -> Iterator[Middle]:
    """Run LiteLLM's proxy from a virtual environment: one worker, no key, no database, no log."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        (Path(folder) / "config.yaml").write_text(LITELLM % upstream)
        command = [str(environment / "bin" / "litellm"), "--config", "config.yaml"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
        settings = {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOG": "ERROR",
            "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        }
        with subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, **settings}
        ) as process:
            try:
                _await(f"http://127.0.0.1:{port}/health/liveliness", process)
                yield process.pid, port
            finally:
                process.terminate()
                process.wait(30)


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + LITELLM_START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.5)
    raise RuntimeError(f"nothing answers at {url}")
