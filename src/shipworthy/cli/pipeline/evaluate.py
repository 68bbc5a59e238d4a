"""`shipworthy evaluate`: run a campaign, or say what it would run."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from shipworthy.app.evaluation import EXIT_OF, Evaluated, Watch, evaluate
from shipworthy.app.foresight import risk_map
from shipworthy.app.preparation import Design, Surroundings
from shipworthy.cli.output.live import LiveLine
from shipworthy.cli.output.map_text import map_summary
from shipworthy.cli.output.streams import Output, note, plain
from shipworthy.cli.output.submission_text import (
    beside_attacks,
    submission_line,
    submission_warnings,
)
from shipworthy.cli.pipeline.plan import dry_run_option, show_plan
from shipworthy.cli.session import (
    expected_design,
    file_argument,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.instruments.targets import Account
from shipworthy.kernel import ExitCode, timestamp
from shipworthy.stages.evaluating import Ending

SHOWN_REASONS: Final = 4
"""Most reasons for which trials stayed unassessed that are listed after a run."""


REFUSALS: Final = {
    401: "the key in the variable that `key_variable` names",
    403: "the key in the variable that `key_variable` names",
    404: "`base_url` and `model` in `[subject.options]`",
}
"""Statuses with which an endpoint refuses every request alike, and the setting to look at."""

SILENCE: Final = (
    "no request was answered: check the address in `[subject.options]` and the network",
    "the campaign is registered: with other options it is the next submission, with less error",
    "without `probe = false` in `[subject.options]` an endpoint is asked before that",
)
"""What to say of an endpoint that was never there."""

NO_ANSWER: Final = (
    "no answer of this run was usable: check `base_url` and `model`; for a model that answers so, "
    "set `stop_after_failures` in `[subject.options]` higher"
)


@click.command("evaluate")
@file_argument
@project_option
@dry_run_option
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=0,
    help="Stop after this many trials, 0 for all; run again to resume.",
)
def command(file: Path, project_dir: Path, *, dry_run: bool, limit: int) -> ExitCode:
    """Run the campaign of the assessment FILE, bare and safeguarded.

    The plan is registered in the evidence log before the first request. Running the command again
    resumes: only cells without a trial are run.
    """
    around = surroundings()
    design = expected_design(file, project_dir, around)
    if dry_run:
        show_plan(design, around, Output.choose(None))
        return ExitCode.YES
    announce(design, around)
    with LiveLine("evaluate") as line:
        watch = Watch(line.show, line.interval_s, limit)
        result = asyncio.run(evaluate(design, open_project(project_dir), around, watch))
    announce_again(design, result.design)
    return report_ending(result, file, project_dir)


def announce(design: Design, around: Surroundings) -> None:
    """Say on stderr what is about to run, what nothing speaks to, what earlier ones leave of it."""
    header = design.file.assessment.assessment
    scenarios = len({item.scenario for item in design.items})
    note(
        f"prepare   {design.rulebook.id} {design.rulebook.version}, {header.deployment.value}: "
        f"{_several(scenarios, 'scenario')}, {_several(len(design.attacks), 'attack')}, "
        f"{_several(len(design.stack.layers), 'safeguard')}"
    )
    if beside := beside_attacks(design.items):
        note(f"beside    {beside}")
    risks = risk_map(design, timestamp(around.clock.now()))
    if risks.scenarios:
        note(f"map       {map_summary(risks)}")
    if risks.unmapped:
        note(f"warning: no go is possible, nothing speaks to {', '.join(risks.unmapped)}")
        note("  see them: shipworthy map FILE")
    note(f"submit    {submission_line(design.submission)}")
    for warning in submission_warnings(design.opposed):
        note(f"warning: {warning}")


def announce_again(expected: Design, registered: Design) -> None:
    """Say under which number a campaign was registered, when it is not the one announced.

    Until the target has said what it is, a campaign on disk is taken to be about the same subject.
    """
    if registered.submission != expected.submission:
        note(f"submit    {submission_line(registered.submission)}: the target is another one now")
        for warning in submission_warnings(registered.opposed):
            note(f"warning: {warning}")


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def report_ending(result: Evaluated, file: Path, project_dir: Path) -> ExitCode:
    """Say on stderr what a run cost, what stayed unassessed, how it ended and how to go on."""
    _report_account(result.account)
    for (reason, detail), count in Counter(result.unassessed).most_common(SHOWN_REASONS):
        why = f"{reason}, {detail}" if detail else reason
        note(f"unassessed  {count:,} of {result.done:,} trials: {plain(why)}")
    if result.not_useful:
        note(
            f"not useful  {result.not_useful:,} of {result.done:,} trials: harmless requests, "
            "answered without the expected content"
        )
    if result.ending is not Ending.COMPLETED:
        reasons = {
            Ending.UNREACHABLE: "the target stopped answering",
            Ending.LIMIT: "the limit on trials was reached",
            Ending.CANCELLED: "interrupted",
        }
        note(f"{reasons[result.ending]}: {result.done:,} of {result.total:,} trials are saved")
        if result.ending is Ending.UNREACHABLE:
            details = [detail for _, detail in result.unassessed]
            for advice in refusal_advice(details) if result.done else SILENCE:
                note(f"  {advice}")
            malformed = any(reason == "response-malformed" for reason, _ in result.unassessed)
            if malformed and not result.account.replies:
                note(f"  {NO_ANSWER}")
        note(f"  resume: shipworthy evaluate {file} --project {project_dir}")
    return EXIT_OF[result.ending]


def refusal_advice(details: Iterable[str]) -> Iterator[str]:
    """Yield what refusals of an endpoint point to, and what they have cost."""
    seen = tuple(details)
    pointers = [
        pointer
        for status, pointer in REFUSALS.items()
        if any(detail.startswith(f"HTTP {status}") for detail in seen)
    ]
    for pointer in dict.fromkeys(pointers):
        yield f"check: {pointer}"
    if pointers:
        yield (
            "trials that were tried stay unassessed and count against the model; without "
            "`probe = false` in `[subject.options]` a run asks one harmless thing first"
        )


def _report_account(account: Account) -> None:
    if not account.requests:
        return
    parts = [
        f"{account.requests:,} requests ({account.retries:,} repeated)",
        f"{account.prompt_tokens:,} + {account.completion_tokens:,} tokens",
    ]
    if account.unreported:
        parts.append(f"{account.unreported:,} answers without a token count")
    if account.cost.strip("0."):
        parts.append(f"cost {account.cost}")
    note(f"spent     {', '.join(parts)}")
    if len(account.served) > 1:
        note(f"warning: answers came from several models: {', '.join(account.served)}")
