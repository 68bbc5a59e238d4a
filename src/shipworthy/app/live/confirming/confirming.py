"""Confirming a deployment: plan, register, send what is missing, conclude."""

from collections.abc import Callable
from dataclasses import dataclass

from shipworthy.app.live.confirming.concluding import conclude, keep
from shipworthy.app.live.confirming.deployed import Tested, field_link
from shipworthy.app.live.confirming.disclosure import Disclosure, refusals_of
from shipworthy.app.live.confirming.folders import ConfirmationFolder, folder_of
from shipworthy.app.live.confirming.following import followed_log
from shipworthy.app.live.confirming.preparing import Prepared, prepare
from shipworthy.app.live.confirming.sending import FieldRecorder, Sender, missing_of
from shipworthy.app.live.confirming.tries import PLAN_KIND
from shipworthy.app.preparation import Surroundings
from shipworthy.app.registration.live_evidence import writing
from shipworthy.evidence import envelope, make_statement, one_at_a_time, write_atomically
from shipworthy.evidence.statements import Attested
from shipworthy.instruments.targets.field import Identity, open_field
from shipworthy.kernel import ExitCode, Location, Problem, canonical_bytes, digest_bytes
from shipworthy.records import StatementLogged
from shipworthy.records.live.confirmations import Confirmation, FieldTrial

VERDICT_EXIT = {
    "confirmed": ExitCode.YES,
    "defect": ExitCode.NO,
    "inconclusive": ExitCode.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmation after a run; `sent` of `total` replays have a trial."""

    prepared: Prepared
    folder: ConfirmationFolder
    found: Confirmation
    sent: int
    total: int


async def confirm(
    tested: Tested,
    around: Surroundings,
    done: Callable[[FieldTrial], None] = lambda _trial: None,
) -> Confirmed:
    """Replay what has no trial yet over the deployed path, and say what all trials show.

    The plan is signed and logged before the first request. A run that broke off is gone on with: a
    replay that has its trial is not sent again.

    Raises:
        Problem: `confirm-busy` (environment) while another process confirms this campaign; and as
            `prepare` and `field_link`.
    """
    campaign = tested.campaign
    link = field_link(tested, around)
    try:
        with one_at_a_time(campaign.folder.live / "confirming", wait=False):
            prepared = prepare(tested)
            folder = _registered(prepared)
            client = open_field(link, around.clock)
            try:
                identity = await client.identity()
                group = f"confirm-{prepared.plan.digest[-12:]}"
                async with followed_log(tested.deployed, group) as followed:
                    disclosure = Disclosure(refusals_of(tested.design.layers))
                    sender = Sender(prepared, client, disclosure, followed, around.clock, done)
                    await _send(sender, folder)
            finally:
                await client.close()
            return _concluded(prepared, folder, identity)
    except BlockingIOError:
        raise Problem.of(
            "confirm-busy",
            "another process is confirming a deployment of this campaign",
            location=Location(str(campaign.folder.path)),
            help="wait for it to end",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None


async def _send(sender: Sender, folder: ConfirmationFolder) -> None:
    missing = missing_of(sender.prepared, folder)
    if not missing:
        return
    with FieldRecorder(folder) as recorder:
        try:
            await sender.send(missing, recorder)
        finally:
            recorder.spent(sender.costs)


def _concluded(
    prepared: Prepared, folder: ConfirmationFolder, identity: Identity | None
) -> Confirmed:
    found = conclude(prepared, folder, identity)
    if found.complete or found.verdict == "defect":
        # what is not complete and shows nothing may be gone on with, and is no result yet
        keep(prepared, folder, found)
    return Confirmed(prepared, folder, found, found.trials, prepared.plan.replays)


def _registered(prepared: Prepared) -> ConfirmationFolder:
    """Sign and log the plan, unless this is the try that is being gone on with."""
    campaign, plan = prepared.tested.campaign, prepared.plan
    folder = folder_of(campaign.folder, plan.digest)
    with writing(campaign) as at:
        if folder.envelope.exists():
            signed = folder.envelope.read_bytes()
        else:
            statement = make_statement(
                PLAN_KIND, {"plan.json": plan.digest}, Attested(plan=campaign.plan_digest, at=at)
            )
            signed = envelope(statement, campaign.signer)
            write_atomically(folder.plan, canonical_bytes(plan))
            write_atomically(folder.envelope, signed)
        digest = digest_bytes(signed)
        known = {
            one.envelope
            for one in campaign.ledger.entries()
            if isinstance(one, StatementLogged) and one.kind == PLAN_KIND
        }
        if digest not in known:
            campaign.ledger.append(StatementLogged(kind=PLAN_KIND, envelope=digest, at=at))
            campaign.ledger.checkpoint(campaign.signer)
    return folder
