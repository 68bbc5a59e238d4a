"""`shipworthy assess`: the whole sequence, one line a stage."""

import asyncio
import subprocess
import sys
from pathlib import Path

import click

from shipworthy.app.decisions import RULING_EXIT, Drafted, draft, elsewhere_of
from shipworthy.app.evaluation import Watch, evaluate
from shipworthy.app.publishing import Published, publish
from shipworthy.cli.output.decision_text import decision_lines, elsewhere_lines, live_lines
from shipworthy.cli.output.early_text import early_lines
from shipworthy.cli.output.live import LiveLine
from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.cli.pipeline.evaluate import announce, announce_again, report_ending
from shipworthy.cli.pipeline.plan import dry_run_option, show_plan
from shipworthy.cli.session import (
    expected_design,
    file_argument,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.kernel import ExitCode
from shipworthy.stages.evaluating import Ending


@click.command("assess")
@file_argument
@project_option
@dry_run_option
@click.option(
    "--expect-any-verdict",
    is_flag=True,
    help="Exit 0 when the sequence ran and verified, however the decision stands.",
)
@format_option
def command(
    file: Path,
    project_dir: Path,
    *,
    dry_run: bool,
    expect_any_verdict: bool,
    output_format: str | None,
) -> ExitCode:
    """Run the whole sequence for the assessment FILE.

    Evaluate before and after safeguards, draft the decision, build the report, and have the
    independent verifier recompute it. The exit code says how the decision stands: 0 for a go that
    everybody signed, 1 for a no-go or a dissent, 3 while evidence or a signature is missing.
    Running it again resumes.
    """
    around = surroundings()
    design = expected_design(file, project_dir, around)
    project = open_project(project_dir)
    if dry_run:
        show_plan(design, around, Output.choose(output_format))
        return ExitCode.YES
    announce(design, around)
    with LiveLine("evaluate") as line:
        watch = Watch(line.show, line.interval_s)
        result = asyncio.run(evaluate(design, project, around, watch))
    announce_again(design, result.design)
    ended = report_ending(result, file, project_dir)
    if result.ending is not Ending.COMPLETED:
        return ended
    drafted = draft(result.campaign, result.design)
    for decided in early_lines(drafted.findings.sequential, drafted.findings.findings):
        note(decided)
    note(f"decide    {drafted.decision.ruling}")
    published = publish(drafted)
    note(f"report    {published.report}")
    verified = _verify(published)
    note(f"verify    {'passed' if verified is ExitCode.YES else 'FAILED'}")
    _show(drafted, published, Output.choose(output_format))
    if verified is not ExitCode.YES:
        return verified
    return ExitCode.YES if expect_any_verdict else RULING_EXIT[published.standing.standing]


def _verify(published: Published) -> ExitCode:
    """Run the independent verifier as the separate program that it is."""
    finished = subprocess.run(  # noqa: S603 - our own interpreter and module
        [
            sys.executable,
            "-m",
            "shipworthy_verify",
            str(published.bundle),
            "--key",
            published.fingerprint,
        ],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if finished.returncode:
        note(finished.stdout.rstrip())
    return ExitCode(finished.returncode)


def _show(drafted: Drafted, published: Published, output: Output) -> None:
    elsewhere = tuple(elsewhere_lines(elsewhere_of(drafted.campaign), output))
    if output.format == "json":
        for line in elsewhere:
            note(line)
        output.data(
            {
                "ruling": drafted.decision.ruling,
                "standing": published.standing.standing.value,
                "decision": drafted.decision.digest,
                "report": str(published.report),
                "bundle": str(published.bundle),
                "runner": published.fingerprint,
            }
        )
        return
    for line in (*live_lines(published.standing.live, output), *elsewhere):
        output.line(line)
    for line in decision_lines(drafted.decision, output):
        output.line(line)
    missing = ", ".join(published.standing.missing)
    if missing:
        output.line(f"sign-offs outstanding  {missing}")
    output.line(f"stands  {published.standing.standing.value}")
    output.line(f"report  {published.report}")
    output.line(f"bundle  {published.bundle}")
    output.line(f"check   shipworthy-verify {published.bundle} --key {published.fingerprint}")
