"""The section: how the decision stands, and all that was said of the deployment."""

from typing import Final

from shipworthy.records import DecisionReopened
from shipworthy.records.live.incidents import Incident
from shipworthy.stages.reporting.cells import ShownClock
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Heading,
    Inlines,
    Link,
    Mark,
    Moment,
    Notice,
    Quote,
    Row,
    Section,
    State,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.live.confirmations import confirmation_blocks
from shipworthy.stages.reporting.sections.live.probes import probe_blocks

STANDING_ROW: Final = "live-standing"
"""Anchor of the row that says how the decision stands; the verifier looks for it."""

_CLOCKS: Final[dict[str, State]] = {
    "overdue": "broken",
    "possible": "inconclusive",
    "due": "waiting",
    "waiting": "none",
    "met": "kept",
}
_ASKED: Final = {
    "expire": "The decision has run out before its time.",
    "restrict": "The deployment is to go back to",
    "roll-back": "The deployment is to be taken back.",
}


def build(context: Context) -> Section:
    """Return how the decision stands, re-openings, confirmations, monitoring and incidents."""
    return Section(
        id="live",
        title="In deployment",
        blocks=(
            *live_notice(context),
            _standing(context),
            Heading(anchor="live-reopenings", words=say("Re-openings")),
            _reopenings(context),
            Heading(anchor="live-confirmations", words=say("Confirmations of the deployed path")),
            *confirmation_blocks(context),
            Heading(anchor="live-probes", words=say("Sealed probes")),
            *probe_blocks(context),
            Heading(anchor="live-monitoring", words=say("Monitoring")),
            _monitoring(context),
            Heading(anchor="live-incidents", words=say("Incidents")),
            _incidents(context),
            *_clocks(context),
        ),
    )


def live_notice(context: Context) -> tuple[Block, ...]:
    """Return the boxes that say what stands against the decision, here and in other campaigns."""
    return (*_here(context), *_elsewhere(context))


def _elsewhere(context: Context) -> tuple[Block, ...]:
    against = [one for one in context.report.live.elsewhere.campaigns if one.against]
    if not against:
        return ()
    body = tuple(
        paragraph(
            "Campaign ",
            Code(text=one.plan),
            " of ",
            Quote(text=one.assessment, source="plan"),
            ": see ",
            Link(text="other campaigns of the same model", target="#submission-elsewhere"),
            ".",
        )
        for one in against
    )
    title = say("Another campaign of the same model was re-opened, or has an open incident.")
    return (Notice(state="inconclusive", title=title, body=body),)


def _here(context: Context) -> tuple[Block, ...]:
    live = context.report.live
    opened, defects = live.unanswered, live.defects
    state: State = "no-go" if context.report.standing == "no-go" else "inconclusive"
    body = tuple(paragraph(*_cause(one)) for one in opened)
    if opened:
        title = say("This decision was re-opened, and does not stand as a permission.")
        again = paragraph("It takes a new draft that answers this, and every signature over it.")
        return (Notice(state=state, title=title, body=(*body, again)),)
    if defects:
        title = say("A confirmation found a defect on the deployed path.")
        return (Notice(state=state, title=title),)
    if live.wanting:
        title = say("The decision needs a confirmation of the deployed path, and none counts.")
        why = paragraph(Quote(text=live.wanting, source="statement"))
        return (Notice(state=state, title=title, body=(why,)),)
    return ()


def _cause(one: DecisionReopened) -> Inlines:
    to = (" ", Code(text=one.to), ".") if one.to else ()
    return say(
        Code(text=one.action),
        ", ",
        Moment(at=one.at),
        ", by ",
        Quote(text=one.by, source="statement"),
        ": ",
        Quote(text=one.cause, source="statement"),
        ". ",
        _ASKED[one.action],
        *to,
    )


def _standing(context: Context) -> Table:
    live = context.report.live
    until = (
        (" until ", Moment(at=live.confirmed_until), " at the latest, by its confirmation")
        if live.confirmed_until and context.report.standing == "go"
        else ()
    )
    return Table(
        anchor="live-standing-table",
        caption=say("How the decision stands with what was seen in deployment"),
        columns=tuple(Column(words=say(head)) for head in ("Stands at", "Meanwhile, at most")),
        rows=(
            Row(
                anchor=STANDING_ROW,
                cells=(
                    say(Mark(state=context.report.standing), *until),
                    say(Code(text=live.meanwhile)),
                ),
            ),
        ),
        note=say(
            "What was seen in deployment lowers a standing and never raises it. A re-opened "
            "decision is answered by a new draft alone."
        ),
    )


