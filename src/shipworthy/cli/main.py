"""The `shipworthy` command."""

import sys
from collections.abc import Sequence
from typing import Final

import click

from shipworthy import __version__
from shipworthy.cli.lazy import CommandEntry, LazyGroup
from shipworthy.kernel import ExitCode, Location, Problem

_COMMANDS: Final = {
    "assess": ("pipeline", "run the whole sequence: evaluate, decide, report, verify"),
    "map": ("pipeline", "map threat scenarios of the framework to what speaks to each"),
    "plan": ("pipeline", "say what a campaign can show, before anything runs"),
    "evaluate": ("pipeline", "run the campaign, bare and safeguarded; resumes where it stopped"),
    "decide": ("pipeline", "draft the decision from the findings; never signs"),
    "report": ("pipeline", "build the report and the bundle that others verify"),
    "decision": ("pipeline", "show, sign and re-open decisions"),
    "gateway": ("live", "serve a model behind the safeguards that were tested; stop and resume it"),
    "confirm": ("live", "ask a deployment what the campaign asked; watch it with sealed canaries"),
    "forecast": ("pipeline", "show what several attempts brought, and more may bring"),
    "control": ("controls", "test the controls around an agent: monitors, approval, limits, stops"),
    "balance": ("balancing", "ask the same for opposite views, and test whether answers differ"),
    "framework": ("frameworks", "check, compare, lint and question safety frameworks"),
    "scenario": ("things", "list and show scenarios"),
    "attack": ("things", "list attacks and show what they do"),
    "judge": ("things", "list judges with their calibration cards"),
    "safeguard": ("things", "list safeguards and what they are built from"),
    "plugin": ("things", "list what is installed and check that it loads"),
    "key": ("things", "create keys and show fingerprints"),
    "run": ("things", "import runs of other programs, export ours"),
    "monitor": ("live", "watch live traffic; what leaves its band re-opens the decision"),
    "incident": ("live", "record what went wrong in a deployment, and by when to report it"),
    "review": ("live", "let people read a few exchanges of live traffic, blind"),
    "label": ("trust", "let people read what the judge judged, blind, and compare"),
    "lint-report": ("trust", "find statistics in anybody's report that cannot carry their claim"),
    "verify": ("trust", "check a bundle, offline, with the independent verifier"),
    "doctor": ("trust", "check this environment"),
}

_EPILOG: Final = "Exit codes: " + "; ".join(
    f"{code.value} {code.name.lower()}" for code in ExitCode
)


@click.group(
    cls=LazyGroup,
    entries={
        name: CommandEntry(f"shipworthy.cli.{folder}.{name.replace('-', '_')}", summary)
        for name, (folder, summary) in _COMMANDS.items()
    },
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="shipworthy %(version)s")
def cli() -> None:
    """Is this model fit to ship? Run a safety framework from end to end, with proof."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a code of the table in `shipworthy.kernel`."""
    sys.exit(_outcome(arguments).value)


def _outcome(arguments: Sequence[str] | None) -> ExitCode:
    try:
        result = cli.main(args=arguments, prog_name="shipworthy", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - never a bare traceback
        return _explain(error)
    except SystemExit:
        # click's way of saying that the reader of a pipe went away: that is no verdict
        return ExitCode.INTERRUPTED
    return result if isinstance(result, ExitCode) else ExitCode.YES


def _explain(error: BaseException) -> ExitCode:
    match error:
        case Problem():
            click.echo(error.render(), err=True)
            return error.exit_code
        case click.ClickException():
            _show_usage_error(error)
            return ExitCode.USAGE
        case KeyboardInterrupt() | click.Abort():
            click.echo("interrupted: finished trials are saved", err=True)
            return ExitCode.INTERRUPTED
        case BrokenPipeError():
            # the reader went away; nothing more can be said to it
            sys.stderr.close()
            return ExitCode.INTERRUPTED
        case OSError():
            return _explain_system(error)
        case _:
            return _report_defect(error)


def _explain_system(error: OSError) -> ExitCode:
    """A full disk, a folder without permission: the machine's fault, and a person can mend it."""
    problem = Problem.of(
        "environment",
        (error.strerror or type(error).__name__).lower(),
        location=Location(str(error.filename)) if error.filename else None,
        help="what was finished is saved; check the path, space and permissions, then run it again",
        exit_code=ExitCode.ENVIRONMENT,
    )
    click.echo(problem.render(), err=True)
    return problem.exit_code


def _show_usage_error(error: click.ClickException) -> None:
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(message, err=True)
        return
    click.echo(f"error[usage]: {message[:1].lower()}{message[1:].rstrip('.')}", err=True)
    if isinstance(error, click.UsageError) and error.ctx:
        click.echo(f"  help: {error.ctx.command_path} --help", err=True)


def _report_defect(error: BaseException) -> ExitCode:
    import os
    import traceback

    click.echo(
        f"error[internal]: {type(error).__name__}: {error}\n"
        "  help: this is a defect in Shipworthy; finished work is saved. "
        "Set SHIPWORTHY_TRACEBACK=1 to see where, and report it",
        err=True,
    )
    if os.environ.get("SHIPWORTHY_TRACEBACK"):
        traceback.print_exception(error)
    return ExitCode.INTERNAL


if __name__ == "__main__":
    run()
