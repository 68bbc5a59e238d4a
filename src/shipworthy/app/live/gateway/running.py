"""A gateway that serves: it listens, reloads, is stopped and resumed, and ends without haste."""

import asyncio
import contextlib
import gc
import signal
import socket
from pathlib import Path
from typing import Final, Protocol

from aiohttp import web

from shipworthy.app.live.deployment_file import DeploymentFile, read_deployment
from shipworthy.app.live.gateway.opening import Inside, bind, open_gateway, open_serving
from shipworthy.app.live.gateway.stacks import BuiltStack, build_stack
from shipworthy.kernel import Problem, short
from shipworthy.records.live.deployments import Deployment
from shipworthy.traffic.gateway.addresses import listening
from shipworthy.traffic.gateway.admin import admin_application
from shipworthy.traffic.gateway.gateway import Gateway

_LOOK_S: Final = 0.5
"""How often the deployment file and the stop file are looked at."""

_UNREAD: Final = (-1, -1, -1)
"""Stamp of a file that changed before anybody looked at it."""

_YOUNG_OBJECTS: Final = 20_000
"""Allocations between two collections while serving."""


class Front(Protocol):
    """What takes connections."""

    async def listen(self, bound: socket.socket) -> None:
        """Take connections on a socket that is bound already."""
        ...

    def stop_listening(self) -> None:
        """Take no more connections."""
        ...

    async def close(self) -> None:
        """Break what is left."""
        ...


