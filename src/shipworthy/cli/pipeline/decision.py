"""`shipworthy decision`: read a draft, sign it, see who has, re-open it."""

import json
import os
from pathlib import Path

import click
import msgspec

from shipworthy.app.assessing import latest_campaign
from shipworthy.app.decisions import (
    RULING_EXIT,
    Signature,
    current_draft,
    elsewhere_of,
    sign_draft,
    standing,
)
from shipworthy.cli.output.decision_text import (
    decision_lines,
    elsewhere_lines,
    live_json,
    live_lines,
)
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
from shipworthy.records.live.reopenings import ACTIONS


@click.group("decision")
def command() -> None:
    """Show, sign and re-open decisions. The gate drafts; people decide."""


@command.command("show")
@file_argument
@project_option
@format_option
def show_decision(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Show the draft for the assessment FILE and how it stands: signed, missing, dissent.

    What live evidence has against it comes first: re-openings, defects, a confirmation that is
    wanting. Then what logs of other campaigns of the same model hold: it changes no standing here.
    """
    around = surroundings()
    found = latest_campaign(load_design(file, around), open_project(project_dir), around)
    drafted = current_draft(*found)
    decision, state = drafted.decision, standing(drafted)
    elsewhere = elsewhere_of(drafted.campaign)
    output = Output.choose(output_format)
    if output.format == "json":
        shown = {
            "decision": msgspec.to_builtins(decision),
            "digest": decision.digest,
            "signed": list(state.signed),
            "missing": list(state.missing),
            "expired": state.expired,
            "standing": state.standing.value,
            "by_signatures": state.by_signatures.value,
            "live": live_json(state.live),
            "elsewhere": msgspec.to_builtins(elsewhere),
        }
        click.echo(json.dumps(shown, indent=2, sort_keys=True))
        return RULING_EXIT[state.standing]
    for line in (
        *live_lines(state.live, output),
        *elsewhere_lines(elsewhere, output),
        *decision_lines(decision, output),
    ):
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
    drafted = current_draft(*found)
    for line in elsewhere_lines(elsewhere_of(drafted.campaign), Output.choose(None)):
        click.echo(line)
    written = sign_draft(drafted, signature, signer)
    click.echo(f"signed   {written}")
    click.echo(f"publish  shipworthy report {file} --project {project_dir}")
    return ExitCode.YES


@command.command("reopen")
@file_argument
@project_option
@click.option("--why", required=True, help="The cause, in one sentence; quote nobody.")
@click.option(
    "--action",
    type=click.Choice(ACTIONS),
    required=True,
    help="What is to happen: the decision expires, the deployment is cut back, or taken back.",
)
@click.option("--to", default="", help="With `restrict`, the deployment type to go back to.")
@click.option("--by", default="", help="Your name; with `--role`, the person of the role.")
@click.option("--role", default="", help="The role in which you sign, with your own key.")
@click.option("--key", default=None, type=click.Path(path_type=Path), help="Your private key.")
@click.option("--incident", default="", help="The incident behind it, by its id.")
def reopen_command(file: Path, project_dir: Path, **options: str) -> ExitCode:
    """Re-open the decision on the assessment FILE: it does not stand as go any more.

    Only a new draft answers it, signed anew. Without `--role` the runner's key signs: it is
    evidence that it was said, and names who said it.
    """
    from shipworthy.app.live.incidents import reopen_decision, said_by_person

    around = surroundings()
    design = load_design(file, around)
    campaign, _ = latest_campaign(design, open_project(project_dir), around)
    key = options["key"]
    signer = load_signer(Path(key), os.environ) if key else None
    words = {name: text for name, text in options.items() if name != "key"}
    entry, fresh = reopen_decision(campaign, said_by_person(design.file, words, signer))
    click.echo(f"{'re-opened' if fresh else 'known   '} {entry.action} {entry.to}".rstrip())
    click.echo(f"decision  {entry.decision}")
    click.echo(f"statement {entry.envelope}")
    click.echo(f"answer    shipworthy decide {file} --project {project_dir} --answer")
    click.echo(f"publish   shipworthy report {file} --project {project_dir}")
    return ExitCode.YES
