"""Finding the campaign of an assessment again, without asking the target."""

from shipworthy.app.decisions import Drafted, draft
from shipworthy.app.preparation import Design, Surroundings, address_mark
from shipworthy.app.project import Project
from shipworthy.app.registration import (
    OpenCampaign,
    read_registry,
    registered_design,
    reopen,
    runner_signer,
)
from shipworthy.kernel import Problem


def latest_campaign(
    design: Design, project: Project, around: Surroundings
) -> tuple[OpenCampaign, Design]:
    """Open the campaign of this assessment; of several that fit, the one registered last.

    With it comes the design as the submission that it was registered as.

    Raises:
        Problem: `campaign-missing` when there is none, `campaign-stale` when the assessment, the
            framework, the scenarios or the safeguards have changed since; integrity when the
            registry was altered.
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
    registry = read_registry(project, signer.public)
    for folder in folders:
        campaign = reopen(folder, registry, signer, around.clock)
        subject = campaign.plan.subject
        entry = registry.entry(campaign.plan_digest)
        if entry is None or not subject.endpoint.endswith(address_mark(design.file)):
            continue
        earlier = registry.before(campaign.plan_digest)
        found = registered_design(design, entry, earlier, subject)
        if found is not None:
            return campaign, found
    raise Problem.of(
        "campaign-stale",
        "the assessment is no longer the one that was run",
        location=design.file.locate("campaign"),
        help="run `shipworthy evaluate` again: a changed plan is a new campaign",
    )


def latest_draft(
    design: Design, project: Project, around: Surroundings, *, answering: bool = False
) -> Drafted:
    """Draft the decision of the campaign that was registered last; see `draft`."""
    return draft(*latest_campaign(design, project, around), answering=answering)
