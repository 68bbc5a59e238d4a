"""Exchanges of a deployment, with all that goes wrong on the way, and what is asked of them."""

import random

import msgspec

from shipworthy.records.live import ExchangeRecord, GuardVerdict
from shipworthy.traffic.flow import counting, exchange_flow, joining, sampling, smallest
from shipworthy.traffic.logs import Entry
from shipworthy.vocabulary import LayerAction, Sampling

MINUTE = 60_000
LATENESS = 5 * MINUTE


def exchange(number, at_ms, account, *, detected=False):
    action = "flagged" if detected else "passed"
    return ExchangeRecord(
        id=f"x{number}",
        at_ms=at_ms,
        deployment="assistant",
        account=account,
        conversation="",
        dialect="chat",
        stream=False,
        model="m",
        sampling=Sampling(),
        request="sha256:" + "0" * 64,
        status=200,
        verdict=GuardVerdict(
            engine="sha256:" + "1" * 64,
            actions=(LayerAction(layer="filter", action=action),),
            enforced="released",
        ),
    )


def traffic(count, seed=1):
    """Entries in the order in which they are appended: late, out of order, twice, or no record."""
    chance = random.Random(seed)
    entries = []
    for number in range(count):
        at_ms = 1_000_000 + number * 500 - chance.choice([0, 0, 0, 20_000, 400_000])
        account = f"account-{chance.randrange(40)}"
        record = exchange(number, at_ms, account, detected=chance.random() < 0.1)
        entry = Entry(account, msgspec.json.encode(record))
        entries.append(entry)
        if chance.random() < 0.05:
            entries.append(entry)
        if chance.random() < 0.01:
            entries.append(Entry(account, b'{"type": "something else"}'))
    return entries


def counts(record):
    return {"requests": 1, "events": len(record.verdict.detected_by)}


def queries():
    return (
        counting("minutes", MINUTE, lambda record: ("",), counts),
        counting("accounts", 10 * MINUTE, lambda record: (record.account,), counts),
        sampling(
            "review",
            10 * MINUTE,
            lambda record: 500_000 if record.verdict.detected_by else 20_000,
            lambda record: (record.id, record.id, record.account),
            seed="review",
        ),
        smallest("few", 10 * MINUTE, 5, lambda record: (record.id, record.account), seed="few"),
        joining(
            "labelled",
            lambda record: record.id if record.verdict.detected_by else None,
            lambda record: record.account,
            lambda record: None,
        ),
    )


def exchange_counts():
    return exchange_flow(queries(), LATENESS)


def id_counts():
    """Counts each exchange by its id, so that one that is lost or counted twice shows."""
    return exchange_flow(
        (counting("ids", 0, lambda record: (record.id,), lambda record: {"n": 1}),), 10**12
    )
