"""A decision in words, for a terminal."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from shipworthy.cli.output.streams import Output
from shipworthy.records import Decision, RequirementResult
from shipworthy.records.live.reopenings import Elsewhere, OtherCampaign
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
    """Yield what live evidence has against a draft, and until when a confirmation counts."""
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
    if live.confirmed_until and not live.confirmation:
        yield f"confirmed  until {live.confirmed_until}, as the assessment requires"
    if not live.untouched:
        yield f"meanwhile  at most {live.meanwhile}"


_KINSHIP: Final = {
    "weights": "the same weights",
    "identity": "the same model, by all that is known of it",
    "name": "the same name",
}


def elsewhere_lines(elsewhere: Elsewhere, output: Output) -> Iterator[str]:
    """Yield what other campaigns of the same model hold against it, before all else is said."""
    for one in elsewhere.campaigns:
        if one.against:
            yield output.styled("ELSEWHERE", "red") + f"  {_campaign(one)}"
            for opened in one.unanswered:
                asked = f"{opened.action} {opened.to}".rstrip()
                yield f"  {asked}, {opened.at}, by {opened.by}: {opened.cause}"
            for incident in one.incidents_open:
                yield f"  incident {incident} is open"
    quiet = [one for one in elsewhere.campaigns if not one.against]
    for one in quiet:
        answered = ", re-opened and named by its later draft" if one.reopenings else ""
        yield f"earlier or other  {_campaign(one)}{answered}"
    for plan in elsewhere.unknown:
        yield (
            output.styled("NOT KNOWN", "magenta")
            + f"  campaign {plan} is registered, and its log cannot be read here"
        )


def _campaign(one: OtherCampaign) -> str:
    when = f", registered {one.registered_at}" if one.registered_at else ""
    return (
        f"campaign {one.plan} of assessment `{one.assessment}`, product `{one.product}`, "
        f"deployment {one.deployment}: {_KINSHIP[one.kinship]}{when}"
    )


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
