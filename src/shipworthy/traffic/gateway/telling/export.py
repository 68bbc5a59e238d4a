"""Records to an OpenTelemetry collector, beside the log: never waited for, dropped when too many.

The log is what counts; an export may lack events, and says how many.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import aiohttp

from shipworthy.records.live import ExchangeRecord, TelemetrySection
from shipworthy.traffic.telemetry import export_request

_BATCH: Final = 128
_GATHER_S: Final = 0.2
_TRIES: Final = 4
_TIMEOUT_S: Final = 10.0
_AGAIN: Final = frozenset({429, 502, 503, 504})


class OtlpExporter:
    """Sends records in batches from a bounded queue.

    Attributes:
        sent: records that the collector took.
        dropped: records that found no room, or that it did not take.
    """

    def __init__(self, section: TelemetrySection, headers: Mapping[str, str], service: str) -> None:
        self._section = section
        self._headers = {**headers, "content-type": "application/json"}
        self._service = service
        self._queue: list[ExchangeRecord] = []
        self._some = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ending = False
        self.sent = 0
        self.dropped = 0

    def offer(self, record: ExchangeRecord) -> None:
        """Take a record if there is room."""
        if len(self._queue) >= self._section.queue:
            self.dropped += 1
            return
        self._queue.append(record)
        self._some.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Send what waits, once, and end."""
        self._ending = True
        self._some.set()
        if self._task is not None:
            await self._task
        self.dropped += len(self._queue)
        self._queue = []

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        async with aiohttp.ClientSession(headers=self._headers, timeout=timeout) as session:
            while self._queue or not self._ending:
                await self._some.wait()
                if not self._ending:
                    await asyncio.sleep(_GATHER_S)
                self._some.clear()
                while self._queue:
                    batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
                    await self._send(session, batch)

    async def _send(self, session: aiohttp.ClientSession, batch: list[ExchangeRecord]) -> None:
        body = export_request(batch, self._service)
        for attempt in range(1 if self._ending else _TRIES):
            if attempt:
                await asyncio.sleep(2.0**attempt)
            try:
                async with session.post(self._section.url, data=body) as answer:
                    if answer.status < 300:
                        self.sent += len(batch)
                        return
                    if answer.status not in _AGAIN:
                        break
            except (aiohttp.ClientError, TimeoutError, OSError):
                continue
        self.dropped += len(batch)


def read_headers(text: str) -> dict[str, str]:
    """Read headers written as `name=value`, joined by commas, as OpenTelemetry's variables are."""
    pairs = (entry.partition("=") for entry in text.split(",") if entry.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}
