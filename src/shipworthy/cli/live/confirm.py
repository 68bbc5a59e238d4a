"""`shipworthy confirm`: do the safeguards that were tested work where users are?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.cli.session import file_argument, open_project, project_option, surroundings
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.app.live.confirming.deployed import Tested
    from shipworthy.app.preparation import Surroundings

_SHOWN_EVERY = 100


class _RunByDefault(click.Group):
    """A group whose first argument may be a deployment file: then it is `run`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command; what is none is the file that `run` takes."""
        if self.get_command(ctx, args[0]) is None:
            args = ["run", *args]
        return super().resolve_command(ctx, args)


class _FileFirst(_RunByDefault):
    """The same where options stand before the file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options that are not the group's be those of `run`."""
        if args and args[0].startswith("-") and args[0] not in {"-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("confirm", cls=_FileFirst)
def command() -> None:
    """Ask a deployment what the campaign asked, and say whether it does what was tested.

    `shipworthy confirm FILE` is short for `shipworthy confirm run FILE`.
    """


@command.command("run")
@file_argument
@project_option
@click.option("--dry-run", is_flag=True, help="Say what it takes and can show; send nothing.")
@format_option
def run(file: Path, project_dir: Path, output_format: str | None, *, dry_run: bool) -> ExitCode:
    """Replay the campaign's items over the deployed path of the deployment FILE.

    The plan is signed and logged before the first request. Run again, it goes on where it broke
    off. Exit 0: confirmed; 1: the field is worse or is not what was tested; 3: neither is shown.
    """
    from shipworthy.app.live.confirming.confirming import VERDICT_EXIT, confirm, outlook
    from shipworthy.cli.live.confirm_text import confirmation_lines, outlook_lines
    from shipworthy.records.live.confirmations import FieldTrial

    output = Output.choose(output_format)
    around = surroundings()
    tested = _tested(file, project_dir, around)
    if dry_run:
        look = outlook(tested)
        output.show(_as_document(look), outlook_lines(look))
        return ExitCode.INCONCLUSIVE if look.short else ExitCode.YES
    sent = 0

    def done(trial: FieldTrial) -> None:
        nonlocal sent
        del trial
        sent += 1
        if sent % _SHOWN_EVERY == 0:
            note(f"confirm   {sent:,} replays answered")

    result = asyncio.run(confirm(tested, around, done))
    output.show(result.found, confirmation_lines(result.found, output))
    if not result.found.complete:
        note(f"{result.sent:,} of {result.total:,} replays are saved: the path stopped answering")
        note(f"  resume: shipworthy confirm {file} --project {project_dir}")
    return VERDICT_EXIT[result.found.verdict]


def _tested(file: Path, project_dir: Path, around: "Surroundings") -> "Tested":
    from shipworthy.app.live.confirming.deployed import read_deployed, tested

    return tested(read_deployed(file), open_project(project_dir), around)


def _as_document(look: object) -> Any:
    import msgspec

    return msgspec.to_builtins(look)
