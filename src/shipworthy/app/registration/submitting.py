"""Which submission of its question an assessment is: one that was registered, or the next."""

from collections.abc import Sequence

from shipworthy.app.preparation import Design, address_mark, drawn_items, submitted_after
from shipworthy.app.project import Project
from shipworthy.app.registration.campaigns import read_plan, runner_signer
from shipworthy.app.registration.registry import Registry, enter, held, read_registry
from shipworthy.evidence import Signer
from shipworthy.kernel import Clock, Problem, timestamp
from shipworthy.records import CampaignPlan, CampaignRegistered, SubjectIdentity
from shipworthy.stages.evaluating import (
    attacked_scenarios,
    registration,
    tried_scenarios,
    used_scenarios,
)


def enlist(
    design: Design, subject: SubjectIdentity, project: Project, signer: Signer, clock: Clock
) -> tuple[Design, Registry]:
    """Give an assessment of this subject its number, in the registry before anything is asked.

    Raises:
        Problem: as `submitted`, and integrity when the registry was altered.
    """
    with held(project):
        registry = read_registry(project, signer.public)
        found = submitted(design, subject, registry)
        entry = registration(found.plan(subject), design.scenarios, timestamp(clock.now()))
        return found, enter(project, registry, entry, signer)


def is_enlisted(design: Design, subject: SubjectIdentity, project: Project, signer: Signer) -> bool:
    """Say whether an assessment of this subject has its number already; writes nothing.

    Raises:
        Problem: as `enlist`.
    """
    with held(project):
        registry = read_registry(project, signer.public)
    plan = submitted(design, subject, registry).plan(subject)
    return registry.entry(plan.digest) is not None


def submitted(design: Design, subject: SubjectIdentity, registry: Registry) -> Design:
    """Return the design under the number that it has, or the one that comes next.

    The same assessment with the same subject is the submission that it was before: running it
    again resumes and spends nothing.

    Raises:
        Problem: `campaign-submissions` when there can be no further submission.
    """
    made = registry.of(design.submission.question.digest)
    for index in reversed(range(len(made))):
        found = registered_design(design, made[index], made[:index], subject)
        if found is not None:
            return found
    return submitted_after(design, made)


def registered_design(
    design: Design,
    entry: CampaignRegistered,
    earlier: Sequence[CampaignRegistered],
    subject: SubjectIdentity,
) -> Design | None:
    """Return the design as an entry registered it; nothing when the entry is of another plan."""
    if entry.spending != design.file.assessment.campaign.submissions:
        return None
    if tried_scenarios(drawn_items(design, earlier), design.scenarios) != entry.scenarios:
        return None
    again = tuple(earlier) == design.earlier
    found = design if again else submitted_after(design, earlier)
    return found if found.plan(subject).digest == entry.plan else None


def expected(design: Design, project: Project) -> Design:
    """Return the submission that an assessment would be now; writes nothing, asks no target.

    A campaign on disk is taken to be about the same subject when everything else agrees.

    Raises:
        Problem: as `submitted`, and integrity when the registry was altered.
    """
    key = project.runner_key
    registry = read_registry(project, runner_signer(key).public if key.exists() else None)
    for folder in project.campaigns(design.file.assessment.assessment.name):
        plan = read_plan(folder, registry)
        entry = registry.entry(plan.digest)
        if entry is None or not plan.subject.endpoint.endswith(address_mark(design.file)):
            continue
        found = registered_design(design, entry, registry.before(plan.digest), plan.subject)
        if found is not None:
            return found
    return submitted_after(design, registry.of(design.submission.question.digest))


def check_latest(design: Design, plan: CampaignPlan, registry: Registry) -> None:
    """Refuse to go on with a campaign when a later one of its question uses its scenarios.

    What the later one showed could be put right before the earlier one, with more error to
    spend and scenarios that count as fresh, goes on.

    Raises:
        Problem: `campaign-superseded`.
    """
    attacked = attacked_scenarios(plan.items, design.scenarios)
    shared = used_scenarios(attacked.values(), registry.after(plan.digest))
    if shared:
        raise Problem.of(
            "campaign-superseded",
            f"submission {plan.submission.number} of the question cannot go on: a later one "
            f"is registered and uses {len(shared)} of its scenarios",
            location=design.file.locate("campaign"),
            help="go on with the later submission, or make a new one",
        )
