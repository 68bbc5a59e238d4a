"""Which try of a deployment this is: trying until it passes must not pass.

Every plan of a confirmation is signed and logged before its first replay. Tries since the last
confirmed one share the error, so a plan that is missing on disk would make error look unspent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from shipworthy.app.live.confirming.folders import ConfirmationFolder, confirmations_of
from shipworthy.app.registration import OpenCampaign, live_statements
from shipworthy.evidence import open_envelope, other_version, tampered
from shipworthy.kernel import Digest, digest_bytes
from shipworthy.records import ConfirmationLogged, StatementLogged
from shipworthy.records.live.confirmations import Confirmation, ConfirmationPlan

PLAN_KIND = "confirmation-plan"


@dataclass(frozen=True, slots=True)
class Try:
    """A confirmation that was begun, and logged at `begun`.

    `said` is the last that was signed and logged of it, at `said_at`. `concluded` is its verdict as
    it was signed and logged, or empty while it has none. The file beside the plan is not read:
    whoever may write there could call a defect confirmed, and have the whole error to spend again.
    """

    folder: ConfirmationFolder
    plan: ConfirmationPlan
    concluded: str
    begun: str
    said: Confirmation | None = None
    said_at: str = ""


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of a deployment `since` it was last confirmed; confirmed `renewal` times so far."""

    since: tuple[Try, ...]
    renewal: int


def tries_of(campaign: OpenCampaign, deployment: str) -> Tries:
    """Return the tries of a deployment since it was last confirmed, in the order of the log.

    Raises:
        Problem: `confirm-altered` (integrity) when a plan that the log knows is gone or changed;
            `live-altered` (integrity) when a confirmation that it knows is.
    """
    found: list[Try] = []
    renewal = 0
    for one in begun_tries(campaign, deployment):
        found.append(one)
        if one.concluded == "confirmed":
            found.clear()
            renewal += 1
    return Tries(tuple(found), renewal)


def begun_tries(campaign: OpenCampaign, deployment: str) -> tuple[Try, ...]:
    """Return every try of a deployment, in the order of the log.

    Raises:
        Problem: as `tries_of`.
    """
    return tuple(one for one in _all(campaign) if one.plan.deployment == deployment)


def _said(campaign: OpenCampaign) -> Mapping[Digest, tuple[Confirmation, str]]:
    """Return what the log says last of confirmations, and when, by the digest of the plan.

    What is complete is the last word.
    """
    found: dict[Digest, tuple[Confirmation, str]] = {}
    for one in live_statements(campaign, only=ConfirmationLogged):
        try:
            said = msgspec.json.decode(one.statement.predicate, type=Confirmation)
        except msgspec.DecodeError as error:
            raise other_version(str(error), str(campaign.folder.live)) from None
        known = found.get(said.confirmation)
        if said.complete or known is None or not known[0].complete:
            found[said.confirmation] = (said, one.entry.at)
    return found


def _all(campaign: OpenCampaign) -> Iterator[Try]:
    last = _said(campaign)
    kept = {
        digest_bytes(folder.envelope.read_bytes()): folder
        for folder in confirmations_of(campaign.folder)
        if folder.envelope.exists()
    }
    keys = {campaign.signer.key_id: campaign.signer.public}
    for entry in campaign.ledger.entries():
        if not isinstance(entry, StatementLogged) or entry.kind != PLAN_KIND:
            continue
        folder = kept.get(entry.envelope)
        if folder is None:
            message = "the plan of a confirmation that the log knows is gone"
            raise tampered("confirm-altered", message, str(campaign.folder.live))
        statement = open_envelope(folder.envelope.read_bytes(), keys)
        plan = folder.read_plan()
        if statement.subjects.get("plan.json") != plan.digest:
            message = "the plan of a confirmation is not the one that was signed"
            raise tampered("confirm-altered", message, str(folder.plan))
        said, at = last.get(plan.digest, (None, ""))
        concluded = said.verdict if said is not None and said.complete else ""
        yield Try(folder, plan, concluded, entry.at, said, at)
