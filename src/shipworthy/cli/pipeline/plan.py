"""`shipworthy plan`: what a campaign is and what it can show, before anything runs."""

from pathlib import Path

import click

from shipworthy.app.foresight import Foresight, foresee
from shipworthy.app.preparation import Design, Surroundings
from shipworthy.cli.output.plan_advice import reading_warnings
from shipworthy.cli.output.plan_json import plan_document
from shipworthy.cli.output.plan_text import plan_lines
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import expected_design, file_argument, project_option, surroundings
from shipworthy.kernel import ExitCode

dry_run_option = click.option(
    "--dry-run",
    is_flag=True,
    help="Say what would run and what it can show, as `plan` does; send nothing.",
)


@click.command("plan")
@file_argument
@project_option
@format_option
def command(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Say what the campaign of the assessment FILE is, and what it can show.

    For every limit on a rate: whether a run without a single breach would keep it, how many
    breaches it tolerates, how many scenarios it would take, and how probable right and wrong
    answers are. Says which submission of its question the campaign would be in the project.
    Sends nothing, calls no model and writes nothing. The exit code is 0 when a clean run would
    keep every requirement, 1 otherwise.
    """
    around = surroundings()
    design = expected_design(file, project_dir, around)
    return show_plan(design, around, Output.choose(output_format))


def show_plan(design: Design, around: Surroundings, output: Output) -> ExitCode:
    """Print the plan and say whether a clean run would keep every requirement."""
    foresight = foresee(design, around.clock)
    if output.format == "json":
        output.data(plan_document(design, foresight))
    else:
        _show_text(design, foresight, output)
    return ExitCode.YES if foresight.promising else ExitCode.NO


def _show_text(design: Design, foresight: Foresight, output: Output) -> None:
    header = design.file.assessment.assessment
    layers = ", ".join(layer.name for layer in design.stack.layers) or "none"
    output.line(f"assessment   {header.name}, deployment {header.deployment.value}")
    output.line(f"framework    {design.rulebook.id} {design.rulebook.version}")
    output.line(f"arms         {', '.join(foresight.size.arms)}")
    output.line(f"safeguards   {layers}")
    for line in plan_lines(foresight, output, reading_warnings(design)):
        output.line(line)
    output.line("nothing was sent")
