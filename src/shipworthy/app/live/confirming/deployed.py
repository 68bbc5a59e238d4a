"""The deployment that is asked, as its file describes it, with the assessment that tested it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from shipworthy.app.assessing import latest_campaign
from shipworthy.app.assessment_file import read_assessment
from shipworthy.app.assessment_file.toml_complaints import schema_complaint, syntax_complaint
from shipworthy.app.assessment_file.toml_positions import TomlPositions
from shipworthy.app.preparation import Design, Surroundings, design_campaign
from shipworthy.app.project import Project
from shipworthy.app.registration import OpenCampaign
from shipworthy.instruments.targets.field import FieldLink, routes_of
from shipworthy.instruments.targets.openai.credential import credential_from
from shipworthy.kernel import (
    Location,
    Problem,
    did_you_mean,
    read_bounded,
    system_reason,
    utf8_text,
)
from shipworthy.records.live.asking import ConfirmationSection
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.deployments import Deployment, DeploymentHeader

_LARGEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment file that was read, and where its settings stand."""

    path: Path
    deployment: Deployment
    positions: TomlPositions

    @property
    def header(self) -> DeploymentHeader:
        """What is deployed."""
        return self.deployment.deployment

    @property
    def asking(self) -> ConfirmationSection:
        """How it is asked."""
        return self.deployment.confirmation

    @property
    def url(self) -> str:
        """Where users reach it."""
        return self.header.url or f"http://{self.header.listen}"

    @property
    def state(self) -> Path:
        """Folder of its log."""
        return self.path.parent / (self.header.state or f"live/{self.header.name}")

    def locate(self, *path: str | int) -> Location:
        """Return where a setting stands."""
        return self.positions.locate(path)


@dataclass(frozen=True, slots=True)
class Tested:
    """A deployment and the campaign that tested what is deployed."""

    deployed: Deployed
    design: Design
    campaign: OpenCampaign


def read_deployed(path: Path) -> Deployed:
    """Read a deployment file.

    Raises:
        Problem: `deployment-unreadable`, `deployment-syntax` or `deployment-invalid`, with the
            place.
    """
    try:
        source = read_bounded(path, _LARGEST)
    except OSError as error:
        raise Problem.of(
            "deployment-unreadable",
            f"cannot read the deployment: {system_reason(error)}",
            location=Location(str(path)),
            help="give the path of a deployment.toml",
        ) from None
    text = utf8_text(source, str(path), "deployment-syntax")
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        what, line, column = (
            syntax_complaint(error)
            if isinstance(error, tomllib.TOMLDecodeError)
            else ("brackets are nested too deep", 0, 0)
        )
        raise Problem.of(
            "deployment-syntax",
            f"not valid TOML: {what}",
            location=Location(str(path), line, column),
            help="strings need quotes; tables are written `[name]`",
        ) from None
    positions = TomlPositions(text, str(path))
    try:
        return Deployed(path, msgspec.convert(raw, type=Deployment), positions)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), positions) from None


def _invalid(message: str, positions: TomlPositions) -> Problem:
    what, path = schema_complaint(message)
    known: dict[str, Any] = {
        field.encode_name: field.type for field in msgspec.structs.fields(Deployment)
    }
    section = known.get(str(path[0])) if path else Deployment
    legal = (
        [field.encode_name for field in msgspec.structs.fields(section)]
        if isinstance(section, type) and issubclass(section, msgspec.Struct)
        else []
    )
    return Problem.of(
        "deployment-invalid",
        what,
        location=positions.locate(path),
        help=f"fields here: {', '.join(legal)}" if legal else "see the guide to deployments",
    )


def tested(deployed: Deployed, project: Project, around: Surroundings) -> Tested:
    """Open the campaign of the deployment's assessment.

    Raises:
        Problem: `deployment-assessment` when the file names none, and as `latest_campaign`.
    """
    named = deployed.header.assessment
    if not named:
        raise Problem.of(
            "deployment-assessment",
            f"`{deployed.header.name}` names no assessment, so nothing says what was tested",
            location=deployed.locate("deployment"),
            help='add `assessment = "assessment.toml"` to `[deployment]`',
        )
    design = design_campaign(read_assessment(deployed.path.parent / named), around)
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
        user_agent=asking.user_agent,
        seconds=float(asking.timeout_seconds),
        identity=asking.identity or _admin(deployed.header.admin),
    )


def _admin(address: str) -> str:
    return "" if not address or address.startswith("unix:") else f"http://{address}"
