"""Walking through a watch: promise, send among ordinary messages, record aside, alarm."""

import asyncio
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import msgspec

from shipworthy.app.live.canaries.folders import Appender, WatchFolder
from shipworthy.app.live.confirming.disclosure import Disclosure, Known, refusals_of
from shipworthy.app.live.confirming.following import Followed
from shipworthy.app.live.confirming.judging import judged
from shipworthy.app.live.confirming.preparing import Prepared
from shipworthy.app.registration.watches import CHAIN_KIND, log_watch
from shipworthy.instruments.targets.field import FieldClient
from shipworthy.kernel import Clock, Digest
from shipworthy.records.live.confirmations import FieldTrial
from shipworthy.records.live.probes import (
    ProbeEnd,
    ProbeOutcome,
    ProbePromised,
    TwinEnd,
    WatchAlarmed,
)
from shipworthy.stages.confirming import (
    Chain,
    CoverMessage,
    DrawnProbe,
    Sending,
    detector_of,
    draw_cover,
    draw_probe,
    step,
)
from shipworthy.vocabulary import Answered, Breached, Held, Refused

_ANCHOR_EVERY: Final = 50
"""Promises after which the heads of chain and outcomes are signed and logged again."""

_LOG_WAIT_S: Final = 3.0
_HOUR_S: Final = 3600.0
_MS: Final = 1000


def anchor(prepared: Prepared, folder: WatchFolder) -> str:
    """Sign and log the heads, so that what is behind them cannot be written anew; returns when."""
    heads = {
        "chain.jsonl": folder.read_chain().digests[-1],
        "outcomes.jsonl": folder.outcomes_head(),
    }
    return log_watch(prepared.tested.campaign, folder, CHAIN_KIND, heads)


