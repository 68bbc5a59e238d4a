"""`shipworthy monitor`: watch live traffic, and let what it shows reach the decision."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.lazy import CommandEntry, LazyGroup
from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.app.live.monitoring.opening import Monitor
    from shipworthy.app.live.monitoring.running import Evaluated

_MOST_PROCESSES = 256

monitor_argument = click.argument(
    "file", metavar="MONITOR", type=click.Path(path_type=Path, dir_okay=False)
)


@click.group("monitor", cls=LazyGroup, entries=dict[str, CommandEntry]())
def command() -> None:
    """Watch live traffic: recheck exchanges, raise alarms, re-open the decision.

    MONITOR is a monitor file; docs/how-to/monitor-live-traffic.md says how to write one.

    Exit 0: every band is shown to be kept; 1: an alarm stands or a band is left; 3: too little is
    known.
    """


@command.command("run")
@monitor_argument
@click.option("--once", is_flag=True, help="Count what the source has now, then end.")
@click.option(
    "--processes",
    type=click.IntRange(1, _MOST_PROCESSES),
    default=1,
    show_default=True,
    help="Share the source among so many processes; the figures are the same.",
)
@format_option
def run_monitor(file: Path, *, once: bool, processes: int, output_format: str | None) -> ExitCode:
    """Count exchanges, compare them with their bands, and record what follows.

    Every exchange counts once, however often this is stopped, killed or run again. Without
    `--once` it goes on until it is told to end (Ctrl-C).
    """
    from shipworthy.app.live.monitoring.running import run_on, run_once
    from shipworthy.app.live.monitoring.stakes import stakes_of
    from shipworthy.cli.live.monitor_text import event_lines, standing_document, standing_lines

    output = Output.choose(output_format)
    monitor = _monitor(file)
    stakes = stakes_of(monitor)
    if once:
        found = run_once(monitor, stakes, processes)
        output.show(standing_document(found.standing), standing_lines(found.standing))
        return found.standing.exit_code

    code = ExitCode.INCONCLUSIVE

    def tell(evaluated: "Evaluated") -> None:
        nonlocal code
        code = evaluated.standing.exit_code
        for line in event_lines(evaluated):
            note(line)

    run_on(monitor, stakes, processes, tell)
    return code


@command.command("status")
@monitor_argument
@format_option
def show_status(file: Path, output_format: str | None) -> ExitCode:
    """Say how a monitor stands by what it has counted so far; nothing is read or written."""
    from shipworthy.app.live.monitoring.stakes import stakes_of
    from shipworthy.app.live.monitoring.standing import standing_of
    from shipworthy.cli.live.monitor_text import standing_document, standing_lines

    output = Output.choose(output_format)
    monitor = _monitor(file)
    stakes = stakes_of(monitor)
    state = monitor.open_state()
    try:
        standing = standing_of(monitor, state, stakes)
    finally:
        state.close()
    output.show(standing_document(standing), standing_lines(standing))
    return standing.exit_code


def _monitor(file: Path) -> "Monitor":
    from shipworthy.app.live.monitoring.opening import open_monitor
    from shipworthy.cli.session import surroundings

    return open_monitor(file, surroundings())
