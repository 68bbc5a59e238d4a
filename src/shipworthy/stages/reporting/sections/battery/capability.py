"""Section `capability`: what the model can do, as the framework's thresholds ask."""

from collections.abc import Iterator
from decimal import Decimal

from shipworthy.records import Finding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Heading,
    Inlines,
    Link,
    Quote,
    Row,
    Section,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables import is_shown
from shipworthy.vocabulary import TrialRole


def build(context: Context) -> Section | None:
    """Return solved tasks by domain with thresholds and people; nothing without a task."""
    found = _findings(context)
    if not found:
        return None
    return Section(
        id="capability",
        title="Capability: what the model can do",
        blocks=(
            paragraph(
                "Tasks with a known answer, put to the bare model. A capability that was not found "
                "may have been missed: more attempts, tools or training may bring it out. A task "
                "that the model would not try shows nothing of whether it can; it is declined, "
                "counts as unassessed and widens every bound."
            ),
            _table(context, found),
            *_people(context),
            *_sandbagging(context),
        ),
    )


def gaps(context: Context) -> Iterator[Inlines]:
    """Yield that no capability was evaluated, what was declined, and where people are unknown."""
    found = [one for one in _findings(context) if one.metric == "capability"]
    if not found:
        yield say(
            Emphasis(text="Capability. "),
            "No task with a known answer was tried: what the model can do is not measured here.",
        )
        return
    declined = [
        say(
            Code(text=one.id),
            " ",
            ClaimRef(id=f"finding:{one.id}#unassessed.declined"),
            " of ",
            ClaimRef(id=f"finding:{one.id}#started"),
        )
        for one in found
        if one.unassessed.get("declined")
    ]
    if declined:
        yield say(
            Emphasis(text="Declined tasks. "),
            "The model would not try these, so they show neither ability nor its absence: ",
            listed(declined, "; "),
            ".",
        )
    known = {one.domain for one in context.report.humans}
    bare = [domain_words(one.domain) for one in found if one.domain not in known]
    if bare:
        yield say(
            Emphasis(text="No human baseline. "),
            "How many people solve these tasks is not on record: ",
            listed(bare),
            ".",
        )
    partly = [
        say(
            domain_words(one.domain),
            " ",
            ClaimRef(id=f"human:{one.domain}#stated"),
            " of ",
            ClaimRef(id=f"human:{one.domain}#tasks"),
        )
        for one in context.report.humans
        if one.stated < one.tasks
    ]
    if partly:
        yield say(
            Emphasis(text="Human baseline in part. "),
            "Only some tasks say how many people solve them: ",
            listed(partly, "; "),
            ".",
        )


def _findings(context: Context) -> list[Finding]:
    """Return the findings, the domain with the highest possible rate first."""
    found = [*context.of_metric("capability"), *context.of_metric("capability-at-k")]
    worst = {one.domain: _possible(one) for one in found if one.metric == "capability"}
    return sorted(
        found,
        key=lambda one: (-worst.get(one.domain, Decimal(1)), one.domain, one.metric, one.id),
    )


def _possible(finding: Finding) -> Decimal:
    return Decimal(finding.bounds.upper_adjusted) if finding.bounds else Decimal(1)


def _table(context: Context, found: list[Finding]) -> Table:
    return Table(
        anchor="capability-table",
        caption=say("Tasks solved, by domain, the highest bound first"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Counted")),
            number_column("Solved / assessed"),
            number_column("Rate"),
            number_column("Bounds"),
            number_column("Gate reads at most"),
            number_column("Declined"),
            number_column("Unassessed"),
            number_column("People solve"),
            number_column("Threshold"),
            number_column("Distance"),
            Column(words=say("Requirement")),
        ),
        rows=tuple(_row(context, finding) for finding in found),
        note=say(
            "Each bound is one-sided at level ",
            ClaimRef(id="plan#gate_alpha"),
            "; unassessed tasks, the declined among them, widen it in both directions. The gate "
            "reads an upper bound raised for solutions that the judge may miss. Distance is from "
            "the bound that the requirement reads, positive on the kept side. A dash means that "
            "there is no such figure.",
        ),
    )


def _row(context: Context, finding: Finding) -> Row:
    name = f"finding:{finding.id}"
    attempts: Inlines = say("each attempt")
    if finding.metric == "capability-at-k":
        attempts = say("any of several, ", Code(text=finding.id.partition(".")[0]))
    limits, margins = context.limits_of(finding.id), context.margins_of(finding.id)
    declined = "#unassessed.declined" if finding.metric == "capability" else "#none"
    return Row(
        anchor=row_anchor("rate", finding.id),
        cells=(
            domain_words(finding.domain),
            attempts,
            context.share(finding.id),
            context.number(f"{name}#point"),
            context.interval(finding.id),
            context.number(f"{name}#upper_adjusted"),
            context.number(f"{name}{declined}"),
            context.number(f"{name}#unassessed"),
            context.number(f"human:{finding.domain}#mean"),
            listed([say(ClaimRef(id=limit)) for limit in limits]) or context.number(""),
            listed([say(ClaimRef(id=margin)) for margin in margins]) or context.number(""),
            context.mark_of(finding.id),
        ),
    )


def _people(context: Context) -> tuple[Block, ...]:
    if not context.report.humans:
        return ()
    return (
        Heading(anchor="capability-people", words=say("What people reach")),
        Table(
            anchor="capability-people-table",
            caption=say("Share of people who solve a task, over tasks of which it is known"),
            columns=(
                Column(words=say("Domain")),
                number_column("Tasks with a figure / tasks"),
                number_column("Mean"),
                number_column("Lowest"),
                number_column("Highest"),
                Column(words=say("People")),
            ),
            rows=tuple(
                Row(
                    anchor=row_anchor("human", one.domain),
                    cells=(
                        domain_words(one.domain),
                        say(
                            ClaimRef(id=f"human:{one.domain}#stated"),
                            " / ",
                            ClaimRef(id=f"human:{one.domain}#tasks"),
                        ),
                        *(
                            say(ClaimRef(id=f"human:{one.domain}#{key}"))
                            for key in ("mean", "lowest", "highest")
                        ),
                        _who(one.people),
                    ),
                )
                for one in context.report.humans
            ),
            note=say(
                "The figures are those that the tasks state; nobody was asked here. They are no "
                "limit: the model's rate and theirs may rest on different tasks."
            ),
        ),
    )


def _who(people: tuple[str, ...]) -> Inlines:
    if not people:
        return say("not recorded")
    return listed([say(Quote(text=who, source="plan")) for who in people], "; ")


def _sandbagging(context: Context) -> tuple[Block, ...]:
    found = [one for one in context.report.contrasts if one.metric == "sandbagging"]
    if not found:
        asked = any(
            item.role is TrialRole.CAPABILITY and item.attack != "none"
            for item in context.report.plan.items
        )
        if asked:
            return ()
        untried = "Whether the model hides what it can do was not tried: no task had a price on it."
        return (paragraph(untried),)
    shown = [domain_words(one.domain) for one in found if is_shown(one)]
    words = (
        say("It was shown to solve less in ", listed(shown))
        if shown
        else say("It was not shown to solve less in any domain")
    )
    return (
        paragraph(
            "The same tasks ran again with a price on doing well. ",
            words,
            ": ",
            Link(text="the comparison", target="#trust-sandbagging"),
            ".",
        ),
    )
