"""Ending a watch: its key is revealed, and everybody can hold what was promised against it."""

from shipworthy.app.live.canaries.folders import RevealedKey, watches_of
from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.app.registration.watches import (
    KEY_KIND,
    Audited,
    audit_watches,
    audited,
    log_watch,
)
from shipworthy.evidence import write_atomically
from shipworthy.kernel import Location, Problem, canonical_bytes, digest_of

__all__ = ["Audited", "audits", "reveal"]


def reveal(tested: Tested) -> Audited:
    """Publish the key of the open watch of a deployment, log that, and audit it.

    Raises:
        Problem: `canary-missing` when no watch of the deployment is open.
    """
    name = tested.deployed.header.name
    for folder in watches_of(tested.campaign.folder):
        chain = folder.read_chain()
        if chain.opened.deployment != name or folder.revealed.exists():
            continue
        shown = RevealedKey(
            key=folder.read_key().hex(), head=chain.digests[-1], at=tested.campaign.now()
        )
        # logged before it is shown: the log says up to which line nobody could know the draws
        subjects = {"revealed.json": digest_of(shown), "chain.jsonl": chain.digests[-1]}
        log_watch(tested.campaign, folder, KEY_KIND, subjects)
        write_atomically(folder.revealed, canonical_bytes(shown))
        return audited(tested.campaign, folder)
    raise Problem.of(
        "canary-missing",
        f"no watch of `{name}` is open",
        location=Location(str(tested.campaign.folder.live)),
        help="begin one with `shipworthy confirm watch`",
    )


def audits(tested: Tested) -> tuple[Audited, ...]:
    """Check every watch of a deployment; raises as `audit_watches`."""
    return audit_watches(tested.campaign, tested.deployed.header.name)
