"""A member of a consumer group: the broker shares out partitions and fences who fell silent."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.traffic.logs.kafka_log.ends import TopicEnds
from shipworthy.traffic.logs.kafka_log.options import (
    KafkaOptions,
    load_client,
    quiet,
    read_options,
)
from shipworthy.traffic.logs.kafka_log.writing import ensure_topic
from shipworthy.traffic.logs.protocol import Stored, fenced, unreachable

T = TypeVar("T")

_SLICE_S: Final = 0.1


class KafkaReader:
    """A member of a consumer group; `LogReader`."""

    def __init__(self, options: KafkaOptions, group: str) -> None:
        self._kafka = load_client()
        self._options, self._group = options, group
        self._assigned: frozenset[int] = frozenset()
        self._joined = self._closed = False
        self._turn = asyncio.Lock()
        self._ends = TopicEnds(options)
        session = options.session_seconds * 1000
        self._consumer = self._kafka.Consumer(
            {
                **options.client_settings(),
                "group.id": group,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                # what was removed before it was read must not be passed over in silence
                "auto.offset.reset": "earliest",
                "session.timeout.ms": session,
                "heartbeat.interval.ms": max(session // 5, 200),
                "max.poll.interval.ms": max(session, 60_000),
                "fetch.wait.max.ms": 100,
                "error_cb": quiet,
            }
        )

    @property
    def partitions(self) -> int:
        """Number of partitions of the topic."""
        return self._options.partitions

    def assigned(self) -> frozenset[int]:
        """Return the partitions that the broker gave this member."""
        return self._assigned

    async def poll(self, most: int, wait_s: float) -> Sequence[Stored]:
        """Return entries of the partitions assigned, or none after `wait_s`; see `LogReader`."""
        if not self._joined:
            self._joined = True
            await self._serve(self._subscribe)
        until = time.monotonic() + wait_s
        while True:
            left = min(max(until - time.monotonic(), 0.0), _SLICE_S)
            messages = await self._serve(partial(self._consumer.consume, most, left))
            found = [self._stored(message) for message in messages if self._usable(message)]
            if found or time.monotonic() >= until:
                return found

    async def commit(self, positions: Mapping[int, int]) -> None:
        """Note what is done with; see `LogReader`."""
        lost = sorted(one for one in positions if one not in self._assigned)
        offsets = [
            self._kafka.TopicPartition(self._options.topic, one, at)
            for one, at in positions.items()
            if one not in lost
        ]
        if offsets:
            lost += await self._serve(lambda: self._commit(offsets))
        if lost:
            raise fenced(self._group, sorted(lost))

    async def starts(self) -> Mapping[int, int]:
        """Return the offset of the first entry that is kept, by partition."""
        return await self._serve(self._ends.first)

    async def ends(self) -> Mapping[int, int]:
        """Return the offset after the last acknowledged entry, by partition."""
        return await self._serve(self._ends.find)

    async def close(self) -> None:
        """Leave the group."""
        if self._closed:
            return
        self._closed = True
        await self._serve(self._consumer.close)
        await self._serve(self._ends.close)
        self._assigned = frozenset()

    async def _serve(self, call: Callable[[], T]) -> T:
        """Call the client in a thread, one call at a time."""
        async with self._turn:
            try:
                return await asyncio.to_thread(call)
            except self._kafka.KafkaException as error:
                raise unreachable(self._options.topic, error.args[0].str()) from None

    def _subscribe(self) -> None:
        self._consumer.subscribe(
            [self._options.topic],
            on_assign=self._note_assigned,
            on_revoke=self._note_revoked,
            on_lost=self._note_revoked,
        )

    def _note_assigned(self, _consumer: Any, partitions: Sequence[Any]) -> None:
        self._assigned |= {one.partition for one in partitions}

    def _note_revoked(self, _consumer: Any, partitions: Sequence[Any]) -> None:
        self._assigned -= {one.partition for one in partitions}

    def _commit(self, offsets: list[Any]) -> list[int]:
        """Commit in the client's thread; returns the partitions that were refused."""
        code = self._kafka.KafkaError
        gone = {
            code.ILLEGAL_GENERATION,
            code.UNKNOWN_MEMBER_ID,
            code.FENCED_INSTANCE_ID,
            code.REBALANCE_IN_PROGRESS,
            code._ASSIGNMENT_LOST,  # noqa: SLF001 - the client's name for a public code
            code._STATE,  # noqa: SLF001 - the client's name for a public code
        }
        try:
            answers = self._consumer.commit(offsets=offsets, asynchronous=False)
        except self._kafka.KafkaException as error:
            if error.args[0].code() in gone:
                return [one.partition for one in offsets]
            raise
        return [one.partition for one in answers or [] if one.error is not None]

    def _usable(self, message: Any) -> bool:
        error = message.error()
        if error is None:
            # a partition that was revoked while this batch was fetched belongs to another by now
            return message.partition() in self._assigned
        if error.code() == self._kafka.KafkaError._PARTITION_EOF or error.retriable():  # noqa: SLF001 - as above
            return False
        if error.code() in {
            self._kafka.KafkaError._TRANSPORT,  # noqa: SLF001 - as above
            self._kafka.KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001 - as above
            self._kafka.KafkaError._MAX_POLL_EXCEEDED,  # noqa: SLF001 - as above
        }:
            return False  # the client goes on by itself
        raise Problem.of(
            "log-unreachable",
            f"the topic `{self._options.topic}` cannot be read: {error.str()}",
            location=Location(self._options.topic),
            help="what was not committed is read again",
            exit_code=ExitCode.ENVIRONMENT,
        )

    def _stored(self, message: Any) -> Stored:
        key = (message.key() or b"").decode("utf-8", "surrogatepass")
        return Stored(message.partition(), message.offset(), key, message.value() or b"")


async def open_kafka_reader(options: Mapping[str, object], group: str) -> KafkaReader:
    """Join a consumer group of a log on a Kafka-protocol broker; see `open_reader`."""
    found = read_options(options)
    await asyncio.to_thread(ensure_topic, found)
    return KafkaReader(found, group)
