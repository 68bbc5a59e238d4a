"""What the outcomes of a run amount to: counts, documents, and an exit code."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from shipworthy import __version__
from shipworthy.app.live.conformance.running import Wishes
from shipworthy.kernel import ExitCode
from shipworthy.traffic.conformance.cases import PARTS
from shipworthy.traffic.conformance.verdicts import FAILING, UNCLEAR, Outcome, Verdict


def exit_of(wishes: Wishes, outcomes: Sequence[Outcome]) -> ExitCode:
    """Return 1 for a leak or a detection recorded as a pass, 3 where something stays unknown.

    Unknown is: a dialect that was asked for by name and is not served, no dialect served at all, an
    answer that no client of its dialect could read, none within the time, what was held by a
    gateway that holds clean answers, too, and everything where only clean answers were asked for.
    A clean answer that was altered is neither, and listed.
    """
    verdicts = {one.verdict for one in outcomes}
    if verdicts & FAILING or (wishes.strict and Verdict.PASSED_ON in verdicts):
        return ExitCode.NO
    controls = [one for one in outcomes if one.case.control]
    served = {one.case.dialect for one in controls if one.verdict is Verdict.INTACT}
    refused = {one.case.dialect for one in controls if one.verdict is not Verdict.INTACT}
    unserved = bool(refused & set(wishes.dialects))
    nothing_to_hold = all(one.case.part == "clean" for one in outcomes)
    if not served or unserved or nothing_to_hold or verdicts & UNCLEAR:
        return ExitCode.INCONCLUSIVE
    return ExitCode.YES


def counted(outcomes: Sequence[Outcome]) -> dict[tuple[str, str, str], Counter[Verdict]]:
    """Count verdicts by part, dialect, and `stream` or `whole`, in the order of the suite."""
    table: dict[tuple[str, str, str], Counter[Verdict]] = {}
    for part in PARTS:
        for one in outcomes:
            if one.case.part == part:
                how = "stream" if one.case.stream and part != "detours" else "whole"
                table.setdefault((part, one.case.dialect, how), Counter())[one.verdict] += 1
    return table


def document(wishes: Wishes, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return everything that was found; the same for the same answers."""
    totals = Counter(one.verdict for one in outcomes)
    return {
        "suite": f"shipworthy {__version__}",
        "gateway": wishes.url,
        "seed": wishes.seed,
        "exit": int(exit_of(wishes, outcomes)),
        "verdicts": {one.value: totals[one] for one in Verdict},
        "cases": [
            {
                "id": one.case.id,
                "verdict": one.verdict.value,
                "why": one.why,
                "status": one.status,
            }
            for one in outcomes
        ],
    }


def junit(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the lines of a JUnit file: a leak is a failure, what is unknown an error."""
    failed = sum(one.verdict in FAILING for one in outcomes)
    unclear = sum(one.verdict in UNCLEAR for one in outcomes)
    skipped = sum(one.verdict is Verdict.NOT_OFFERED for one in outcomes)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<testsuite name="gateway-conformance" tests="{len(outcomes)}" failures="{failed}" '
        f'errors="{unclear}" skipped="{skipped}">'
    )
    for one in outcomes:
        name = f"<testcase classname={quoteattr(one.case.part)} name={quoteattr(one.case.id)}"
        said = f" message={quoteattr(f'{one.verdict.value}: {one.why}')}"
        if one.verdict in FAILING:
            yield f"{name}><failure{said}/></testcase>"
        elif one.verdict in UNCLEAR:
            yield f"{name}><error{said}/></testcase>"
        elif one.verdict is Verdict.NOT_OFFERED:
            yield f"{name}><skipped{said}/></testcase>"
        else:
            yield f"{name}/>"
    yield "</testsuite>"
