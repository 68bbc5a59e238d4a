"""Ending a watch: its key is revealed, and everybody can hold what was promised against it."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from shipworthy.app.live.canaries.folders import RevealedKey, WatchFolder, watches_of
from shipworthy.app.live.canaries.watching import CHAIN_KIND, log_watch
from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.evidence import open_envelope, write_atomically
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    canonical_bytes,
    digest_bytes,
    digest_of,
)
from shipworthy.records import StatementLogged
from shipworthy.stages.confirming import Chain, WatchCounts, audit, audit_links, count_probes

KEY_KIND = "canary-key"


@dataclass(frozen=True, slots=True)
class Audited:
    """A watch held against itself: `complaints` is empty where all is as promised."""

    folder: WatchFolder
    key: Digest
    counts: WatchCounts
    complaints: tuple[str, ...]
    revealed: bool


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
        log_watch(
            tested,
            folder,
            KEY_KIND,
            {"revealed.json": digest_of(shown), "chain.jsonl": chain.digests[-1]},
        )
        write_atomically(folder.revealed, canonical_bytes(shown))
        return audited(tested, folder)
    raise Problem.of(
        "canary-missing",
        f"no watch of `{name}` is open",
        location=Location(str(tested.campaign.folder.live)),
        help="begin one with `shipworthy confirm watch`",
    )


def audited(tested: Tested, folder: WatchFolder) -> Audited:
    """Check a watch: its chain, and once its key is revealed every promise and outcome."""
    chain, outcomes = folder.read_chain(), folder.read_outcomes()
    anchors = tuple(_unanchored(tested, folder, chain))
    counts = count_probes(chain, {one.number: one for one in outcomes})
    if not folder.revealed.exists():
        links = (*audit_links(chain), *anchors)
        return Audited(folder, chain.opened.key, counts, links, revealed=False)
    shown = msgspec.json.decode(folder.revealed.read_bytes(), type=RevealedKey)
    complaints = audit(chain, outcomes, bytes.fromhex(shown.key), folder.read_pool())
    complaints = (*complaints, *anchors)
    if shown.head != chain.digests[-1]:
        complaints = (*complaints, "the chain goes on after its key was revealed")
    return Audited(folder, chain.opened.key, counts, complaints, revealed=True)


def _unanchored(tested: Tested, folder: WatchFolder, chain: Chain) -> Iterator[str]:
    """Yield why the chain is not the one whose head was signed and logged last."""
    campaign, path = tested.campaign, folder.path / f"{CHAIN_KIND}.dsse.json"
    logged = {
        entry.envelope
        for entry in campaign.ledger.entries()
        if isinstance(entry, StatementLogged) and entry.kind == CHAIN_KIND
    }
    if not path.exists() or digest_bytes(signed := path.read_bytes()) not in logged:
        yield "the log knows no head of this chain"
        return
    statement = open_envelope(signed, {campaign.signer.key_id: campaign.signer.public})
    if statement.subjects.get("chain.jsonl") not in chain.digests:
        yield "the chain is not the one whose head was signed and logged"


def audits(tested: Tested) -> tuple[Audited, ...]:
    """Check every watch of a deployment."""
    name = tested.deployed.header.name
    return tuple(
        audited(tested, folder)
        for folder in watches_of(tested.campaign.folder)
        if folder.read_chain().opened.deployment == name
    )
