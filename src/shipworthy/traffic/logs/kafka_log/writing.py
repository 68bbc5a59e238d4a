"""Entries produced to a topic; acknowledged when all replicas in sync have them."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from shipworthy.kernel import Problem
from shipworthy.traffic.logs.kafka_log.options import (
    KafkaOptions,
    load_client,
    quiet,
    read_options,
)
from shipworthy.traffic.logs.lanes import BatchLimit, Lane, put_all
from shipworthy.traffic.logs.protocol import Entry, log_closed, log_full, shared_out, unreachable

_POLL_S: Final = 0.05


class _Delivery:
    """Counts the acknowledgements of one batch."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.done: asyncio.Future[Any] = loop.create_future()
        self._left, self._loop = count, loop
        self._error: Any = None

    def acknowledged(self, error: Any, _message: Any) -> None:
        """Note one acknowledgement; called in the thread that serves the client."""
        self._left -= 1
        self._error = self._error or error
        if not self._left:
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if not self.done.done():
            self.done.set_result(self._error)


class KafkaWriter:
    """Produces to a topic; `LogWriter`."""

    def __init__(self, options: KafkaOptions) -> None:
        self._kafka = load_client()
        self._options = options
        self._producer = self._kafka.Producer(
            {
                **options.client_settings(),
                "acks": "all",
                "enable.idempotence": options.idempotent,
                # without it a retry could overtake the batch behind the one that failed
                "max.in.flight.requests.per.connection": 5 if options.idempotent else 1,
                "delivery.timeout.ms": options.timeout_seconds * 1000,
                "linger.ms": 2,
                "message.max.bytes": options.body_bytes + 100_000,
                "error_cb": quiet,
            }
        )
        self._closed = False
        self._stop = threading.Event()
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()
        limit = BatchLimit(entries=5000, bytes=4 * 1024 * 1024)
        self._lanes = [Lane(partial(self._commit, one), limit) for one in range(options.partitions)]

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return once every entry is acknowledged by the broker; see `LogWriter`."""
        if self._closed:
            raise log_closed(self._options.topic)
        shares = shared_out(entries, len(self._lanes), self._options.body_bytes)
        await put_all([(self._lanes[index], share) for index, share in shares.items()])

    async def close(self) -> None:
        """Finish what waits, and let go of the broker."""
        if self._closed:
            return
        self._closed = True
        for lane in self._lanes:
            await lane.idle()
        self._stop.set()
        await asyncio.to_thread(self._server.join)

    def _serve(self) -> None:
        while not self._stop.is_set():
            self._producer.poll(_POLL_S)

    async def _commit(self, partition: int, entries: list[Entry]) -> None:
        delivery = _Delivery(len(entries), asyncio.get_running_loop())
        for entry in entries:
            await self._produce(partition, entry, delivery)
        error = await delivery.done
        if error is not None:
            raise self._problem(error)

    async def _produce(self, partition: int, entry: Entry, delivery: _Delivery) -> None:
        while True:
            try:
                self._producer.produce(
                    self._options.topic,
                    value=entry.body,
                    key=entry.key.encode("utf-8", "surrogatepass"),
                    partition=partition,
                    on_delivery=delivery.acknowledged,
                )
            except BufferError:
                await asyncio.sleep(_POLL_S)  # the client's own queue is full: let it drain
            except self._kafka.KafkaException as error:
                delivery.acknowledged(error.args[0], None)
                return
            else:
                return

    def _problem(self, error: Any) -> Problem:
        code = self._kafka.KafkaError
        if error.code() == code.KAFKA_STORAGE_ERROR:
            return log_full(self._options.topic, error.str())
        if error.code() in {code.MSG_SIZE_TOO_LARGE, code.INVALID_MSG_SIZE}:
            return Problem.of(
                "log-entry",
                f"the broker takes no entry as large as this: {error.str()}",
                help="raise the broker's `message.max.bytes`, or lower `body_bytes`",
            )
        return unreachable(self._options.topic, error.str())


def ensure_topic(options: KafkaOptions) -> None:
    """Make the topic when it is not there; refuse one with another number of partitions.

    Raises:
        Problem: `log-options` or `log-unreachable`.
    """
    kafka = load_client()
    from confluent_kafka.admin import AdminClient, NewTopic

    admin = AdminClient({**options.client_settings(), "error_cb": quiet})
    try:
        topics = admin.list_topics(timeout=options.timeout_seconds).topics
        if options.topic not in topics:
            wanted = NewTopic(options.topic, options.partitions, options.replication)
            made = admin.create_topics([wanted], operation_timeout=options.timeout_seconds)
            _made(kafka, made[options.topic], options.timeout_seconds)
            topics = admin.list_topics(options.topic, timeout=options.timeout_seconds).topics
        found = len(topics[options.topic].partitions)
    except kafka.KafkaException as error:
        raise unreachable(options.servers, error.args[0].str()) from None
    if found != options.partitions:
        raise Problem.of(
            "log-options",
            f"the topic `{options.topic}` has {found} partitions and not {options.partitions}",
            help="keep `partitions`, or name another topic: entries of one key must stay in one "
            "partition",
        )


def _made(kafka: Any, future: Any, timeout_s: float) -> None:
    try:
        future.result(timeout_s)
    except kafka.KafkaException as error:
        if error.args[0].code() != kafka.KafkaError.TOPIC_ALREADY_EXISTS:
            raise


async def open_kafka_writer(options: Mapping[str, object]) -> KafkaWriter:
    """Open a log on a Kafka-protocol broker for writing; see `open_writer`."""
    found = read_options(options)
    await asyncio.to_thread(ensure_topic, found)
    return KafkaWriter(found)
