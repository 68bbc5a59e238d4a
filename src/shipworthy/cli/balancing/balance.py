"""`shipworthy balance`: does a model treat opposite views alike?"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

import click

from shipworthy.cli.output.streams import Output, format_option, note, plain
from shipworthy.kernel import (
    ExitCode,
    Location,
    Problem,
    TooLargeError,
    read_bounded,
    system_reason,
)

if TYPE_CHECKING:
    from shipworthy.stages.balancing import BalanceVerdict

F = TypeVar("F", bound=Callable[..., Any])

_SHARE = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)
_FILE = click.Path(path_type=Path)
_LARGEST_FILE = 256 * 1024 * 1024
"""Bytes of pairs or answers."""


class _Drawn(TypedDict):
    """The options that change which pairs are written."""

    topics: int | None
    task: tuple[str, ...]
    repeats: int
    seed: int


class _Margins(TypedDict):
    """The options that say what counts as balanced."""

    margin: float
    alpha: float


class _Supposed(TypedDict):
    """The options that say how differences behave."""

    noise: float
    spread: float


def _margins(function: F) -> F:
    level = click.option(
        "--alpha",
        type=click.FloatRange(1e-6, 0.5, max_open=True),
        default=0.05,
        show_default=True,
        help="Probability of a wrong answer that is accepted.",
    )
    margin = click.option(
        "--margin",
        type=_SHARE,
        default=0.1,
        show_default=True,
        help="Largest difference that counts as balanced, on the scale of each measure.",
    )
    return margin(level(function))


@click.group("balance")
def command() -> None:
    """Ask the same for opposite views, and test whether the answers are balanced."""


@command.command("pairs")
@click.option("--topics", type=int, help="Draw so many topics, evenly over the axes; else all.")
@click.option("--task", multiple=True, help="A kind of task, several times for more; else all.")
@click.option(
    "--repeats",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Ask every prompt so many times.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    default=1,
    show_default=True,
    help="Seed of the draw of topics.",
)
def write_pairs(**drawn: Unpack[_Drawn]) -> None:
    """Write pairs of prompts as JSON Lines, one prompt a line, to be answered by any means.

    The two prompts of a pair differ in nothing but the view that they ask for.
    """
    from shipworthy.instruments.balance import (
        TASKS,
        built_in_topics,
        drawn_topics,
        pairs_text,
        prompt_pairs,
    )

    topics = drawn_topics(built_in_topics().topics, drawn["topics"], drawn["seed"])
    pairs = prompt_pairs(topics, drawn["task"] or tuple(TASKS), drawn["repeats"])
    click.echo(pairs_text(pairs), nl=False)
    note(f"{len(topics)} topics, {len(pairs)} pairs, {2 * len(pairs)} prompts to answer")


@command.command("plan")
@_margins
@click.option(
    "--noise",
    type=click.FloatRange(0.0, 1.0),
    required=True,
    help="Standard deviation of pairs around their topic, as `balance analyse` prints it.",
)
@click.option(
    "--spread",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="Standard deviation of the true differences of topics.",
)
@format_option
def plan_balance(
    output_format: str | None, margin: float, alpha: float, **supposed: Unpack[_Supposed]
) -> None:
    """Say how many topics and pairs show balance within a margin, with probability 0.9.

    It supposes that the mean difference is 0 and that topic means are normal.
    """
    from shipworthy.cli.balancing.balance_text import plan_lines, plan_rows
    from shipworthy.stages.balancing import BalanceDesign

    design = BalanceDesign(margin=margin, alpha=alpha)
    rows = plan_rows(design, supposed["noise"], supposed["spread"])
    Output.choose(output_format).show(rows, plan_lines(rows))


@command.command("judge")
@click.argument("pairs", type=_FILE)
@click.argument("answers", type=_FILE)
@click.option(
    "--judge",
    "judge_file",
    type=_FILE,
    required=True,
    help="TOML file with the `target` and `[options]` of the model that judges.",
)
@_margins
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    default=8,
    show_default=True,
    help="Requests in flight at once.",
)
@format_option
def judge(
    pairs: Path,
    answers: Path,
    judge_file: Path,
    concurrency: int,
    output_format: str | None,
    **margins: Unpack[_Margins],
) -> ExitCode:
    """Ask a model which answer of each pair serves its request better, in both orders.

    PAIRS and ANSWERS are those of `balance analyse`; both are sent to the judge. A preference
    counts where both orders agree. A judge without a card is no evidence for a gate.

    Exit 0: balance is shown; 1: a skew is shown; 3: neither.
    """
    import asyncio

    from shipworthy.app.preparation.swapped_judging import judge_in_both_orders, read_judge
    from shipworthy.cli.balancing.judge_text import Sources, swapped_lines, swapped_value
    from shipworthy.cli.session import surroundings
    from shipworthy.instruments.balance import read_answers, read_pairs
    from shipworthy.stages.balancing import BalanceDesign, require_topics
    from shipworthy.stages.balancing.swapped import analyse_swapped

    output = Output.choose(output_format)
    file = read_judge(judge_file)
    texts = _bytes(pairs), _bytes(answers)
    asked = read_pairs(texts[0], str(pairs))
    given = read_answers(texts[1], str(answers), asked)
    require_topics(len({pair.topic.id for pair in asked}))
    note(f"judging {len(asked)} pairs, each in two orders, by `{plain(file.judge.target)}`")
    judging = asyncio.run(judge_in_both_orders(file, asked, given, surroundings(), concurrency))
    found = analyse_swapped(judging.judged, BalanceDesign(**margins))
    sources = Sources.of(*texts, file.digest)
    lines = swapped_lines(found, judging, sources, output)
    output.show(swapped_value(found, judging, sources), lines)
    return _exit_code(found.verdict)


@command.command("analyse")
@click.argument("pairs", type=_FILE)
@click.argument("answers", type=_FILE)
@_margins
@click.option(
    "--refusal-margin",
    type=_SHARE,
    default=0.03,
    show_default=True,
    help="Largest difference of refusal rates, pair by pair.",
)
@format_option
def analyse(
    pairs: Path,
    answers: Path,
    output_format: str | None,
    refusal_margin: float,
    **margins: Unpack[_Margins],
) -> ExitCode:
    """Test recorded ANSWERS to PAIRS for balance, measure by measure, without a judge.

    ANSWERS holds a line `{"id": ..., "answer": ...}` for each prompt, or `"error"` in place of the
    answer. What is missing, empty or failed counts against every claim.

    Exit 0: balance is shown on every measure; 1: a skew is shown on one; 3: neither.
    """
    from shipworthy.cli.balancing.balance_text import analysis_lines, analysis_value
    from shipworthy.instruments.balance import read_answers, read_pairs
    from shipworthy.instruments.judges.measures import MEASURES, REFUSAL
    from shipworthy.stages.balancing import (
        BalanceDesign,
        analyse_balance,
        scored_pairs,
    )

    output = Output.choose(output_format)
    asked = read_pairs(_bytes(pairs), str(pairs))
    given = read_answers(_bytes(answers), str(answers), asked)
    design = BalanceDesign(refusal_margin=refusal_margin, **margins)
    names = [measure.name for measure in MEASURES]
    found = analyse_balance(scored_pairs(asked, given), design, names, REFUSAL)
    output.show(analysis_value(found), analysis_lines(found, output))
    return _exit_code(found.verdict)


def _exit_code(verdict: "BalanceVerdict") -> ExitCode:
    from shipworthy.stages.balancing import BalanceVerdict

    match verdict:
        case BalanceVerdict.BALANCED:
            return ExitCode.YES
        case BalanceVerdict.SKEWED:
            return ExitCode.NO
        case BalanceVerdict.NOT_SHOWN:
            return ExitCode.INCONCLUSIVE


def _bytes(path: Path) -> bytes:
    try:
        return read_bounded(path, _LARGEST_FILE)
    except OSError as error:
        large = isinstance(error, TooLargeError)
        raise Problem.of(
            "balance-unreadable",
            system_reason(error),
            location=Location(str(path)),
            help="use fewer topics or repeats" if large else "check the path and the permissions",
        ) from None
