"""A thread for one partition: it writes and syncs, one job after the other, and wakes the loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

Job = Callable[[], object]

_Item = tuple[Job, asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class DiskThread:
    """Carries out blocking jobs in the order in which they were given.

    A batch costs one queue entry and one wake-up of the loop; a pool's futures, locks and copied
    contexts cost several times as much. Partitions have one thread each and do not share: syncs
    that overlap share a commit of the file system's journal, which syncs in a row do not.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[_Item | None] = SimpleQueue()
        self._thread: Thread | None = None

    def run(self, job: Job) -> "asyncio.Future[None]":
        """Queue a job; what is returned ends as the job does, or raises what the job raises."""
        if self._thread is None:
            # a process that ends without `close` must not wait: what was acknowledged is durable
            self._thread = Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._jobs.put((job, loop, done))
        return done

    def end(self) -> None:
        """Let the thread end after the jobs that were given."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread = None

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, loop, done = item
            error: BaseException | None = None
            try:
                job()
            except BaseException as raised:  # noqa: BLE001 - raised again where it is waited for
                error = raised
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, done, error)
            del item, job, loop, done, error


def _settle(done: "asyncio.Future[None]", error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
