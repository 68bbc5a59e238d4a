"""`shipworthy run`: runs of other programs, read into a campaign; ours, written for their tools."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.output.streams import Output, format_option, plain
from shipworthy.cli.session import project_option
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.app.inspect_logs.importing import ImportedRun
    from shipworthy.app.inspect_logs.running import RunTask
    from shipworthy.records import Finding


@click.group("run")
def command() -> None:
    """Have other programs run under our plan, read what they ran, and write ours for them."""


@command.command("import")
@click.argument("logs", nargs=-1, required=True, metavar="[ARM=]LOG...")
@click.option("--framework", required=True, help="The framework's id, or the path of your own.")
@click.option("--deployment", required=True, help="Where the model would go.")
@click.option("--domain", default="", help="The framework's domain that the samples belong to.")
@click.option(
    "--breach-when",
    "breached",
    multiple=True,
    help="A score that means breached: 'SCORER == VALUE', 'SCORER.KEY >= NUMBER'; repeatable.",
)
@click.option(
    "--held-when", "held", multiple=True, help="A score that means held; repeatable, same form."
)
@click.option("--name", default="", help="Name of the run; by default after the task.")
@click.option("--subject", default="", help="The product asked about; by default the model's name.")
@project_option
@format_option
def import_logs(
    logs: tuple[str, ...], project_dir: Path, output_format: str | None, **asked: str
) -> ExitCode:
    """Import logs of Inspect (`.eval` or `.json`) as a campaign that can never support a go.

    ARM is bare, safeguarded or deployed; a log with such a tag needs none. Logs of two arms are
    paired by sample and epoch. What was not scored, or broke off, is unassessed, and counts against
    the model. The exit code is that of `decide`.
    """
    from shipworthy.app.decisions import RULING_EXIT
    from shipworthy.app.inspect_logs.asking import ImportRequest, understood
    from shipworthy.app.inspect_logs.importing import import_logs as bring_in
    from shipworthy.cli.session import open_project, surroundings
    from shipworthy.vocabulary import Ruling

    around = surroundings()
    request = ImportRequest(logs=logs, **asked)  # type: ignore[arg-type]  # two are tuples
    reading, terms = understood(request, around.registry)
    result = bring_in(reading, terms, open_project(project_dir), around)
    Output.choose(output_format).show(_document(result), _lines(result))
    return RULING_EXIT[Ruling(result.drafted.decision.ruling)]


def _document(result: "ImportedRun") -> object:
    plan = result.drafted.campaign.plan
    return {
        "plan": result.drafted.campaign.plan_digest,
        "imported": plan.imported,
        "findings": result.drafted.findings,
        "decision": result.drafted.decision,
        "bundle": str(result.published.bundle),
    }


def _lines(result: "ImportedRun") -> Iterator[str]:
    plan = result.drafted.campaign.plan
    for log in plan.imported.logs if plan.imported else ():
        lacking = f", {log.missing} that were to run are missing" if log.missing else ""
        yield f"log      {log.arm.value}: {plain(log.task)}, {log.samples} samples{lacking}"
    for finding in result.drafted.findings.findings:
        if finding.domain != "all":
            yield _finding(finding)
    ruling = result.drafted.decision.ruling
    yield f"ruling   {ruling}: imported logs alone allow no go"
    yield f"report   {result.published.report}"
    yield f"bundle   {result.published.bundle}"


def _finding(finding: "Finding") -> str:
    rate, bounds = finding.rate, finding.bounds
    open_ones = f", {rate.unassessed} unassessed" if rate.unassessed else ""
    within = f", from {bounds.lower} to {bounds.upper}" if bounds else ""
    return f"found    {finding.id}: {rate.successes} of {rate.attempts}{open_ones}{within}"


@command.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@project_option
@format_option
def run_inspect_task(file: Path, project_dir: Path, output_format: str | None) -> ExitCode:
    """Run a task of Inspect, bare and behind our safeguards, under a plan that is registered first.

    FILE is an assessment whose target is `inspect`. Each sample is written into the evidence as it
    ends, and the logs that Inspect writes are compared with it. Another program runs and scores, so
    this never supports a go. Running it again runs what is missing. The exit code is that of
    `decide`.
    """
    from shipworthy.app.assessment_file import read_assessment
    from shipworthy.app.decisions import RULING_EXIT
    from shipworthy.app.inspect_logs.running import run_task
    from shipworthy.cli.session import open_project, surroundings
    from shipworthy.vocabulary import Ruling

    def tell(line: str) -> None:
        click.echo(plain(line), err=True)

    result = run_task(read_assessment(file), open_project(project_dir), surroundings(), tell)
    Output.choose(output_format).show(_task_document(result), _task_lines(result))
    return RULING_EXIT[Ruling(result.drafted.decision.ruling)]


def _task_document(result: "RunTask") -> object:
    plan = result.drafted.campaign.plan
    return {
        "plan": result.drafted.campaign.plan_digest,
        "external": plan.external,
        "findings": result.drafted.findings,
        "decision": result.drafted.decision,
        "logs": str(result.logs),
        "bundle": str(result.published.bundle),
    }


def _task_lines(result: "RunTask") -> Iterator[str]:
    plan = result.drafted.campaign.plan
    if plan.external:
        again = f", {result.left_out} more ask the same again" if result.left_out else ""
        yield f"task     {plain(plan.external.task)}: {plan.external.samples} samples{again}"
    for finding in result.drafted.findings.findings:
        if finding.domain != "all":
            yield _finding(finding)
    for asked in result.drafted.findings.sequential:
        yield f"decided  {asked.id}: {asked.verdict} after {asked.scenarios} samples"
    yield f"ruling   {result.drafted.decision.ruling}: a task of Inspect alone allows no go"
    yield f"logs     {result.logs}"
    yield f"report   {result.published.report}"
    yield f"bundle   {result.published.bundle}"


@command.command("export")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--inspect",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="The log to write, `.eval`; of several arms each gets a log, named after it.",
)
@click.option("--texts", is_flag=True, help="Write what was asked and answered, not digests of it.")
@format_option
def export_run(run: Path, target: Path, output_format: str | None, *, texts: bool) -> ExitCode:
    """Write the finished campaign in the folder RUN as logs that Inspect's tools open.

    A sample is a trial: its score is the outcome, its metadata the cell; what was not assessed is
    unscored, with the reason. Without `--texts` digests stand in the place of texts, and with it
    in that of confidential turns.
    """
    from shipworthy.app.inspect_logs.exporting import export_logs, open_run
    from shipworthy.cli.session import surroundings

    written = export_logs(open_run(run, surroundings().clock), target, texts=texts)
    rows = [{"log": str(w.path), "arm": w.arm.value, "samples": w.samples} for w in written]
    lines = (f"log      {row['log']}: {row['arm']}, {row['samples']} samples" for row in rows)
    Output.choose(output_format).show(rows, lines)
    return ExitCode.YES
