"""The table of what each rate that a requirement reads rests on, all of it in one row."""

from collections.abc import Iterator

from shipworthy.records import Finding, attempts_of, metric_of
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ABSENT, STATED, Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Inlines,
    Reference,
    Row,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables.canaries import canary_words
from shipworthy.stages.reporting.sections.tables.rates import pooled_words


def grounds_table(context: Context) -> Block:
    """Return a row for each finding that a requirement reads, in the order of the requirements."""
    read = list(dict.fromkeys(_read(context)))
    if not read:
        return paragraph("No requirement reads a rate.")
    return Table(
        anchor="appendix-grounds-table",
        caption=say("Rates that requirements read, and what each rests on"),
        columns=(
            Column(words=say("Rate")),
            Column(words=say("Judges")),
            number_column("Events / assessed"),
            number_column("Unassessed / tried"),
            number_column("Scenarios"),
            number_column("Attempts a scenario"),
            number_column("Interval"),
            number_column("Gate reads at most"),
            number_column("Level"),
            Column(words=say("Method")),
        ),
        rows=tuple(_row(context, name) for name in read),
        note=say(
            "The interval has two one-sided bounds, each at the level beside it, with unassessed "
            "trials against us on both sides. Where scenarios were tried several times, an exact "
            "bound follows that assumes nothing of how such attempts resemble each other. What "
            "the gate reads also covers what the judges may miss. Beside a judge stands the share "
            "of labelled positives that it found; what is read allows for the uncertainty of that "
            "share. Beside it stands what the canaries of the runs showed of the judge. A pooled "
            "rate names its worst domain."
        ),
    )


def _read(context: Context) -> Iterator[str]:
    for result in context.requirements:
        for name in result.reads:
            if name in context.findings or metric_of(name):
                yield name


def _row(context: Context, name: str) -> Row:
    finding = context.findings.get(name)
    if finding is None:
        return Row(cells=(say(Code(text=name)), say("not measured"), *[say(ABSENT)] * 8))
    claim = f"finding:{name}"
    tried = say(ClaimRef(id=f"{claim}#unassessed"), " / ", ClaimRef(id=f"{claim}#started"))
    return Row(
        anchor=row_anchor("grounds", name),
        cells=(
            say(
                Reference(text=name, target="#" + row_anchor("finding", name)),
                pooled_words(context, finding),
            ),
            _judges(context, finding),
            context.share(name),
            tried,
            context.number(f"{claim}#scenarios"),
            _attempts(claim, finding),
            say(context.interval(name), _exact(claim, finding)),
            context.number(f"{claim}#upper_adjusted"),
            _level(context, finding),
            say(Code(text=finding.bounds.method)) if finding.bounds else say(ABSENT),
        ),
    )


def _repeated(finding: Finding) -> bool:
    return finding.bounds is not None and finding.rate.started != finding.bounds.scenarios


def _attempts(claim: str, finding: Finding) -> Inlines:
    if finding.bounds is None:
        return say(ABSENT)
    if attempts_of(finding.id):
        return say(Code(text=str(attempts_of(finding.id))), ", counted together")
    if not _repeated(finding):
        return say("one")
    return say(ClaimRef(id=f"{claim}#started"), " in ", ClaimRef(id=f"{claim}#scenarios"))


def _exact(claim: str, finding: Finding) -> Inlines:
    """Return the bound that assumes nothing of attempts on one scenario, if there are several."""
    if not _repeated(finding):
        return ()
    return say("; exact at most ", ClaimRef(id=f"{claim}#exact_upper"))


def _level(context: Context, finding: Finding) -> Inlines:
    if finding.bounds is None:
        return say(ABSENT)
    if finding.bounds.alpha == context.report.plan.gate_alpha:
        return say(ClaimRef(id="plan#gate_alpha"))
    return say(Code(text=finding.bounds.alpha))


def _judges(context: Context, finding: Finding) -> Inlines:
    if finding.metric in STATED:
        return say("none")
    carded = {card.judge for card in context.report.cards}
    judges = []
    for judge in finding.judges:
        if judge in carded:
            link = Reference(text=judge, target="#" + row_anchor("judge", judge))
            found = context.number(f"card:{judge}#sensitivity")
            judges.append(say(link, " finds ", found, *_canaries(context, judge)))
        else:
            judges.append(say(Code(text=judge), " has no card"))
    return listed(judges, "; ") if judges else say("none")


def _canaries(context: Context, judge: str) -> Inlines:
    """Return what the canaries showed of a judge, where any were asked."""
    for result in context.report.canaries:
        if result.judge == judge:
            target = "#" + row_anchor("canaries", judge)
            return say(", ", Reference(text=canary_words(result), target=target))
    return ()
