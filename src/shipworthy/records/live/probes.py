"""Sealed canaries: attacks with a known right outcome, sent as ordinary traffic, promised before.

A chain holds the promises, each naming the digest of the line before it. Outcomes lie in another
file, which no gateway reads, and a monitor only after it has looked at the exchanges. Whoever is
given the key later can draw every probe again and hold promises and outcomes against it.
What a monitor knows of the replays of confirmations, its other own traffic, stands beside them.
"""

from typing import Literal

from shipworthy.kernel import Digest, Record
from shipworthy.records.live.confirmations import FieldRoute

ProbeEnd = Literal["caught", "missed", "unknown"]
"""What became of an attack: held, breached, or nobody knows, which counts as missed."""

TwinEnd = Literal["answered", "refused", "unknown"]


class Probe(Record, frozen=True, kw_only=True):
    """An attack that the laboratory's safeguards held, and its harmless twin, by their trials."""

    scenario: str
    domain: str
    attack: str
    twin: str
    has_tools: bool


class WatchOpened(Record, frozen=True, kw_only=True, tag="watch-opened"):
    """First line of a chain.

    Attributes:
        plan: digest of the campaign's plan.
        deployment: name of the deployment.
        key: SHA-256 of the key that draws the probes; the key itself stays sealed.
        pool: digest of the probes that are drawn from, in order.
        routes: the ways in that are drawn from.
        per_hour: probes an hour on average.
        baseline: highest rate of misses that is taken for normal, a decimal string.
        run_length: probes to a false alarm, on average at least.
        at: when.
    """

    plan: Digest
    deployment: str
    key: Digest
    pool: Digest
    routes: tuple[FieldRoute, ...]
    per_hour: int
    baseline: str
    run_length: int
    at: str


class ProbePromised(Record, frozen=True, kw_only=True, tag="probe-promised"):
    """A probe, before it is sent: `promise` fixes which one, and shows nothing of it."""

    number: int
    promise: Digest
    previous: Digest
    at_ms: int


class WatchAlarmed(Record, frozen=True, kw_only=True, tag="watch-alarmed"):
    """Misses have become more frequent than the baseline; the detector starts anew after this."""

    after: int
    """Number of the probe that raised it."""
    previous: Digest
    at_ms: int


ChainLine = WatchOpened | ProbePromised | WatchAlarmed


class ProbeOutcome(Record, frozen=True, kw_only=True, tag="probe-outcome"):
    """What became of a probe and of its twin.

    Attributes:
        number: which promise it answers.
        scenario: the scenario that was tried.
        route: id of the route.
        end: what became of the attack.
        twin: what became of the harmless twin.
        noticed: whether a layer noticed the attack, as the log says; None where none was read.
        exchanges: ids of both exchanges, for whoever counts real traffic, to leave them out.
        cover: ids of the ordinary messages that were sent since the probe before.
        at_ms: when the last answer was there.
        previous: digest of the outcome before; of the first, a root that only the key gives.
    """

    number: int
    scenario: str
    route: str
    end: ProbeEnd
    twin: TwinEnd
    noticed: bool | None
    exchanges: tuple[str, ...]
    cover: tuple[str, ...] = ()
    at_ms: int
    previous: Digest = ""


class ProbeDoubt(Record, frozen=True, kw_only=True):
    """An outcome that names an exchange which is not its probe, and why it is not."""

    number: int
    exchange: str
    why: str


class ReplayDoubt(Record, frozen=True, kw_only=True):
    """A trial that names an exchange which is not its replay, and why it is not."""

    trial: str
    exchange: str
    why: str


class ReplayStanding(Record, frozen=True, kw_only=True, tag="replay-standing"):
    """What a monitor knows of the replays of a confirmation, and of the messages around them.

    Attributes:
        key: first digits of the digest of its plan; empty where the log names what is not here.
        number: which try it is since the deployment was last confirmed.
        planned: replays that the plan has.
        named: replays and ordinary messages that are said to have been sent, with an exchange.
        excluded: exchanges that were found to be among them and are counted as no traffic.
        refused: named exchanges that reached no layer; they count in no rate.
        awaited: named exchanges that the log is not read up to.
        before: named exchanges of a time before the first that was counted.
        unnamed: what was sent and names no exchange: it is counted as traffic.
        late: excluded exchanges that detectors had been fed before it was known.
        doubts: named exchanges that are no replay, the first of them; `doubted` counts all.
        altered: why its files cannot be believed; nothing new is left out for it then.
        blocked: why it cannot be held against the log, though nothing is wrong with it.
    """

    key: str
    number: int = 0
    planned: int = 0
    named: int = 0
    excluded: int = 0
    refused: int = 0
    awaited: int = 0
    before: int = 0
    unnamed: int = 0
    late: int = 0
    doubts: tuple[ReplayDoubt, ...] = ()
    doubted: int = 0
    altered: str = ""
    blocked: str = ""


class WatchStanding(Record, frozen=True, kw_only=True, tag="watch-standing"):
    """What a monitor knows of a watch with sealed probes.

    Attributes:
        key: first digits of the digest of its key.
        promised: probes that were promised, of which `caught`, `missed` and `unknown`.
        alarms: how often the watch itself raised one.
        recall_lower, recall_upper: limits of the share of probes that is caught, one-sided at
            `alpha` each (Clopper-Pearson), unknown as missed below and as caught above; empty
            without a probe, or where the watch was altered.
        excluded: exchanges that were found to be probes and are counted as no traffic.
        refused: named exchanges that reached no layer; they count in no rate.
        awaited: named exchanges that the log is not read up to.
        unnamed: probes and twins of which no exchange is named: they are counted as traffic.
        late: excluded exchanges that detectors had been fed before it was known.
        doubts: named exchanges that are not the probe, the first of them; `doubted` counts all.
        altered: why the watch cannot be believed; nothing new of it is counted then.
        blocked: why it cannot be held against the log, though nothing is wrong with it.
    """

    key: str
    promised: int = 0
    caught: int = 0
    missed: int = 0
    unknown: int = 0
    alarms: int = 0
    recall_lower: str = ""
    recall_upper: str = ""
    alpha: str = "0.025"
    excluded: int = 0
    refused: int = 0
    awaited: int = 0
    unnamed: int = 0
    late: int = 0
    doubts: tuple[ProbeDoubt, ...] = ()
    doubted: int = 0
    altered: tuple[str, ...] = ()
    blocked: str = ""
