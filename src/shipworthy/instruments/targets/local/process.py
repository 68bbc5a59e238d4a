"""Start the engine in a process of its own: a crash in native code is then a failed request."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from shipworthy.kernel import ExitCode, Problem

_CHILD: Final = Path(__file__).with_name("serving.py")
_PASSED_ON: Final = (
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "SYSTEMROOT",
    "TMPDIR",
    "VIRTUAL_ENV",
)
"""The child needs these to find its libraries; it gets no other variable, so no credential."""

_PATIENCE_SECONDS: Final = 5


class ServerProcess:
    """A running child and where it listens."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self._process = process
        self.address = address

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    async def stop(self) -> None:
        """Close the pipe, and kill the child when that is not enough."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


async def start_server(
    settings: Mapping[str, str | int | bool], environment: Mapping[str, str], seconds: float
) -> ServerProcess:
    """Start the child and wait until it listens.

    Raises:
        Problem: `local-model-start`, exit code 5, when it ends or stays silent.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        # Without -P the child's own folder would come first on its search path.
        "-P",
        str(_CHILD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: environment[name] for name in _PASSED_ON if name in environment},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            address = await _handshake(process, settings)
    except TimeoutError:
        await _discard(process)
        raise _not_started(f"it was not ready within {seconds:.0f} s") from None
    except BaseException:
        await _discard(process)
        raise
    return ServerProcess(process, address)


async def _handshake(
    process: asyncio.subprocess.Process, settings: Mapping[str, str | int | bool]
) -> str:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the child was started without pipes")
    with contextlib.suppress(ConnectionError):
        process.stdin.write(json.dumps(dict(settings)).encode() + b"\n")
        await process.stdin.drain()
    line = await process.stdout.readline()
    try:
        words = json.loads(line)
    except ValueError:
        words = {}
    address = words.get("address", "") if isinstance(words, dict) else ""
    if isinstance(address, str) and urlsplit(address).hostname == "127.0.0.1":
        return address
    error = words.get("error") if isinstance(words, dict) else None
    raise _not_started(f"the engine said `{error}`" if error else "its process ended")


async def _discard(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _not_started(why: str) -> Problem:
    return Problem.of(
        "local-model-start",
        f"the local model server did not start: {why}",
        help="check free memory and that nothing blocks the loopback interface",
        exit_code=ExitCode.ENVIRONMENT,
    )
