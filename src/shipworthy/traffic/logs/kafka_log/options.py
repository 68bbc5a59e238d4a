"""What a deployment file says of a log on a broker that speaks the Kafka protocol."""

import os
from collections.abc import Mapping
from typing import Any

from shipworthy.kernel import ExitCode, Problem, Record, convert_record


class KafkaOptions(Record, frozen=True, kw_only=True):
    """Options of a log on a Kafka-protocol broker.

    Attributes:
        servers: addresses, `host:port`, separated by commas.
        topic: name of the topic, made when it is not there.
        partitions: number of its partitions.
        replication: brokers that keep each entry.
        idempotent: let the broker take a batch once however often it is sent. Turn it off for
            brokers that do not offer it: a retry may then write an entry twice, and results count
            it once by its id.
        timeout_seconds: how long an append waits for its acknowledgement, retries included.
        session_seconds: how long a reader that falls silent keeps its partitions.
        body_bytes: most bytes of an entry; the broker's own limit must not be lower.
        settings: further settings of librdkafka, such as those of encryption and passwords.
        password_variable: environment variable with `sasl.password`, or empty.
    """

    servers: str = "127.0.0.1:9092"
    topic: str = "exchanges"
    partitions: int = 4
    replication: int = 1
    idempotent: bool = True
    timeout_seconds: int = 10
    session_seconds: int = 15
    body_bytes: int = 900_000
    settings: dict[str, str] = {}  # noqa: RUF012 - msgspec copies an empty default
    password_variable: str = ""

    def client_settings(self) -> dict[str, Any]:
        """Return the settings that every client of this log has."""
        found: dict[str, Any] = {
            "bootstrap.servers": self.servers,
            "log_level": 2,
            **self.settings,
        }
        if self.password_variable:
            found["sasl.password"] = os.environ.get(self.password_variable, "")
        return found


def read_options(options: Mapping[str, object]) -> KafkaOptions:
    """Read the options of a log on a Kafka-protocol broker.

    Raises:
        Problem: `record-invalid` or `log-options`.
    """
    found = convert_record(dict(options), KafkaOptions, "log `kafka`")
    for name, most in {"partitions": 10_000, "replication": 32, "session_seconds": 3600}.items():
        if not 1 <= getattr(found, name) <= most:
            raise Problem.of(
                "log-options",
                f"`{name} = {getattr(found, name)}` of the log is out of range",
                help=f"from 1 to {most}",
            )
    return found


def load_client() -> Any:
    """Import the client.

    Raises:
        Problem: `extra-missing` (environment).
    """
    try:
        import confluent_kafka
    except ImportError:
        raise Problem.of(
            "extra-missing",
            "a log on a Kafka-protocol broker needs the package `confluent-kafka`",
            help="pip install 'shipworthy[kafka]'",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    return confluent_kafka


def quiet(_error: Any) -> None:
    """Errors of the connection come back from the call that they concern."""
