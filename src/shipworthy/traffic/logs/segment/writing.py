"""The writer of a segment log: entries of many tasks are made durable together, batch by batch."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from shipworthy.evidence.files import one_at_a_time, write_atomically
from shipworthy.kernel import ExitCode, Problem, canonical_bytes
from shipworthy.traffic.logs.groups import committed_positions
from shipworthy.traffic.logs.lanes import Lane, put_all
from shipworthy.traffic.logs.protocol import BODY_BYTES, Entry, log_closed, shared_out
from shipworthy.traffic.logs.segment.appending import PartitionWriter
from shipworthy.traffic.logs.segment.disk import Disk
from shipworthy.traffic.logs.segment.frames import Compress
from shipworthy.traffic.logs.segment.layout import LogIdentity, partition_folder, read_identity
from shipworthy.traffic.logs.segment.options import SegmentOptions, read_options
from shipworthy.traffic.logs.segment.packing import compressor
from shipworthy.traffic.logs.segment.retention import Retention, remove_old, wall_ms
from shipworthy.traffic.logs.threads import DiskThread, Job


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
        identity = _identity(options)
        self._writers: list[PartitionWriter] = []
        try:
            for partition in options.own_partitions:
                folder = partition_folder(options.path, partition)
                self._writers.append(
                    PartitionWriter(folder, identity.id, partition, clock(), options.rotation, disk)
                )
        except BaseException:
            for writer in self._writers:
                writer.close()
            raise
        self._lanes = [Lane(partial(self._commit, writer)) for writer in self._writers]
        self._threads = {w.folder: DiskThread(f"log {w.folder.name}") for w in self._writers}
        self._turns = {writer.folder: asyncio.Lock() for writer in self._writers}

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return once every entry is durable; see `LogWriter`."""
        if self._closed:
            raise log_closed(self._options.folder)
        shares = shared_out(entries, len(self._lanes), BODY_BYTES)
        await put_all([(self._lanes[index], share) for index, share in shares.items()])

    async def seal(self) -> None:
        """Seal what was written so far, so that its roots can be published.

        Raises:
            Problem: as `append`.
        """
        for writer in self._writers:
            async with self._turns[writer.folder]:
                if not writer.is_empty:
                    await self._run(writer, partial(self._rotate, writer, self.clock()))

    async def close(self) -> None:
        """Finish what waits, and let go of the partitions."""
        if self._closed:
            return
        self._closed = True
        problems = []
        for writer, lane in zip(self._writers, self._lanes, strict=True):
            await lane.idle()
            try:
                await self._run(writer, writer.close)
            except Problem as problem:
                problems.append(problem)
            self._threads[writer.folder].end()
        if problems:
            raise problems[0]

    async def _commit(self, writer: PartitionWriter, entries: list[Entry]) -> None:
        async with self._turns[writer.folder]:
            now_ms = self.clock()
            if writer.due(now_ms):
                await self._run(writer, partial(self._rotate, writer, now_ms))
            batch = writer.encode(entries, now_ms, self.compress)
            await self._run(writer, partial(writer.store, batch, now_ms))

    def _run(self, writer: PartitionWriter, job: Job) -> "asyncio.Future[None]":
        return self._threads[writer.folder].run(job)

    def _rotate(self, writer: PartitionWriter, now_ms: int) -> None:
        """Seal a partition's segment, begin the next, and remove what need not be kept."""
        writer.rotate(now_ms)
        if self._retention.keeps_all:
            return
        partition = self._options.own_partitions[self._writers.index(writer)]
        unread = None
        if self._options.keep_unread:
            read = committed_positions(self._options.path / "groups", partition)
            unread = min(read) if read else None
        with suppress(OSError):  # what could not be removed now is removed at the next rotation
            remove_old(writer.folder, self._retention, now_ms, unread)


async def open_segment_writer(options: Mapping[str, object]) -> SegmentWriter:
    """Open a segment log for writing; see `open_writer`."""
    return await asyncio.to_thread(SegmentWriter, read_options(options))


def _identity(options: SegmentOptions) -> LogIdentity:
    folder, total = options.path, options.partitions * options.lanes
    # what users said is in there: nobody else on the machine need read it
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
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
