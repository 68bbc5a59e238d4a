"""The test of controls of a campaign: done once after the plan, sealed in its log, read back."""

from collections.abc import Callable, Iterator

import msgspec

from shipworthy.app.registration.campaigns import OpenCampaign
from shipworthy.evidence import tampered, write_atomically
from shipworthy.kernel import (
    ExitCode,
    Location,
    Problem,
    canonical_bytes,
    digest_bytes,
    read_record,
)
from shipworthy.records import CampaignPlan, ControlsTested
from shipworthy.records.risks.controls import ControlEvaluation, PlannedControls


def keep_tested_controls(
    campaign: OpenCampaign, source: bytes, test: Callable[[], ControlEvaluation]
) -> None:
    """Do the test that the plan registers, unless the log has it; call it locked.

    Record and file are on disk before the log says that the test was done.

    Raises:
        Problem: as the test; `controls-altered` (integrity) when it is not the one of the plan.
    """
    if _logged(campaign) is not None:
        return
    evaluation = test()
    for field in unlike_plan(evaluation, campaign.plan):
        raise _altered(campaign, f"the plan registers another `{field}` than was tested")
    data = canonical_bytes(evaluation)
    write_atomically(campaign.folder.control_file, source)
    write_atomically(campaign.folder.controls, data)
    campaign.ledger.append(
        ControlsTested(plan=campaign.plan_digest, record=digest_bytes(data), at=campaign.now())
    )
    campaign.ledger.checkpoint(campaign.signer)


def tested_controls(campaign: OpenCampaign) -> ControlEvaluation | None:
    """Return the record of the test, or nothing where the plan registers none.

    Raises:
        Problem: `campaign-incomplete` (environment) when it was not done yet, `controls-altered`
            (integrity) when a file is not the one that plan and log name.
    """
    planned, logged = _planned(campaign.plan), _logged(campaign)
    if planned is None:
        return None
    if logged is None:
        raise Problem.of(
            "campaign-incomplete",
            "the controls around the model were not tested yet, so nothing can be decided",
            location=Location(str(campaign.folder.path)),
            help="run `shipworthy evaluate` again: it does what is missing",
            exit_code=ExitCode.ENVIRONMENT,
        )
    files = (campaign.folder.controls, campaign.folder.control_file)
    for path, wanted in zip(files, (logged, planned.file), strict=True):
        if not path.exists() or digest_bytes(path.read_bytes()) != wanted:
            raise _altered(campaign, f"`{path.name}` is not the file that the log knows")
    record = read_record(files[0].read_bytes(), ControlEvaluation, str(files[0]))
    for field in unlike_plan(record, campaign.plan):
        raise _altered(campaign, f"the plan registers another `{field}` than was tested")
    return record


def control_files(campaign: OpenCampaign) -> dict[str, bytes]:
    """Return record and file of the test by their path in a bundle; none without a test."""
    if _planned(campaign.plan) is None:
        return {}
    folder = campaign.folder
    return {path.name: path.read_bytes() for path in (folder.controls, folder.control_file)}


def unlike_plan(record: ControlEvaluation, plan: CampaignPlan) -> Iterator[str]:
    """Yield what of a record is not as the plan registers it."""
    planned = _planned(plan)
    if planned is None:
        yield "controls"
        return
    for field in ("name", "seed", "variants", "requirement", "worlds", "scripts", "stacks"):
        if getattr(record, field) != getattr(planned, field):
            yield field
    if record.alpha != plan.gate_alpha:
        yield "alpha"
    if any(
        tuple(point.budget for point in one.audits) != planned.budgets for one in record.summaries
    ):
        yield "budgets"


def _planned(plan: CampaignPlan) -> PlannedControls | None:
    return None if isinstance(plan.controls, msgspec.UnsetType) else plan.controls


def _logged(campaign: OpenCampaign) -> str | None:
    entries = campaign.ledger.entries()
    return next((one.record for one in entries if isinstance(one, ControlsTested)), None)


def _altered(campaign: OpenCampaign, what: str) -> Problem:
    return tampered("controls-altered", what, str(campaign.folder.controls))
