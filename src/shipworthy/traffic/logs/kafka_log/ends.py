"""Where the partitions of a topic begin, and where they end, found by reading up to there.

A broker may answer the question for the newest offset with the beginning of its last batch, as one
in memory does; what its answer to a fetch ends with is what readers go by.
"""

import time
from typing import Any

from shipworthy.traffic.logs.kafka_log.options import KafkaOptions, load_client, quiet


class TopicEnds:
    """Asks for the ends of a topic; outside of every group."""

    def __init__(self, options: KafkaOptions) -> None:
        self._kafka, self._options = load_client(), options
        self._consumer: Any = None

    def find(self) -> dict[int, int]:
        """Return the offset after the last acknowledged entry, by partition.

        Raises:
            confluent_kafka.KafkaException: when the broker does not answer in time.
        """
        found = dict.fromkeys(range(self._options.partitions), 0)
        waiting = {
            one: self._kafka.TopicPartition(self._options.topic, one, max(low, high - 1))
            for one, (low, high) in self._watermarks().items()
        }
        self._consumer.assign(list(waiting.values()))
        until = time.monotonic() + self._options.timeout_seconds
        while waiting:
            for message in self._consumer.consume(500, 0.1):
                error = message.error()
                if error and error.code() == self._kafka.KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's name for a public code
                    found[message.partition()] = message.offset()
                    waiting.pop(message.partition(), None)
            if time.monotonic() > until:
                raise self._late()
        self._consumer.unassign()
        return found

    def first(self) -> dict[int, int]:
        """Return the offset of the first entry that is kept, by partition.

        Raises:
            confluent_kafka.KafkaException: as `find`.
        """
        return {one: low for one, (low, _) in self._watermarks().items()}

    def close(self) -> None:
        """Let go of the broker."""
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None

    def _watermarks(self) -> dict[int, tuple[int, int]]:
        """Ask where each partition begins, and for a place at or before its end."""
        consumer, found = self._connected(), {}
        for one in range(self._options.partitions):
            asked = self._kafka.TopicPartition(self._options.topic, one)
            answer = consumer.get_watermark_offsets(asked, timeout=self._options.timeout_seconds)
            if answer is None:
                raise self._late()
            found[one] = answer
        return found

    def _connected(self) -> Any:
        if self._consumer is None:
            self._consumer = self._kafka.Consumer(
                {
                    **self._options.client_settings(),
                    "group.id": "shipworthy-ends",
                    "enable.auto.commit": False,
                    "enable.partition.eof": True,
                    "fetch.wait.max.ms": 50,
                    "error_cb": quiet,
                }
            )
        return self._consumer

    def _late(self) -> Any:
        code = self._kafka.KafkaError._TIMED_OUT  # noqa: SLF001 - the client's name for a public code
        return self._kafka.KafkaException(self._kafka.KafkaError(code))
