"""Sealed probes: what became of attacks that were promised and sent among users."""

from shipworthy.stages.reporting.cells import ShownWatch
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Inlines,
    Moment,
    Row,
    Table,
    number_column,
    paragraph,
    say,
)

_COUNTS = ("caught", "missed", "unknown", "twins_refused")


def probe_blocks(context: Context) -> tuple[Block, ...]:
    """Return a row a watch; what came of probes is shown once the key is revealed."""
    watches = context.report.live.watches
    if not watches:
        return (
            paragraph(
                "None: nobody asks the deployment again and again what the laboratory's safeguards "
                "held. A safeguard that went off since would not show here."
            ),
        )
    return (
        Table(
            anchor="live-probe-table",
            caption=say("Watches with sealed probes, ", ClaimRef(id="live#watches"), " in all"),
            columns=(
                *(Column(words=say(head)) for head in ("Begun", "Deployment", "Key")),
                number_column("Promised"),
                number_column("Caught"),
                number_column("Missed"),
                number_column("Unknown"),
                number_column("Harmless twins refused"),
                Column(words=say("Share caught, at least and at most")),
                number_column("Alarms"),
            ),
            rows=tuple(_row(number, one) for number, one in enumerate(watches, start=1)),
            note=say(
                "Each probe was promised in a chain before it was sent, and the verifier draws it "
                "again from the revealed key. The limits of the share are those of an interval of "
                "Clopper and Pearson at ninety-five per cent; an unknown outcome counts as missed "
                "for the lower and as caught for the upper one. While a key is sealed, outcomes "
                "would tell probes from users, so they are not shown."
            ),
        ),
    )


def _row(number: int, one: ShownWatch) -> Row:
    def claim(key: str) -> Inlines:
        return say(ClaimRef(id=f"watch:{number}#{key}"))

    sealed = say("sealed")
    recall = sealed
    if one.revealed:
        recall = say(*claim("recall_lower"), " to ", *claim("recall_upper"))
        if not one.counts.promised:
            recall = say("no probe")
    return Row(
        cells=(
            say(Moment(at=one.opened.at)),
            say(Code(text=one.opened.deployment)),
            say(Code(text=one.name)),
            claim("promised"),
            *((claim(key) if one.revealed else sealed) for key in _COUNTS),
            recall,
            claim("alarms"),
        )
    )
