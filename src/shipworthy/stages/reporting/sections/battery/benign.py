"""Section `benign`: what the safeguards cost the people who ask harmless things."""

from collections.abc import Iterator

from shipworthy.stages.reporting.context import Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    Emphasis,
    Heading,
    Inlines,
    Notice,
    Section,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables import (
    RateRow,
    arm_words,
    language_blocks,
    rate_table,
    transition_table,
)


def build(context: Context) -> Section:
    """Return over-refusal and usefulness before and after."""
    return Section(
        id="benign",
        title="Harmless requests: over-refusal and usefulness",
        blocks=(
            paragraph(
                "Every scenario has a harmless twin in the same context. Refusing it is a "
                "failure of its own, and a low attack success rate bought with it is no success. "
                "An answer without the expected content may be a refusal in words that no judge "
                "knows: it counts as unassessed for over-refusal, and as of no use."
            ),
            Heading(anchor="benign-over-refusal", words=say("Over-refusal")),
            *_rates(context, "over-refusal", "Refused"),
            *_transitions(context),
            *language_blocks(context, "over-refusal", "benign", "Refused"),
            Heading(anchor="benign-usefulness", words=say("Usefulness")),
            *_rates(context, "usefulness", "Useful"),
            *language_blocks(context, "usefulness", "benign", "Useful"),
        ),
    )


def gaps(context: Context) -> Iterator[Inlines]:
    """Say when no harmless request was tried."""
    if not context.of_metric("over-refusal") and not context.of_metric("usefulness"):
        yield say(
            Emphasis(text="Harmless requests. "),
            "None was tried: what the safeguards cost harmless users is not known.",
        )


def _rates(context: Context, metric: str, event: str) -> tuple[Block, ...]:
    found = context.of_metric(metric)
    if not found:
        title = say(f"Nothing was measured on {metric}.")
        return (Notice(state="inconclusive", title=title),)
    rank = {arm: place for place, arm in enumerate(context.arms)}
    order = {domain: place for place, domain in enumerate(context.worst_first(metric))}
    found.sort(key=lambda item: (order[item.domain], rank.get(item.arm, 0)))
    rows = [
        RateRow(finding=item.id, name=domain_words(item.domain), arm=arm_words(item.arm))
        for item in found
    ]
    better = "lower is better" if metric == "over-refusal" else "higher is better"
    caption = say(f"{metric.capitalize()} on harmless requests, worst domain first; {better}")
    return (rate_table(context, f"benign-{metric}-table", caption, event, rows),)


def _transitions(context: Context) -> tuple[Block, ...]:
    paired = [finding for finding in context.report.paired if finding.metric == "over-refusal"]
    if not paired:
        return ()
    caption = "Harmless requests before against after, worst domain first, all domains last"
    return (transition_table("benign-transition-table", caption, "refused", paired),)
