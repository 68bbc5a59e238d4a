"""`shipworthy report`: the page for people and the bundle for strangers."""

from pathlib import Path

import click

from shipworthy.app.assessing import latest_draft
from shipworthy.app.decisions import elsewhere_of
from shipworthy.app.publishing import publish
from shipworthy.cli.output.decision_text import elsewhere_lines, live_lines
from shipworthy.cli.output.streams import Output
from shipworthy.cli.session import (
    file_argument,
    load_design,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.kernel import ExitCode


@click.command("report")
@file_argument
@project_option
def command(file: Path, project_dir: Path) -> ExitCode:
    """Build the report and the bundle of the assessment FILE from its finished campaign."""
    around = surroundings()
    drafted = latest_draft(load_design(file, around), open_project(project_dir), around)
    published = publish(drafted)
    output = Output.choose(None)
    for line in (
        *live_lines(published.standing.live, output),
        *elsewhere_lines(elsewhere_of(drafted.campaign), output),
    ):
        click.echo(line)
    click.echo(f"report   {published.report}")
    click.echo(f"bundle   {published.bundle}")
    click.echo(f"runner   {published.fingerprint}")
    return ExitCode.YES
