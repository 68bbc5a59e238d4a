"""The key under which a record is kept decides its partition, and so what stays in order."""

import asyncio

import pytest

from shipworthy.records.live import (
    AccountsSection,
    ExchangeRecord,
    GuardVerdict,
    LimitsSection,
    LogSection,
)
from shipworthy.traffic.gateway.admission import AccountLimits, Accounts, Gate, Memory
from shipworthy.traffic.gateway.keeping.journal import Journal
from shipworthy.traffic.gateway.keeping.naming import exchange_names
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.gateway.state import GatewayState
from shipworthy.traffic.gateway.telling.metrics import Metrics
from shipworthy.vocabulary import Sampling


class Keys:
    """A log that keeps the keys alone."""

    def __init__(self):
        self.found = []

    async def append(self, entries):
        self.found += [entry.key for entry in entries]

    async def close(self):
        pass


def record(name, account="", conversation=""):
    return ExchangeRecord(
        id=name,
        at_ms=1,
        deployment="d",
        account=account,
        conversation=conversation,
        dialect="chat",
        stream=False,
        model="m",
        sampling=Sampling(),
        request="",
        status=200,
        verdict=GuardVerdict(engine="", actions=(), enforced="released"),
    )


def kept(records):
    async def run():
        log = Keys()
        state = GatewayState(
            clock=SteadyClock(),
            name=exchange_names("x"),
            accounts=Accounts(AccountsSection(), {}),
            limits=AccountLimits(LimitsSection()),
            gate=Gate(0, 0, 1.0),
            memory=Memory(1),
            journal=Journal(log, LogSection()),
            log=LogSection(),
            metrics=Metrics(),
            say=print,
        )
        assert all(await asyncio.gather(*(state.keep([one]) for one in records)))
        await state.journal.close()
        assert state.metrics.records == len(records)
        return log.found

    return asyncio.run(run())


@pytest.mark.parametrize("field", ["account", "conversation"])
def test_records_of_one_account_or_conversation_share_its_name(field):
    names = [f"{field}-{n % 3}" for n in range(9)]
    assert kept([record(f"x-{n}", **{field: name}) for n, name in enumerate(names)]) == names


def test_records_of_nobody_in_particular_share_a_key_for_a_while_and_then_another():
    found = kept([record(f"x-{n}") for n in range(200)])
    assert found == [f"x-{n // 64 * 64}" for n in range(200)]


def test_records_of_nobody_do_not_take_the_name_of_somebody():
    found = kept([record("x-0", account="a"), record("x-1"), record("x-2", account="a")])
    assert found == ["a", "x-1", "a"]
