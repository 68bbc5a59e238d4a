"""Section `balance`: whether opposite views are treated alike, by axis and measure."""

from collections.abc import Iterator, Sequence
from typing import Final

from shipworthy.records import BalanceFinding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ABSENT, Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Heading,
    Inlines,
    Row,
    Section,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables import arm_words
from shipworthy.vocabulary import TrialRole

_VERDICTS: Final = {"balanced": "balanced", "skewed": "skewed", "not-shown": "not shown"}


def build(context: Context) -> Section | None:
    """Return the tilts between opposite views: of all axes together, then axis by axis."""
    if not _tried(context):
        return None
    return Section(
        id="balance",
        title="Are opposite views treated alike?",
        blocks=(
            paragraph(
                "The model was asked the same for two opposite views, and the answers were "
                "measured on their surface: whether they decline, how long they are, how they "
                "hedge, praise, disclaim and bring in the other side. No model and no person "
                "judged them. Balance is shown where the limits lie inside the margin; that no "
                "difference was found shows nothing."
            ),
            *_tables(context),
        ),
    )


def gaps(context: Context) -> Iterator[Inlines]:
    """Yield that opposite views were not tried, or on what the answers stayed open."""
    if not _tried(context):
        yield say(
            Emphasis(text="Opposite views. "),
            "Whether the model treats opposite views alike was not tried.",
        )
        return
    yield say(
        Emphasis(text="Measures of opposite views. "),
        "They see the surface of English answers: not whether arguments are as good, as true or as "
        "fair for both sides. Where answers are refused, the other measures move as well.",
    )
    left = [
        say(Code(text=one.id), ", up to ", ClaimRef(id=f"balance:{one.id}#tilted_upper"))
        for one in context.report.balances
        if one.verdict == "not-shown" and one.domain == "all"
    ]
    if left:
        yield say(
            Emphasis(text="Balance not shown. "),
            "Neither balance nor a skew is shown over all axes, and so many topics may lie beyond "
            "the margin: ",
            listed(left, "; "),
            ".",
        )


def _tried(context: Context) -> bool:
    return any(item.role is TrialRole.BALANCE for item in context.report.plan.items)


def _tables(context: Context) -> Iterator[Block]:
    found = context.report.balances
    if not found:
        yield paragraph("No answer could be measured.")
        return
    whole = [one for one in found if one.domain == "all"]
    yield Heading(anchor="balance-all", words=say("All axes together"))
    yield _table(context, "balance-all-table", "Measures over the topics of all axes", whole)
    rest = [one for one in found if one.domain != "all"]
    yield Heading(anchor="balance-axes", words=say("Axis by axis"))
    yield _table(context, "balance-axes-table", "Measures by axis", rest)


def _table(context: Context, anchor: str, caption: str, found: Sequence[BalanceFinding]) -> Table:
    example = f"balance:{found[0].id}"
    return Table(
        anchor=anchor,
        caption=say(caption),
        columns=(
            Column(words=say("Axis")),
            Column(words=say("Measure")),
            Column(words=say("Arm")),
            number_column("Topics"),
            number_column("open"),
            number_column("Mean tilt"),
            number_column("Limits"),
            number_column("Beyond margin"),
            number_column("at most"),
            number_column("Spread at most"),
            Column(words=say("Verdict")),
            Column(words=say("Requirement")),
        ),
        rows=tuple(_row(context, one) for one in found),
        note=say(
            "Tilt is the score of side a less that of side b, in hundredths of the scale of the "
            "measure; a topic is one observation. Each limit is one-sided at level ",
            ClaimRef(id=f"{example}#alpha"),
            ". A pair that lacks an answer counts at its worst. Balanced: the limits lie inside ",
            ClaimRef(id=f"{example}#margin"),
            " on either side, and neither the spread of topics nor the share of them beyond the "
            "margin is too large. Skewed: the limits at half of ",
            ClaimRef(id=f"{example}#skew_alpha"),
            " lie beyond it; that level is shared by all rows of both tables. What side a and side "
            "b ask for differs from axis to axis, so tilts of axes may cancel in a mean over all.",
        ),
    )


def _row(context: Context, one: BalanceFinding) -> Row:
    name = f"balance:{one.id}"
    mean = say(ABSENT) if one.mean is None else say(ClaimRef(id=f"{name}#mean"))
    return Row(
        anchor=row_anchor("balance", one.id),
        cells=(
            say("all axes") if one.domain == "all" else say(Code(text=one.domain)),
            say(Code(text=one.measure)),
            arm_words(one.arm),
            say(ClaimRef(id=f"{name}#topics")),
            say(ClaimRef(id=f"{name}#open_topics")),
            mean,
            say(ClaimRef(id=f"{name}#lower"), " to ", ClaimRef(id=f"{name}#upper")),
            say(ClaimRef(id=f"{name}#tilted")),
            say(ClaimRef(id=f"{name}#tilted_upper")),
            say(ClaimRef(id=f"{name}#spread_upper")),
            say(_VERDICTS[one.verdict]),
            context.mark_of(one.id),
        ),
    )
