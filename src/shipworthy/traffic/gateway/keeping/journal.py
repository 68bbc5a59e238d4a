"""Records on their way into the log: many exchanges, one append at a time.

While an append is under way further records gather, and the next append takes them all, so that a
durable write is shared by whatever arrived meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.records.live import LogSection
from shipworthy.traffic.logs import Entry, LogWriter

_LARGEST_BATCH: Final = 512

_GATHER_S: Final = 0.002
"""How long records gather for one durable write, where more than one came during the last."""


class Journal:
    """Appends records in the order in which they were handed over.

    `acknowledged` is called with the number of records of each entry group once they are durable.
    """

    def __init__(self, writer: LogWriter, section: LogSection) -> None:
        self._writer = writer
        self._timeout = section.timeout_seconds
        self._backlog = section.backlog
        self._queue: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None
        self._closed = False
        self._crowded = False
        self.failing = ""
        """Why the last append failed; empty while the log works."""

    @property
    def waiting(self) -> int:
        """How many groups of records are not yet under way."""
        return len(self._queue)

    def hand_over(
        self, entries: Sequence[Entry], done: Callable[[bool], None] | None = None
    ) -> "asyncio.Future[bool]":
        """Queue the records of one exchange; the future says whether they were acknowledged.

        `done` is called with the same answer, also where nobody waits for the future.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        if self._closed or len(self._queue) >= self._backlog:
            self.failing = "closed" if self._closed else "too many records wait"
            future.set_result(False)
            if done:
                done(False)  # noqa: FBT003 - the one answer
            return future
        self._queue.append(_Waiting(entries, future, done))
        if self._flushing is None:
            self._flushing = loop.create_task(self._flush())
        return future

    async def close(self) -> None:
        """Append what waits, then close the log."""
        self._closed = True
        if self._flushing is not None:
            await self._flushing
        await self._writer.close()

    async def _flush(self) -> None:
        try:
            while self._queue:
                if self._crowded and not self._closed:
                    await asyncio.sleep(_GATHER_S)
                batch, self._queue = self._queue[:_LARGEST_BATCH], self._queue[_LARGEST_BATCH:]
                await self._append(batch)
                self._crowded = len(batch) > 1
        finally:
            self._flushing = None

    async def _append(self, batch: "list[_Waiting]") -> None:
        entries = [entry for waiting in batch for entry in waiting.entries]
        try:
            async with asyncio.timeout(self._timeout):
                await self._writer.append(entries)
        except TimeoutError:
            self.failing = "the log did not answer in time"
        except Problem as problem:
            self.failing = problem.diagnostics[0].message
        except Exception as error:  # noqa: BLE001 - a broker's client may raise anything
            self.failing = type(error).__name__
        else:
            self.failing = ""
        for waiting in batch:
            waiting.settle(not self.failing)


class _Waiting:
    __slots__ = ("done", "entries", "future")

    def __init__(
        self,
        entries: Sequence[Entry],
        future: "asyncio.Future[bool]",
        done: Callable[[bool], None] | None,
    ) -> None:
        self.entries = entries
        self.future = future
        self.done = done

    def settle(self, acknowledged: bool) -> None:  # noqa: FBT001 - one answer
        if not self.future.done():
            self.future.set_result(acknowledged)
        if self.done:
            self.done(acknowledged)
