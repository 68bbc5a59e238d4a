"""The stream that holds the entries: made once, written with retries that cannot double."""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from shipworthy.kernel import Problem
from shipworthy.traffic.logs.bundles import bundled, pack
from shipworthy.traffic.logs.lanes import Lane, put_all
from shipworthy.traffic.logs.nats_log.options import ENTRIES, NatsOptions, connect, read_options
from shipworthy.traffic.logs.protocol import Entry, log_closed, log_full, shared_out, unreachable

BUNDLE_BYTES: Final = 512 * 1024
_DUPLICATES_S: Final = 120.0
_TRY_S: Final = 2.0
_ROOM: Final = 4096
"""Bytes of a message that are left to its headers and to the keys' lengths."""

_FULL: Final = {10047, 10077, 10023, 10028}
"""Error codes of JetStream: no resources, store failed, insufficient resources, no storage."""


async def ensure_stream(context: Any, options: NatsOptions) -> None:
    """Make the stream when it is not there; refuse one that is not what the options say.

    Raises:
        Problem: `log-options` when it has other partitions, `log-unreachable`.
    """
    import nats.errors
    import nats.js.errors
    from nats.js import api

    subjects = [options.subject(one) for one in range(options.partitions)]
    config = api.StreamConfig(
        name=options.stream,
        subjects=subjects,
        storage=api.StorageType.FILE,
        retention=api.RetentionPolicy.LIMITS,
        # a full stream must say so: what was acknowledged is never dropped for what comes later
        discard=api.DiscardPolicy.NEW,
        max_bytes=options.max_bytes or -1,
        num_replicas=options.replicas,
        duplicate_window=_DUPLICATES_S,
        allow_direct=True,
        deny_delete=True,
        deny_purge=True,
    )
    try:
        found = await _stream(context, options.stream, config)
    except (nats.errors.Error, OSError) as error:
        raise unreachable(options.stream, str(error) or type(error).__name__) from None
    if sorted(found.subjects or []) != sorted(subjects):
        raise Problem.of(
            "log-options",
            f"the stream `{options.stream}` has {len(found.subjects or [])} partitions and not"
            f" {options.partitions}",
            help="keep `partitions`, or name another stream: entries of one key must stay in one "
            "partition",
        )


async def _stream(context: Any, name: str, config: Any) -> Any:
    import nats.js.errors

    try:
        return (await context.stream_info(name)).config
    except nats.js.errors.NotFoundError:
        return (await context.add_stream(config)).config


class NatsWriter:
    """Appends to a stream; `LogWriter`."""

    def __init__(self, client: Any, options: NatsOptions) -> None:
        self._client, self._options = client, options
        self._context = client.jetstream()
        self._closed = False
        self._name, self._serial = secrets.token_hex(8), 0
        self._most = client.max_payload - _ROOM
        self._lanes = [
            Lane(partial(self._commit, options.subject(one))) for one in range(options.partitions)
        ]

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return once every entry is acknowledged by the stream; see `LogWriter`."""
        if self._closed:
            raise log_closed(self._options.stream)
        shares = shared_out(entries, len(self._lanes), self._most)
        await put_all([(self._lanes[index], share) for index, share in shares.items()])

    async def close(self) -> None:
        """Finish what waits, and close the connection."""
        if self._closed:
            return
        self._closed = True
        for lane in self._lanes:
            await lane.idle()
        await self._client.close()

    async def _commit(self, subject: str, entries: list[Entry]) -> None:
        most = min(BUNDLE_BYTES, self._most)
        for bundle in bundled(entries, most, self._options.bundle_entries):
            await self._publish(subject, bundle)

    async def _publish(self, subject: str, bundle: list[Entry]) -> None:
        import nats.errors
        from nats.js.errors import APIError

        payload = pack(bundle)
        self._serial += 1
        # under one id the stream takes a message once, however often it is sent
        headers = {"Nats-Msg-Id": f"{self._name}-{self._serial}", ENTRIES: str(len(bundle))}
        until = time.monotonic() + self._options.timeout_seconds
        while True:
            try:
                await self._context.publish(subject, payload, timeout=_TRY_S, headers=headers)
            except APIError as error:
                if error.err_code in _FULL:
                    reason = error.description or "no room"
                    raise log_full(self._options.stream, reason) from None
                await self._again(until, error)
            except (nats.errors.Error, OSError) as error:
                await self._again(until, error)
            else:
                return

    async def _again(self, until: float, error: Exception) -> None:
        if time.monotonic() >= until or self._client.is_closed:
            raise unreachable(self._options.stream, str(error) or type(error).__name__) from None
        await asyncio.sleep(0.1)


async def open_nats_writer(options: Mapping[str, object]) -> NatsWriter:
    """Open a log on NATS for writing; see `open_writer`."""
    found = read_options(options)
    client = await connect(found)
    try:
        await ensure_stream(client.jetstream(), found)
    except BaseException:
        await client.close()
        raise
    return NatsWriter(client, found)
