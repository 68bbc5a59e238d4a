"""Opening a log by the name of its kind; brokers' clients load only when they are asked for."""

from collections.abc import Mapping
from typing import Final

from shipworthy.kernel import Problem, did_you_mean
from shipworthy.traffic.logs.protocol import LogReader, LogWriter

KINDS: Final = ("segment", "nats", "kafka")
"""The kinds of log, the default first."""


async def open_writer(kind: str, options: Mapping[str, object]) -> LogWriter:
    """Open a log for writing, and make it when it is not there.

    Raises:
        Problem: `log-kind`, `option-unknown` or `record-invalid` for what was asked, `log-busy`
            when another process writes it, `log-damaged` (integrity) when it was altered,
            `log-unreachable` when a broker does not answer, `extra-missing` when the client of a
            broker is not installed.
    """
    match _checked(kind):
        case "segment":
            from shipworthy.traffic.logs import segment

            return await segment.open_segment_writer(options)
        case "nats":
            from shipworthy.traffic.logs import nats_log

            return await nats_log.open_nats_writer(options)
        case _:
            from shipworthy.traffic.logs import kafka_log

            return await kafka_log.open_kafka_writer(options)


async def open_reader(kind: str, options: Mapping[str, object], group: str) -> LogReader:
    """Join a group of readers of a log.

    Raises:
        Problem: as `open_writer`; `log-missing` when there is no such log.
    """
    match _checked(kind):
        case "segment":
            from shipworthy.traffic.logs import segment

            return await segment.open_segment_reader(options, group)
        case "nats":
            from shipworthy.traffic.logs import nats_log

            return await nats_log.open_nats_reader(options, group)
        case _:
            from shipworthy.traffic.logs import kafka_log

            return await kafka_log.open_kafka_reader(options, group)


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise Problem.of("log-kind", f"`{kind}` is no kind of log", help=did_you_mean(kind, KINDS))
    return kind
