"""`shipworthy incident`: what went wrong in a deployment, event by event, and legal clocks."""

from pathlib import Path

import click

from shipworthy.cli.live.incident_text import (
    clock_lines,
    clock_rows,
    clocks_of,
    incident_line,
    incident_lines,
    incident_row,
)
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import (
    file_argument,
    load_design,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.kernel import ExitCode, Problem, did_you_mean, timestamp
from shipworthy.records.live.incidents import (
    KIND_WORDS,
    REPORTS,
    SEVERITY_WORDS,
    Classified,
    Closed,
    IncidentChange,
    Mitigated,
    Notified,
    Opened,
)

_id_argument = click.argument("incident")
_by_option = click.option("--by", required=True, help="Your name; it goes on record.")
_severity_option = click.option(
    "--severity",
    required=True,
    type=click.Choice(SEVERITY_WORDS),
    help="How bad it is; docs/how-to/handle-an-incident.md says what each word means.",
)


@click.group("incident")
def command() -> None:
    """Record incidents of a deployment. Events are signed, logged, and never taken back."""


@command.command("open")
@file_argument
@project_option
@click.option("--what", required=True, help="What happened, in your words; quote nobody.")
@_severity_option
@click.option("--owner", required=True, help="The role that sees to it.")
@_by_option
@click.option(
    "--deployment", default="", help="Name of the deployment; by default the assessment's."
)
@click.option("--aware-at", default="", help="When you became aware, UTC; by default now.")
@click.option("--metric", "metrics", multiple=True, help="A metric that left its band.")
@click.option("--alarm", "alarms", multiple=True, help="Digest of an alarm that it rests on.")
@click.option("--evidence", multiple=True, help="Digest of other evidence.")
def open_command(file: Path, project_dir: Path, **given: str | tuple[str, ...]) -> ExitCode:
    """Open an incident under the decision on the assessment FILE.

    Nothing is re-opened by it: see `shipworthy decision reopen`.
    """
    from shipworthy.app.assessing import latest_campaign
    from shipworthy.app.decisions import draft_on_disk
    from shipworthy.app.live.incidents import checked_digests, open_incident

    around = surroundings()
    design = load_design(file, around)
    campaign, _ = latest_campaign(design, open_project(project_dir), around)
    decision = draft_on_disk(campaign.folder)
    severity = next(word for word in SEVERITY_WORDS if word == given["severity"])
    opened = Opened(
        severity=severity,
        what=str(given["what"]),
        metrics=tuple(sorted(given["metrics"])),
        alarms=checked_digests(given["alarms"]),
        evidence=checked_digests(given["evidence"]),
        deployment=str(given["deployment"]) or design.file.assessment.assessment.name,
        decision=decision.digest if decision else "",
        detected_by="person",
        owner=str(given["owner"]),
        aware_at=str(given["aware_at"]) or timestamp(around.clock.now()),
    )
    found = open_incident(campaign, opened, str(given["by"]))
    click.echo(f"opened  {found.id}")
    click.echo(f"clocks  shipworthy incident clocks {found.id} --project {project_dir}")
    return ExitCode.YES


@command.command("list")
@project_option
@format_option
def list_command(project_dir: Path, output_format: str | None) -> ExitCode:
    """List the incidents of a project, in the order in which they were opened."""
    from shipworthy.app.live.incidents import incidents_of, project_campaigns

    around = surroundings()
    now = timestamp(around.clock.now())
    campaigns = project_campaigns(open_project(project_dir), around.clock)
    found = sorted(
        (one for campaign in campaigns for one in incidents_of(campaign)),
        key=lambda one: (one.opened_at, one.id),
    )
    output = Output.choose(output_format)
    if output.format == "json":
        output.data([incident_row(one) for one in found])
        return ExitCode.YES
    for one in found:
        output.line(incident_line(one, clocks_of(one, now), output))
    if not found:
        output.line("no incident is recorded in this project")
    return ExitCode.YES


@command.command("show")
@_id_argument
@project_option
@format_option
def show_command(incident: str, project_dir: Path, output_format: str | None) -> ExitCode:
    """Show an INCIDENT, by its id or the beginning of it: every event, in order."""
    from shipworthy.app.live.incidents import find_incident

    found = find_incident(open_project(project_dir), incident, surroundings().clock).incident
    output = Output.choose(output_format)
    output.show(found, incident_lines(found))
    return ExitCode.YES


@command.command("clocks")
@_id_argument
@project_option
@click.option("--at", default="", help="As it stands at this time, UTC; by default now.")
@format_option
def clocks_command(
    incident: str, project_dir: Path, at: str, output_format: str | None
) -> ExitCode:
    """Show by when an INCIDENT has to be reported to whom. No legal advice.

    Exit 1 where a report is overdue, 3 while nobody has classified the incident, so that nobody
    knows which clocks run.
    """
    from shipworthy.app.live.incidents import check_moment, find_incident

    clock = surroundings().clock
    found = find_incident(open_project(project_dir), incident, clock).incident
    moment = check_moment(at) if at else timestamp(clock.now())
    clocks = clocks_of(found, moment)
    output = Output.choose(output_format)
    if output.format == "json":
        output.data(clock_rows(clocks))
    else:
        for line in clock_lines(found, clocks, output):
            output.line(line)
    if any(one.late and one.state in {"overdue", "possible"} for one in clocks):
        return ExitCode.NO
    return ExitCode.INCONCLUSIVE if found.classification is None else ExitCode.YES


@command.command("classify")
@_id_argument
@project_option
@_severity_option
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KIND_WORDS), help="What it is.")
@click.option("--no-kind", is_flag=True, help="It is nothing that has to be reported.")
@click.option("--why", required=True, help="On what grounds.")
@_by_option
def classify_command(
    incident: str, project_dir: Path, kinds: tuple[str, ...], *, no_kind: bool, **given: str
) -> ExitCode:
    """Say how bad an INCIDENT is and of which kinds: that says which legal clocks run."""
    if bool(kinds) is no_kind:
        raise Problem.of(
            "incident-kind",
            "an incident is of some kind, or of none that has to be reported",
            help="give `--kind`, once for each, or `--no-kind`",
        )
    change = Classified(
        severity=next(word for word in SEVERITY_WORDS if word == given["severity"]),
        kinds=tuple(word for word in KIND_WORDS if word in kinds),
        why=given["why"],
    )
    return _append(incident, project_dir, change, given["by"])


