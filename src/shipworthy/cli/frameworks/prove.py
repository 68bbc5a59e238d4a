"""`shipworthy framework prove`: is it monotone, does it stop what is critical, does it bind."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode
from shipworthy.vocabulary import DeploymentType

if TYPE_CHECKING:
    from shipworthy.frameworks import Gate

_EXIT: Final = {
    "proved": ExitCode.YES,
    "refuted": ExitCode.NO,
    "unknown": ExitCode.INCONCLUSIVE,
}
_COLOUR: Final = {"proved": "green", "unknown": "yellow"}


@click.command("prove")
@click.argument("framework")
@click.argument(
    "question",
    type=click.Choice(["monotone", "critical", "binding", "all"]),
    default="all",
)
@click.option("--gate", type=click.Choice(["deploy", "develop"]), default=None, help="One gate.")
@click.option(
    "--deployment",
    type=click.Choice([member.value for member in DeploymentType]),
    default=None,
    help="One deployment type.",
)
@click.option(
    "--when",
    "conditions",
    metavar="CONDITION",
    multiple=True,
    help="A situation to ask about, such as `cyber >= critical`; all of several have to hold.",
)
@click.option(
    "--reading",
    type=click.Choice(["charitable", "hostile", "both"]),
    default="both",
    show_default=True,
    help="Whether the developer uses no hedge, or every one.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=5_000,
    show_default=True,
    help="Boxes that each question may examine before SAT is asked, or `unknown` answered.",
)
@format_option
def prove(
    framework: str,
    question: str,
    gate: "Gate | None",
    deployment: str | None,
    conditions: tuple[str, ...],
    **options: "int | str | None",
) -> ExitCode:
    """Ask FRAMEWORK, an id or a path: is it monotone, does it stop what is critical, does it bind.

    Exit 0: proved; 1: some situation refutes it, and is shown; 3: not settled.
    """
    from shipworthy.cli.frameworks.texts.proof_text import ProofText
    from shipworthy.frameworks import load_framework
    from shipworthy.frameworks.catalogue import framework_places
    from shipworthy.frameworks.prove import QUESTIONS, Inquiry, read_situation
    from shipworthy.frameworks.prove import prove as answer

    wanted = options["output_format"]
    output = Output.choose(wanted if isinstance(wanted, str) else None)
    document = load_framework(framework)
    reading = options["reading"]
    inquiry = Inquiry(
        questions=tuple(one for one in QUESTIONS if question in {one, "all"}),
        gate=gate,
        deployment=DeploymentType(deployment) if deployment else None,
        situation=read_situation(document, conditions),
        reading=reading if reading in {"charitable", "hostile"} else None,  # type: ignore[arg-type]  # narrowed by the set
        budget=int(options["budget"] or 0),
    )
    found = answer(document, inquiry)
    if output.format == "json":
        output.data(msgspec.to_builtins(found))
    else:
        places = {
            name: f"{Path(place.file).name}:{place.line}"
            for (kind, name), place in framework_places(framework).items()
            if kind == "hedge"
        }
        text = ProofText(document, places)
        word = output.styled(found.outcome, _COLOUR.get(found.outcome, "red"))
        for line in text.lines(found, word):
            output.line(line)
    return _EXIT[found.outcome]
