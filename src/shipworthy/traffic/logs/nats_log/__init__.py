"""A log on NATS JetStream."""

from shipworthy.traffic.logs.nats_log.options import NatsOptions
from shipworthy.traffic.logs.nats_log.reading import NatsSource, NatsVersions, open_nats_reader
from shipworthy.traffic.logs.nats_log.stream import NatsWriter, open_nats_writer

__all__ = [
    "NatsOptions",
    "NatsSource",
    "NatsVersions",
    "NatsWriter",
    "open_nats_reader",
    "open_nats_writer",
]
