"""Finding incidents: of one campaign, or of a whole project by a part of their id."""

from collections.abc import Iterator
from dataclasses import dataclass

from shipworthy.app.project import Project
from shipworthy.app.registration import (
    OpenCampaign,
    live_statements,
    read_incidents,
    read_registry,
    reopen,
    runner_signer,
)
from shipworthy.kernel import Clock, Problem, did_you_mean
from shipworthy.records import IncidentLogged
from shipworthy.records.live.incidents import Incident


@dataclass(frozen=True, slots=True)
class FoundIncident:
    """An incident and the campaign in whose log it is."""

    campaign: OpenCampaign
    incident: Incident


def project_campaigns(project: Project, clock: Clock) -> Iterator[OpenCampaign]:
    """Open every registered campaign of a project, in the order of their folders.

    Raises:
        Problem: integrity, when a log or the registry was altered.
    """
    folders = list(project.all_campaigns())
    if not folders:
        return
    signer = runner_signer(project.runner_key)
    registry = read_registry(project, signer.public)
    for folder in folders:
        yield reopen(folder, registry, signer, clock)


def incidents_of(campaign: OpenCampaign) -> tuple[Incident, ...]:
    """Return the incidents of a campaign in the order in which they were opened.

    Raises:
        Problem: `live-altered` (integrity) when an event is missing, was altered, or does not
            follow the one before it.
    """
    found = live_statements(campaign, only=IncidentLogged)
    return read_incidents(found, str(campaign.folder.live))


def find_incident(project: Project, text: str, clock: Clock) -> FoundIncident:
    """Return the one incident whose id begins with a text; `inc-` may be left out.

    Raises:
        Problem: `incident-unknown` with the nearest id, or `incident-ambiguous`.
    """
    known = [
        FoundIncident(campaign, incident)
        for campaign in project_campaigns(project, clock)
        for incident in incidents_of(campaign)
    ]
    wanted = f"inc-{text.removeprefix('inc-')}"
    fitting = [one for one in known if text and one.incident.id.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    ids = [one.incident.id for one in known]
    if fitting:
        raise Problem.of(
            "incident-ambiguous",
            f"{len(fitting)} incidents begin with `{text}`",
            help=f"write more of the id: {', '.join(one.incident.id for one in fitting)}",
        )
    raise Problem.of(
        "incident-unknown",
        f"no incident `{text}` in `{project.root}`",
        help=did_you_mean(wanted, ids) or "`shipworthy incident list` shows those there are",
    )
