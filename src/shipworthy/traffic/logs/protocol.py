"""What a log of live traffic promises, whichever system keeps it.

Entries of one key land in one partition and are read in the order in which they were acknowledged.
Delivery is at least once: an entry may come twice, never zero times once `append` returned.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from shipworthy.kernel import ExitCode, Problem

KEY_BYTES: Final = 65_535
"""Most bytes of a key in UTF-8."""

BODY_BYTES: Final = 64 * 1024 * 1024
"""Most bytes of a body that a log takes; brokers may take less."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to append: `key` decides the partition, `body` is kept as it is."""

    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it was read. Offsets of a partition rise; they need not be dense."""

    partition: int
    offset: int
    key: str
    body: bytes


class LogWriter(Protocol):
    """Appends entries; safe to call from many tasks of one event loop at once."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return once every entry is durable.

        Raises:
            LogFull: no room; nothing of these entries was acknowledged, and the log can be used
                again as soon as there is room.
            Problem: `log-broken` when the device or broker failed, `log-entry` when a key or body
                is larger than the log takes, `log-closed` after `close`.
        """
        ...

    async def close(self) -> None:
        """Make what was appended durable and let go of the log; a second call does nothing."""
        ...


class LogReader(Protocol):
    """One member of a group of readers; the members share the partitions."""

    @property
    def partitions(self) -> int:
        """Number of partitions of the log."""
        ...

    def assigned(self) -> frozenset[int]:
        """Return the partitions that this member reads at present."""
        ...

    async def poll(self, most: int, wait_s: float) -> Sequence[Stored]:
        """Return up to `most` entries of the assigned partitions, or none after `wait_s`.

        Entries of one partition come in order. After a partition was newly assigned, they begin at
        the group's committed position.

        Raises:
            Problem: `log-damaged` (integrity) where what is stored is not what was written.
        """
        ...

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Note durably, by partition, the offset after the last entry that is done with.

        Raises:
            Problem: `log-fenced` when another member has the partition by now; the positions that
                this member may still write are kept.
        """
        ...

    async def starts(self) -> Mapping[int, int]:
        """Return, by partition, an offset before which nothing is kept; absent where all is.

        A group that has committed nothing begins there.
        """
        ...

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        ...

    async def close(self) -> None:
        """Leave the group, so that its other members take over at once."""
        ...


async def ends_to_read(reader: LogReader) -> Mapping[int, int]:
    """Return the ends of the partitions that keep anything: of the others nothing is to be read."""
    ends, starts = await reader.ends(), await reader.starts()
    return {one: end for one, end in ends.items() if end > starts.get(one, 0)}


class LogFull(Problem):
    """There is no room: nothing was acknowledged, and nothing of it will be read."""


def log_full(where: str, reason: str) -> LogFull:
    """Build the problem of a log without room."""
    return LogFull.of(
        "log-full",
        f"the log `{where}` takes no more: {reason}",
        help="make room, or remove old sealed segments; the log goes on by itself then",
    )


def fenced(group: str, partitions: Sequence[int]) -> Problem:
    """Build the problem of a member that commits what another has taken over."""
    named = ", ".join(str(one) for one in partitions)
    return Problem.of(
        "log-fenced",
        f"another member of group `{group}` has partition {named} by now",
        help="drop what was computed from it; its new owner reads it again",
    )


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a key: the same in every process, version and log."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % partitions


_partition: Callable[[str, int], int] = lru_cache(maxsize=65_536)(partition_of)


def shared_out(entries: Sequence[Entry], partitions: int, most: int) -> dict[int, list[Entry]]:
    """Sort entries by partition, in order.

    Raises:
        Problem: `log-entry` for one that the log cannot take; then none is to be appended.
    """
    if len(entries) == 1:
        check_entry(entries[0], most)
        return {_partition(entries[0].key, partitions): list(entries)}
    shares: dict[int, list[Entry]] = {}
    for entry in entries:
        check_entry(entry, most)
        shares.setdefault(_partition(entry.key, partitions), []).append(entry)
    return shares


def log_closed(where: str) -> Problem:
    """Build the problem of a log that was closed."""
    return Problem.of("log-closed", f"the log `{where}` was closed", help="open it again")


def unreachable(where: str, reason: str) -> Problem:
    """Build the problem of a broker that does not answer."""
    return Problem.of(
        "log-unreachable",
        f"the broker of `{where}` does not answer: {reason}",
        help="nothing was acknowledged; what was sent may be there and is then counted once",
        exit_code=ExitCode.ENVIRONMENT,
    )


def check_entry(entry: Entry, most: int = BODY_BYTES) -> None:
    """Refuse what no reader could get back.

    Raises:
        Problem: `log-entry` naming the size and the limit.
    """
    what, size, limit = "body", len(entry.body), most
    if len(entry.key) * 4 > KEY_BYTES:
        key = len(entry.key.encode("utf-8", "surrogatepass"))
        if key > KEY_BYTES:
            what, size, limit = "key", key, KEY_BYTES
    if size > limit:
        raise Problem.of(
            "log-entry",
            f"a {what} of {size} bytes is more than a log entry takes",
            help=f"at most {limit} bytes",
        )
