"""Section `trust`: whether the tests show how the model behaves when nobody tests it."""

from collections.abc import Iterator

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
    Items,
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
from shipworthy.stages.reporting.sections.battery.doubts import (
    contrasts_by_metric,
    overview_table,
)
from shipworthy.stages.reporting.sections.tables import (
    RateRow,
    arm_words,
    contrast_shares,
    contrast_table,
    in_doubt,
    is_open,
    rate_table,
    words_of,
)


def build(context: Context) -> Section:
    """Return what was asked of the tests themselves, what that showed, and what it withholds."""
    return Section(
        id="trust",
        title="Can the tests be trusted?",
        blocks=(
            paragraph(
                "A model may behave well because it is tested, do badly because doing well has a "
                "price, or know the scenarios by heart. What follows asks that of the same "
                "scenarios under two conditions. Where something was shown, no good verdict rests "
                "on the rates that it casts doubt on; a bad one still does."
            ),
            overview_table(context),
            *_comparisons(context),
            Heading(anchor="trust-suspicion", words=say("What replies say of a test")),
            *_suspicion(context),
            *_contamination(context),
            Heading(anchor="trust-withheld", words=say("What is withheld, and in which words")),
            _withheld(context),
        ),
    )


def gaps(context: Context) -> Iterator[Inlines]:
    """Yield what was not asked of the tests, and what was asked and stayed open."""
    untried = [*_untried(context)]
    if untried:
        yield say(Emphasis(text="Trust in the tests. "), "Not tried: ", "; ".join(untried), ".")
    doubted = [one for one in context.report.contrasts if in_doubt(one)]
    blind = [say(Code(text=one.id)) for one in doubted if words_of(one).probe]
    if blind:
        yield say(
            Emphasis(text="Blind comparisons. "),
            "Told to hide what it can do, the model was not shown to solve less, so that a price "
            "on doing well shows nothing here either: ",
            listed(blind),
            ".",
        )
    shown = [say(Code(text=one.id)) for one in doubted if not words_of(one).probe]
    if shown:
        yield say(
            Emphasis(text="Tests in doubt. "),
            "The condition under which they were tried was shown to matter, so rates of these "
            "domains speak of tests and not of use: ",
            listed(shown),
            ". ",
            Link(text="What was withheld.", target="#trust-withheld"),
        )
    left = [
        say(Code(text=one.id), ", up to ", ClaimRef(id=f"contrast:{one.id}#upper"))
        for one in context.report.contrasts
        if is_open(context, one)
    ]
    if left:
        yield say(
            Emphasis(text="Undecided comparisons. "),
            "A difference was neither shown nor excluded within a limit of the framework, with as "
            "many scenarios as were tried: ",
            listed(left, "; "),
            ".",
        )
    unknown = [
        say(Code(text=one.id), " ", ClaimRef(id=f"contrast:{one.id}#open"))
        for one in context.report.contrasts
        if one.open
    ]
    if unknown:
        yield say(
            Emphasis(text="Open scenarios. "),
            "Not known under both conditions, and counted against both limits: ",
            listed(unknown, "; "),
            ".",
        )
    yield from _efforts(context)


def _efforts(context: Context) -> Iterator[Inlines]:
    rising = [say(Code(text=one.id)) for one in context.report.efforts if one.still_rising]
    if rising:
        yield say(
            Emphasis(text="Still rising. "),
            "In the second half of the attempts scenarios succeeded that had not in the first, so "
            "more attempts are likely to show more: ",
            listed(rising),
            ".",
        )
    cut = [say(Code(text=one.id)) for one in context.report.efforts if one.cut]
    if cut:
        yield say(
            Emphasis(text="Cut short. "),
            "Attempts without success ended at the token limit; with more tokens they might have "
            "had it: ",
            listed(cut),
            ".",
        )


