"""One exchange from its request to its last byte: the order in which everything is asked.

Nothing leaves that the passage has not let go, and no last byte before the log has the record,
where the deployment asks for that.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Final

from shipworthy.instruments.safeguards.engine import drive
from shipworthy.records.live import ExchangeRecord, GuardVerdict, Timing
from shipworthy.traffic.dialects import Dialect
from shipworthy.traffic.gateway.admission import Denial
from shipworthy.traffic.gateway.serving import Serving, headers_upstream
from shipworthy.traffic.gateway.state import GatewayState
from shipworthy.traffic.gateway.wire import PASSED_BACK, Incoming, Responder, UpstreamBroken
from shipworthy.traffic.passages import (
    STREAM_TYPE,
    Answer,
    Circumstances,
    Ending,
    Passage,
    ToModel,
)
from shipworthy.vocabulary import Sampling

_SHARES: Final = 2**32
_STOPPED: Final = Denial("stopped", 60)


class Exchange:
    """One exchange: `run` answers or breaks the connection, and leaves one set of records."""

    __slots__ = (
        "_account",
        "_asked",
        "_at_ms",
        "_began",
        "_dialect",
        "_gateway",
        "_held",
        "_id",
        "_out",
        "_passage",
        "_recorded",
        "_serving",
        "_started",
    )

    def __init__(
        self,
        gateway: GatewayState,
        serving: Serving,
        dialect: Dialect,
        asked: Incoming,
        out: Responder,
    ) -> None:
        self._gateway = gateway
        self._serving = serving
        self._dialect = dialect
        self._asked = asked
        self._out = out
        self._began = gateway.clock.seconds()
        self._at_ms = gateway.clock.now_ms()
        self._id = gateway.name()
        self._account = gateway.accounts.of(asked.headers)
        self._passage = Passage(
            serving.engine, dialect, serving.reading, gateway.clock.seconds, self._at_ms // 1000
        )
        self._held = 0
        self._started = False
        self._recorded = False

    async def run(self) -> None:
        """Carry the exchange out."""
        gateway = self._gateway
        if gateway.stop is not None:
            self._turn_away(503, "the deployment is stopped", _STOPPED)
            return
        denial = gateway.limits.enter(self._account, self._began)
        if denial is not None:
            self._turn_away(429, "this account asks for more than it may", denial)
            return
        try:
            if not gateway.gate.try_enter():
                denial = await self._wait_for_room()
            if denial is not None:
                self._turn_away(429, "too many requests at once", denial)
                return
            try:
                if gateway.stop is not None:
                    # It came in force while this exchange waited.
                    self._turn_away(503, "the deployment is stopped", _STOPPED)
                    return
                await self._pass()
            finally:
                gateway.gate.leave()
        finally:
            gateway.limits.leave(self._account)
            gateway.memory.give(self._held)

    async def _wait_for_room(self) -> Denial | None:
        try:
            return await self._gateway.gate.enter()
        except asyncio.CancelledError:
            gone = Denial("the client went away while it waited", 1)
            self._turn_away(503, "too many requests at once", gone)
            raise

    async def _pass(self) -> None:
        passage = self._passage
        try:
            await self._ask()
        except asyncio.CancelledError:
            if not self._recorded:
                passage.fail("the client went away")
                self._record()
            self._out.abort()
            raise
        except UpstreamBroken as broken:
            await self._conclude(passage.fail(broken.why, 504 if broken.late else 502))
        except Exception as error:  # noqa: BLE001 - whatever a layer or a format brings up: closed
            self._gateway.report(error)
            if self._recorded:
                self._out.abort()
                return
            why = f"an error inside the gateway ({type(error).__name__})"
            await self._conclude(passage.fail(why, 500, "internal"))

    async def _ask(self) -> None:
        asked = self._asked
        encoding = _header(asked.headers, b"content-encoding")
        step = await drive(self._passage.ask(asked.body, encoding))
        if isinstance(step, Answer):
            await self._conclude(step)
            return
        await self._answer(step)

    async def _answer(self, step: ToModel) -> None:
        self._hold_to_stop()
        serving, passage = self._serving, self._passage
        lines = headers_upstream(serving, self._dialect, self._asked.headers)
        reply = await serving.upstream.send(self._dialect.path.encode(), lines, step.body)
        try:
            mode = passage.begin_reply(
                reply.status,
                _header(reply.headers, b"content-type"),
                _header(reply.headers, b"content-encoding"),
            )
            extra = self._passed_back(reply.headers)
            out, gateway, memory = self._out, self._gateway, self._gateway.memory
            streams, over = mode == "stream", False

            def take(data: bytes) -> bool:
                nonlocal over
                if gateway.stop is not None:
                    self._hold_to_stop()
                size = len(data)
                if not memory.take(size):
                    raise UpstreamBroken("no memory for the answer")
                self._held += size
                taken = passage.take(data)
                if streams and taken.send:
                    if not self._started:
                        self._begin(extra)
                    out.write(taken.send)
                over = taken.stop
                return over or out.full

            while not await reply.pour(take) and not over:
                await out.drain()
        finally:
            reply.close()
        if not over:
            self._hold_to_stop()
        await self._conclude(await drive(passage.finish()), extra)

    def _hold_to_stop(self) -> None:
        """Let nothing leave any more once a stop is in force; raises `UpstreamBroken`."""
        if self._gateway.stop is not None:
            raise UpstreamBroken("the deployment was stopped")

    async def _conclude(self, end: Answer | Ending, extra: bytes = b"") -> None:
        """Send what is left, once the log has what it must have."""
        extra = extra or self._line()
        if not await self._logged():
            end = self._passage.fail("the log did not take the record", 503, "internal")
        if isinstance(end, Answer):
            if self._started:
                self._out.abort()
            else:
                self._out.whole(end.status, end.content_type, end.body, extra)
            return
        if not self._started:
            self._begin(extra)
        self._out.end(end.send)

    def _begin(self, extra: bytes) -> None:
        self._started = True
        self._out.begin(STREAM_TYPE, extra)

    async def _logged(self) -> bool:
        """Hand the records over; say whether the answer may leave."""
        gateway = self._gateway
        handed = self._record()
        if gateway.log.when == "after" or await handed:
            return True
        released = gateway.log.on_error == "open"
        if gateway.log.on_error == "sample":
            released = _share_of(self._id) < float(gateway.log.sample_share)
        gateway.metrics.event("released-unlogged" if released else "withheld-unlogged")
        return released

    def _record(self) -> "asyncio.Future[bool]":
        self._recorded = True
        header = self._serving.deployment.deployment
        records = self._passage.records(
            Circumstances(
                id=self._id,
                at_ms=self._at_ms,
                deployment=header.name,
                account=self._gateway.accounts.logged(self._account),
                conversation=self._conversation(),
                disclosure=header.disclosure,
            )
        )
        for record in records:
            if record.verdict.actions and record.verdict.detected_by:
                self._gateway.strike(self._account)
                break
        return self._gateway.keep(records)

    def _turn_away(self, status: int, message: str, denial: Denial) -> None:
        """Answer without asking anybody, and record that."""
        record = ExchangeRecord(
            id=self._id,
            at_ms=self._at_ms,
            deployment=self._serving.deployment.deployment.name,
            account=self._gateway.accounts.logged(self._account),
            conversation=self._conversation(),
            dialect=self._dialect.name,
            stream=False,
            model="",
            sampling=Sampling(),
            request="",
            status=status,
            verdict=GuardVerdict(
                engine=self._serving.engine.digest, actions=(), enforced="refused", why=denial.why
            ),
            timing=Timing(total_ms=0),
        )
        self._gateway.keep((record,))
        stopped = denial is _STOPPED
        said = message if stopped else f"{message} ({denial.why})"
        body = self._dialect.error(status, "stopped" if stopped else "limited", said)
        retry = b"retry-after: " + str(denial.retry_s).encode() + b"\r\n"
        self._out.whole(status, "application/json", body, self._line() + retry)

    def _conversation(self) -> str:
        named = self._gateway.conversation_header
        return self._asked.headers.get(named, b"").decode("latin-1")[:200] if named else ""

    def _line(self) -> bytes:
        return b"x-shipworthy-exchange: " + self._id.encode() + b"\r\n"

    def _passed_back(self, given: Mapping[bytes, bytes]) -> bytes:
        lines = self._line()
        for name in PASSED_BACK:
            if name in given:
                lines += b"%b: %b\r\n" % (name, given[name])
        return lines


def _header(given: Mapping[bytes, bytes], name: bytes) -> str:
    value = given.get(name)
    return value.decode("latin-1") if value else ""


def _share_of(name: str) -> float:
    """Return a number from 0 to 1 that the name of an exchange alone decides."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / _SHARES
