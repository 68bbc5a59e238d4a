"""What all exchanges of one gateway share: time, names, limits, the log, the counters."""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from shipworthy.records.live import ExchangeRecord, LogSection
from shipworthy.traffic.gateway.admission import AccountLimits, Accounts, Gate, Memory, Stop
from shipworthy.traffic.gateway.keeping.journal import Journal
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.gateway.telling.export import OtlpExporter
from shipworthy.traffic.gateway.telling.metrics import Metrics
from shipworthy.traffic.logs import Entry

_encode: Final = msgspec.json.Encoder().encode

_TOGETHER: Final = 64
"""Exchanges in a row whose records share a key of the log where nobody is told apart.

Each partition costs a durable write of its own: with a key for each, a handful of records that came
together would be written in as many places as there are partitions.
"""


@dataclass(slots=True)
class GatewayState:
    """Everything that outlives an exchange and a reload.

    Attributes:
        clock: times of records, and seconds for durations.
        name: gives the next exchange its name.
        accounts: pseudonyms.
        limits: what accounts may ask.
        gate: how many exchanges run at once.
        memory: bytes held at once.
        journal: the way into the log.
        log: when an answer may leave, and what happens when the log fails.
        metrics: the counters.
        say: prints a line for the people who run the gateway; never content.
        conversation_header: header that names a conversation, in lower case.
        stop: the emergency stop in force.
        exporter: is shown records that the log took.
    """

    clock: SteadyClock
    name: Callable[[], str]
    accounts: Accounts
    limits: AccountLimits
    gate: Gate
    memory: Memory
    journal: Journal
    log: LogSection
    metrics: Metrics
    say: Callable[[str], None]
    conversation_header: bytes = b""
    stop: Stop | None = None
    exporter: OtlpExporter | None = None
    _nobody: str = ""
    _since_nobody: int = 0

    def keep(self, records: Sequence[ExchangeRecord]) -> "asyncio.Future[bool]":
        """Hand records to the log; they are counted by what the log says of them."""
        entries = [Entry(self._key(record), _encode(record)) for record in records]

        def done(acknowledged: bool) -> None:  # noqa: FBT001 - the journal's one answer
            if not acknowledged:
                self.metrics.unlogged(len(records))
                return
            self.metrics.logged(records)
            if self.exporter is not None:
                for record in records:
                    self.exporter.offer(record)

        return self.journal.hand_over(entries, done)

    def _key(self, record: ExchangeRecord) -> str:
        """Return what decides the partition: whose records have to stay in order."""
        told_apart = record.account or record.conversation
        if told_apart:
            return told_apart
        if not self._nobody or self._since_nobody >= _TOGETHER:
            self._nobody, self._since_nobody = record.id, 0
        self._since_nobody += 1
        return self._nobody

    def strike(self, account: str) -> None:
        """Count a detection against an account."""
        if self.limits.strike(account, self.clock.seconds()):
            self.metrics.event("account-stopped")
            self.say(f"account {account[:12]} is stopped: too many detections")

    def report(self, error: BaseException) -> None:
        """Say where an unexpected error was raised, without its message: it may quote content."""
        self.metrics.event("internal-error")
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
        self.say(f"error inside the gateway: {type(error).__name__} at {place}")
