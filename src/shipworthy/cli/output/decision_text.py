"""A decision in words, for a terminal."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shipworthy.cli.output.streams import Output
from shipworthy.records import Decision, RequirementResult
from shipworthy.stages.deciding import LiveState

GLYPHS: Final = {"kept": "✓", "broken": "✗", "inconclusive": "?"}
_COLOURS: Final = {"kept": "green", "broken": "red", "inconclusive": "magenta"}
_RULING_COLOURS: Final = {"go": "green", "no-go": "red", "inconclusive": "magenta"}
_WORST_FIRST: Final = ("broken", "inconclusive", "kept")


_ASKED: Final = {
    "expire": "the decision has run out before its time",
    "restrict": "go back to deployment",
    "roll-back": "take the deployment back",
}


def live_lines(live: LiveState, output: Output) -> Iterator[str]:
    """Yield what live evidence has against a draft, before anything else is said of it."""
    for one in live.open:
        yield output.styled(f"RE-OPENED  {one.action} {one.to}".rstrip(), "red")
        yield f"  {one.at}, by {one.by}: {one.cause}"
        to = f" `{one.to}`" if one.to else ""
        incident = f"; incident {one.incident}" if one.incident else ""
        yield f"  {_ASKED[one.action]}{to}{incident}"
    if live.open:
        yield "  only a new draft that people sign answers this: `shipworthy decide FILE --answer`"
    for defect in live.defects:
        yield output.styled("DEFECT", "red") + f"  found on the deployed path, {defect.at}"
    if live.confirmation:
        yield output.styled("NOT CONFIRMED", "magenta") + f"  {live.confirmation}"
    if not live.untouched:
        yield f"meanwhile  at most {live.meanwhile}"


def live_json(live: LiveState) -> dict[str, object]:
    """Return the same for machines."""
    return {
        "reopened": [
            {
                "action": one.action,
                "to": one.to,
                "at": one.at,
                "by": one.by,
                "cause": one.cause,
                "incident": one.incident,
                "statement": one.envelope,
            }
            for one in live.open
        ],
        "defects": [one.confirmation for one in live.defects],
        "confirmation": live.confirmation,
        "confirmed_until": live.confirmed_until,
        "meanwhile": live.meanwhile,
    }


def decision_lines(decision: Decision, output: Output) -> Iterator[str]:
    """Yield the drafted ruling, the requirements worst first, and what would change it."""
    counts = Counter(result.verdict for result in decision.requirements)
    ruling = output.styled(decision.ruling.upper(), _RULING_COLOURS[decision.ruling])
    yield (
        f"{ruling} (draft)  {counts['kept']} of {len(decision.requirements)} requirements kept, "
        f"{counts['broken']} broken, {counts['inconclusive']} inconclusive"
    )
    yield f"  framework {decision.framework}, deployment {decision.deployment}"
    for verdict in _WORST_FIRST:
        for result in decision.requirements:
            if result.verdict == verdict:
                yield from _requirement(result, output)
    for scenario in decision.unmapped:
        mark = output.styled("? unmapped", _COLOURS["inconclusive"])
        yield f"  {mark}  threat scenario `{scenario}` may matter, and nothing speaks to it"
    if decision.determining:
        yield f"determined by  {', '.join(decision.determining)}"
    if decision.flip:
        yield f"nearest change  {decision.flip}"
    yield f"draft  {decision.digest}"


def _requirement(result: RequirementResult, output: Output) -> Iterator[str]:
    mark = output.styled(f"{GLYPHS[result.verdict]} {result.verdict}", _COLOURS[result.verdict])
    clauses = ", ".join(result.clauses)
    yield f"  {mark}  {result.title}  [{clauses}]"
    yield f"      {result.why}"
    if result.verdict != "kept" and result.missing:
        yield f"      -> {result.missing}"
