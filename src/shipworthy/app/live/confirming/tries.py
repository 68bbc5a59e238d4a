"""Which try of a deployment this is: trying until it passes must not pass.

Every plan of a confirmation is signed and logged before its first replay. Tries since the last
confirmed one share the error, so a plan that is missing on disk would make error look unspent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shipworthy.app.live.confirming.folders import ConfirmationFolder, confirmations_of
from shipworthy.app.registration import OpenCampaign
from shipworthy.evidence import open_envelope, tampered
from shipworthy.kernel import digest_bytes
from shipworthy.records import StatementLogged
from shipworthy.records.live.confirmations import ConfirmationPlan

PLAN_KIND = "confirmation-plan"


@dataclass(frozen=True, slots=True)
class Try:
    """A confirmation that was begun."""

    folder: ConfirmationFolder
    plan: ConfirmationPlan

    @property
    def concluded(self) -> str:
        """Its verdict, or an empty string while it has none."""
        result = self.folder.read_result()
        return "" if result is None or not result.complete else result.verdict


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of a deployment `since` it was last confirmed; confirmed `renewal` times so far."""

    since: tuple[Try, ...]
    renewal: int


def tries_of(campaign: OpenCampaign, deployment: str) -> Tries:
    """Return the tries of a deployment since it was last confirmed, in the order of the log.

    Raises:
        Problem: `confirm-altered` (integrity) when a plan that the log knows is gone or changed.
    """
    found: list[Try] = []
    renewal = 0
    for one in _all(campaign):
        if one.plan.deployment == deployment:
            found.append(one)
            if one.concluded == "confirmed":
                found.clear()
                renewal += 1
    return Tries(tuple(found), renewal)


def _all(campaign: OpenCampaign) -> Iterator[Try]:
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
        yield Try(folder, plan)
