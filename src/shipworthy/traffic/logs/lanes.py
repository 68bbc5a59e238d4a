"""Group commit: what many tasks append to one partition is made durable together, in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.traffic.logs.protocol import Entry

Commit = Callable[[list[Entry]], Awaitable[None]]
"""Makes entries durable, or raises and leaves nothing acknowledged."""

_OVERHEAD: Final = 80
"""Bytes that an entry is taken to need beside its body."""

_Waiting = tuple[list[Entry], "asyncio.Future[None]"]


@dataclass(frozen=True, slots=True)
class BatchLimit:
    """A batch is closed before it passes these, unless one append alone does."""

    entries: int = 4096
    bytes: int = 8 * 1024 * 1024


class Lane:
    """One partition: what waits for it, and the task that makes it durable."""

    def __init__(self, commit: Commit, limit: BatchLimit | None = None) -> None:
        self._commit = commit
        self._limit = limit or BatchLimit()
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    def put(self, entries: list[Entry]) -> "asyncio.Future[None]":
        """Queue entries; what is returned is done once they are durable."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return done

    async def idle(self) -> None:
        """Wait until nothing waits."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        while self._waiting:
            taken = self._take()
            try:
                await self._commit([entry for entries, _ in taken for entry in entries])
            except Problem as problem:
                _settle(taken, problem)
            except BaseException as error:
                _settle(taken + self._waiting, RuntimeError(f"the log stopped: {error!r}"))
                self._waiting.clear()
                raise
            else:
                _settle(taken, None)

    def _take(self) -> list[_Waiting]:
        count = size = 0
        for index, (entries, _) in enumerate(self._waiting):
            count += len(entries)
            size += sum(len(entry.body) + _OVERHEAD for entry in entries)
            if index and (count > self._limit.entries or size > self._limit.bytes):
                taken, self._waiting = self._waiting[:index], self._waiting[index:]
                return taken
        taken, self._waiting = self._waiting, []
        return taken


async def put_all(shares: Sequence[tuple[Lane, list[Entry]]]) -> None:
    """Put entries into several lanes and wait for all of them.

    Every lane is waited for, so that none acknowledges after another was refused.

    Raises:
        Problem: of the first lane that refused.
    """
    waiting = [lane.put(entries) for lane, entries in shares]
    if len(waiting) == 1:
        await waiting[0]
        return
    for end in await asyncio.gather(*waiting, return_exceptions=True):
        if isinstance(end, BaseException):
            raise end


def _settle(taken: Sequence[_Waiting], error: Exception | None) -> None:
    for _, done in taken:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
