"""This side of the process that holds Hyperscan."""

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from shipworthy.instruments.safeguards.screening.rules import CONTROL, MatcherBlindError, SetMatcher
from shipworthy.kernel import ExitCode, Problem

INSTALL: Final = "python -m pip install 'shipworthy[screen,hyperscan]'"
DEADLINE_S: Final = 5.0
"""Seconds for one question; a process that takes longer is ended."""
_CHILD: Final = "shipworthy.instruments.safeguards.screening.hyperscan.child"


class MatcherLostError(RuntimeError):
    """The process ended, or did not answer in time."""


class HyperscanSets:
    """Builds sets that one child process holds. The next question starts a lost process again."""

    def __init__(self) -> None:
        self._child = _Child()

    @property
    def name(self) -> str:
        """The distribution and its version."""
        try:
            return f"hyperscan {version('hyperscan')}"
        except PackageNotFoundError:
            raise Problem.of(
                "package-missing",
                "the matcher `hyperscan` is not installed",
                help=INSTALL,
                exit_code=ExitCode.ENVIRONMENT,
            ) from None

    def build(self, expressions: Sequence[str]) -> SetMatcher:
        """Add a set, and try it on its control."""
        control = len(expressions)
        try:
            number = self._child.add([*expressions, CONTROL])
            found = control in self._child.match(number, CONTROL.encode())
        except (MatcherLostError, ValueError) as error:
            raise Problem.of(
                "rules-expression",
                f"Hyperscan refuses the rules: {error}",
                help='use `matcher = "re2"`',
            ) from None
        if not found:
            raise Problem.of(
                "rules-too-many", "Hyperscan finds nothing, not even the control of the rules"
            )
        return _HyperscanSet(self._child, number, control)


@dataclass(frozen=True, slots=True)
class _HyperscanSet:
    child: "_Child"
    number: int
    control: int

    def match(self, data: bytes) -> Sequence[int]:
        found = self.child.match(self.number, data)
        if self.control not in found:
            raise MatcherBlindError
        return [hit for hit in found if hit != self.control]


class _Child:
    """The process; one question at a time, and never the process of a parent that forked."""

    def __init__(self) -> None:
        self._sets: list[list[str]] = []
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def __del__(self) -> None:
        self._end()

    def add(self, expressions: list[str]) -> int:
        with self._lock:
            self._start()
            number = self._ask(b"A" + json.dumps(expressions).encode())
            if isinstance(number, int):
                self._sets.append(expressions)
                return number
        raise ValueError(str(number))

    def match(self, number: int, data: bytes) -> list[int]:
        with self._lock:
            self._start()
            found = self._ask(b"M" + struct.pack(">H", number) + data)
        if not isinstance(found, list):
            raise MatcherLostError("the process answered nonsense")
        return found

    def _start(self) -> None:
        running = self._process is not None and self._process.poll() is None
        if running and self._owner == os.getpid():
            return
        self._end()
        command = (sys.executable, "-m", _CHILD)
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._owner = os.getpid()
        for number, expressions in enumerate(self._sets):
            if self._ask(b"A" + json.dumps(expressions).encode()) != number:
                self._end()
                raise MatcherLostError("the process does not take its sets again")

    def _ask(self, question: bytes) -> object:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(struct.pack(">I", len(question)) + question)
            process.stdin.flush()
            return json.loads(self._read(process))
        except (OSError, ValueError, MatcherLostError) as error:
            self._end()
            raise MatcherLostError(f"the process was lost: {type(error).__name__}") from None

    def _read(self, process: "subprocess.Popen[bytes]") -> bytes:
        end = time.monotonic() + DEADLINE_S
        (size,) = struct.unpack(">I", self._exactly(process, 4, end))
        return self._exactly(process, size, end)

    def _exactly(self, process: "subprocess.Popen[bytes]", size: int, end: float) -> bytes:
        assert process.stdout is not None
        output = process.stdout.fileno()
        data = b""
        while len(data) < size:
            ready, _, _ = select.select([output], [], [], max(0.0, end - time.monotonic()))
            part = os.read(output, size - len(data)) if ready else b""
            if not part:
                raise MatcherLostError
            data += part
        return data

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
