"""`shipworthy review`: people read a few exchanges of live traffic, blind."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.lazy import CommandEntry, LazyGroup
from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.kernel import ExitCode, Problem

if TYPE_CHECKING:
    from shipworthy.app.live.monitoring.opening import Monitor
    from shipworthy.app.live.monitoring.reviewing import Given, ReviewWork

_SHOWN = 1

monitor_argument = click.argument(
    "file", metavar="MONITOR", type=click.Path(path_type=Path, dir_okay=False)
)
domain_option = click.option("--domain", default="", help="The review, where there are several.")
reader_option = click.option("--reader", required=True, help="Who reads.")


@click.group("review", cls=LazyGroup, entries=dict[str, CommandEntry]())
def command() -> None:
    """Let people read exchanges of live traffic, and say how common harm is.

    MONITOR is a monitor file with a table `[[review]]`. Readers see what was asked and answered:
    no score, no verdict, no account.
    """


@command.command("draw")
@monitor_argument
@domain_option
def draw_review(file: Path, domain: str) -> None:
    """Draw the next round from what the monitor counted since the last one.

    Every draw is kept with its probability before anybody reads. Part of the draws is even, and a
    further even sample comes from what no layer noticed.
    """
    from shipworthy.app.live.monitoring.alarming import open_own
    from shipworthy.app.live.monitoring.reviewing import draw_for_people
    from shipworthy.app.live.monitoring.stakes import stakes_of

    monitor, work = _open(file, domain)
    own = open_own(monitor, stakes_of(monitor))
    state = monitor.open_state()
    try:
        at_ms = round(monitor.around.clock.now().timestamp() * 1000)
        held = own.join(state, 0, at_ms) if own else 2**62
        drawn = draw_for_people(monitor, state, work, at_ms, held)
    finally:
        state.close()
    click.echo(f"round    {drawn.number}, from {drawn.frame} exchanges with content")
    click.echo(f"draws    {len(drawn.draws)}, of {drawn.items} exchanges")
    click.echo(f"next     shipworthy review next {file} --reader NAME")


@command.command("next")
@monitor_argument
@domain_option
@reader_option
@click.option(
    "--count", type=click.IntRange(0), default=_SHOWN, show_default=True, help="How many; 0: all."
)
@format_option
def show_next(
    file: Path, domain: str, reader: str, count: int, output_format: str | None
) -> ExitCode:
    """Show what this reader has to read next. Exit code 0 also when nothing is left."""
    from shipworthy.cli.live.review_text import item_lines, left_line

    output = Output.choose(output_format)
    _, work = _open(file, domain)
    left = work.left_for(reader)
    shown = list(work.show(left[: count or None]))
    question = work.section.question
    document = {"question": question, "left": len(left), "items": shown}
    lines = [line for one in shown for line in item_lines(one, question)]
    output.show(document, [*lines, left_line(len(left), reader)])
    return ExitCode.YES


@command.command("answer")
@monitor_argument
@click.argument("item", default="")
@click.argument("answer", default="")
@domain_option
@reader_option
@click.option(
    "--from",
    "sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A table of answers in CSV with the columns `item` and `label`.",
)
def give_answer(
    *, file: Path, item: str, answer: str, domain: str, reader: str, sheet: Path | None
) -> None:
    """Record what a reader answers about ITEM: yes, no or unsure. An answer stays.

    With `--from` it records a table; where one line is wrong, nothing of it is recorded.
    """
    given = _given(item, answer, sheet)
    monitor, work = _open(file, domain)
    at_ms = round(monitor.around.clock.now().timestamp() * 1000)
    work.record_all(reader, given, at_ms)
    note(f"{len(work.left_for(reader))} exchanges left for {reader}")


def _given(item: str, answer: str, sheet: Path | None) -> "list[Given]":
    from shipworthy.app.live.monitoring.reviewing import Given
    from shipworthy.kernel import did_you_mean
    from shipworthy.records.judging.labels import ANSWER_WORDS

    if bool(sheet) == bool(item):
        raise Problem.of(
            "review-answer",
            "both an exchange and a table were given" if item else "nothing was answered",
            help="give ITEM and ANSWER, or a table with `--from`",
        )
    if sheet is not None:
        from shipworthy.app.labelling import read_sheet

        return [Given(one.item, one.answer, one.location) for one in read_sheet(sheet)]
    word = ANSWER_WORDS.get(answer.strip().lower())
    if word is None:
        raise Problem.of(
            "review-answer",
            f"`{answer}` is no answer" if answer else f"`{item}` was given no answer",
            help=did_you_mean(answer, ANSWER_WORDS) if answer else "`yes`, `no` or `unsure`",
        )
    return [Given(item, word)]


@command.command("status")
@monitor_argument
@domain_option
@format_option
def show_status(file: Path, domain: str, output_format: str | None) -> ExitCode:
    """Say what the answers show of the prevalence, of the layers and of the readers.

    Exit code 3 while answers are missing: what nobody answered counts against us on both sides.
    """
    from shipworthy.app.live.monitoring.reviewing import keep_heads, review_standing
    from shipworthy.app.live.monitoring.standing import LEVEL
    from shipworthy.cli.live.review_text import standing_lines

    output = Output.choose(output_format)
    monitor, work = _open(file, domain)
    state = monitor.open_state()
    try:
        keep_heads(state, [work])
    finally:
        state.close()
    standing = review_standing(monitor, work, LEVEL)
    document = {
        "domain": standing.domain,
        "draws": standing.draws,
        "waiting": standing.waiting,
        "prevalence": standing.finding,
        "layers": standing.card,
    }
    output.show(document, standing_lines(standing))
    missing = standing.waiting or standing.finding is None
    return ExitCode.INCONCLUSIVE if missing else ExitCode.YES


def _open(file: Path, domain: str) -> "tuple[Monitor, ReviewWork]":
    from shipworthy.app.live.monitoring.opening import open_monitor
    from shipworthy.app.live.monitoring.reviewing import open_review
    from shipworthy.cli.session import surroundings

    monitor = open_monitor(file, surroundings())
    return monitor, open_review(monitor, domain)
