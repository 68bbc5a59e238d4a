"""`shipworthy confirm`: do the safeguards that were tested work where users are?"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.cli.session import file_argument, open_project, project_option, surroundings
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.app.live.canaries.revealing import Audited
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
    from shipworthy.app.live.confirming.confirming import VERDICT_EXIT, confirm
    from shipworthy.app.live.confirming.foreseeing import outlook
    from shipworthy.cli.live.confirm_text import confirmation_lines, outlook_lines
    from shipworthy.records.live.confirmations import FieldTrial

    output = Output.choose(output_format)
    around = surroundings()
    tested = _tested(file, project_dir, around)
    if dry_run:
        look = outlook(tested)
        output.show(_as_document(look), outlook_lines(look))
        return ExitCode.YES if look.enough else ExitCode.INCONCLUSIVE
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


@command.command("watch")
@file_argument
@project_option
@click.option(
    "--per-hour",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Probes an hour on average, each an attack and its harmless twin.",
)
@click.option(
    "--hours",
    type=click.FloatRange(min=0.0),
    default=0.0,
    help="Stop after so many hours; 0 goes on until it is interrupted or there is an alarm.",
)
@click.option(
    "--baseline",
    default="0.02",
    show_default=True,
    help="Share of missed probes that counts as normal; an alarm says that it has risen.",
)
@format_option
def watch_deployment(
    file: Path, project_dir: Path, output_format: str | None, **asked: Any
) -> ExitCode:
    """Send sealed probes among the traffic of the deployment FILE, for as long as it lives.

    Each probe is promised in a hash chain before it is sent, and nothing in it tells it from a
    user. Exit 0: no alarm; 1: probes are missed more often than the baseline; 3: none came back.
    """
    from shipworthy.app.live.canaries.watching import WatchTerms, watch
    from shipworthy.cli.live.watch_text import watch_lines

    _check_baseline(asked["baseline"])
    output = Output.choose(output_format)
    around = surroundings()
    tested = _tested(file, project_dir, around)
    result = asyncio.run(watch(tested, WatchTerms(**asked), around))
    output.show(_as_document(result.counts), watch_lines(result.counts, alarmed=result.alarmed))
    if result.alarmed:
        return ExitCode.NO
    known = result.counts.caught + result.counts.missed
    return ExitCode.YES if known else ExitCode.INCONCLUSIVE


def _check_baseline(text: str) -> None:
    from decimal import Decimal, InvalidOperation

    from shipworthy.kernel import Problem

    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal(-1)
    if not (share.is_finite() and 0 < share <= Decimal("0.5")):
        raise Problem.of(
            "canary-terms",
            f"`{text}` is no share of missed probes",
            help="write a decimal above 0 and up to 0.5, such as 0.02",
        )


@command.command("reveal")
@file_argument
@project_option
@format_option
def reveal_key(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Reveal the key of the open watch of the deployment FILE, and hold all promises against it.

    The watch ends with it: probes that anybody can draw are none. Exit 0: all is as promised; 4:
    it is not.
    """
    from shipworthy.app.live.canaries.revealing import reveal
    from shipworthy.cli.live.watch_text import audit_lines

    found = reveal(_tested(file, project_dir, surroundings()))
    output = Output.choose(output_format)
    output.show(_audit_document(found), audit_lines(found))
    return ExitCode.INTEGRITY if found.complaints else ExitCode.YES


@command.command("audit")
@file_argument
@project_option
@format_option
def audit_watches(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Check every watch of the deployment FILE: chain, promises and outcomes.

    What a key has drawn can be checked once it is revealed. Exit 0: all is as promised; 4: it is
    not; 3: there is no watch.
    """
    from shipworthy.app.live.canaries.revealing import audits
    from shipworthy.cli.live.watch_text import audit_lines

    found = audits(_tested(file, project_dir, surroundings()))
    output = Output.choose(output_format)
    lines = [line for one in found for line in audit_lines(one)]
    lines = lines or ["no watch of this deployment is here: `shipworthy confirm watch` begins one"]
    output.show([_audit_document(one) for one in found], lines)
    if not found:
        return ExitCode.INCONCLUSIVE
    return ExitCode.INTEGRITY if any(one.complaints for one in found) else ExitCode.YES


def _audit_document(found: "Audited") -> Any:
    return {
        "watch": str(found.folder.path),
        "key": found.key,
        "revealed": found.revealed,
        "counts": _as_document(found.counts),
        "complaints": list(found.complaints),
    }
