"""Watching a deployment with sealed probes: opening a watch, going on with it, ending a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shipworthy.app.live.canaries.folders import (
    Appender,
    WatchFolder,
    alone_with_watches,
    new_watch,
    watches_of,
)
from shipworthy.app.live.canaries.walking import Walker, anchor
from shipworthy.app.live.confirming.deployed import Tested, field_link
from shipworthy.app.live.confirming.following import followed_log
from shipworthy.app.live.confirming.preparing import Prepared, prepare
from shipworthy.app.preparation import Surroundings
from shipworthy.instruments.targets.field import open_field
from shipworthy.kernel import Location, Problem
from shipworthy.records.live.probes import Probe, ProbeOutcome, WatchOpened
from shipworthy.stages.confirming import WatchCounts, count_probes, key_digest, pool_digest
from shipworthy.vocabulary import MODEL, Answered, Held, TrialRole

ALARM_DAYS: Final = 30
"""Days to a false alarm, on average at least."""


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
    with alone_with_watches(campaign.folder, "end it first; one watch at a time"):
        prepared = prepare(tested)
        folder = _opened(prepared, terms)
        client = open_field(link, around.clock)
        try:
            async with followed_log(tested.deployed, f"canary-{folder.path.name}") as log:
                walker = Walker(prepared, folder, client, log, around.clock, done)
                alarmed = await walker.walk(terms.per_hour, terms.hours)
        finally:
            await client.close()
        anchor(prepared, folder)
        outcomes = {one.number: one for one in folder.read_outcomes()}
        counts = count_probes(folder.read_chain(), outcomes)
        return Watched(folder=folder, counts=counts, alarmed=alarmed)


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
        if item.role is not TrialRole.ADVERSARIAL or item.scenario not in twins:
            continue
        if not isinstance(outcome, Held):
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
    anchor(prepared, folder)
    return folder
