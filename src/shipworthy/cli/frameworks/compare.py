"""`shipworthy framework compare`: frameworks of different publishers side by side."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from shipworthy.cli.frameworks.options import budget_option, read_pairs
from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.kernel import ExitCode, Problem, system_reason

if TYPE_CHECKING:
    from shipworthy.frameworks.common import Beside, Cell, OneWay, Row, Situation, Survey

_WOULD: Final = {"deploy": "deploy", "develop": "go on developing"}


@click.command("compare")
@click.argument("frameworks", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every framework that has a mapping.")
@click.option(
    "--reading-of",
    "readings",
    metavar="FRAMEWORK=MAPPING",
    multiple=True,
    help="Which reading of a framework to show; by default the first by name.",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Write the comparison as one page to this file.",
)
@budget_option(20_000, sat=False)
@format_option
def compare(
    frameworks: tuple[str, ...],
    *,
    everything: bool,
    readings: tuple[str, ...],
    page: Path | None,
    **options: "int | str | None",
) -> ExitCode:
    """Put FRAMEWORKS (ids or paths) side by side: what each says, and who would ship what.

    Exit 0, or 3 when a question was not settled within the budget.
    """
    from shipworthy.frameworks.common import common_vocabulary, gather, survey

    wanted = options["output_format"]
    output = Output.choose(wanted if isinstance(wanted, str) else None)
    vocabulary = common_vocabulary()
    sides = gather(frameworks, read_pairs(readings, _unread), vocabulary, everything=everything)
    view = survey(sides, vocabulary, int(options["budget"] or 0))
    if page:
        _write(page, view)
    output.show(view, _lines(view))
    open_ = any(pair.all == "unknown" or pair.ground == "unknown" for pair in view.pairs)
    return ExitCode.INCONCLUSIVE if open_ else ExitCode.YES


def _unread(part: str) -> Problem:
    return Problem.of(
        "compare-reading",
        f"cannot read `{part}` as a choice of a reading",
        help="write `--reading-of FRAMEWORK=MAPPING`, each framework once",
    )


def _write(page: Path, view: "Survey") -> None:
    from shipworthy.frameworks.common.page import render_page

    try:
        page.write_bytes(render_page(view))
    except OSError as error:
        raise Problem.of(
            "compare-page",
            f"cannot write `{page}`: {system_reason(error)}",
            help="name a file in a folder that exists",
        ) from None
    note(f"page written to {page}")


def _lines(view: "Survey") -> Iterator[str]:
    for member in view.members:
        reading = f"reading {member.reading}" if member.reading else "no mapping, no pairs"
        yield f"{member.id}: {member.title} ({reading})"
    for row in view.rows:
        yield from _row(row)
    for pair in view.pairs:
        yield from _pair(pair)
    yield ""
    yield f"Assumptions ({len(view.assumptions)})"
    for one in view.assumptions:
        meaning = "; ".join(one.meaning)
        yield f"  {one.framework} {one.field}: {meaning} ({one.sure}: {one.rationale})"


def _row(row: "Row") -> Iterator[str]:
    yield ""
    yield f"{row.id}: {row.about}"
    for cell in row.cells:
        words = {"silent": "SILENT", "excluded": "LEFT OUT", "not-encoded": "not sorted"}
        marks = [
            words.get(cell.standing, ""),
            cell.coverage if cell.coverage != "excluded" else "",
            cell.strength,
            "hedged" if cell.hedged else "partly hedged" if cell.partly_hedged else "",
            _runs(cell) if cell.clauses else "",
        ]
        shown = ", ".join(filter(None, marks))
        clauses = f" [{', '.join(cell.clauses)}]" if cell.clauses else ""
        yield f"  {cell.framework}: {cell.phrase}{' ' if cell.phrase else ''}({shown}){clauses}"


def _runs(cell: "Cell") -> str:
    return "runs" if cell.executed else "runs in part" if cell.partly_executed else "text only"


def _pair(pair: "Beside") -> Iterator[str]:
    yield ""
    yield f"Gate {pair.gate}: {pair.first} beside {pair.second}"
    holds = ""
    if len(pair.combinations) > 1:
        every = len(pair.combinations)
        holds = f"; under {pair.holds_ground} and {pair.holds_all} of {every} pairs of readings"
    yield f"  on common ground {pair.ground}, in everything {pair.all}{holds}"
    for way in pair.ways:
        yield from _way(way)
    for name, found in ((pair.first, pair.only_first), (pair.second, pair.only_second)):
        if found:
            yield f"  read by {name} only: {', '.join(line.field for line in found)}"


def _way(way: "OneWay") -> Iterator[str]:
    verb = _WOULD[way.gate]
    if not way.situations:
        answer = "none" if way.all == "no" else "not settled"
        yield f"  models that {way.accepts} would {verb} and {way.refuses} would not: {answer}"
        return
    for situation in way.situations:
        yield f"  {way.accepts} would {verb}, {way.refuses} would not:"
        yield from _situation(situation, way.gate)
    if way.more:
        count = len(way.more)
        are = "rule is" if count == 1 else "rules are"
        yield f"    {count} further {are} not kept: {'; '.join(_rules(way.more))}"


def _rules(found: "Iterable[Situation]") -> Iterator[str]:
    return (rule for one in found for rule in one.rules)


def _situation(situation: "Situation", gate: str) -> Iterator[str]:
    off = {"scope": "a model that the first is not for", "own": "what only one speaks of"}
    if situation.beyond:
        yield f"    off common ground: {off[situation.beyond]}"
    where = f"deployed as {', '.join(situation.deployments)}, " if gate == "deploy" else ""
    yield f"    a model {where}otherwise least risky, with"
    for line in situation.lines:
        yield f"      {line.about}: {line.value}  (instead of {line.ordinary})"
    if not situation.lines:
        yield "      (nothing else)"
    clauses = ", ".join(situation.clauses)
    yield f"    stopped by: {'; '.join(situation.rules)} [{clauses}]"
