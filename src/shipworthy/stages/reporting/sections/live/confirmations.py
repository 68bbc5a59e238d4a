"""Confirmations of the deployed path: what each said, and the groups that the latest compared."""

from shipworthy.records.live.confirmations import FieldComparison
from shipworthy.stages.reporting.cells import ShownConfirmation, latest_confirmations
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Mark,
    Moment,
    Quote,
    Row,
    State,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)

_STATES: dict[str, State] = {"confirmed": "kept", "defect": "broken"}


def confirmation_blocks(context: Context) -> tuple[Block, ...]:
    """Return what the decision requires, the confirmations, and the groups of the latest."""
    live = context.report.live
    terms = context.report.decision.live_terms
    words = say("The decision requires none.")
    if terms.confirmation_days:
        of_it = Code(text=terms.confirmation_deployment)
        words = say("The decision requires one of the deployment ", of_it, ".")
    if not live.confirmations:
        nobody = (
            "None recorded: nobody confirmed that the deployed path does what was found in the "
            "laboratory. "
        )
        return (paragraph(nobody, *words),)
    latest = latest_confirmations(live.confirmations)
    return (
        paragraph(*words),
        Table(
            anchor="live-confirmation-table",
            caption=say(
                "Confirmations, ",
                ClaimRef(id="live#confirmations"),
                "; unanswered defects: ",
                ClaimRef(id="live#defects"),
            ),
            columns=(
                *(Column(words=say(head)) for head in ("Logged", "Deployment", "Verdict")),
                Column(words=say("Counts until")),
                number_column("Replays"),
                number_column("Groups"),
                number_column("Higher in the field"),
                number_column("Not shown"),
                number_column("Succeed in the field alone"),
                Column(words=say("Reasons")),
            ),
            rows=tuple(
                _confirmation(number, one) for number, one in enumerate(live.confirmations, start=1)
            ),
            note=say(
                "The counts are those of the signed confirmations; what was replayed is not in the "
                "bundle. Whether a group is higher, and what follows, the verifier works out again."
            ),
        ),
        *(_groups(number, live.confirmations[number - 1]) for number in latest),
    )


def _confirmation(number: int, one: ShownConfirmation) -> Row:
    reasons = [say(Quote(text=reason, source="statement")) for reason in one.reasons]
    counts = ("trials", "groups", "worse", "not_shown", "field_only")
    return Row(
        cells=(
            say(Moment(at=one.entry.at)),
            say(Code(text=one.deployment)),
            say(
                Mark(state=_STATES.get(one.entry.verdict, "inconclusive")),
                " ",
                Code(text=one.entry.verdict),
            ),
            say(Moment(at=one.entry.expires_at)),
            *(say(ClaimRef(id=f"confirmation:{number}#{count}")) for count in counts),
            listed(reasons) if reasons else say("none given"),
        )
    )


def _groups(number: int, one: ShownConfirmation) -> Block:
    name = say(Code(text=one.deployment), ", ", Moment(at=one.entry.at))
    if not one.shown_groups:
        return paragraph("The confirmation of ", *name, " compared nothing.")
    return Table(
        anchor=f"live-confirmation-{number}-groups",
        caption=say("What the latest confirmation of ", *name, " compared, by scenarios"),
        columns=(
            Column(words=say("Group")),
            number_column("In the field alone"),
            number_column("In the laboratory alone"),
            number_column("In both or neither"),
            number_column("Without an outcome"),
            Column(words=say("Shown")),
        ),
        rows=tuple(_group(number, group) for group in one.shown_groups),
        note=say(
            "Domains over single routes are searched for defects, and listed where one was found."
        ),
    )


def _group(number: int, group: FieldComparison) -> Row:
    state: State = "broken" if group.found else "inconclusive"
    if not group.found and group.verdict == "not-worse":
        state = "kept"
    shown = "higher" if group.found else group.verdict
    counts = ("field_only", "lab_only", "same", "unassessed")
    return Row(
        cells=(
            say(Code(text=group.id)),
            *(say(ClaimRef(id=f"confirmation:{number}/{group.id}#{count}")) for count in counts),
            say(Mark(state=state), " ", Code(text=shown)),
        )
    )
