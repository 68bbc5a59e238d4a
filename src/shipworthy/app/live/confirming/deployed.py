"""The deployment that is asked, as its file describes it, with the assessment that tested it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from shipworthy.app.assessing import latest_campaign
from shipworthy.app.assessment_file import read_assessment
from shipworthy.app.live.deployment_file import DeploymentFile, read_deployment
from shipworthy.app.preparation import Design, Surroundings, design_campaign
from shipworthy.app.project import Project
from shipworthy.app.registration import OpenCampaign
from shipworthy.instruments.targets.field import FieldLink, routes_of
from shipworthy.instruments.targets.openai.credential import credential_from
from shipworthy.kernel import Location, Problem, did_you_mean
from shipworthy.records.live.asking import ConfirmationSection
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.deployments import DeploymentHeader

_SHARE: Final = re.compile(r"0\.[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment file, as the one who asks the deployment reads it."""

    file: DeploymentFile

    @property
    def header(self) -> DeploymentHeader:
        """What is deployed."""
        return self.file.deployment.deployment

    @property
    def asking(self) -> ConfirmationSection:
        """How it is asked."""
        return self.file.deployment.confirmation

    @property
    def url(self) -> str:
        """Where users reach it."""
        return self.header.url or f"http://{self.header.listen}"

    def locate(self, *path: str | int) -> Location:
        """Return where a setting stands."""
        return self.file.locate(*path)


@dataclass(frozen=True, slots=True)
class Tested:
    """A deployment and the campaign that tested what is deployed."""

    deployed: Deployed
    design: Design
    campaign: OpenCampaign


def read_deployed(path: Path) -> Deployed:
    """Read a deployment file.

    Raises:
        Problem: as `read_deployment`; `confirm-share` for a margin or an error that is none.
    """
    deployed = Deployed(read_deployment(path))
    for key, most in (("margin", Decimal(1)), ("alpha", Decimal("0.5"))):
        text = getattr(deployed.asking, key)
        if not (_SHARE.fullmatch(text) and 0 < Decimal(text) < most):
            raise Problem.of(
                "confirm-share",
                f"`{key}` is {text!r}, which is no share that a claim can have",
                location=deployed.locate("confirmation", key),
                help=f'write a decimal above 0 and below {most}, as text: `{key} = "0.05"`',
            )
    return deployed


def tested(deployed: Deployed, project: Project, around: Surroundings) -> Tested:
    """Open the campaign of the deployment's assessment.

    Raises:
        Problem: `deployment-assessment` when the file names none, and as `latest_campaign`.
    """
    named = deployed.file.assessment
    if named is None:
        raise Problem.of(
            "deployment-assessment",
            f"`{deployed.header.name}` names no assessment, so nothing says what was tested",
            location=deployed.locate("deployment"),
            help='add `assessment = "assessment.toml"` to `[deployment]`',
        )
    design = design_campaign(read_assessment(named), around)
    campaign, registered = latest_campaign(design, project, around)
    return Tested(deployed, registered, campaign)


def asked_routes(deployed: Deployed) -> tuple[FieldRoute, ...]:
    """Return the routes that are asked, as the file lists them or all.

    Raises:
        Problem: `confirm-route` for one that the deployment does not have.
    """
    known = {route.id: route for route in routes_of(deployed.header.dialects)}
    wanted = deployed.asking.routes or tuple(known)
    for place, name in enumerate(wanted):
        if name not in known:
            raise Problem.of(
                "confirm-route",
                f"the deployment has no route `{name}`",
                location=deployed.locate("confirmation", "routes", place),
                help=did_you_mean(name, known),
            )
    return tuple(known[name] for name in dict.fromkeys(wanted))


def field_link(tested_: Tested, around: Surroundings) -> FieldLink:
    """Return how the deployment is reached, with the key of an ordinary user.

    Raises:
        Problem: `credential-missing` or `credential-invalid`; `deployment-model` without a model.
    """
    deployed = tested_.deployed
    if not deployed.header.model:
        raise Problem.of(
            "deployment-model",
            "the deployment does not say which model users ask for",
            location=deployed.locate("deployment"),
            help='add `model = "..."` to `[deployment]`',
        )
    asking = deployed.asking
    return FieldLink(
        url=deployed.url,
        model=deployed.header.model,
        sampling=tested_.campaign.plan.subject.sampling,
        credential=credential_from(
            around.environment, asking.key_variable, str(deployed.locate("confirmation"))
        ),
        others=tuple(
            credential_from(
                around.environment, name, str(deployed.locate("confirmation", "more_keys", place))
            )
            for place, name in enumerate(asking.more_keys)
        ),
        user_agent=asking.user_agent,
        seconds=float(asking.timeout_seconds),
        identity=asking.identity or _admin(deployed.header.admin),
    )


def _admin(address: str) -> str:
    return "" if not address or address.startswith("unix:") else f"http://{address}"
