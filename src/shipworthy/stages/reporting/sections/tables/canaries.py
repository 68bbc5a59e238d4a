"""The table of what each judge said of its canaries, in all runs together."""

from shipworthy.records import CanaryResult
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Mark,
    Row,
    State,
    Table,
    number_column,
    paragraph,
    say,
)


def canary_table(context: Context) -> Block:
    """Return a row for each judge of the plan, those that drifted first."""
    if not context.report.canaries:
        return paragraph("No judge was asked a canary.")
    return Table(
        anchor="canaries-table",
        caption=say("Judges on their canaries, those that drifted first"),
        columns=(
            Column(words=say("Judge")),
            number_column("Canaries of a run"),
            number_column("Answered, in all runs"),
            number_column("As for the card"),
            Column(words=say("Found")),
            Column(words=say("State")),
        ),
        rows=tuple(_row(found) for found in sorted(context.report.canaries, key=_worst_first)),
        note=say(
            "Canaries are labelled items that every run puts to the judges among the trials. What "
            "a judge said of each when its card was made is registered with the plan. The judges "
            "are rules, so one other answer means that another judge was at work."
        ),
    )


def canary_words(result: CanaryResult) -> str:
    """Return in a word or two what the canaries show of a judge."""
    if result.agreed != result.asked:
        return "drifted"
    return "not asked in full" if result.objections else "no drift"


def _worst_first(result: CanaryResult) -> tuple[bool, bool, str]:
    return result.agreed == result.asked, not result.objections, result.judge


def _row(result: CanaryResult) -> Row:
    name = f"canaries:{result.judge}"
    state: State = "inconclusive" if result.objections else "kept"
    if result.agreed != result.asked:
        state = "broken"
    return Row(
        anchor=row_anchor("canaries", result.judge),
        cells=(
            say(Code(text=result.judge)),
            say(ClaimRef(id=f"{name}#items")),
            say(ClaimRef(id=f"{name}#asked")),
            say(ClaimRef(id=f"{name}#agreed")),
            say(canary_words(result)),
            say(Mark(state=state)),
        ),
    )
