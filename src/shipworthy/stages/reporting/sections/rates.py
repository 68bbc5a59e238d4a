"""Tables of rates and of transitions, for every section that compares arms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.records import PairedFinding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ARM_WORDS, Context, domain_words
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Column,
    Emphasis,
    Inlines,
    Mark,
    Row,
    Table,
    say,
)
from shipworthy.vocabulary import Arm


@dataclass(frozen=True, slots=True)
class RateRow:
    """Which finding a row shows, and how the row is named."""

    finding: str
    name: Inlines
    arm: Inlines


_TRANSITIONS: Final = ("both", "before_only", "after_only", "neither", "unpaired")


def arm_words(arm: Arm) -> Inlines:
    """Return an arm's name for people."""
    return say(ARM_WORDS[arm])


def rate_table(
    context: Context, anchor: str, caption: Inlines, event: str, rows: Sequence[RateRow]
) -> Table:
    """Return counts first, then the rate, its bounds and what the decision says of it."""
    return Table(
        anchor=anchor,
        caption=caption,
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            Column(words=say(f"{event} / assessed"), align="end"),
            Column(words=say("Rate"), align="end"),
            Column(words=say("Bounds"), align="end"),
            Column(words=say("Gate reads at most"), align="end"),
            Column(words=say("Unassessed"), align="end"),
            Column(words=say("Requirement")),
        ),
        rows=tuple(_rate_row(context, row) for row in rows),
        note=say(
            "Each bound is one-sided at level ",
            ClaimRef(id="plan#alpha"),
            "; unassessed trials widen it in both directions. The gate reads an upper bound raised "
            "for what the judges may miss. A dash means that nothing was "
            "assessed, which is never a pass.",
        ),
    )


def _rate_row(context: Context, row: RateRow) -> Row:
    name = f"finding:{row.finding}"
    state = context.state_of(row.finding)
    return Row(
        anchor=row_anchor("rate", row.finding),
        cells=(
            row.name,
            row.arm,
            context.share(row.finding),
            context.number(f"{name}#point"),
            context.interval(row.finding),
            context.number(f"{name}#upper_adjusted"),
            context.number(f"{name}#unassessed"),
            say("none reads it") if state == "none" else say(Mark(state=state)),
        ),
    )


def by_domain_and_arm(context: Context, metric: str, domains: Sequence[str]) -> list[RateRow]:
    """Return a row for each domain and arm of the plan, measured or not."""
    return [
        RateRow(
            finding=f"{metric}.{domain}.{arm.value}",
            name=domain_words(domain),
            arm=arm_words(arm),
        )
        for domain in domains
        for arm in context.arms
    ]


def transition_table(
    anchor: str, caption: Inlines, event: str, paired: Sequence[PairedFinding]
) -> Table:
    """Return what changed between the arms on the same items, with McNemar's test."""
    heads = (
        f"{event} in both",
        "before only",
        f"newly {event}",
        "neither",
        "unpaired",
    )
    return Table(
        anchor=anchor,
        caption=caption,
        columns=(
            Column(words=say("Domain")),
            Column(words=say("After")),
            *(Column(words=say(head), align="end") for head in heads),
            Column(words=say("Difference"), align="end"),
            Column(words=say("Interval"), align="end"),
            Column(words=say("Mid-p"), align="end"),
        ),
        rows=tuple(_transition_row(finding) for finding in paired),
        note=_transition_note(paired),
    )


def _transition_row(finding: PairedFinding) -> Row:
    name = f"paired:{finding.id}"
    counts = [say(ClaimRef(id=f"{name}#{key}")) for key in _TRANSITIONS]
    if finding.after_only:
        counts[2] = say(ClaimRef(id=f"{name}#after_only"), " ", Emphasis(text="worse"))
    return Row(
        anchor=row_anchor("paired", finding.id),
        cells=(
            domain_words(finding.domain),
            arm_words(finding.after),
            *counts,
            say(ClaimRef(id=f"{name}#difference")),
            say(
                ClaimRef(id=f"{name}#difference_lower"),
                " to ",
                ClaimRef(id=f"{name}#difference_upper"),
            ),
            say(ClaimRef(id=f"{name}#p_midp")),
        ),
    )


def _transition_note(paired: Sequence[PairedFinding]) -> Inlines:
    return say(
        "Each pair is a scenario assessed in both arms, with the event when any of its trials "
        "had it. Difference is the share before minus the share after: "
        "positive means fewer events after. The interval is two-sided at confidence ",
        ClaimRef(id=f"paired:{paired[0].id}#confidence"),
        " and allows for unpaired scenarios; the test is McNemar's with the mid-p value.",
    )