@command.command("notify")
@_id_argument
@project_option
@click.option("--authority", required=True, help="Id of a catalogue of `framework obligations`.")
@click.option("--report", required=True, type=click.Choice(REPORTS), help="Which report it was.")
@click.option("--at", default="", help="When it was sent, UTC; by default now.")
@click.option("--reference", default="", help="Where the report is kept.")
@_by_option
def notify_command(incident: str, project_dir: Path, **given: str) -> ExitCode:
    """Record that a report on an INCIDENT was sent. Nothing is sent by this."""
    from shipworthy.frameworks.obligations import catalogue_ids

    if given["authority"] not in catalogue_ids():
        raise Problem.of(
            "incident-authority",
            f"no catalogue of obligations `{given['authority']}`",
            help=did_you_mean(given["authority"], catalogue_ids()),
        )
    change = Notified(
        authority=given["authority"],
        report=next(word for word in REPORTS if word == given["report"]),
        sent_at=given["at"] or timestamp(surroundings().clock.now()),
        reference=given["reference"],
    )
    return _append(incident, project_dir, change, given["by"])


@command.command("mitigate")
@_id_argument
@project_option
@click.option("--how", required=True, help="What was done so that it does not go on.")
@_by_option
def mitigate_command(incident: str, project_dir: Path, how: str, by: str) -> ExitCode:
    """Record what was done about an INCIDENT."""
    return _append(incident, project_dir, Mitigated(how=how), by)


@command.command("close")
@_id_argument
@project_option
@click.option("--why", required=True, help="Why it is resolved.")
@_by_option
def close_command(incident: str, project_dir: Path, why: str, by: str) -> ExitCode:
    """Close an INCIDENT: final reports are due from then on. No decision stands again by it."""
    return _append(incident, project_dir, Closed(why=why), by)


def _append(incident: str, project_dir: Path, change: IncidentChange, by: str) -> ExitCode:
    from shipworthy.app.live.incidents import change_incident, find_incident

    found = find_incident(open_project(project_dir), incident, surroundings().clock)
    after = change_incident(found.campaign, found.incident.id, change, by)
    click.echo(f"{after.events[-1].kind:<10} {after.id}, event {len(after.events)}")
    return ExitCode.YES