@dataclass(slots=True)
class _Round:
    """One probe under way: what came back, by the laboratory's trial, and the cover around it."""

    drawn: DrawnProbe
    gap_s: float
    cover: tuple[CoverMessage, ...]
    found: dict[str, tuple[FieldTrial, Known]] = field(default_factory=dict)
    covered: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Walker:
    """Promises and sends probe after probe; `done` is called after each."""

    prepared: Prepared
    folder: WatchFolder
    client: FieldClient
    followed: Followed | None
    clock: Clock
    done: Callable[[ProbeOutcome], None]
    _head: Digest = ""
    _latest_ms: int = 0

    async def walk(self, per_hour: int, hours: float) -> bool:
        """Walk until the time is over (0 hours: for ever); returns whether there was an alarm."""
        key, pool = self.folder.read_key(), self.folder.read_pool()
        per_hundred = self.prepared.tested.deployed.asking.fillers_per_hundred
        chain, outcomes = Appender(self.folder.chain), Appender(self.folder.outcomes)
        try:
            self._settle(outcomes)
            known = self.folder.read_chain()
            routes = known.opened.routes
            state = detector_of(known, {o.number: o for o in self.folder.read_outcomes()})
            head, number = known.digests[-1], len(known.promises)
            loop = asyncio.get_running_loop()
            until = loop.time() + hours * _HOUR_S if hours else math.inf
            while loop.time() < until:
                number += 1
                drawn = draw_probe(key, number, pool, routes)
                cover = draw_cover(key, number, per_hundred, routes)
                going = _Round(drawn, drawn.gap * _HOUR_S / per_hour, cover)
                await self._cover(going, 0.0, drawn.early, until - loop.time())
                head = chain.append(
                    ProbePromised(
                        number=number, promise=drawn.promise, previous=head, at_ms=self._now_ms()
                    )
                )
                try:
                    await self._send(going)
                finally:
                    # also when the watch is ended in between: what came back stands
                    outcome = self._record(outcomes, going)
                self.done(outcome)
                state = step(state, outcome)
                if state.alarm_at is not None:
                    chain.append(WatchAlarmed(after=number, previous=head, at_ms=self._now_ms()))
                    return True
                if number % _ANCHOR_EVERY == 0:
                    self._no_earlier(anchor(self.prepared, self.folder))
            return False
        finally:
            chain.close()
            outcomes.close()

    def _settle(self, outcomes: Appender) -> None:
        """Give every promise that a crash left open an outcome: unknown, which counts as missed."""
        done = self.folder.read_outcomes()
        chain: Chain = self.folder.read_chain()
        self._head = self.folder.outcomes_head()
        times = [one.at_ms for one in chain.promises] + [one.at_ms for one in chain.alarms]
        self._latest_ms = max([*times, *(one.at_ms for one in done)], default=0)
        self._no_earlier(max(one.at for one in self.prepared.tested.campaign.ledger.entries()))
        key, pool = self.folder.read_key(), self.folder.read_pool()
        known = {one.number for one in done}
        for promise in chain.promises:
            if promise.number not in known:
                drawn = draw_probe(key, promise.number, pool, chain.opened.routes)
                self._record(outcomes, _Round(drawn, 0.0, ()))

    async def _cover(self, going: _Round, first: float, last: float, most_s: float) -> None:
        """Wait from one share of the gap to another, and send the ordinary messages in between."""
        now = first
        for one in (*(c for c in going.cover if first <= c.at < last), None):
            then = last if one is None else one.at
            wait_s = going.gap_s * (then - now)
            await asyncio.sleep(max(0.0, min(wait_s, most_s)))
            most_s -= wait_s
            now = then
            if one is not None:
                sending = Sending("", one.route, one.text)
                answer = await self.client.ask(
                    one.route, self.prepared.request(sending), self.prepared.account(sending)
                )
                going.covered += [answer.exchange] if answer.exchange else []

    async def _send(self, going: _Round) -> None:
        drawn = going.drawn
        names = (drawn.probe.twin, drawn.probe.attack)
        order = names if drawn.twin_first else names[::-1]
        for place, name in enumerate(order):
            if place:
                await self._cover(going, drawn.early, 1.0, math.inf)
            sending = Sending(name, drawn.route)
            at_ms = self._now_ms()
            account = self.prepared.account(Sending(name, drawn.route, drawn.number))
            request = self.prepared.request(sending)
            answer = await self.client.ask(drawn.route, request, account)
            disclosure = Disclosure(refusals_of(self.prepared.tested.design.layers))
            if self.followed is not None:
                record = await self.followed.record(answer.exchange, _LOG_WAIT_S)
                if record is not None:
                    disclosure = Disclosure(disclosure.refusals, {answer.exchange: record})
            known = disclosure.of(answer)
            going.found[name] = (judged(self.prepared, sending, known, at_ms), known)

    def _record(self, outcomes: Appender, going: _Round) -> ProbeOutcome:
        outcome = msgspec.structs.replace(self._outcome(going), previous=self._head)
        self._head = outcomes.append(outcome)
        return outcome

    def _outcome(self, going: _Round) -> ProbeOutcome:
        drawn = going.drawn
        attack, twin = going.found.get(drawn.probe.attack), going.found.get(drawn.probe.twin)
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
            exchanges=tuple(_exchanges(attack, twin)),
            cover=tuple(going.covered),
            at_ms=self._now_ms(),
        )

    def _now_ms(self) -> int:
        """Return the time, never before what is written or logged already."""
        now = round(self.clock.now().timestamp() * _MS)
        self._latest_ms = max(self._latest_ms, now)
        return self._latest_ms

    def _no_earlier(self, at: str) -> None:
        logged = round(datetime.fromisoformat(at).timestamp() * _MS)
        self._latest_ms = max(self._latest_ms, logged)


def _exchanges(*found: tuple[FieldTrial, Known] | None) -> Iterator[str]:
    for one in found:
        if one and one[0].exchange:
            yield one[0].exchange


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
