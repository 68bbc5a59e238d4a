"""Commands as processes of their own that need not import everything again.

What a user gets stays under test: a process with its arguments, folder, environment, streams and
exit code. What a fork cannot show has tests that start Python anew: what starting loads and costs
(`tests/architecture`), signals, and variables that an interpreter reads when it starts.
"""

import atexit
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

SERVER = Path(__file__).parent / "command_server.py"
READ_AT_START = ("PYTHON", "LC_", "LANG")


class ForkServer:
    """An interpreter with everything imported, which forks for each command."""

    def __init__(self, python, module, packages, skipped=()):
        self.command = [str(python), "-m", module]
        self._folder = Path(tempfile.mkdtemp(prefix="commands-"))
        self._address = str(self._folder / "s")
        self._process = subprocess.Popen(
            [python, SERVER, self._address, module, " ".join(packages), " ".join(skipped)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)
        assert self._process.stdout.readline() == "ready\n"

    def close(self):
        """End the server."""
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def run(self, arguments, cwd, environment, timeout):
        """Run a command and return the finished process, as `subprocess.run` does."""
        outputs = Path(tempfile.mkdtemp(dir=self._folder))
        request = {
            "arguments": arguments,
            "cwd": str(cwd or Path.cwd()),
            "environment": environment,
            "stdout": str(outputs / "out"),
            "stderr": str(outputs / "err"),
        }
        for name in ("stdout", "stderr"):
            Path(request[name]).touch()
        command = [*self.command, *arguments]
        code = self._wait(command, request, timeout)
        out, err = (Path(request[name]).read_text() for name in ("stdout", "stderr"))
        shutil.rmtree(outputs)
        return subprocess.CompletedProcess(command, code, out, err)

    def _wait(self, command, request, timeout):
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(self._address)
            asked.sendall(json.dumps(request).encode() + b"\n")
            with asked.makefile() as answers:
                child = int(answers.readline())
                asked.settimeout(timeout)
                try:
                    return int(answers.readline())
                except TimeoutError:
                    os.kill(child, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(command, timeout) from None


class Commands:
    """Runs commands by turns on two servers, so that no two in a row hash strings alike."""

    def __init__(self, *server):
        self._server = server
        self._servers = []
        self._turns = itertools.count()
        self._lock = threading.Lock()

    def _next(self):
        with self._lock:
            turn = next(self._turns)
            if turn < 2:
                self._servers.append(ForkServer(*self._server))
            return self._servers[turn % 2]

    def run(self, arguments, cwd=None, environment=None, timeout=120):
        """Run a command; one whose environment a new interpreter has to read starts anew."""
        arguments = [str(one) for one in arguments]
        changed = environment or {}
        if any(name.startswith(READ_AT_START) for name in changed):
            python, module, *_ = self._server
            return subprocess.run(
                [python, "-m", module, *arguments],
                cwd=cwd,
                env={**os.environ, **changed},
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        return self._next().run(arguments, cwd, {**os.environ, **changed}, timeout)
