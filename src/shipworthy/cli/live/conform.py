"""`shipworthy gateway conform`: test any gateway from outside."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from shipworthy.cli.output.streams import Output, format_option, note
from shipworthy.kernel import ExitCode, Problem

if TYPE_CHECKING:
    from shipworthy.traffic.conformance.verdicts import Outcome

_DIALECTS = ("chat", "completions", "responses", "messages")
_PARTS = ("clean", "answers", "requests", "faults", "detours", "judge")


class _Given(TypedDict):
    """Options of the command."""

    seed: str
    setup: bool
    model_port: int
    judge_port: int | None
    judge_says: tuple[str, str]
    named: str
    dialects: tuple[str, ...]
    parts: tuple[str, ...]
    headers: tuple[str, ...]
    records: str
    found: tuple[str, ...]
    timeout: float
    wait: float
    strict: bool
    junit: Path | None


@click.command("conform")
@click.argument("url")
@format_option
@click.option("--seed", default="1", show_default=True, help="Names the mark: any text.")
@click.option("--setup", is_flag=True, help="Say how to set the gateway up, and test nothing.")
@click.option("--model-port", default=9100, show_default=True, help="Port of the scripted model.")
@click.option("--judge-port", type=int, help="Port of the scripted judge; no judge without it.")
@click.option(
    "--judge-says",
    nargs=2,
    default=('{"score": 0}', '{"score": 1}'),
    metavar="PASS OBJECT",
    help="What the judge says of what may leave, and of what may not.",
)
@click.option("--model", "named", default="scripted-1", show_default=True, help="Model to ask for.")
@click.option(
    "--dialect",
    "dialects",
    multiple=True,
    type=click.Choice(_DIALECTS),
    help="A dialect that has to be served; may be repeated. Without any, those served are tested.",
)
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(_PARTS), help="A part; may be repeated."
)
@click.option("--header", "headers", multiple=True, help="`Name: value`, sent with every request.")
@click.option("--records", default="", help="URL of our metrics, or a file of JSON lines.")
@click.option(
    "--found",
    multiple=True,
    metavar="FIELD=VALUE",
    help="What says in a record that something was found; may be repeated.",
)
@click.option("--timeout", default=15.0, show_default=True, help="Seconds for an answer.")
@click.option("--wait", default=30.0, show_default=True, help="Seconds for the gateway to start.")
@click.option("--strict", is_flag=True, help="Count the operator's turns like those of users.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write a JUnit file, too.")
def command(url: str, output_format: str | None, **given: Unpack[_Given]) -> ExitCode:
    """Test the gateway at URL, ours or not: does anything unsafe get through?

    A scripted model behind the gateway says a mark in every place and cut that the dialects know;
    the gateway has one rule, to let nothing through that holds the mark. `--setup` says how it has
    to be set up.

    Exit 0: no leak; 1: the mark or 12 characters of it came through, or a detection is recorded as
    a pass; 3: no leak, and something that was needed is not served or could not be tested, or only
    `clean` was asked for; 5: the gateway cannot be reached, or a port is taken.
    """
    from shipworthy.app.live.conformance.running import Wishes, conform_gateway, setup_lines
    from shipworthy.app.live.conformance.summary import document, exit_of
    from shipworthy.app.live.conformance.summary import junit as junit_lines
    from shipworthy.cli.live.conform_text import conformance_lines

    wishes = Wishes(
        url,
        seed=given["seed"],
        model_port=given["model_port"],
        judge_port=given["judge_port"],
        named=given["named"],
        dialects=given["dialects"],
        parts=given["parts"],
        headers=tuple(map(_header, given["headers"])),
        records=given["records"],
        found=given["found"],
        passing=given["judge_says"][0],
        objecting=given["judge_says"][1],
        timeout_s=given["timeout"],
        wait_s=given["wait"],
        strict=given["strict"],
    )
    if given["setup"]:
        judge = "" if wishes.judge_port is None else f"http://127.0.0.1:{wishes.judge_port}"
        for line in setup_lines(wishes, f"http://127.0.0.1:{wishes.model_port}", judge):
            click.echo(line)
        return ExitCode.YES
    output = Output.choose(output_format)
    junit = given["junit"]
    if junit is not None:
        # a run takes minutes: what cannot be written is said before it
        _write(junit, "")
    outcomes = conform_gateway(wishes, note, _tell)
    code = exit_of(wishes, outcomes)
    output.show(document(wishes, outcomes), conformance_lines(outcomes, code, output))
    if junit is not None:
        _write(junit, "".join(f"{line}\n" for line in junit_lines(outcomes)))
    return code


def _header(given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not colon or not name.strip():
        raise Problem.of(
            "conform-header", f"`{given}` is no header", help="write `--header 'Name: value'`"
        )
    return name.strip(), value.strip()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem.of(
            "conform-junit",
            f"`{path}` cannot be written: {error.strerror}",
            help="give `--junit` another path",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None


def _tell(outcome: "Outcome") -> None:
    if outcome.verdict.value.isupper():
        note(f"{outcome.verdict.value}  {outcome.case.id}")
