"""A member of a group: it reads the partitions that it holds, and commits under its fences."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.traffic.logs.groups.leases import (
    GroupState,
    committed,
    left,
    refused,
    renewed,
)
from shipworthy.traffic.logs.groups.versions import VersionFolder, VersionStore
from shipworthy.traffic.logs.protocol import Stored, fenced

_STEP_S: Final = 0.02
_TRIES: Final = 1000


class PartitionSource(Protocol):
    """A log whose partitions are read by offset; the group decides who reads which."""

    partitions: int

    async def read(self, partition: int, offset: int, most: int) -> Sequence[Stored]:
        """Return acknowledged entries from `offset` on, without waiting for more."""
        ...

    async def forget(self, partition: int) -> None:
        """Let go of what is kept for a partition."""
        ...

    async def starts(self) -> Mapping[int, int]:
        """Return, by partition, an offset before which nothing is kept."""
        ...

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


class GroupReader:
    """A member of a group of readers; `LogReader`.

    The lease is renewed while entries are polled and committed. A member that does neither for
    longer than its lease loses its partitions.
    """

    def __init__(
        self,
        source: PartitionSource,
        store: VersionStore,
        group: str,
        member: str,
        lease_ms: int,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._source, self._store = source, store
        self._group, self._member, self._lease_ms = group, member, lease_ms
        self._clock = clock
        self._fences: dict[int, int] = {}
        self._next: dict[int, int] = {}
        self._renew_at = 0
        self._ends_at = 0
        self._turn = 0
        self._closed = False

    @property
    def partitions(self) -> int:
        """Number of partitions of the log."""
        return self._source.partitions

    def assigned(self) -> frozenset[int]:
        """Return the partitions that this member holds, as far as it knows."""
        return frozenset(self._fences)

    async def poll(self, most: int, wait_s: float) -> Sequence[Stored]:
        """Return entries of the partitions held, or none after `wait_s`; see `LogReader`."""
        until = time.monotonic() + wait_s
        while True:
            if self._clock() >= self._renew_at:
                await self.renew()
            found = await self._read(most)
            now = time.monotonic()
            if found or now >= until:
                return found
            await asyncio.sleep(min(_STEP_S, until - now))

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Note what is done with; see `LogReader`."""
        fences = {one: self._fences.get(one, 0) for one in positions}
        lost: frozenset[int] = frozenset()

        def change(state: GroupState) -> GroupState:
            nonlocal lost
            lost = refused(state, self._member, fences)
            return committed(state, {one: at for one, at in positions.items() if one not in lost})

        await self._change(change)
        if lost:
            for partition in lost:
                await self._drop(partition)
            raise fenced(self._group, sorted(lost))

    async def renew(self) -> None:
        """Renew the lease, and take or give up partitions."""
        now = self._clock()
        state = await self._change(
            lambda state: renewed(state, self._member, now, self._lease_ms, self.partitions)
        )
        held = state.held_by(self._member)
        for partition in [one for one in self._fences if held.get(one) != self._fences[one]]:
            await self._drop(partition)
        for partition, fence in held.items():
            if partition not in self._fences:
                self._fences[partition] = fence
                self._next[partition] = await self._begin(state, partition)
        self._renew_at = now + min(self._lease_ms // 3, 1000)
        self._ends_at = now + self._lease_ms

    async def starts(self) -> Mapping[int, int]:
        """Return, by partition, an offset before which nothing is kept; see `LogReader`."""
        return await self._source.starts()

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        return await self._source.ends()

    async def close(self) -> None:
        """Leave the group."""
        if self._closed:
            return
        self._closed = True
        await self._change(lambda state: left(state, self._member))
        self._fences.clear()
        await self._source.close()

    async def _read(self, most: int) -> list[Stored]:
        held = sorted(self._fences)
        found: list[Stored] = []
        for index in range(len(held)):
            partition = held[(self._turn + index) % len(held)]
            some = await self._source.read(partition, self._next[partition], most - len(found))
            if some:
                self._next[partition] = some[-1].offset + 1
                found += some
            if len(found) >= most:
                break
        # the next call begins elsewhere, so that no partition starves behind a busy one
        self._turn += 1
        return found

    async def _begin(self, state: GroupState, partition: int) -> int:
        """Return where to read on: where nobody did, from the first entry that is kept.

        What a group was at and retention removed is another matter: it has lost entries.
        """
        position = state.positions.get(str(partition))
        return (await self.starts()).get(partition, 0) if position is None else position

    async def _drop(self, partition: int) -> None:
        self._fences.pop(partition, None)
        self._next.pop(partition, None)
        await self._source.forget(partition)

    async def _change(self, change: Callable[[GroupState], GroupState]) -> GroupState:
        for _ in range(_TRIES):
            version, data = await self._store.load()
            state = _parsed(data, self._group)
            wanted = change(state)
            if wanted == state or await self._store.replace(version, wanted.encoded()):
                return wanted
            await asyncio.sleep(secrets.randbelow(5) / 1000)
        raise Problem.of(
            "log-contended",
            f"the state of group `{self._group}` changed under every try to write it",
            help="use fewer readers or commit less often",
            exit_code=ExitCode.ENVIRONMENT,
        )


def committed_positions(groups: Path, partition: int) -> list[int]:
    """Return what each group of a segment log has committed of a partition."""
    folders = sorted(path for path in groups.iterdir()) if groups.is_dir() else []
    states = [_parsed(VersionFolder(one).load_now()[1], one.name) for one in folders]
    return [state.positions.get(str(partition), 0) for state in states]


def new_member() -> str:
    """Draw the name of a member."""
    return f"reader-{secrets.token_hex(6)}"


def _parsed(data: bytes, group: str) -> GroupState:
    try:
        return GroupState.parse(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem.of(
            "log-damaged",
            f"the state of group `{group}` is none: {error}",
            location=Location(group),
            help="restore it from a copy, or remove the group: its readers begin anew then",
            exit_code=ExitCode.INTEGRITY,
        ) from None
