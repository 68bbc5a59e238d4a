"""Live statements of a campaign: signed, logged, kept, and read back only where all agrees."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from shipworthy.app.registration.campaigns import OpenCampaign
from shipworthy.evidence import (
    LiveEntry,
    Signer,
    Statement,
    disagreements,
    envelope,
    keep_live,
    live_envelope,
    live_files,
    live_kind,
    live_path,
    one_at_a_time,
    open_envelope,
    tampered,
)
from shipworthy.kernel import Digest, digest_bytes
from shipworthy.records import (
    ConfirmationLogged,
    DecisionReopened,
    IncidentLogged,
    MonitoringLogged,
)

_LIVE = (ConfirmationLogged, IncidentLogged, DecisionReopened, MonitoringLogged)


@dataclass(frozen=True, slots=True)
class LiveStatement:
    """A live statement that verified, beside its entry."""

    entry: LiveEntry
    statement: Statement
    signed: bytes


def live_entries(campaign: OpenCampaign) -> tuple[LiveEntry, ...]:
    """Return the entries of a campaign's log that are about its deployment, in order."""
    return tuple(entry for entry in campaign.ledger.entries() if isinstance(entry, _LIVE))


@contextmanager
def writing(campaign: OpenCampaign) -> Iterator[str]:
    """Wait until no other process writes, read what they wrote, and yield the time for an entry.

    The time is never before that of an entry in the log: a clock that was set back dates nothing
    back. Not for use inside of `locked`, which holds the same lock.
    """
    with one_at_a_time(campaign.folder.path):
        campaign.ledger.refresh()
        yield max([campaign.now(), *(entry.at for entry in campaign.ledger.entries())])


def log_statement(
    campaign: OpenCampaign,
    statement: Statement,
    entry_of: Callable[[Digest], LiveEntry],
    signer: Signer | None = None,
) -> LiveEntry:
    """Sign, keep and log a live statement; call it in `writing`.

    The envelope is on disk before its entry: a crash between the two leaves an envelope that
    nobody counts. Without a signer the runner signs.
    """
    signed = envelope(statement, signer or campaign.signer)
    entry = entry_of(digest_bytes(signed))
    wrong = disagreements(entry, statement)
    if wrong:
        raise ValueError(f"entry and statement differ in {', '.join(wrong)}")
    keep_live(campaign.folder.live, live_kind(entry), live_envelope(entry), signed)
    campaign.ledger.append(entry)
    campaign.ledger.checkpoint(campaign.signer)
    return entry


def live_statements(
    campaign: OpenCampaign,
    people: Mapping[Digest, bytes] | None = None,
    only: type[LiveEntry] | None = None,
) -> tuple[LiveStatement, ...]:
    """Return the live statements of the log, or those of one type of entry, in its order.

    `people` are raw keys by id: re-openings may be signed with them.

    Raises:
        Problem: `live-altered` (integrity) when one is missing, is not signed by the runner or,
            for a re-opening, by one of the people, or says otherwise than its entry.
    """
    return tuple(
        _read(campaign, entry, people or {})
        for entry in live_entries(campaign)
        if only is None or isinstance(entry, only)
    )


def published_live(found: tuple[LiveStatement, ...]) -> dict[str, bytes]:
    """Return the files of a bundle that hold live statements."""
    kinds: dict[str, list[bytes]] = {}
    for one in found:
        kinds.setdefault(live_kind(one.entry), []).append(one.signed)
    return live_files(kinds)


def _read(
    campaign: OpenCampaign, entry: LiveEntry, people: Mapping[Digest, bytes]
) -> LiveStatement:
    digest = live_envelope(entry)
    path = live_path(campaign.folder.live, live_kind(entry), digest)
    if not path.exists() or digest_bytes(signed := path.read_bytes()) != digest:
        what = "is not the one that the log holds" if path.exists() else "is missing"
        raise tampered("live-altered", f"a statement about the deployment {what}", str(path))
    keys = {campaign.signer.key_id: campaign.signer.public}
    if isinstance(entry, DecisionReopened):
        keys |= people
    statement = open_envelope(signed, keys)
    wrong = disagreements(entry, statement)
    if wrong or entry.plan != campaign.plan_digest:
        raise tampered(
            "live-altered",
            f"entry and statement differ in {', '.join(wrong) or 'the plan'}",
            str(path),
        )
    return LiveStatement(entry, statement, signed)
