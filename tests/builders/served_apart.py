"""`shipworthy gateway serve` in a process of its own, with a layer of a plug-in that fails."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MODULE = """
from shipworthy.instruments.safeguards import Enforcement, ReplyScreen, RequestScreen, read_options
from shipworthy.kernel import digest_of
from shipworthy.records import SafeguardIdentity


class Options(Enforcement, frozen=True, kw_only=True):
    name: str = "faulty"
    word: str = "boom"


class Scan:
    def __init__(self, word):
        self.word, self.text = word, ""

    def feed(self, text):
        self.text += text
        if self.word in self.text:
            raise RuntimeError(self.text)
        return len(self.text)


class Faulty:
    sides = frozenset({"reply"})

    def __init__(self, options):
        self.enforcement = options

    def screen_request(self, request):
        return RequestScreen("passed", request)

    def screen_reply(self, request, reply):
        if self.enforcement.word in reply.text:
            raise RuntimeError(reply.text)
        return ReplyScreen("passed", reply)

    def open_scan(self, request, channel):
        return Scan(self.enforcement.word)

    def identity(self):
        said = [self.enforcement.word, self.enforcement.mode, self.enforcement.on_error]
        return SafeguardIdentity(name="faulty", kind="faulty", configuration=digest_of(said))


def make(options):
    return Faulty(read_options(options, Options))
"""


@dataclass
class Apart:
    """A gateway in a process of its own."""

    path: Path
    process: "subprocess.Popen[str]"
    address: tuple[str, int]
    said: list[str]

    def end(self) -> int:
        """Tell it to end; return its exit code. What it said is in `said` then."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, words = self.process.communicate(timeout=60)
        self.said += words.splitlines() if words else []
        return self.process.returncode


def install_faulty(folder: Path) -> None:
    """Install the plug-in `faulty`, a layer that raises at a word, into a folder."""
    found = folder / "faulty_layer-1.0.dist-info"
    found.mkdir(parents=True)
    (folder / "faulty_layer.py").write_text(_MODULE)
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-layer\nVersion: 1.0\n")
    (found / "entry_points.txt").write_text("[shipworthy.safeguards]\nfaulty = faulty_layer:make\n")


@contextmanager
def served_apart(path: Path, front: str, plugins: Path | None = None) -> Iterator[Apart]:
    """Serve the deployment at `path` until the end of the block."""
    environment = dict(os.environ)
    if plugins is not None:
        searched = (str(plugins), environment.get("PYTHONPATH", ""))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, searched))
    command = [sys.executable, "-m", "shipworthy.cli.main", "gateway", "serve", str(path)]
    process = subprocess.Popen(
        [*command, "--front", front], stderr=subprocess.PIPE, text=True, env=environment
    )
    said: list[str] = []
    try:
        assert process.stderr is not None
        address = None
        for line in process.stderr:
            said.append(line)
            if line.startswith("serving "):
                found = re.search(r"([\d.]+):(\d+)", line)
                assert found is not None
                address = found[1], int(found[2])
                break
        assert address is not None, "".join(said)
        yield Apart(path, process, address, said)
    finally:
        process.kill()
        process.wait(30)
        if process.stderr is not None:
            process.stderr.close()
