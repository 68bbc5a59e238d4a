"""Checking watches: chain, outcomes and key against each other and against the log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.registration.campaigns import OpenCampaign
from shipworthy.app.registration.live_evidence import writing
from shipworthy.app.registration.watches.folders import (
    RevealedKey,
    WatchFolder,
    watch_lines,
    watches_of,
)
from shipworthy.evidence import (
    Statement,
    envelope,
    make_statement,
    open_envelope,
    tampered,
    write_atomically,
)
from shipworthy.evidence.statements import Attested
from shipworthy.kernel import Digest, digest_bytes, digest_of
from shipworthy.records import StatementLogged
from shipworthy.records.live.probes import WatchOpened
from shipworthy.stages.confirming import (
    Anchor,
    Chain,
    WatchCounts,
    audit,
    audit_anchors,
    audit_links,
    audit_outcomes,
    count_probes,
    outcomes_root,
)

CHAIN_KIND: Final = "canary-chain"
KEY_KIND: Final = "canary-key"
_KINDS: Final = (CHAIN_KIND, KEY_KIND)
_CHAIN, _OUTCOMES, _REVEALED = "chain.jsonl", "outcomes.jsonl", "revealed.json"


@dataclass(frozen=True, slots=True)
class Audited:
    """A watch held against itself and the log: `complaints` is empty where all is as promised.

    `anchors` are the envelopes that were signed of it, in the order of the log.
    """

    folder: WatchFolder
    key: Digest
    chain: Chain
    counts: WatchCounts
    complaints: tuple[str, ...]
    revealed: bool
    anchors: tuple[bytes, ...]

    @property
    def opened(self) -> WatchOpened:
        """What was fixed before."""
        return self.chain.opened


def log_watch(
    campaign: OpenCampaign, folder: WatchFolder, kind: str, subjects: Mapping[str, Digest]
) -> str:
    """Sign and log a statement about a watch, and return when; every envelope is kept."""
    with writing(campaign) as at:
        statement = make_statement(kind, dict(subjects), Attested(plan=campaign.plan_digest, at=at))
        signed = envelope(statement, campaign.signer)
        digest = digest_bytes(signed)
        name = f"{digest.removeprefix('sha256:')[:32]}.dsse.json"
        write_atomically(folder.anchors / name, signed)
        campaign.ledger.append(StatementLogged(kind=kind, envelope=digest, at=at))
        campaign.ledger.checkpoint(campaign.signer)
    return at


def audit_watches(campaign: OpenCampaign, deployment: str = "") -> tuple[Audited, ...]:
    """Check the watches of a campaign, or those of one deployment, as the log first names them.

    Raises:
        Problem: `canary-altered` (integrity) when a statement about a watch that the log knows is
            in no watch, or a watch has no first line: whose it is cannot be said then.
    """
    folders = watches_of(campaign.folder)
    kept = {digest for folder in folders for digest in _envelopes(folder)}
    gone = [entry for entry in _logged(campaign) if entry.envelope not in kept]
    if gone:
        message = f"{len(gone)} statements about watches that the log knows are gone"
        raise tampered("canary-altered", message, str(campaign.folder.live))
    order = {entry.envelope: place for place, entry in enumerate(_logged(campaign))}
    found = sorted(
        (audited(campaign, folder) for folder in folders),
        key=lambda one: min((order[digest_bytes(e)] for e in one.anchors), default=len(order)),
    )
    return tuple(one for one in found if deployment in {"", one.opened.deployment})


def believed_watches(campaign: OpenCampaign) -> tuple[Audited, ...]:
    """Return the watches of a campaign, each as it was promised.

    Raises:
        Problem: `canary-altered` (integrity) with the first complaint about any of them.
    """
    found = audit_watches(campaign)
    for one in found:
        if one.complaints:
            raise tampered("canary-altered", one.complaints[0], str(one.folder.path))
    return found


def watch_files(found: Iterable[Audited]) -> dict[str, bytes]:
    """Return the files of a bundle about watches, each below its name.

    Of one whose key is sealed there is the chain, and what was signed: nothing else is no secret.
    """
    files: dict[str, bytes] = {}
    for one in found:
        base, folder = f"live/probes/{one.folder.path.name}", one.folder
        files[f"{base}/chain.jsonl"] = _whole(folder.chain)
        for number, signed in enumerate(one.anchors, start=1):
            files[f"{base}/{number:04}.dsse.json"] = signed
        if one.revealed:
            files[f"{base}/outcomes.jsonl"] = _whole(folder.outcomes)
            files[f"{base}/pool.json"] = folder.pool.read_bytes()
            files[f"{base}/revealed.json"] = folder.revealed.read_bytes()
    return files


def _whole(path: Path) -> bytes:
    return b"".join(line + b"\n" for line in watch_lines(path))


def audited(campaign: OpenCampaign, folder: WatchFolder) -> Audited:
    """Check a watch: links, what was signed of it, and what its key draws once it is revealed.

    Raises:
        Problem: `canary-altered` (integrity) when a line cannot be read, or there is none.
    """
    # in this order: of a watch that goes on meanwhile, what is read later holds what was signed
    held = _held(campaign, folder)
    outcomes = folder.read_outcomes()
    chain = folder.read_chain()
    if not chain.lines or not isinstance(chain.lines[0], WatchOpened):
        raise tampered("canary-altered", "the chain has no first line", str(folder.chain))
    shown, key = folder.read_revealed(), folder.known_key()
    if shown is None:
        complaints = list(audit_links(chain))
    else:
        complaints = list(audit(chain, outcomes, bytes.fromhex(shown.key), folder.read_pool()))
    anchors = [_anchor(entry, said) for entry, _, said in held if said.kind == CHAIN_KIND]
    root = outcomes_root(key) if key else ""
    complaints += audit_outcomes(outcomes, root) if key else ()
    complaints += audit_anchors(chain, outcomes if key else None, root, anchors)
    complaints += _revealed(chain, shown, [said for _, _, said in held if said.kind == KEY_KIND])
    return Audited(
        folder=folder,
        key=chain.opened.key,
        chain=chain,
        counts=count_probes(chain, {one.number: one for one in reversed(outcomes)}),
        complaints=tuple(complaints),
        revealed=shown is not None,
        anchors=tuple(signed for _, signed, _ in held),
    )


def _revealed(chain: Chain, shown: RevealedKey | None, said: list[Statement]) -> Iterator[str]:
    if shown is None:
        if said:
            yield "the log says that the key was revealed, and it is not there"
        return
    if shown.head != chain.digests[-1]:
        yield "the chain goes on after its key was revealed"
    if digest_of(shown) not in [one.subjects.get(_REVEALED) for one in said]:
        yield "the key that is shown is not the one that the log says was revealed"
    elif any(one.subjects.get(_CHAIN) != shown.head for one in said):
        yield "the key was revealed over another chain"


def _logged(campaign: OpenCampaign) -> Iterator[StatementLogged]:
    for entry in campaign.ledger.entries():
        if isinstance(entry, StatementLogged) and entry.kind in _KINDS:
            yield entry


def _envelopes(folder: WatchFolder) -> dict[Digest, bytes]:
    paths = sorted(folder.anchors.glob("*.dsse.json"))
    return {digest_bytes(signed): signed for signed in (path.read_bytes() for path in paths)}


def _held(
    campaign: OpenCampaign, folder: WatchFolder
) -> list[tuple[StatementLogged, bytes, Statement]]:
    """Return the statements of a watch that the log knows, in its order."""
    kept, keys = _envelopes(folder), {campaign.signer.key_id: campaign.signer.public}
    return [
        (entry, kept[entry.envelope], open_envelope(kept[entry.envelope], keys))
        for entry in _logged(campaign)
        if entry.envelope in kept
    ]


def _anchor(entry: StatementLogged, said: Statement) -> Anchor:
    return Anchor(entry.at, said.subjects.get(_CHAIN, ""), said.subjects.get(_OUTCOMES, ""))
