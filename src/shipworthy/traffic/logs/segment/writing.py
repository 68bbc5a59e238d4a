"""The writer of a segment log: entries of many tasks are made durable together, batch by batch."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from shipworthy.evidence.files import one_at_a_time, write_atomically
from shipworthy.kernel import ExitCode, Problem, canonical_bytes
from shipworthy.traffic.logs.groups import committed_positions
from shipworthy.traffic.logs.protocol import Entry, check_entry, partition_of
from shipworthy.traffic.logs.segment.appending import PartitionWriter
from shipworthy.traffic.logs.segment.disk import Disk
from shipworthy.traffic.logs.segment.frames import Compress
from shipworthy.traffic.logs.segment.layout import LogIdentity, partition_folder, read_identity
from shipworthy.traffic.logs.segment.options import SegmentOptions, read_options
from shipworthy.traffic.logs.segment.packing import compressor
from shipworthy.traffic.logs.segment.retention import Retention, remove_old, wall_ms

BATCH_ENTRIES: Final = 4096
BATCH_BYTES: Final = 8 * 1024 * 1024
"""A batch is closed before it passes these, unless a single entry is larger."""

_WAITING_BYTES: Final = 256 * 1024 * 1024

_Waiting = tuple[list[Entry], "asyncio.Future[None]"]

_partition: Callable[[str, int], int] = lru_cache(maxsize=65_536)(partition_of)


class _Lane:
    """One partition: what waits for it, and the task that makes it durable."""

    def __init__(self, writer: PartitionWriter, after: "SegmentWriter") -> None:
        self.writer = writer
        self._owner = after
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    def put(self, entries: list[Entry]) -> "asyncio.Future[None]":
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return done

    async def idle(self) -> None:
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        while self._waiting:
            taken = self._take()
            try:
                await self._commit([entry for entries, _ in taken for entry in entries])
            except Problem as problem:
                _settle(taken, problem)
            except Exception as error:
                _settle(taken, error)
                raise
            else:
                _settle(taken, None)

    def _take(self) -> list[_Waiting]:
        count = size = 0
        for index, (entries, _) in enumerate(self._waiting):
            count += len(entries)
            size += sum(len(entry.body) for entry in entries)
            if index and (count > BATCH_ENTRIES or size > BATCH_BYTES):
                taken, self._waiting = self._waiting[:index], self._waiting[index:]
                return taken
        taken, self._waiting = self._waiting, []
        return taken

    async def _commit(self, entries: list[Entry]) -> None:
        writer, now_ms = self.writer, self._owner.clock()
        if writer.due(now_ms):
            await asyncio.to_thread(self._owner.rotate, writer, now_ms)
        batch = writer.encode(entries, now_ms, self._owner.compress)
        await asyncio.to_thread(writer.store, batch, now_ms)


class SegmentWriter:
    """Appends to the partitions of its lane; `LogWriter`."""

    def __init__(
        self,
        options: SegmentOptions,
        clock: Callable[[], int] = wall_ms,
        disk: Disk | None = None,
    ) -> None:
        self.clock = clock
        self.compress: Compress | None = compressor() if options.compress else None
        self._options = options
        self._retention = Retention(options.retain_bytes, options.retain_seconds * 1000)
        self._closed = False
        self._waiting_bytes = 0
        identity = _identity(options)
        self._lanes: list[_Lane] = []
        try:
            for partition in options.own_partitions:
                folder = partition_folder(options.path, partition)
                writer = PartitionWriter(
                    folder, identity.id, partition, clock(), options.rotation, disk
                )
                self._lanes.append(_Lane(writer, self))
        except BaseException:
            for lane in self._lanes:
                lane.writer.close()
            raise

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return once every entry is durable; see `LogWriter`."""
        if self._closed:
            raise _closed(self._options.path)
        waiting = self._shared_out(entries)
        if len(waiting) == 1:
            await waiting[0]
            return
        # every partition is waited for, so that none acknowledges after the others were refused
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def seal(self) -> None:
        """Seal what was written so far, so that its roots can be published."""
        for lane in self._lanes:
            await lane.idle()
            await asyncio.to_thread(self.rotate, lane.writer, self.clock())

    async def close(self) -> None:
        """Finish what waits, and let go of the partitions."""
        if self._closed:
            return
        self._closed = True
        for lane in self._lanes:
            await lane.idle()
        problems = []
        for lane in self._lanes:
            try:
                await asyncio.to_thread(lane.writer.close)
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    def rotate(self, writer: PartitionWriter, now_ms: int) -> None:
        """Seal a partition's segment, begin the next, and remove what need not be kept."""
        writer.rotate(now_ms)
        if self._retention.keeps_all:
            return
        partition = self._options.own_partitions[
            [lane.writer for lane in self._lanes].index(writer)
        ]
        unread = None
        if self._options.keep_unread:
            read = committed_positions(self._options.path / "groups", partition)
            unread = min(read) if read else None
        remove_old(writer.folder, self._retention, now_ms, unread)

    def _shared_out(self, entries: Sequence[Entry]) -> list["asyncio.Future[None]"]:
        lanes = self._lanes
        if len(entries) == 1:
            check_entry(entries[0])
            return [lanes[_partition(entries[0].key, len(lanes))].put(list(entries))]
        shares: dict[int, list[Entry]] = {}
        for entry in entries:
            check_entry(entry)
            shares.setdefault(_partition(entry.key, len(lanes)), []).append(entry)
        return [lanes[index].put(share) for index, share in shares.items()]


async def open_segment_writer(options: Mapping[str, object]) -> SegmentWriter:
    """Open a segment log for writing; see `open_writer`."""
    return await asyncio.to_thread(SegmentWriter, read_options(options))


def _settle(taken: Sequence[_Waiting], error: Exception | None) -> None:
    for _, done in taken:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)


def _identity(options: SegmentOptions) -> LogIdentity:
    folder, total = options.path, options.partitions * options.lanes
    with one_at_a_time(folder):
        if not (folder / "log.json").exists():
            _refuse_orphans(folder)
            made = LogIdentity(id=secrets.token_hex(16), partitions=total)
            write_atomically(folder / "log.json", canonical_bytes(made) + b"\n")
            return made
        found = read_identity(folder)
    if found.partitions != total:
        raise Problem.of(
            "log-options",
            f"the log `{folder}` has {found.partitions} partitions and not {total}",
            help="keep `partitions` and `lanes`, or begin a log in another folder: entries of one "
            "key must stay in one partition",
        )
    return found


def _refuse_orphans(folder: Path) -> None:
    orphans = sorted(path.name for path in folder.glob("p[0-9]*"))
    if orphans:
        raise Problem.of(
            "log-damaged",
            f"`{folder}` has partitions and no `log.json`",
            help="restore `log.json` from a copy",
            exit_code=ExitCode.INTEGRITY,
        )


def _closed(folder: Path) -> Problem:
    return Problem.of("log-closed", f"the log `{folder}` was closed", help="open it again")
