"""The three logs, each behind the same small face."""

import secrets
from dataclasses import dataclass, field

import pytest

from live_brokers import KafkaServer, NatsServer, running
from shipworthy.traffic.logs import open_reader, open_writer


@pytest.fixture(scope="session")
def nats_address(tmp_path_factory):
    with running(NatsServer(tmp_path_factory.mktemp("nats"))) as server:
        yield server.address


@pytest.fixture(scope="session")
def kafka_address():
    with running(KafkaServer()) as server:
        yield server.address


@dataclass
class SomeLog:
    kind: str
    options: dict
    group: str
    opened: list = field(default_factory=list)

    async def writer(self, **more):
        return await self._opened(open_writer(self.kind, {**self.options, **more}))

    async def reader(self, group=""):
        return await self._opened(open_reader(self.kind, self.options, group or self.group))

    async def _opened(self, opening):
        one = await opening
        self.opened.append(one)
        return one

    async def close(self):
        for one in self.opened:
            await one.close()


@pytest.fixture(params=["segment", "nats", "kafka"])
def log(request, tmp_path):
    name = f"t{secrets.token_hex(6)}"
    match request.param:
        case "segment":
            options = {"folder": str(tmp_path / "log"), "lease_seconds": 1}
        case "nats":
            address = request.getfixturevalue("nats_address")
            options = {"servers": address, "stream": name, "lease_seconds": 1}
        case _:
            address = request.getfixturevalue("kafka_address")
            options = {"servers": address, "topic": name, "session_seconds": 6}
    return SomeLog(request.param, {**options, "partitions": 2}, f"readers-{name}")
