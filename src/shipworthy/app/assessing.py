"""Finding the campaign of an assessment again, without asking the target."""

from shipworthy.app.decisions import Drafted, draft
from shipworthy.app.preparation import Design, Surroundings, address_mark
from shipworthy.app.project import Project
from shipworthy.app.registration import OpenCampaign, reopen, runner_signer
from shipworthy.kernel import Problem


def latest_campaign(design: Design, project: Project, around: Surroundings) -> OpenCampaign:
    """Open the campaign of this assessment; of several that fit, the one registered last.

    Raises:
        Problem: `campaign-missing` when there is none, `campaign-stale` when the assessment, the
            framework, the scenarios or the safeguards have changed since.
    """
    name = design.file.assessment.assessment.name
    folders = project.campaigns(name)
    if not folders:
        raise Problem.of(
            "campaign-missing",
            f"no campaign of `{name}` in `{project.root}`",
            help=f"run `shipworthy evaluate {design.file.path}` first",
        )
    signer = runner_signer(project.runner_key)
    for folder in folders:
        campaign = reopen(folder, signer, around.clock)
        same_plan = design.plan(campaign.plan.subject).digest == campaign.plan_digest
        if same_plan and campaign.plan.subject.endpoint.endswith(address_mark(design.file)):
            return campaign
    raise Problem.of(
        "campaign-stale",
        "the assessment is no longer the one that was run",
        location=design.file.locate("campaign"),
        help="run `shipworthy evaluate` again: a changed plan is a new campaign",
    )


def latest_draft(design: Design, project: Project, around: Surroundings) -> Drafted:
    """Draft the decision of the campaign that was registered last."""
    return draft(latest_campaign(design, project, around), design)
