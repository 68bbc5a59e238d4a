"""Entries of a stream read by sequence, and the state of groups in a bucket of keys.

Messages are asked for by sequence, without a consumer in the broker: nothing is redelivered out of
order, and nothing has to be made again after the broker was started again.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.traffic.logs.bundles import unpack
from shipworthy.traffic.logs.groups import GroupReader, new_member
from shipworthy.traffic.logs.nats_log.options import (
    ENTRIES,
    ENTRY_BITS,
    NatsOptions,
    connect,
    read_options,
)
from shipworthy.traffic.logs.nats_log.stream import ensure_stream
from shipworthy.traffic.logs.protocol import Stored, unreachable

_WAIT_S: Final = 5.0
_BATCH_BYTES: Final = 4 * 1024 * 1024
_MASK: Final = (1 << ENTRY_BITS) - 1


class NatsSource:
    """All partitions of a stream, for a `GroupReader`."""

    def __init__(self, client: Any, options: NatsOptions) -> None:
        self._client, self._options = client, options
        self.partitions = options.partitions
        self._inbox = client.new_inbox()
        self._answers: Any = None
        self._asked = 0
        self._ready: dict[int, list[Stored]] = {}

    async def read(self, partition: int, offset: int, most: int) -> Sequence[Stored]:
        """Return entries of a partition from an offset on, without waiting for more."""
        ready = self._ready.get(partition, [])
        if not ready or ready[0].offset != offset:
            ready = await self._fetch(partition, offset)
        self._ready[partition] = ready[most:]
        return ready[:most]

    async def forget(self, partition: int) -> None:
        """Let go of what was fetched of a partition."""
        self._ready.pop(partition, None)

    async def starts(self) -> Mapping[int, int]:
        """Return an offset before which the stream keeps nothing, the same for all partitions."""
        import nats.errors

        try:
            about = await self._client.jetstream().stream_info(self._options.stream)
        except (nats.errors.Error, OSError) as error:
            raise unreachable(self._options.stream, str(error) or type(error).__name__) from None
        first = about.state.first_seq
        return dict.fromkeys(range(self.partitions), first << ENTRY_BITS if first > 1 else 0)

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        found = {}
        for partition in range(self.partitions):
            asked = json.dumps({"last_by_subj": self._options.subject(partition)}).encode()
            messages = await self._ask(asked, whole=True)
            found[partition] = _end(messages[-1]) if messages else 0
        return found

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def _fetch(self, partition: int, offset: int) -> list[Stored]:
        asked = {
            "seq": max(offset >> ENTRY_BITS, 1),
            "next_by_subj": self._options.subject(partition),
            "batch": 64,
            "max_bytes": _BATCH_BYTES,
        }
        found = []
        for message in await self._ask(json.dumps(asked).encode(), whole=False):
            base = _sequence(message) << ENTRY_BITS
            try:
                entries = unpack(message.data)
            except ValueError as error:
                raise _damaged(self._options, partition, base, str(error)) from None
            found += [
                Stored(partition, base | index, key, body)
                for index, (key, body) in enumerate(entries)
                if base | index >= offset
            ]
        return found

    async def _ask(self, request: bytes, *, whole: bool) -> list[Any]:
        """Ask the stream for messages; `whole` when the answer is a single one."""
        import nats.errors

        try:
            if self._answers is None:
                self._answers = await self._client.subscribe(f"{self._inbox}.*")
            self._asked += 1
            reply = f"{self._inbox}.{self._asked}"
            subject = f"$JS.API.DIRECT.GET.{self._options.stream}"
            await self._client.publish(subject, request, reply=reply)
            return await self._collect(reply, whole=whole)
        except (nats.errors.Error, OSError) as error:
            raise unreachable(self._options.stream, str(error) or type(error).__name__) from None

    async def _collect(self, reply: str, *, whole: bool) -> list[Any]:
        found: list[Any] = []
        while True:
            message = await self._answers.next_msg(timeout=_WAIT_S)
            if message.subject != reply:
                continue  # of a request that was given up
            headers = message.headers or {}
            status = headers.get("Status")
            if status is None:
                found.append(message)
            if whole or status == "204":
                return found
            if status == "404":
                return found
            if status is not None:
                raise _refused(self._options, headers.get("Description", status))


class NatsVersions:
    """The state of a group under one key; `VersionStore`."""

    def __init__(self, bucket: Any, group: str) -> None:
        self._bucket, self._group = bucket, group

    async def load(self) -> tuple[int, bytes]:
        """Return the newest version."""
        import nats.errors
        from nats.js.errors import KeyNotFoundError

        try:
            entry = await self._bucket.get(self._group)
        except KeyNotFoundError:
            return 0, b""
        except (nats.errors.Error, OSError) as error:
            raise unreachable(self._group, str(error) or type(error).__name__) from None
        return entry.revision, entry.value or b""

    async def replace(self, version: int, data: bytes) -> bool:
        """Put `data` after `version`."""
        import nats.errors
        from nats.js.errors import KeyWrongLastSequenceError

        try:
            await self._bucket.update(self._group, data, last=version)
        except KeyWrongLastSequenceError:
            return False
        except (nats.errors.Error, OSError) as error:
            raise unreachable(self._group, str(error) or type(error).__name__) from None
        return True


async def open_nats_reader(options: Mapping[str, object], group: str) -> GroupReader:
    """Join a group of readers of a log on NATS; see `open_reader`."""
    found = read_options(options)
    client = await connect(found)
    try:
        context = client.jetstream()
        await ensure_stream(context, found)
        bucket = await _bucket(context, found)
    except BaseException:
        await client.close()
        raise
    return GroupReader(
        NatsSource(client, found),
        NatsVersions(bucket, group),
        group,
        found.member or new_member(),
        found.lease_seconds * 1000,
    )


async def _bucket(context: Any, options: NatsOptions) -> Any:
    from nats.js import api
    from nats.js.errors import BucketNotFoundError

    name = f"{options.stream}-groups"
    try:
        return await context.key_value(name)
    except BucketNotFoundError:
        config = api.KeyValueConfig(
            bucket=name, history=1, storage=api.StorageType.FILE, replicas=options.replicas
        )
        return await context.create_key_value(config)


def _sequence(message: Any) -> int:
    return int(message.headers["Nats-Sequence"])


def _end(message: Any) -> int:
    status = (message.headers or {}).get("Status")
    if status is not None:
        return 0
    return (_sequence(message) << ENTRY_BITS) + int(message.headers.get(ENTRIES, "1"))


def _damaged(options: NatsOptions, partition: int, offset: int, what: str) -> Problem:
    return Problem.of(
        "log-damaged",
        f"{what} (entry {offset})",
        location=Location(options.subject(partition)),
        help="something else writes to the subjects of the log",
        exit_code=ExitCode.INTEGRITY,
    )


def _refused(options: NatsOptions, why: str) -> Problem:
    return Problem.of(
        "log-unreachable",
        f"the stream `{options.stream}` cannot be read: {why}",
        help="use a NATS server of version 2.11 or later",
        exit_code=ExitCode.ENVIRONMENT,
    )
