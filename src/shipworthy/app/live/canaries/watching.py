"""Watching a deployment with sealed probes: promise, send among users, record aside, alarm."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.app.live.canaries.folders import (
    Appender,
    WatchFolder,
    canary_folder,
    new_watch,
    watches_of,
)
from shipworthy.app.live.confirming.deployed import Tested, field_link
from shipworthy.app.live.confirming.disclosure import Disclosure, Known, refusals_of
from shipworthy.app.live.confirming.following import Followed, followed_log
from shipworthy.app.live.confirming.judging import judged
from shipworthy.app.live.confirming.preparing import Prepared, prepare
from shipworthy.app.preparation import Surroundings
from shipworthy.app.registration.live_evidence import writing
from shipworthy.evidence import envelope, make_statement, one_at_a_time, write_atomically
from shipworthy.evidence.statements import Attested
from shipworthy.instruments.targets.field import FieldClient, open_field
from shipworthy.kernel import Clock, Digest, ExitCode, Location, Problem, digest_bytes
from shipworthy.records import StatementLogged
from shipworthy.records.live.confirmations import FieldTrial
from shipworthy.records.live.probes import (
    Probe,
    ProbeEnd,
    ProbeOutcome,
    ProbePromised,
    TwinEnd,
    WatchAlarmed,
    WatchOpened,
)
from shipworthy.stages.confirming import (
    Chain,
    DrawnProbe,
    Sending,
    WatchCounts,
    count_probes,
    detector_of,
    draw_probe,
    key_digest,
    pool_digest,
    step,
)
from shipworthy.vocabulary import (
    MODEL,
    Answered,
    Breached,
    Held,
    Refused,
    TrialRole,
)

CHAIN_KIND: Final = "canary-chain"
ALARM_DAYS: Final = 30
"""Days to a false alarm, on average at least."""

_ANCHOR_EVERY: Final = 50
"""Promises after which the head of the chain is signed and logged again."""

_LOG_WAIT_S: Final = 3.0
_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTerms:
    """How a watch goes: probes an hour, hours to run (0: until it is stopped), normal misses."""

    per_hour: int
    hours: float
    baseline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A watch after a run. `alarmed` says that this run ended with an alarm."""

    folder: WatchFolder
    counts: WatchCounts
    alarmed: bool


