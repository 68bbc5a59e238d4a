"""Gateways for tests: opened from a real deployment file, served in a thread of their own."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from shipworthy.app.live.deployment_file import read_deployment
from shipworthy.app.live.gateway.opening import Inside, open_gateway
from shipworthy.app.live.gateway.running import Running
from shipworthy.app.live.gateway.stacks import build_stack
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Registry, SystemClock
from shipworthy.records.live import ExchangeRecord
from shipworthy.traffic.gateway.gateway import Gateway
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.logs import open_reader

FRONTS = ("fast", "portable")
ENVIRONMENT = {
    "PSEUDONYMS": "a key for the pseudonyms of tests",
    "UPSTREAM_KEY": "sk-of-the-server",
}

LEAK_FILTER = '[[safeguards]]\nkind = "output-filter"\n'
"""A layer that looks at answers; what it withholds is in `FORBIDDEN`."""


def deployment_text(upstream: str, tables: Mapping[str, str] | None = None) -> str:
    """Write a deployment file; `tables` are further lines by table, `""` for the end."""
    given = dict(tables or {})
    end = given.pop("", "")
    lines = {
        "deployment": 'name = "test"\nlisten = "127.0.0.1:0"\nadmin = "127.0.0.1:0"\n',
        "upstream": f'url = "{upstream}"\n',
    }
    for name, text in given.items():
        lines[name] = lines.get(name, "") + text
    return "\n".join(f"[{name}]\n{text}" for name, text in lines.items()) + f"\n{end}"


@dataclass
class Served:
    """A gateway that serves in a thread."""

    path: Path
    url: str = ""
    admin: str = ""
    lines: list[str] = field(default_factory=list)
    gateway: Gateway | None = None
    running: Running | None = None
    loop: asyncio.AbstractEventLoop | None = None
    finished: bool | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)

    def call(self, work: Callable[[], Any]) -> Any:
        """Call something in the gateway's own thread."""

        async def called() -> Any:
            return work()

        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(called(), self.loop).result(10)


@contextmanager
def served(
    path: Path,
    front: str,
    *,
    clock: SteadyClock | None = None,
    environment: Mapping[str, str] | None = None,
    change: Callable[[Gateway], None] | None = None,
) -> Iterator[Served]:
    """Serve the deployment file at `path`; `change` alters the gateway before it listens."""
    found = Served(path)
    ready = threading.Event()
    failures: list[BaseException] = []

    async def serve() -> None:
        around = Surroundings(
            Registry.installed(),
            {**os.environ, **ENVIRONMENT, **(environment or {})},
            SystemClock(),
        )
        inside = Inside(around, front, found.lines.append, clock or SteadyClock())
        file = read_deployment(path)
        gateway = await open_gateway(file, build_stack(file, around), inside)
        if change:
            change(gateway)
        found.gateway, found.loop = gateway, asyncio.get_running_loop()
        found.running = Running(file, gateway, inside)
        work = asyncio.create_task(found.running.serve())
        await found.running.listening.wait()
        found.url, found.admin = found.running.url, found.running.admin_url
        ready.set()
        found.finished = await work

    def run() -> None:
        factory = None
        if front == "fast":
            import uvloop

            factory = uvloop.new_event_loop
        try:
            with asyncio.Runner(loop_factory=factory) as runner:
                runner.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread of the test
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(20)
    if failures:
        raise failures[0]
    try:
        yield found
    finally:
        if found.loop is not None and thread.is_alive():
            found.loop.call_soon_threadsafe(found.running.end)
        thread.join(20)
        assert not thread.is_alive(), "the gateway did not end"
        if failures:
            raise failures[0]


def logged(path: Path, kind: str = "segment") -> list[ExchangeRecord]:
    """Read every record of the log beside a deployment file, in the order of its partitions."""
    file = read_deployment(path)

    async def read() -> list[ExchangeRecord]:
        reader = await open_reader(kind, {"folder": str(file.state / "log")}, "test")
        found: list[ExchangeRecord] = []
        try:
            while stored := await reader.poll(1000, 0.2):
                found += [msgspec.json.decode(one.body, type=ExchangeRecord) for one in stored]
        finally:
            await reader.close()
        return found

    return asyncio.run(read())
