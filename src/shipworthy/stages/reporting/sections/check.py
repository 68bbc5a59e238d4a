"""Section `check`: how a stranger checks this report, and what that proves."""

from typing import Final

from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    Code,
    Definition,
    Definitions,
    Heading,
    Items,
    Link,
    Listing,
    Quote,
    Section,
    paragraph,
    say,
)

_BEFORE: Final = "The plan was in the log before the first trial."
_IMPORTED: Final = "The plan was in the log before it was filled from logs of another program."


def build(context: Context) -> Section:
    """Return the commands, the fingerprints to compare, and the reach of verification."""
    report = context.report
    fingerprints: list[Block] = []
    if report.fingerprints:
        fingerprints = [
            paragraph(
                "Compare these with what the publisher states through another channel; a bundle "
                "cannot vouch for itself."
            ),
            Definitions(
                items=tuple(
                    Definition(
                        term=say(Quote(text=label, source="statement")),
                        details=say(Code(text=digest)),
                    )
                    for label, digest in sorted(report.fingerprints.items())
                )
            ),
        ]
    return Section(
        id="check",
        title="How to check this report",
        blocks=(
            paragraph(
                "Every number here is a link to ",
                Link(text="its derivation", target="#evidence"),
                ". A verifier recomputes each from the trial records in the bundle, without a "
                "network and without the program that wrote this report.",
            ),
            Listing(lines=report.commands),
            *fingerprints,
            Heading(anchor="check-proves", words=say("What a successful check proves")),
            Items(
                items=(
                    say("The records are those that were signed, and none was added or removed."),
                    say(_IMPORTED if report.plan.imported else _BEFORE),
                    say("Every number follows from the records by its stated derivation."),
                    say("The ruling follows from the rulebook, the findings and the facts."),
                )
            ),
            Heading(anchor="check-not", words=say("What it does not prove")),
            Items(
                items=(
                    say("That the recorded answers came from the model that is named."),
                    say("That no earlier campaign was run and kept silent elsewhere."),
                    say("That the facts which people supplied are true."),
                    say("That the framework asks for enough, or that the scenarios cover it."),
                )
            ),
        ),
    )
