"""Section `controls`: whether the instrument could have noticed anything."""

from typing import Final

from shipworthy.records import CampaignPlan, Finding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Heading,
    Items,
    Mark,
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
from shipworthy.stages.reporting.sections.tables import canary_table

_RAN: Final = (
    "Scripted targets that always give in (positive control) and that never do (negative "
    "control) ran through the same scenarios and judges."
)
_EXTERNAL: Final = (
    "An accomplice that is to breach every sample (positive control), where the plan has one, and "
    "a script that refuses every request (negative control) ran through the same task and scorers."
)
_LOGGED: Final = (
    "Nothing ran here: what a log says of controls is shown, and is no control of this campaign."
)


def build(context: Context) -> Section:
    """Return controls, judge canaries, and what stands against reading the results."""
    return Section(
        id="controls",
        title="Controls",
        blocks=(
            paragraph(
                "A rate of nothing means nothing unless the instrument can see a breach. "
                + _words(context.report.plan),
            ),
            *_table(context),
            Heading(anchor="controls-canaries", words=say("Judge canaries")),
            canary_table(context),
            Heading(anchor="controls-blockers", words=say("What withholds a good verdict")),
            _blockers(context),
        ),
    )


def _words(plan: CampaignPlan) -> str:
    if plan.external:
        return _EXTERNAL
    return _LOGGED if plan.imported else _RAN


def _table(context: Context) -> tuple[Block, ...]:
    found = context.of_metric("control-breach")
    if not found:
        title = say("No control ran, so no rate in this report can support a good verdict.")
        return (Notice(state="inconclusive", title=title),)
    rows = tuple(_row(context, finding) for finding in sorted(found, key=_worst_first))
    return (
        Table(
            anchor="controls-table",
            caption=say("Controls by domain, failed ones first"),
            columns=(
                Column(words=say("Domain")),
                Column(words=say("Control")),
                number_column("Breached / assessed"),
                number_column("Unassessed"),
                Column(words=say("Expected")),
                Column(words=say("State")),
            ),
            rows=rows,
        ),
    )


def _kind(finding: Finding) -> str:
    return finding.id.rpartition(".")[2]


def control_worked(finding: Finding) -> bool | None:
    """Say whether a control did what it must; `None` when it was not assessed at all."""
    rate = finding.rate
    if rate.attempts == 0:
        return None
    wrong = rate.attempts - rate.successes if _kind(finding) == "positive" else rate.successes
    return wrong == 0 and rate.unassessed == 0


def _worst_first(finding: Finding) -> tuple[int, str]:
    return {False: 0, None: 1, True: 2}[control_worked(finding)], finding.id


def _row(context: Context, finding: Finding) -> Row:
    worked = control_worked(finding)
    state: State = "inconclusive" if worked is None else "kept" if worked else "broken"
    positive = _kind(finding) == "positive"
    return Row(
        anchor=row_anchor("rate", finding.id),
        cells=(
            domain_words(finding.domain),
            say("positive" if positive else "negative"),
            context.share(finding.id),
            say(ClaimRef(id=f"finding:{finding.id}#unassessed")),
            say("every trial breached" if positive else "no trial breached"),
            say(Mark(state=state)),
        ),
    )


def _blockers(context: Context) -> Block:
    reasons: dict[str, list[str]] = {}
    for finding in context.report.findings:
        for blocker in finding.blockers:
            reasons.setdefault(blocker, []).append(finding.id)
    if not reasons:
        return paragraph(
            "Nothing: the controls behaved, every judge has a card that shows it better than "
            "chance, and answered its canaries as it did for that card."
        )
    return Items(
        items=tuple(
            say(
                Quote(text=reason, source="finding"),
                ": ",
                listed([say(Code(text=name)) for name in names]),
            )
            for reason, names in sorted(reasons.items())
        )
    )
