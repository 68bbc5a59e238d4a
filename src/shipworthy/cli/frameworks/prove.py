"""`shipworthy framework prove`: is it monotone, does it stop what is critical, does it bind."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from shipworthy.cli.frameworks.options import (
    budget_option,
    deployment_option,
    gate_option,
    reading_option,
)
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode
from shipworthy.vocabulary import DeploymentType

if TYPE_CHECKING:
    from shipworthy.frameworks import FrameworkDocument, Gate
    from shipworthy.frameworks.prove import Proof

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
@gate_option
@deployment_option()
@click.option(
    "--when",
    "conditions",
    metavar="CONDITION",
    multiple=True,
    help="A situation to ask about, such as `cyber >= critical`; all of several have to hold.",
)
@reading_option("both", "Whether the developer uses no hedge, or every one.")
@budget_option(5_000, sat=True)
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
    from shipworthy.frameworks import load_framework
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
    output.show(found, _lines(found, document, framework, output))
    return _EXIT[found.outcome]


def _lines(
    found: "Proof", document: "FrameworkDocument", framework: str, output: Output
) -> Iterator[str]:
    from shipworthy.cli.frameworks.texts.proof_text import ProofText
    from shipworthy.frameworks.catalogue import framework_places

    places = {
        name: f"{Path(place.file).name}:{place.line}"
        for (kind, name), place in framework_places(framework).items()
        if kind == "hedge"
    }
    word = output.styled(found.outcome, _COLOUR.get(found.outcome, "red"))
    yield from ProofText(document, places).lines(found, word)
