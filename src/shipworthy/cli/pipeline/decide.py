"""`shipworthy decide`: draft the decision; never signs."""

import json
from pathlib import Path

import click
import msgspec

from shipworthy.app.assessing import latest_draft
from shipworthy.app.decisions import RULING_EXIT
from shipworthy.cli.output.decision_text import decision_lines
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import (
    file_argument,
    load_design,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.kernel import ExitCode
from shipworthy.vocabulary import Ruling


@click.command("decide")
@file_argument
@project_option
@format_option
def command(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Draft the decision for the assessment FILE from its finished campaign.

    Exit code 0 is a go, 1 a no-go, 3 inconclusive. The draft decides nothing until people sign it:
    see `shipworthy decision sign`.
    """
    around = surroundings()
    drafted = latest_draft(load_design(file, around), open_project(project_dir), around)
    output = Output.choose(output_format)
    if output.format == "json":
        click.echo(json.dumps(msgspec.to_builtins(drafted.decision), indent=2, sort_keys=True))
    else:
        for line in decision_lines(drafted.decision, output):
            output.line(line)
    return RULING_EXIT[Ruling(drafted.decision.ruling)]