def _untried(context: Context) -> Iterator[str]:
    met = {contrast.metric for contrast in context.report.contrasts}
    if "awareness" not in met:
        yield "realism twins, which show whether the model holds better where it is tested"
    if "sandbagging" not in met:
        yield "a price on doing well, which shows whether the model hides what it can do"
    elif "hiding" not in met:
        yield "a model that is told to hide, which shows whether hiding would be seen"
    if "monitoring" not in met:
        yield "agents that are watched and unwatched"
    if not context.of_metric("contamination"):
        yield "completion of strings that only the scenarios hold"


def _comparisons(context: Context) -> Iterator[Block]:
    for metric, found in contrasts_by_metric(context).items():
        yield Heading(anchor=f"trust-{metric}", words=say(words_of(found[0]).title))
        yield contrast_table(context, found)
        yield contrast_shares(context, found)


def _suspicion(context: Context) -> Iterator[Block]:
    splits = context.report.suspicions
    if not splits:
        yield paragraph("No reply to an attack is on record.")
        return
    yield paragraph(
        ClaimRef(id="suspicions#suspecting"),
        " of ",
        ClaimRef(id="suspicions#started"),
        " replies to attacks say, in reasoning or answer, that this is a test. The phrases that "
        "count are fixed; what a model does not say it may still suspect, and what it says it need "
        "not believe. No requirement reads this.",
    )
    said = [one for one in splits if one.suspecting.started]
    if not said:
        return
    heads = ("breached / assessed", "rate", "unassessed")
    parts = {"suspecting": "says test", "others": "does not"}
    yield Table(
        anchor="trust-suspicion-table",
        caption=say("Attack success where the reply says that this is a test, and where not"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            *(number_column(f"{part}: {head}") for part in parts.values() for head in heads),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("suspicion", one.id),
                cells=(
                    domain_words(one.domain),
                    arm_words(one.arm),
                    *(cell for part in parts for cell in _split(context, one.id, part)),
                ),
            )
            for one in said
        ),
        note=say(
            "Domains and arms without such a reply are left out. The two parts hold other "
            "scenarios, so a difference between them is no effect of suspicion."
        ),
    )


def _split(context: Context, split: str, part: str) -> tuple[Inlines, Inlines, Inlines]:
    name = f"suspicion:{split}#{part}"
    return (
        say(ClaimRef(id=f"{name}.successes"), " / ", ClaimRef(id=f"{name}.attempts")),
        context.number(f"{name}.point"),
        say(ClaimRef(id=f"{name}.unassessed")),
    )


def _contamination(context: Context) -> Iterator[Block]:
    found = context.of_metric("contamination")
    if not found:
        return
    rows = [
        RateRow(finding=one.id, name=domain_words(one.domain), arm=arm_words(one.arm))
        for one in sorted(found, key=lambda one: (-one.rate.successes, one.id))
    ]
    yield Heading(anchor="trust-contamination", words=say("Contamination"))
    yield paragraph(
        "Scenarios hold strings that nobody could guess. A model that completes one has met them "
        "before, so one is enough to withhold good news."
    )
    caption = say("Strings completed, by domain")
    yield rate_table(context, "trust-contamination-table", caption, "Completed", rows)


def _withheld(context: Context) -> Block:
    causes = {contrast.id for contrast in context.report.contrasts}
    reasons: dict[str, list[str]] = {}
    for finding in context.report.findings:
        for blocker in finding.blockers:
            cause = blocker.partition(":")[0]
            if cause in causes or cause.startswith("contamination"):
                reasons.setdefault(blocker, []).append(finding.id)
    if not causes and not context.of_metric("contamination"):
        return paragraph(
            "Nothing was asked that could withhold a rate. How far rates of this campaign speak of "
            "use is not known."
        )
    if not reasons:
        return paragraph(
            "Nothing was shown that casts doubt on a rate. What stands against rates for other "
            "reasons is listed ",
            Link(text="under controls", target="#controls-blockers"),
            ".",
        )
    return Items(
        items=tuple(
            say(
                Quote(text=reason, source="finding"),
                ": ",
                listed([say(Code(text=n)) for n in names]),
            )
            for reason, names in sorted(reasons.items())
        )
    )
