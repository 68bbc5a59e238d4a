"""Traffic of a made-up deployment: exchanges with the verdict of its own stack."""

from pathlib import Path

import msgspec

from shipworthy.instruments.safeguards import make_output_filter
from shipworthy.instruments.safeguards.engine import GuardEngine, drive_now
from shipworthy.records.live import ExchangeContent, ExchangeRecord, GuardVerdict
from shipworthy.vocabulary import Message, Reply, Request, Sampling

BEGAN_MS = 1_790_000_000_000
HELD = "the key is sk-proj-" + "a8Zk3" * 10
FINE = "The boat leaves at nine from the pier."
ENGINE = GuardEngine([make_output_filter({})])
DEPLOYMENT = """
[deployment]
name = "desk"
disclosure = "all"
[upstream]
url = "http://127.0.0.1:9"
[[safeguards]]
kind = "output-filter"
"""
MONITOR = """
[monitor]
name = "desk"
deployment = "deployment.toml"
least_requests = 100
silence_seconds = 86400

[source]
kind = "jsonl"
paths = ["traffic*.jsonl"]

[[bands]]
metric = "detected.output-filter.deployed"
limit = "0.02"
reason = "a test"

[[bands]]
metric = "recheck"
limit = "0.02"
reason = "a test"
"""


def exchange(number: int, *, held: bool = False, **changes) -> ExchangeRecord:
    """Return an exchange as a gateway would have logged it; `held` for one that is withheld."""
    messages = (Message(role="user", content="when does the boat leave?"),)
    text = HELD if held else FINE
    answer = drive_now(
        ENGINE.release(drive_now(ENGINE.admit(Request(messages=messages))), Reply(text=text))
    )
    record = ExchangeRecord(
        id=f"ex-{number:06d}",
        at_ms=BEGAN_MS + number * 100,
        deployment="desk",
        account=f"u{number % 7}",
        conversation="",
        dialect="chat",
        stream=False,
        model="m",
        sampling=Sampling(),
        request="sha256:" + "1" * 64,
        reply="sha256:" + "2" * 64,
        status=200,
        verdict=GuardVerdict(
            engine=ENGINE.digest,
            actions=answer.layers,
            enforced="withheld" if held else "released",
        ),
        content=(ExchangeContent(messages=messages, text=text),),
    )
    return msgspec.structs.replace(record, **changes)


def write_traffic(path: Path, records) -> None:
    """Write records, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records))


def write_monitor(folder: Path, monitor: str = MONITOR) -> Path:
    """Write a deployment and a monitor of it; return the path of the latter."""
    (folder / "deployment.toml").write_text(DEPLOYMENT)
    path = folder / "monitor.toml"
    path.write_text(monitor)
    return path
