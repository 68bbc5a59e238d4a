"""The stack that a deployment serves behind, built as an assessment builds it."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from shipworthy.app.assessment_file import AssessmentFile, read_assessment
from shipworthy.app.live.deployment_file import DeploymentFile
from shipworthy.app.preparation import Surroundings
from shipworthy.app.preparation.loading import built_layers, named_layers
from shipworthy.app.project import CampaignFolder, Project
from shipworthy.instruments.safeguards.engine import GuardEngine
from shipworthy.kernel import Digest
from shipworthy.records import CampaignPlan
from shipworthy.records.live.deployments import Deployment
from shipworthy.vocabulary import Arm


@dataclass(frozen=True, slots=True)
class BuiltStack:
    """A stack, and the deployment with what it takes from its assessment filled in."""

    deployment: Deployment
    engine: GuardEngine


def build_stack(file: DeploymentFile, surroundings: Surroundings) -> BuiltStack:
    """Build the layers that the file names, or those of its assessment where it names none.

    Raises:
        Problem: whatever is wrong with either file or a layer, with the place.
    """
    assessment = named_assessment(file)
    deployment = completed(file.deployment, assessment)
    if file.deployment.safeguards or assessment is None:
        layers = built_layers(file.deployment.safeguards, file, surroundings.registry)
    else:
        layers = named_layers(assessment, surroundings)
    with file.placed("safeguards"):
        engine = GuardEngine(layers)
        engine.digest  # noqa: B018 - worked out now: a layer may measure itself for it
    return BuiltStack(deployment, engine)


def named_assessment(file: DeploymentFile) -> AssessmentFile | None:
    """Read the assessment that a deployment names."""
    if file.assessment is None:
        return None
    with file.placed("deployment", "assessment"):
        return read_assessment(file.assessment)


def completed(deployment: Deployment, assessment: AssessmentFile | None) -> Deployment:
    """Fill in what a deployment takes from its assessment."""
    if assessment is None:
        return deployment
    header = deployment.deployment
    prompt = header.system_prompt or assessment.assessment.subject.system_prompt
    return msgspec.structs.replace(
        deployment,
        deployment=msgspec.structs.replace(header, system_prompt=prompt),
        safeguards=deployment.safeguards or assessment.assessment.safeguards,
    )


@dataclass(frozen=True, slots=True)
class TestedStack:
    """The stack of the safeguarded arm of a campaign that was registered."""

    plan: Digest
    folder: CampaignFolder
    stack: Digest


def tested_stacks(file: DeploymentFile, project: Project) -> Iterator[TestedStack]:
    """Yield what campaigns of the deployment's assessment tested, the last one first."""
    assessment = named_assessment(file)
    if assessment is None:
        return
    for campaign in project.campaigns(assessment.assessment.assessment.name):
        plan = msgspec.json.decode(campaign.plan.read_bytes(), type=CampaignPlan)
        for planned in plan.arms:
            if planned.arm is Arm.SAFEGUARDED:
                yield TestedStack(campaign.registered_plan, campaign, planned.stack.digest)
