"""Tables of rates: counts first, then the rate, its bounds and what the decision says of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.records import SEQUENTIAL_METHOD, Finding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ARM_WORDS, Context, domain_words
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Column,
    Inlines,
    Link,
    Row,
    Table,
    number_column,
    say,
)
from shipworthy.vocabulary import Arm


@dataclass(frozen=True, slots=True)
class RateRow:
    """Which finding a row shows, and how the row is named."""

    finding: str
    name: Inlines
    arm: Inlines


def arm_words(arm: Arm) -> Inlines:
    """Return an arm's name for people."""
    return say(ARM_WORDS[arm])


def rate_table(
    context: Context,
    anchor: str,
    caption: Inlines,
    event: str,
    rows: Sequence[RateRow],
    *,
    judged: bool = True,
) -> Table:
    """Return counts first, then the rate, its bounds and what the decision says of it.

    With `judged` false nobody judged the trials: there are no misses to allow for.
    """
    return Table(
        anchor=anchor,
        caption=caption,
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            number_column(f"{event} / assessed"),
            number_column("Rate"),
            number_column("Bounds"),
            number_column("Gate reads at most"),
            number_column("Unassessed"),
            Column(words=say("Requirement")),
        ),
        rows=tuple(_rate_row(context, row) for row in rows),
        note=say(
            "Each bound is one-sided at level ",
            ClaimRef(id="plan#gate_alpha"),
            "; unassessed trials widen it in both directions. ",
            "The gate reads an upper bound raised for what the judges may miss. " if judged else "",
            "A dash means that nothing was assessed, which is never a pass.",
            _at_any_time(context, rows),
        ),
    )


def _at_any_time(context: Context, rows: Sequence[RateRow]) -> Inlines:
    found = [context.findings.get(row.finding) for row in rows]
    if any(one and one.bounds and one.bounds.method == SEQUENTIAL_METHOD for one in found):
        return say(
            " Where a domain could be decided early, the rate is the share observed so far, which "
            "is biased; the bounds hold at any moment. ",
            Link(text="How each was decided", target="#results-early"),
            ".",
        )
    return ()


def pooled_words(context: Context, finding: Finding | None) -> Inlines:
    """Return the worst domain behind a pooled rate with its bound; nothing for other rates."""
    worst = context.worst_of(finding) if finding else None
    if worst is None:
        return ()
    words = say(", worst: ", domain_words(worst.domain))
    if worst.bounds is None:
        return say(words, ", not bounded")
    if worst.metric in {"usefulness", "control-done"}:
        return say(words, " at least ", ClaimRef(id=f"finding:{worst.id}#lower"))
    return say(words, " at most ", ClaimRef(id=f"finding:{worst.id}#upper_adjusted"))


def _rate_row(context: Context, row: RateRow) -> Row:
    name = f"finding:{row.finding}"
    return Row(
        anchor=row_anchor("rate", row.finding),
        cells=(
            say(row.name, pooled_words(context, context.findings.get(row.finding))),
            row.arm,
            context.share(row.finding),
            context.number(f"{name}#point"),
            context.interval(row.finding),
            context.number(f"{name}#upper_adjusted"),
            context.number(f"{name}#unassessed"),
            context.mark_of(row.finding),
        ),
    )


def persistent_rows(context: Context, domains: Sequence[str]) -> list[RateRow]:
    """Return a row for each domain and arm in which several attempts are counted together."""
    found = {(one.domain, one.arm): one.id for one in context.of_metric("asr-at-k")}
    return [
        RateRow(
            finding=found[domain, arm],
            name=say(domain_words(domain), ", ", Code(text=found[domain, arm].partition(".")[0])),
            arm=arm_words(arm),
        )
        for domain in domains
        for arm in context.arms
        if (domain, arm) in found
    ]


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
