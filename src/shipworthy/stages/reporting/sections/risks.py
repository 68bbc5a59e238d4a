"""Section `risks`: which threat scenarios matter, what speaks to each, and what is missing."""

from collections.abc import Iterator
from typing import Final

from shipworthy.records import MappedEvidence, MappedScenario, RiskMap
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    Code,
    Column,
    Definition,
    Definitions,
    Emphasis,
    Heading,
    Inlines,
    Items,
    Quote,
    Row,
    Section,
    Table,
    listed,
    paragraph,
    say,
)

_MATTERS: Final = {"true": "yes", "false": "no", "unknown": "perhaps"}
_SOURCES: Final = {"campaign": "measured", "fact": "stated", "missing": "missing"}


def build(context: Context) -> Section:
    """Return the map, worst first: an unmapped scenario stands against a go."""
    found = context.report.risks
    return Section(
        id="risks",
        title="What could go wrong",
        blocks=(
            paragraph(
                "Each way in which what the framework fears could come about, whether it matters "
                "for this deployment, and what speaks to it. A scenario that may matter and to "
                "which nothing speaks stands against a go. That something speaks to it does not "
                "make the evidence good: requirements judge that."
            ),
            *(_blocks(found) if found else [paragraph("Nobody made a risk map.")]),
        ),
    )


def _blocks(found: RiskMap) -> Iterator[Block]:
    yield _of_the_whole(found)
    if not found.scenarios:
        yield paragraph("The framework, as encoded, names no threat scenario.")
        return
    ordered = sorted(found.scenarios, key=lambda one: (not one.open, one.matters == "false"))
    yield Table(
        anchor="risks-scenarios",
        caption=say("Threat scenarios"),
        columns=tuple(
            Column(words=say(head))
            for head in ("Scenario", "What happens", "Matters", "What speaks to it", "Mapped")
        ),
        rows=tuple(_row(one) for one in ordered),
    )
    modelled = [one for one in ordered if one.threat and one.matters != "false"]
    if modelled:
        yield Heading(anchor="risks-threats", words=say("Threat models"))
        yield Definitions(items=tuple(_threat(one) for one in modelled))
    gaps = [(one.scenario, gap.words) for one in ordered for gap in one.gaps]
    if gaps:
        yield Heading(anchor="risks-gaps", words=say("Gaps by scenario"))
        yield Items(items=tuple(say(Code(text=name), ": ", _words(gap)) for name, gap in gaps))


def _of_the_whole(found: RiskMap) -> Definitions:
    reference = [say(_words(name)) for name in found.reference_class]
    card = say(_words(found.model_card)) if found.model_card else say("none named")
    rows = (
        ("Elicitation due", listed([say(Code(text=one)) for one in found.elicitation])),
        ("Model card", card),
        ("Reference class", listed(reference) if reference else say("none named")),
        (
            "Beyond the map",
            listed([say(_words(one)) for one in found.beyond], "; ")
            if found.beyond
            else say("no risk domain that the framework names without a threshold"),
        ),
    )
    return Definitions(
        items=tuple(Definition(term=say(term), details=words) for term, words in rows)
    )


def _row(one: MappedScenario) -> Row:
    mapped = say(Emphasis(text="no")) if one.open else say("yes" if one.mapped else "not needed")
    return Row(
        cells=(
            say(Code(text=one.scenario)),
            say(_words(one.about)),
            say(_MATTERS[one.matters], ": ", _words(one.why)),
            listed([_evidence(each) for each in one.evidence], "; "),
            mapped,
        ),
        anchor=f"risk-{one.scenario}",
    )


def _evidence(one: MappedEvidence) -> Inlines:
    sought = ", ".join(one.elicitation)
    return say(
        Code(text=one.field),
        f" {_SOURCES[one.source]}",
        *(say(", sought with ", Code(text=sought)) if sought else ()),
    )


def _threat(one: MappedScenario) -> Definition:
    threat = one.threat
    assert threat is not None
    parts: list[Inlines] = [
        say(
            _words(threat.actor),
            ", with ",
            _words(threat.resources),
        ),
        say("path: ", _words(" > ".join(threat.path))),
    ]
    for barrier in threat.barriers:
        until = (
            say(" until ", Code(text=barrier.until)) if barrier.until else say(" for unknown time")
        )
        parts.append(
            say(
                "barrier at ",
                _words(barrier.step),
                ": ",
                _words(barrier.barrier),
                *until,
            )
        )
    return Definition(term=say(Code(text=one.scenario)), details=listed(parts, "; "))


def _words(text: str) -> Quote:
    return Quote(text=text, source="map")
