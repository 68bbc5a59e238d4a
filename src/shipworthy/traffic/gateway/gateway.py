"""The gateway behind every front: which version serves, what is in flight, the emergency stop."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final

from shipworthy.kernel import system_reason
from shipworthy.records.live import LimitsSection
from shipworthy.traffic.gateway.admission import Stop, StopSwitch
from shipworthy.traffic.gateway.exchange import Exchange
from shipworthy.traffic.gateway.serving import Serving
from shipworthy.traffic.gateway.state import GatewayState
from shipworthy.traffic.gateway.wire import ALONE, JSON_TYPE, Incoming, Responder, error_body

_BREAK_OFF_S: Final = 2.0
"""How long exchanges that are broken off may take to end."""


class Gateway:
    """Serves one deployment; fronts hand it requests, one `serve` each."""

    def __init__(self, serving: Serving, state: GatewayState, switch: StopSwitch) -> None:
        self.serving = serving
        self.state = state
        self.switch = switch
        self.draining = False
        self._tasks: set[asyncio.Task[object]] = set()
        self._retired: list[Serving] = []
        self._idle: asyncio.Event | None = None
        self._unwritten = False
        naming = {state.accounts.header, state.conversation_header} - {b""}
        self.alone: frozenset[bytes] = ALONE | naming
        """Headers that stand once or not at all: of two nobody knows which one counts."""
        state.stop = switch.read()

    @property
    def limits(self) -> LimitsSection:
        """The limits in force."""
        return self.serving.deployment.limits

    @property
    def in_flight(self) -> int:
        """Exchanges that run now."""
        return len(self._tasks)

    def speaks(self, path: bytes) -> bool:
        """Whether a path is that of a dialect that is served."""
        return path in self.serving.dialects

    async def serve(self, asked: Incoming, out: Responder) -> None:
        """Carry one request out, whatever it is."""
        serving = self.serving
        dialect = serving.dialects.get(asked.path)
        if dialect is None:
            self.state.metrics.event("path-refused")
            out.whole(404, JSON_TYPE, error_body("not_found", "this path is not served"))
            return
        if asked.method != b"POST":
            self.state.metrics.event("method-refused")
            body = error_body("method_not_allowed", "only POST is served here")
            out.whole(405, JSON_TYPE, body, b"allow: POST\r\n")
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await Exchange(self.state, serving, dialect, asked, out).run()
        finally:
            self._tasks.discard(task)
            if self._idle is not None and not self._tasks:
                self._idle.set()

    def swap(self, serving: Serving) -> None:
        """Let new exchanges begin under another version; those under way keep theirs."""
        before, self.serving = self.serving, serving
        limits = serving.deployment.limits
        state = self.state
        state.limits = state.limits.renewed(limits)
        state.gate.renew(limits.concurrent_in_all, limits.waiting, limits.waiting_seconds)
        state.memory.most = limits.memory_mib * 1024 * 1024
        if before.upstream is not serving.upstream:
            self._retired.append(before)

    def look_for_stop(self) -> None:
        """Take note of a stop file that came or went.

        A stop that could not be written down holds for as long as the process does.
        """
        found = self.switch.read() or (self.state.stop if self._unwritten else None)
        if (found is None) != (self.state.stop is None):
            self.state.metrics.event("stopped" if found else "resumed")
            self.state.say(f"stopped: {found.why}" if found else "resumed: serving again")
        self.state.stop = found

    def halt(self, why: str, by: str) -> None:
        """Put the emergency stop in force, now and for every later start."""
        self.state.stop = Stop(why=why, at_ms=self.state.clock.now_ms(), by=by)
        self.state.metrics.event("stopped")
        self.state.say(f"stopped: {why}")
        try:
            self.switch.stop(self.state.stop)
        except OSError as error:
            self._unwritten = True
            self.state.say(f"the stop could not be written down: {system_reason(error)}")

    def resume(self, why: str, by: str) -> bool:
        """Lift the emergency stop; say whether there was one."""
        unwritten, self._unwritten = self._unwritten, False
        lifted = (
            self.switch.resume(Stop(why=why, at_ms=self.state.clock.now_ms(), by=by)) or unwritten
        )
        self.state.stop = self.switch.read()
        if lifted:
            self.state.metrics.event("resumed")
            self.state.say("resumed: serving again")
        return lifted

    async def drain(self) -> bool:
        """Wait until nothing is in flight; say whether it came to that in the time allowed.

        What is still under way then is broken off, and recorded as that.
        """
        self.draining = True
        if await self._until_idle(self.limits.drain_seconds):
            return True
        for task in self._tasks:
            task.cancel()
        await self._until_idle(_BREAK_OFF_S)
        return False

    async def _until_idle(self, seconds: float) -> bool:
        if self._tasks:
            self._idle = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._idle.wait()
        return not self._tasks

    async def close(self) -> None:
        """Write what the log has not yet taken, and let go of everything."""
        await self.state.journal.close()
        if self.state.exporter is not None:
            await self.state.exporter.close()
        for one in (*self._retired, self.serving):
            await one.upstream.close()

    def gauges(self) -> Mapping[str, int]:
        """Return what is so now, for the metrics."""
        state = self.state
        return {
            "in_flight": self.in_flight,
            "waiting": state.gate.waiting,
            "bytes_held": state.memory.held,
            "upstream_connections": self.serving.upstream.connections,
            "records_waiting": state.journal.waiting,
            "log_failing": int(bool(state.journal.failing)),
            "stopped": int(state.stop is not None),
            "draining": int(self.draining),
            "clock_jumps": state.clock.jumps,
            "telemetry_dropped": state.exporter.dropped if state.exporter else 0,
        }

    def identity(self) -> dict[str, str]:
        """Return what serves, as digests."""
        serving = self.serving
        return {
            "deployment": serving.deployment.deployment.name,
            "stack": serving.engine.digest,
            "policy": serving.policy,
        }