class Running:
    """One gateway while it serves."""

    def __init__(self, file: DeploymentFile, gateway: Gateway, inside: Inside) -> None:
        self._file = file
        self._gateway = gateway
        self._inside = inside
        self._ending = asyncio.Event()
        self._seen = _stamp(file.path) if _is_read(file) else _UNREAD
        self._changing = self._seen
        self._building: asyncio.Task[None] | None = None
        self._again = False
        self.listening = asyncio.Event()
        self.url = ""
        self.admin_url = ""

    async def serve(self) -> bool:
        """Serve until told to end; say whether everything in flight was finished."""
        header = self._gateway.serving.deployment.deployment
        front = _front(self._gateway, self._inside.front)
        with self._file.placed("deployment", "listen"):
            bound = bind(listening(header.listen))
        self.url = _shown(bound)
        await front.listen(bound)
        admin = await self._open_admin(header.admin)
        self._announce()
        self.listening.set()
        watching = asyncio.create_task(self._watch())
        await self._ending.wait()
        self._inside.say("draining: no new connections")
        watching.cancel()
        self._gateway.draining = True
        front.stop_listening()
        finished = await self._gateway.drain()
        await front.close()
        await self._gateway.close()
        if admin is not None:
            await admin.cleanup()
        self._inside.say("ended" if finished else "ended: exchanges were still under way")
        return finished

    def heed_signals(self) -> None:
        """End on SIGTERM and SIGINT, reload on SIGHUP; only in the main thread of a process."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._ending.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    def end(self) -> None:
        """Begin to end."""
        self._ending.set()

    def reload(self) -> None:
        """Build the stack of the file as it is now, and serve behind it if that succeeds.

        What changes while a stack is being built is built after it: the last state of the file
        counts.
        """
        self._again = True
        if self._building is None or self._building.done():
            self._building = asyncio.create_task(self._reloads())

    async def _reloads(self) -> None:
        while self._again:
            self._again = False
            await self._reload()

    async def _reload(self) -> None:
        inside, gateway = self._inside, self._gateway
        before = gateway.serving
        try:
            file, built = await asyncio.to_thread(self._build)
            _check_fixed(file, built.deployment, before.deployment)
            serving = open_serving(file, built, inside, before)
        except Problem as problem:
            gateway.state.metrics.event("reload-refused")
            inside.say(f"not reloaded, {short(before.engine.digest)} goes on:")
            inside.say(problem.render())
            return
        except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
            gateway.state.metrics.event("reload-refused")
            kind = type(error).__name__
            inside.say(f"not reloaded, {short(before.engine.digest)} goes on: {kind}")
            return
        gateway.swap(serving)
        gateway.state.metrics.event("reloaded")
        inside.say(f"reloaded: stack {before.engine.digest} -> {serving.engine.digest}")

    def _build(self) -> tuple[DeploymentFile, BuiltStack]:
        file = read_deployment(self._file.path)
        return file, build_stack(file, self._inside.surroundings)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            self.look()

    def look(self) -> None:
        """Look for a stop, and for a change of the file; both have to have been written whole.

        Half a file can be a valid one, without its last safeguard. So a change counts when two
        looks find the same.
        """
        self._gateway.look_for_stop()
        stamp = _stamp(self._file.path)
        if stamp != self._seen and stamp == self._changing:
            self._seen = stamp
            self.reload()
        self._changing = stamp

    async def _open_admin(self, where: str) -> web.AppRunner | None:
        if not where:
            return None
        with self._file.placed("deployment", "admin"):
            bound = bind(listening(where))
        self.admin_url = _shown(bound)
        runner = web.AppRunner(admin_application(self._gateway), access_log=None)
        await runner.setup()
        await web.SockSite(runner, bound).start()
        return runner

    def _announce(self) -> None:
        gateway, say = self._gateway, self._inside.say
        layers = [layer.enforcement.name for layer in gateway.serving.engine.layers]
        say(f"serving {self.url} ({self._inside.front} front)")
        if self.admin_url:
            say(f"admin {self.admin_url}")
        named = ", ".join(layers) or "no layer: nothing that passes is looked at"
        say(f"stack {gateway.serving.engine.digest}: {named}")
        if gateway.state.stop is not None:
            say(f"stopped: {gateway.state.stop.why}")


async def serve_deployment(file: DeploymentFile, built: BuiltStack, inside: Inside) -> bool:
    """Open a gateway and serve until a signal ends it; say whether all in flight was finished."""
    gateway = await open_gateway(file, built, inside)
    try:
        running = Running(file, gateway, inside)
        running.heed_signals()
        _spare_collections()
        return await running.serve()
    except BaseException:
        await gateway.close()
        raise


def _spare_collections() -> None:
    """Let the garbage collector pass over what was built before serving, and come less often.

    Nearly all that an exchange makes is freed without it; after every 700 allocations it would go
    over the same living objects again and again. What was built first is kept if it lies in cycles,
    after a reload too: one stack, not one a reload.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _check_fixed(file: DeploymentFile, now: Deployment, before: Deployment) -> None:
    """Refuse changes that need another start: the old ones would go on under a new digest."""
    fixed = {
        ("deployment", "name"): now.deployment.name == before.deployment.name,
        ("deployment", "listen"): now.deployment.listen == before.deployment.listen,
        ("deployment", "admin"): now.deployment.admin == before.deployment.admin,
        ("deployment", "state"): now.deployment.state == before.deployment.state,
        ("log",): now.log == before.log,
        ("accounts",): now.accounts == before.accounts,
        ("telemetry",): now.telemetry == before.telemetry,
    }
    for path, same in fixed.items():
        if not same:
            raise Problem.of(
                "deployment-fixed",
                f"`{'.'.join(path)}` cannot change while the gateway serves",
                location=file.locate(*path),
                help="end the gateway and start it again",
            )


def _front(gateway: Gateway, name: str) -> Front:
    if name == "fast":
        from shipworthy.traffic.gateway.fast import FastFront

        return FastFront(gateway)
    from shipworthy.traffic.gateway.portable import PortableFront

    return PortableFront(gateway)


def _is_read(file: DeploymentFile) -> bool:
    """Whether the file is still the one that was read: a stack may take long to build."""
    with contextlib.suppress(OSError):
        return file.path.read_bytes() == file.source
    return False


def _stamp(path: Path) -> tuple[int, int, int]:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return 0, 0, 0


def _shown(bound: socket.socket) -> str:
    name = bound.getsockname()
    if isinstance(name, str):
        return f"unix:{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}"
