"""`shipworthy forecast`: what several attempts showed, and what many more may bring."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.cli.session import load_design, open_project, project_option, surroundings
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.app.foresight import Evidence


class _Asked(TypedDict):
    """The options that become the wishes of a forecast."""

    domains: tuple[str, ...]
    arms: tuple[str, ...]
    attempts: int | None
    limit: str | None


@click.command("forecast")
@click.argument("run", type=click.Path(path_type=Path))
@project_option
@click.option("--domain", "domains", multiple=True, help="Only this domain; may be repeated.")
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be repeated.")
@click.option(
    "--attempts",
    type=click.IntRange(2, 10**9),
    help="Forecast what so many attempts on a scenario bring.",
)
@click.option(
    "--limit",
    help="Raise an alarm where the share of scenarios that fall may reach this, such as 0.05.",
)
@format_option
def command(
    run: Path, project_dir: Path, output_format: str | None, **asked: Unpack[_Asked]
) -> ExitCode:
    """Show what several attempts on a scenario brought in a finished campaign.

    RUN is the assessment file of a campaign in the project, or the folder of a bundle. Prints the
    measured best-of-n curve of each domain and arm, with limits. With --attempts, forecasts what
    more attempts than were made may bring; with --limit as well, says whether that raises an alarm.

    A forecast changes no finding and no decision. Exit 0: nothing was asked with --limit; 1: an
    alarm is raised; 3: no alarm, which is no evidence of safety.
    """
    from shipworthy.app.foresight import ForecastWishes, forecast
    from shipworthy.cli.output.forecast_json import forecast_document
    from shipworthy.cli.output.forecast_text import forecast_lines
    from shipworthy.statistics.attempts import Alarm

    output = Output.choose(output_format)
    forecasts = forecast(_evidence(run, project_dir), ForecastWishes(**asked))
    output.show(forecast_document(forecasts), forecast_lines(forecasts, output))
    match forecasts.alarm:
        case None:
            return ExitCode.YES
        case Alarm.RAISED:
            return ExitCode.NO
        case Alarm.SILENT:
            return ExitCode.INCONCLUSIVE


def _evidence(run: Path, project_dir: Path) -> "Evidence":
    from shipworthy.app.foresight import evidence_of_bundle, evidence_of_project

    if run.is_dir():
        return evidence_of_bundle(run)
    from shipworthy.app.assessing import latest_campaign

    around = surroundings()
    design = load_design(run, around)
    return evidence_of_project(*latest_campaign(design, open_project(project_dir), around))
