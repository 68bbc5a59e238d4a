"""`shipworthy label`: people read outputs without knowing what the judge said of them."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from shipworthy.cli.output.label_text import QUESTION, item_lines, result_lines
from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.cli.session import (
    file_argument,
    load_design,
    open_project,
    project_option,
    surroundings,
)
from shipworthy.kernel import ExitCode, Problem

if TYPE_CHECKING:
    from shipworthy.app.labelling import DrawnQueue, LabelWork
    from shipworthy.app.preparation import Design
    from shipworthy.app.registration import OpenCampaign

_QUIT: Final = frozenset({"q", "quit"})

_reader_option = click.option(
    "--reader",
    required=True,
    help="Your name or pseudonym: lower-case letters, digits, `.`, `_`, `-`. It goes into the "
    "bundle where the gate reads the labels.",
)


@click.group("label")
def command() -> None:
    """Let people read what the judge judged, blind, and compare.

    Decisions rest on it only where the assessment has a table `[reading]`.
    """


@command.command("draw")
@file_argument
@project_option
@click.option("--domain", "domains", multiple=True, help="Only this domain; may be repeated.")
@click.option(
    "--negatives",
    type=click.IntRange(min=0),
    default=None,
    help="Judged failures to read in each domain and arm, 0 for all; by default as many as the "
    "limits of the framework need.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    default=None,
    help="Seed of the draw; by default that of the campaign.",
)
@click.option("--twice", help="Share that two people read; by default 0.15.")
def draw(
    *,
    file: Path,
    project_dir: Path,
    domains: tuple[str, ...],
    negatives: int | None,
    seed: int | None,
    twice: str | None,
) -> None:
    """Draw the queue of the finished campaign of the assessment FILE.

    In it is every output under attack that the judge called a success or could not decide, and a
    random part of those that it called failures, in random order. The draw is a function of the
    seed and the trials; once people have labelled items, another draw is refused. Where the
    assessment has a table `[reading]`, the plan registers the draw: no option can be given, and the
    queue is entered in the evidence log.
    """
    from shipworthy.app.labelling import DrawWishes, draw_queue

    wishes = DrawWishes(domains=domains, negatives=negatives, seed=seed, twice=twice)
    drawn = draw_queue(*_campaign(file, project_dir), wishes)
    _report_draw(drawn)


@command.command("next")
@file_argument
@project_option
@_reader_option
@click.option(
    "--count",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="How many items to show, 0 for all that are left.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the items as JSON to this file, for a tool of your own, and show nothing.",
)
@format_option
def show_next(
    *,
    file: Path,
    project_dir: Path,
    reader: str,
    count: int,
    target: Path | None,
    output_format: str | None,
) -> None:
    """Show the next items of the assessment FILE that need this reader; nothing is recorded."""
    import json

    import msgspec

    output = Output.choose(output_format)
    work = _work(file, project_dir)
    left = work.left_for(reader)
    shown = list(work.present(left[: count or None]))
    rows = [msgspec.to_builtins(one) for one in shown]
    if target is not None:
        target.write_text(json.dumps(rows, indent=2), encoding="utf-8")
        note(f"{len(rows)} items written to {target}")
        return
    if output.format == "json":
        output.data(rows)
        return
    for number, one in enumerate(shown, start=1):
        for line in item_lines(one, f"{number} of {len(left)} left for {reader}"):
            output.line(line)
    if not left:
        note(f"nothing is left for {reader}")


@command.command("answer")
@file_argument
@click.argument("item", default="")
@click.argument("answer", default="")
@project_option
@_reader_option
@click.option(
    "--from",
    "sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A table of answers in CSV with the columns `item` and `label`.",
)
def record_answer(
    *, file: Path, item: str, answer: str, project_dir: Path, reader: str, sheet: Path | None
) -> None:
    """Record what a reader answers: yes, no or unsure, once for each item of FILE.

    With ITEM and ANSWER it records one. With `--from` it records a table, all of it or nothing.
    With neither it shows one item after the other in a terminal and asks; stop at any time and go
    on later.
    """
    from shipworthy.app.labelling import Answer, read_answer, read_sheet

    if sheet is not None and item:
        raise Problem.of(
            "label-answer", "both an item and a table were given", help="give one of the two"
        )
    if sheet is not None:
        answers: Sequence[Answer] = read_sheet(sheet)
    elif item:
        answers = (Answer(item=item, answer=read_answer(answer)),)
    else:
        _require_terminal()
        _ask(_work(file, project_dir), reader)
        return
    work = _work(file, project_dir)
    recorded = work.record(reader, answers)
    note(f"{recorded} labels recorded, {len(work.left_for(reader))} items left for {reader}")


@command.command("result")
@file_argument
@project_option
@click.option(
    "--card",
    "card_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the judge's calibration card on these labels to this file.",
)
@click.option("--judge", default="", help="The judge of the card, where there are several.")
@format_option
def show_result(
    file: Path, project_dir: Path, card_file: Path | None, judge: str, output_format: str | None
) -> ExitCode:
    """Say what the labels of the assessment FILE show of the judge, the rates and the readers.

    The first line says whether the gate reads these labels: it does where the assessment has a
    table `[reading]`, and nowhere else. Exit code 3 says that items still wait for a reader.
    """
    from shipworthy.app.labelling import label_result, labelled_card, write_card
    from shipworthy.cli.output.label_json import result_document

    output = Output.choose(output_format)
    result = label_result(_work(file, project_dir))
    output.show(result_document(result), result_lines(result))
    if card_file is not None:
        card = labelled_card(result, judge)
        write_card(card, card_file)
        note(f"card  {card_file}, {card.digest}; nothing uses it yet")
    return ExitCode.YES if result.reading.complete else ExitCode.INCONCLUSIVE


def _campaign(file: Path, project_dir: Path) -> "tuple[OpenCampaign, Design]":
    from shipworthy.app.assessing import latest_campaign

    around = surroundings()
    return latest_campaign(load_design(file, around), open_project(project_dir), around)


def _work(file: Path, project_dir: Path) -> "LabelWork":
    from shipworthy.app.labelling import open_work

    return open_work(*_campaign(file, project_dir))


def _report_draw(drawn: "DrawnQueue") -> None:
    """Say what was drawn, without a count that would tell readers what the judge said."""
    twice = sum(item.readings == 2 for item in drawn.items)
    click.echo(f"queue    {drawn.path}")
    click.echo(f"items    {len(drawn.items)}, {twice} of them to be read by two people")
    for stratum, wanted in drawn.header.negatives.items():
        limit = drawn.limits.get(stratum)
        why = f" for its limit of {float(limit):g}" if limit else ""
        most = f"at most {wanted}" if wanted else "all"
        click.echo(f"  {stratum}  {most} judged failures{why}")


def _require_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem.of(
            "label-terminal",
            "without an item or a table, answers are asked for in a terminal, and this is none",
            help="`label next --count 0 --to FILE` writes items, and `label answer --from FILE` "
            "takes answers",
        )


def _ask(work: "LabelWork", reader: str) -> None:
    """Show and ask until nothing is left or the reader stops; every answer is saved at once."""
    from shipworthy.app.labelling import Answer
    from shipworthy.records.judging.labels import ANSWER_WORDS

    while left := work.left_for(reader):
        (shown,) = work.present(left[:1])
        click.clear()
        for line in item_lines(shown, f"{len(left)} left for {reader}"):
            click.echo(line)
        click.echo(QUESTION)
        word = ""
        while word not in ANSWER_WORDS and word not in _QUIT:
            word = click.prompt("yes, no, unsure or quit", type=str).strip().lower()
        if word in _QUIT:
            break
        work.record(reader, [Answer(item=shown.item, answer=ANSWER_WORDS[word])])
    note(f"{len(work.left_for(reader))} items left for {reader}; everything answered is saved")