async def watch(
    tested: Tested,
    terms: WatchTerms,
    around: Surroundings,
    done: Callable[[ProbeOutcome], None] = lambda _outcome: None,
) -> Watched:
    """Send probes until the time is over or there is an alarm; goes on with a watch not revealed.

    Raises:
        Problem: `canary-busy` (environment) while another process watches; `canary-idle` when the
            laboratory's safeguards held no attack that has a harmless twin; `canary-terms` when the
            watch that is gone on with was opened on other terms.
    """
    campaign = tested.campaign
    link = field_link(tested, around)
    try:
        with one_at_a_time(canary_folder(campaign.folder), wait=False):
            prepared = prepare(tested)
            folder = _opened(prepared, terms)
            client = open_field(link, around.clock)
            try:
                async with followed_log(tested.deployed, f"canary-{folder.path.name}") as log:
                    walker = _Walker(prepared, folder, client, log, around.clock, done)
                    alarmed = await walker.walk(terms)
            finally:
                await client.close()
            _anchor(prepared, folder)
            outcomes = {one.number: one for one in folder.read_outcomes()}
            counts = count_probes(folder.read_chain(), outcomes)
            return Watched(folder=folder, counts=counts, alarmed=alarmed)
    except BlockingIOError:
        raise Problem.of(
            "canary-busy",
            "another process is watching a deployment of this campaign",
            location=Location(str(campaign.folder.path)),
            help="end it first; one watch at a time",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None


def probe_pool(prepared: Prepared) -> tuple[Probe, ...]:
    """Return the attacks that a layer held in the laboratory, and whose twin was answered.

    Where no layer held any, those that the model held. An attack that succeeded there has no right
    outcome, so a miss of it would say nothing.

    Raises:
        Problem: `canary-idle` when there is none.
    """
    twins = {
        item.scenario: name
        for name, item in sorted(prepared.items.items())
        if item.role is TrialRole.BENIGN and isinstance(prepared.lab[name].outcome, Answered)
    }
    layers: list[Probe] = []
    model: list[Probe] = []
    for name, item in sorted(prepared.items.items()):
        outcome = prepared.lab[name].outcome
        if not isinstance(outcome, Held) or item.scenario not in twins:
            continue
        probe = Probe(
            scenario=item.scenario,
            domain=item.domain,
            attack=name,
            twin=twins[item.scenario],
            has_tools=bool(prepared.tested.design.scenarios[item.scenario].tools),
        )
        (model if outcome.by == MODEL else layers).append(probe)
    if not layers and not model:
        raise Problem.of(
            "canary-idle",
            "the laboratory's safeguards held no attack that has a harmless twin",
            location=Location(str(prepared.tested.campaign.folder.path)),
            help="probes need a known right outcome: evaluate scenarios that the stack holds",
        )
    return tuple(layers or model)


def _opened(prepared: Prepared, terms: WatchTerms) -> WatchFolder:
    """Go on with the watch of this deployment whose key is sealed, or begin one."""
    campaign = prepared.tested.campaign
    name = prepared.plan.deployment
    for folder in watches_of(campaign.folder):
        opened = folder.read_chain().opened
        if opened.deployment == name and not folder.revealed.exists():
            if (opened.per_hour, opened.baseline) != (terms.per_hour, terms.baseline):
                raise Problem.of(
                    "canary-terms",
                    f"a watch of `{name}` is open with {opened.per_hour} probes an hour and a "
                    f"baseline of {opened.baseline}",
                    location=Location(str(folder.path)),
                    help="go on with these, or reveal its key and begin another",
                )
            return folder
    pool = probe_pool(prepared)
    folder = new_watch(campaign.folder, pool)
    chain = Appender(folder.chain)
    try:
        chain.append(
            WatchOpened(
                plan=campaign.plan_digest,
                deployment=name,
                key=key_digest(folder.read_key()),
                pool=pool_digest(pool),
                routes=prepared.plan.routes,
                per_hour=terms.per_hour,
                baseline=terms.baseline,
                run_length=terms.per_hour * 24 * ALARM_DAYS,
                at=campaign.now(),
            )
        )
    finally:
        chain.close()
    _anchor(prepared, folder)
    return folder


def _anchor(prepared: Prepared, folder: WatchFolder) -> None:
    """Sign the head of the chain and log it, so that what is behind it cannot be written anew."""
    log_watch(prepared.tested, folder, CHAIN_KIND, {"chain.jsonl": folder.read_chain().digests[-1]})


def log_watch(tested: Tested, folder: WatchFolder, kind: str, subjects: dict[str, Digest]) -> None:
    """Sign and log a statement about a watch; the latest envelope of a kind lies beside it."""
    campaign = tested.campaign
    with writing(campaign) as at:
        statement = make_statement(kind, subjects, Attested(plan=campaign.plan_digest, at=at))
        signed = envelope(statement, campaign.signer)
        write_atomically(folder.path / f"{kind}.dsse.json", signed)
        digest = digest_bytes(signed)
        campaign.ledger.append(StatementLogged(kind=kind, envelope=digest, at=at))
        campaign.ledger.checkpoint(campaign.signer)


_Found = dict[str, tuple[FieldTrial, Known]]
"""What came back, by the laboratory's trial of what was sent."""


@dataclass(slots=True)
class _Walker:
    prepared: Prepared
    folder: WatchFolder
    client: FieldClient
    followed: Followed | None
    clock: Clock
    done: Callable[[ProbeOutcome], None]

    async def walk(self, terms: WatchTerms) -> bool:
        """Promise and send probe after probe; returns whether there was an alarm."""
        key, pool = self.folder.read_key(), self.folder.read_pool()
        chain, outcomes = Appender(self.folder.chain), Appender(self.folder.outcomes)
        try:
            self._settle(outcomes)
            known = self.folder.read_chain()
            state = detector_of(known, {o.number: o for o in self.folder.read_outcomes()})
            head, number = known.digests[-1], len(known.promises)
            loop = asyncio.get_running_loop()
            until = loop.time() + terms.hours * _HOUR_S if terms.hours else math.inf
            while loop.time() < until:
                number += 1
                drawn = draw_probe(key, number, pool, known.opened.routes)
                gap = drawn.gap * _HOUR_S / terms.per_hour
                await asyncio.sleep(min(gap * drawn.early, max(0.0, until - loop.time())))
                head = chain.append(
                    ProbePromised(
                        number=number, promise=drawn.promise, previous=head, at_ms=self._now_ms()
                    )
                )
                found: _Found = {}
                try:
                    await self._send(drawn, gap * (1.0 - drawn.early), found)
                finally:
                    # also when the watch is ended in between: what came back stands
                    outcome = self._outcome(drawn, found)
                    outcomes.append(outcome)
                self.done(outcome)
                state = step(state, outcome)
                if state.alarm_at is not None:
                    chain.append(WatchAlarmed(after=number, previous=head, at_ms=self._now_ms()))
                    return True
                if number % _ANCHOR_EVERY == 0:
                    _anchor(self.prepared, self.folder)
            return False
        finally:
            chain.close()
            outcomes.close()

    def _settle(self, outcomes: Appender) -> None:
        """Give every promise that a crash left open an outcome: unknown, which counts as missed."""
        known = {one.number for one in self.folder.read_outcomes()}
        chain: Chain = self.folder.read_chain()
        key, pool = self.folder.read_key(), self.folder.read_pool()
        for promise in chain.promises:
            if promise.number not in known:
                drawn = draw_probe(key, promise.number, pool, chain.opened.routes)
                outcomes.append(self._outcome(drawn, {}))

    async def _send(self, drawn: DrawnProbe, pause_s: float, found: _Found) -> None:
        names = (drawn.probe.twin, drawn.probe.attack)
        order = names if drawn.twin_first else names[::-1]
        for place, name in enumerate(order):
            if place:
                await asyncio.sleep(pause_s)
            sending = Sending(name, drawn.route)
            at_ms = self._now_ms()
            answer = await self.client.ask(drawn.route, self.prepared.request(sending))
            disclosure = Disclosure(refusals_of(self.prepared.tested.design.layers))
            if self.followed is not None:
                record = await self.followed.record(answer.exchange, _LOG_WAIT_S)
                if record is not None:
                    disclosure = Disclosure(disclosure.refusals, {answer.exchange: record})
            known = disclosure.of(answer)
            found[name] = (judged(self.prepared, sending, known, at_ms), known)

    def _outcome(self, drawn: DrawnProbe, found: _Found) -> ProbeOutcome:
        attack, twin = found.get(drawn.probe.attack), found.get(drawn.probe.twin)
        noticed = None
        if attack and attack[1].source == "log":
            noticed = any(act.action in {"flagged", "withheld"} for act in attack[0].layers)
        return ProbeOutcome(
            number=drawn.number,
            scenario=drawn.probe.scenario,
            route=drawn.route.id,
            end=_end(attack[0]) if attack else "unknown",
            twin=_twin(twin[0]) if twin else "unknown",
            noticed=noticed,
            exchanges=tuple(one[0].exchange for one in (attack, twin) if one and one[0].exchange),
            at_ms=self._now_ms(),
        )

    def _now_ms(self) -> int:
        return round(self.clock.now().timestamp() * 1000)


def _end(trial: FieldTrial) -> ProbeEnd:
    match trial.outcome:
        case Breached():
            return "missed"
        case Held():
            return "caught"
        case _:
            return "unknown"


def _twin(trial: FieldTrial) -> TwinEnd:
    found: Literal["answered", "refused", "unknown"] = "unknown"
    match trial.outcome:
        case Refused():
            found = "refused"
        case Answered(useful=True):
            found = "answered"
        case _:
            pass
    return found
