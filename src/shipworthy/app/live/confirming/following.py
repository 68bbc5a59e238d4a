"""Follows the log of a deployment while it is asked, so that its verdicts are known at once."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.app.live.confirming.deployed import Deployed
from shipworthy.kernel import Problem
from shipworthy.records.live import ExchangeRecord
from shipworthy.traffic.logs import LogReader, open_reader

_KEPT: Final = 20_000
"""Exchanges that are remembered: the latest of all traffic, ours among them."""

_POLL_S: Final = 0.2
_BATCH: Final = 512


class Followed:
    """The latest exchanges of a log by id."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, ExchangeRecord] = OrderedDict()
        self._news = asyncio.Event()
        self.broken = ""
        """Why the log cannot be read further; empty while it can."""

    def take(self, record: ExchangeRecord) -> None:
        """Remember a record; of several choices the first."""
        if record.choice == 0:
            self._records[record.id] = record
            if len(self._records) > _KEPT:
                self._records.popitem(last=False)

    def told(self) -> None:
        """Wake those who wait."""
        self._news.set()
        self._news = asyncio.Event()

    async def record(self, exchange: str, wait_s: float) -> ExchangeRecord | None:
        """Return the record of an exchange once it is there, or None after `wait_s` seconds."""
        if not exchange:
            return None
        try:
            async with asyncio.timeout(wait_s):
                while exchange not in self._records and not self.broken:
                    await self._news.wait()
        except TimeoutError:
            return None
        return self._records.get(exchange)


@asynccontextmanager
async def followed_log(deployed: Deployed, group: str) -> AsyncIterator[Followed | None]:
    """Follow the log of a deployment; None where it is not to be read or is not there."""
    reader = await _opened(deployed, group)
    if reader is None:
        yield None
        return
    followed = Followed()
    task = asyncio.create_task(_follow(reader, followed))
    try:
        yield followed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await reader.close()


def log_is_read(deployed: Deployed) -> bool:
    """Say whether the log of a deployment is to be read, and a log in files is there."""
    if not deployed.asking.read_log:
        return False
    section = deployed.file.deployment.log
    options = deployed.file.log_options(section)
    return section.kind != "segment" or _is_folder(str(options["folder"]))


async def _opened(deployed: Deployed, group: str) -> LogReader | None:
    if not log_is_read(deployed):
        return None
    section = deployed.file.deployment.log
    options = deployed.file.log_options(section)
    try:
        return await open_reader(section.kind, options, group)
    except Problem as problem:
        if any(one.code == "log-missing" for one in problem.diagnostics):
            return None
        raise


def _is_folder(name: str) -> bool:
    return Path(name).is_dir()


async def _follow(reader: LogReader, followed: Followed) -> None:
    try:
        while True:
            for stored in await reader.poll(_BATCH, _POLL_S):
                followed.take(msgspec.json.decode(stored.body, type=ExchangeRecord))
            followed.told()
    except (Problem, msgspec.MsgspecError, OSError) as error:
        followed.broken = type(error).__name__
        followed.told()
