"""`shipworthy map`: the threat scenarios of the framework, and what speaks to each."""

from pathlib import Path

import click
import msgspec

from shipworthy.app.foresight import risk_map
from shipworthy.cli.output.map_text import map_lines
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import expected_design, file_argument, project_option, surroundings
from shipworthy.kernel import ExitCode, timestamp


@click.command("map")
@file_argument
@project_option
@format_option
def command(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Map the threat scenarios of the framework of the assessment FILE.

    For each: whether it matters for this deployment and why, what speaks to it (a rate that the
    campaign measures, a fact that a person stated), how hard the ability was sought and how hard
    it has to be, the threat model, and every gap. Sends nothing, calls no model and writes nothing.
    The exit code is 0 when everything that may matter is mapped; 3 when something is not, and no
    go is possible, or when the framework names no threat scenario, and nothing could be mapped.
    """
    around = surroundings()
    design = expected_design(file, project_dir, around)
    found = risk_map(design, timestamp(around.clock.now()))
    output = Output.choose(output_format)
    document = {**msgspec.to_builtins(found), "unmapped": list(found.unmapped)}
    output.show(document, map_lines(found, output))
    return ExitCode.YES if found.scenarios and not found.unmapped else ExitCode.INCONCLUSIVE
