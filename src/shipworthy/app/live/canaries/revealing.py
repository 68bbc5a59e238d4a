"""Ending a watch: its key is revealed, and everybody can hold what was promised against it."""

from shipworthy.app.live.canaries.folders import (
    Appender,
    RevealedKey,
    WatchFolder,
    alone_with_watches,
    watches_of,
)
from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.app.registration.watches import (
    CHAIN_KIND,
    KEY_KIND,
    Audited,
    audit_watches,
    audited,
    log_watch,
)
from shipworthy.evidence import write_atomically
from shipworthy.kernel import Location, Problem, canonical_bytes, digest_of
from shipworthy.records.live.probes import ProbeOutcome
from shipworthy.stages.confirming import draw_probe

__all__ = ["Audited", "audits", "reveal"]


def reveal(tested: Tested) -> Audited:
    """Publish the key of the open watch of a deployment, log that, and audit it.

    Promises that a crash left open get an outcome first: unknown, which counts as missed. Then the
    heads are signed a last time.

    Raises:
        Problem: `canary-missing` when no watch of the deployment is open; `canary-busy`
            (environment) while one is being sent.
    """
    campaign, name = tested.campaign, tested.deployed.header.name
    advice = "end it first: a probe that is under way would come after its key"
    with alone_with_watches(campaign.folder, advice):
        for folder in watches_of(campaign.folder):
            open_ = not folder.revealed.exists()
            if open_ and folder.read_chain().opened.deployment == name:
                return _revealed(tested, folder)
    raise Problem.of(
        "canary-missing",
        f"no watch of `{name}` is open",
        location=Location(str(campaign.folder.live)),
        help="begin one with `shipworthy confirm watch`",
    )


def _revealed(tested: Tested, folder: WatchFolder) -> Audited:
    campaign = tested.campaign
    if _settle(tested, folder):
        head, last = folder.read_chain().digests[-1], folder.outcomes_head()
        log_watch(campaign, folder, CHAIN_KIND, {"chain.jsonl": head, "outcomes.jsonl": last})
    head = folder.read_chain().digests[-1]
    shown = RevealedKey(key=folder.read_key().hex(), head=head, at=campaign.now())
    # logged before it is shown: the log says up to which line nobody could know the draws
    subjects = {"revealed.json": digest_of(shown), "chain.jsonl": head}
    log_watch(campaign, folder, KEY_KIND, subjects)
    write_atomically(folder.revealed, canonical_bytes(shown))
    return audited(campaign, folder)


def _settle(tested: Tested, folder: WatchFolder) -> bool:
    """Give the last promises an outcome where a crash left them without; say whether it did.

    One that is lacking in the middle was taken out, and is left for the audit.
    """
    chain, done = folder.read_chain(), folder.read_outcomes()
    lacking = [one for one in chain.promises if one.number > len(done)]
    if not lacking or [one.number for one in done] != list(range(1, len(done) + 1)):
        return False
    now = round(tested.campaign.clock.now().timestamp() * 1000)
    key, pool, head = folder.read_key(), folder.read_pool(), folder.outcomes_head()
    outcomes = Appender(folder.outcomes)
    try:
        for promise in lacking:
            drawn = draw_probe(key, promise.number, pool, chain.opened.routes)
            unknown = ProbeOutcome(
                number=promise.number,
                scenario=drawn.probe.scenario,
                route=drawn.route.id,
                end="unknown",
                twin="unknown",
                noticed=None,
                exchanges=(),
                at_ms=max(now, promise.at_ms),
                previous=head,
            )
            head = outcomes.append(unknown)
    finally:
        outcomes.close()
    return True


def audits(tested: Tested) -> tuple[Audited, ...]:
    """Check every watch of a deployment; raises as `audit_watches`."""
    return audit_watches(tested.campaign, tested.deployed.header.name)
