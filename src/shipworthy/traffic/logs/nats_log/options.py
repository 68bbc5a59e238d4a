"""What a deployment file says of a log on NATS JetStream, and the connection to it."""

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Final

from shipworthy.kernel import ExitCode, Problem, Record, convert_record
from shipworthy.traffic.logs.protocol import unreachable

ENTRY_BITS: Final = 16
"""Low bits of an offset: which entry of a message. The others are the message's sequence."""

ENTRIES: Final = "Shipworthy-Entries"
"""Header of a message: how many entries it holds."""


class NatsOptions(Record, frozen=True, kw_only=True):
    """Options of a log on NATS JetStream.

    Attributes:
        servers: addresses, `nats://host:port`, separated by commas.
        stream: name of the stream; its subjects are `STREAM.0`, `STREAM.1`, one a partition.
        partitions: number of partitions.
        replicas: servers of a cluster that keep each message.
        max_bytes: size at which the stream takes no more; 0 for no limit.
        bundle_entries: most entries of one message.
        timeout_seconds: how long an append waits for its acknowledgement, retries included.
        lease_seconds: how long a reader that falls silent keeps its partitions.
        member: name of the reader in its group; drawn at random when empty.
        token_variable: environment variable with the token of the connection, or empty.
    """

    servers: str = "nats://127.0.0.1:4222"
    stream: str = "exchanges"
    partitions: int = 4
    replicas: int = 1
    max_bytes: int = 0
    bundle_entries: int = 200
    timeout_seconds: int = 10
    lease_seconds: int = 15
    member: str = ""
    token_variable: str = ""

    def subject(self, partition: int) -> str:
        """Subject of a partition."""
        return f"{self.stream}.{partition}"


def read_options(options: Mapping[str, object]) -> NatsOptions:
    """Read the options of a log on NATS.

    Raises:
        Problem: `record-invalid` or `log-options`.
    """
    found = convert_record(dict(options), NatsOptions, "log `nats`")
    if not found.stream.replace("-", "").replace("_", "").isalnum():
        raise Problem.of(
            "log-options",
            f"`{found.stream}` cannot name a stream",
            help="letters, digits, `-` and `_`",
        )
    limits = {"partitions": 4096, "bundle_entries": 1 << ENTRY_BITS, "lease_seconds": 3600}
    for name, most in limits.items():
        if not 1 <= getattr(found, name) <= most:
            raise Problem.of(
                "log-options",
                f"`{name} = {getattr(found, name)}` of the log is out of range",
                help=f"from 1 to {most}",
            )
    return found


async def connect(options: NatsOptions) -> Any:
    """Connect, and go on reconnecting for as long as the connection is used.

    Raises:
        Problem: `extra-missing` (environment) without `nats-py`, `log-unreachable`.
    """
    try:
        import nats
        import nats.errors
    except ImportError:
        raise Problem.of(
            "extra-missing",
            "a log on NATS needs the package `nats-py`",
            help="pip install 'shipworthy[nats]'",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    token = os.environ.get(options.token_variable, "") if options.token_variable else ""
    try:
        # the client itself would try for ever, also the first time
        return await asyncio.wait_for(
            nats.connect(
                options.servers.split(","),
                error_cb=_quiet,
                allow_reconnect=True,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.2,
                connect_timeout=options.timeout_seconds,
                **({"token": token} if token else {}),
            ),
            options.timeout_seconds,
        )
    except (OSError, TimeoutError, nats.errors.Error) as error:
        raise unreachable(options.servers, str(error) or type(error).__name__) from None


async def _quiet(_error: Exception) -> None:
    """Errors of the connection come back from the call that they concern."""