def _reopenings(context: Context) -> Block:
    live = context.report.live
    if not live.reopenings:
        return paragraph("None recorded.")
    opened = live.unanswered
    return Table(
        anchor="live-reopening-table",
        caption=say(
            "Re-openings, ",
            ClaimRef(id="live#reopenings"),
            " in all; not answered by this draft, signed by every role: ",
            ClaimRef(id="live#reopenings_open"),
        ),
        columns=tuple(
            Column(words=say(head)) for head in ("When", "Asks for", "Cause", "By", "Answered")
        ),
        rows=tuple(
            Row(
                cells=(
                    say(Moment(at=one.at)),
                    say(Code(text=f"{one.action} {one.to}".strip())),
                    say(
                        Quote(text=one.cause, source="statement"),
                        *((" ", Code(text=one.incident)) if one.incident else ()),
                    ),
                    say(Quote(text=one.by, source="statement")),
                    say(Mark(state="broken"), " no") if one in opened else say("by this draft"),
                )
            )
            for one in live.reopenings
        ),
    )


def _monitoring(context: Context) -> Block:
    live = context.report.live
    if not live.monitorings:
        return paragraph(
            "Not monitored: the log holds no statement of a monitor, so that nothing here speaks "
            "of live traffic. No alarm is no good news."
        )
    looks = zip(live.monitorings, (*live.monitored, *("" for _ in live.monitorings)), strict=False)
    return Table(
        anchor="live-monitoring-table",
        caption=say(
            "What the monitor looked at, by each of its ",
            ClaimRef(id="live#monitorings"),
            " statements",
        ),
        columns=(
            Column(words=say("Deployment")),
            Column(words=say("From")),
            Column(words=say("To")),
            number_column("Exchanges assessed"),
            number_column("Not assessed"),
            number_column("Alarms"),
        ),
        rows=tuple(
            Row(
                cells=(
                    say(Code(text=name)) if name else say("not named"),
                    say(Moment(at=one.since)),
                    say(Moment(at=one.until)),
                    say(ClaimRef(id=f"monitoring:{number}#exchanges")),
                    say(ClaimRef(id=f"monitoring:{number}#unassessed")),
                    say(ClaimRef(id=f"monitoring:{number}#alarms")),
                )
            )
            for number, (one, name) in enumerate(looks, start=1)
        ),
        note=say("The counts are the monitor's; live traffic is not in the bundle."),
    )


def _incidents(context: Context) -> Block:
    live = context.report.live
    if not live.incidents:
        return paragraph("None recorded.")
    return Table(
        anchor="live-incident-table",
        caption=say(
            "Incidents, ",
            ClaimRef(id="live#incidents"),
            "; still open: ",
            ClaimRef(id="live#incidents_open"),
        ),
        columns=tuple(
            Column(words=say(head))
            for head in ("Incident", "Opened", "Severity", "What happened", "State", "Owner")
        ),
        rows=tuple(_incident(one) for one in live.incidents),
    )


def _incident(one: Incident) -> Row:
    state = (
        say(Mark(state="signed"), " closed ", Moment(at=one.closed_at))
        if one.closed_at
        else say(Mark(state="waiting"), " open")
    )
    classified = () if one.classification else (", nobody has classified it",)
    metrics = [say(Code(text=name)) for name in one.opened.metrics]
    return Row(
        cells=(
            say(Code(text=one.id)),
            say(Moment(at=one.opened_at)),
            say(Code(text=one.severity), *classified),
            say(
                Quote(text=one.opened.what, source="statement"),
                " ",
                listed(metrics) if metrics else (),
            ),
            state,
            say(Quote(text=one.opened.owner, source="statement")),
        )
    )


def _clocks(context: Context) -> tuple[Block, ...]:
    clocks = context.report.live.clocks
    if not clocks:
        return ()
    return (
        Heading(anchor="live-clocks", words=say("Legal clocks")),
        Table(
            anchor="live-clock-table",
            caption=say("By when incidents have to be reported, as it stood when this was made"),
            columns=tuple(
                Column(words=say(head))
                for head in ("Incident", "Law or code", "In force", "What is due", "Due", "State")
            ),
            rows=tuple(_clock(one) for one in clocks),
            note=say(
                "No legal advice: the clocks follow our reading of each text. The verifier does "
                "not work them out again."
            ),
        ),
    )


def _clock(one: ShownClock) -> Row:
    late = ", late" if one.late and one.state != "overdue" else ""
    return Row(
        cells=(
            say(Code(text=one.incident)),
            say(Code(text=one.authority)),
            say(Quote(text=one.in_force, source="statement")) if one.in_force else say("not said"),
            say(Quote(text=one.about, source="statement"), " ", Code(text=one.report)),
            say(Moment(at=one.due_at)) if one.due_at else say("not started"),
            say(Mark(state=_CLOCKS[one.state]), " ", Code(text=one.state), late),
        )
    )
