"""`shipworthy decide`: draft the decision; never signs."""

import json
from pathlib import Path

import click
import msgspec

from shipworthy.app.assessing import latest_draft
from shipworthy.app.decisions import RULING_EXIT, elsewhere_of, standing
from shipworthy.cli.output.decision_text import decision_lines, elsewhere_lines, live_lines
from shipworthy.cli.output.early_text import early_lines
from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.cli.session import (
    file_argument,
    load_design,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.kernel import ExitCode


@click.command("decide")
@file_argument
@project_option
@click.option(
    "--answer",
    is_flag=True,
    help="Draft anew and name what has re-opened the decision: its signers answer that.",
)
@format_option
def command(file: Path, project_dir: Path, output_format: str | None, *, answer: bool) -> ExitCode:
    """Draft the decision for the assessment FILE from its finished campaign.

    The draft decides nothing until people sign it: see `shipworthy decision sign`. The exit code
    says how the decision stands: 0 for a go that everybody signed, 1 for a no-go or a dissent, 3
    while evidence or a signature is missing.
    """
    around = surroundings()
    drafted = latest_draft(
        load_design(file, around), open_project(project_dir), around, answering=answer
    )
    state = standing(drafted)
    output = Output.choose(output_format)
    elsewhere = tuple(elsewhere_lines(elsewhere_of(drafted.campaign), output))
    for line in early_lines(drafted.findings.sequential, drafted.findings.findings):
        note(line)
    if output.format == "json":
        for line in elsewhere:
            note(line)
        click.echo(json.dumps(msgspec.to_builtins(drafted.decision), indent=2, sort_keys=True))
    else:
        for line in (*live_lines(state.live, output), *elsewhere):
            output.line(line)
        answers = len(drafted.decision.live_terms.answers)
        if answers:
            output.line(f"answers  {answers} re-openings or defects, once every role has signed")
        for line in decision_lines(drafted.decision, output):
            output.line(line)
        missing = ", ".join(state.missing)
        output.line(
            f"stands  {state.standing.value}" + (f"; unsigned: {missing}" if missing else "")
        )
    return RULING_EXIT[state.standing]
