"""`shipworthy decision`: read a draft, sign it, see who has."""

import json
import os
from pathlib import Path

import click
import msgspec

from shipworthy.app.assessing import latest_campaign
from shipworthy.app.decisions import RULING_EXIT, Signature, current_draft, sign_draft, standing
from shipworthy.cli.output.decision_text import decision_lines
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import (
    file_argument,
    load_design,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.evidence import load_signer
from shipworthy.kernel import ExitCode


@click.group("decision")
def command() -> None:
    """Show and sign decisions. The gate drafts; people decide."""


@command.command("show")
@file_argument
@project_option
@format_option
def show_decision(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Show the draft for the assessment FILE and how it stands: signed, missing, dissent."""
    around = surroundings()
    found = latest_campaign(load_design(file, around), open_project(project_dir), around)
    drafted = current_draft(*found)
    decision, state = drafted.decision, standing(drafted)
    output = Output.choose(output_format)
    if output.format == "json":
        shown = {
            "decision": msgspec.to_builtins(decision),
            "digest": decision.digest,
            "signed": list(state.signed),
            "missing": list(state.missing),
            "expired": state.expired,
            "standing": state.standing.value,
        }
        click.echo(json.dumps(shown, indent=2, sort_keys=True))
        return RULING_EXIT[state.standing]
    for line in decision_lines(decision, output):
        output.line(line)
    output.line(f"signed   {', '.join(state.signed) or 'nobody'}")
    output.line(f"missing  {', '.join(state.missing) or 'nobody'}")
    for dissent in state.dissent:
        output.line(f"dissent  {dissent.person} ({dissent.role}): {dissent.rationale}")
    for ignored in state.ignored:
        output.line(f"ignored  {ignored.sign_off.person}: {ignored.reason}")
    output.line(f"standing {state.standing.value}{' (expired)' if state.expired else ''}")
    return RULING_EXIT[state.standing]


@command.command("sign")
@file_argument
@project_option
@click.option("--role", required=True, help="The role in which you sign.")
@click.option(
    "--key",
    "key_path",
    required=True,
    type=click.Path(path_type=Path),
    help="Your private key; its public half is listed in the assessment.",
)
@click.option(
    "--position",
    type=click.Choice(["go", "no-go"]),
    required=True,
    help="What you say of the draft; `go` only where the draft says go.",
)
@click.option("--rationale", required=True, help="Why, in words.")
@click.option("--digest", required=True, help="The full digest of the draft that you have read.")
def sign_decision(file: Path, project_dir: Path, **options: str | Path) -> ExitCode:
    """Sign the current draft for the assessment FILE.

    The full digest must be given: nobody signs what they have not looked at. A signature can
    refuse a go; it can never make one.
    """
    around = surroundings()
    found = latest_campaign(load_design(file, around), open_project(project_dir), around)
    signature = Signature(
        role=str(options["role"]),
        position=str(options["position"]),
        rationale=str(options["rationale"]),
        digest=str(options["digest"]),
    )
    signer = load_signer(Path(options["key_path"]), os.environ)
    written = sign_draft(current_draft(*found), signature, signer)
    click.echo(f"signed   {written}")
    click.echo(f"publish  shipworthy report {file} --project {project_dir}")
    return ExitCode.YES
