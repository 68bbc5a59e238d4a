"""Section `appendix`: the tables behind the figures, nothing left out."""

from shipworthy.records import Finding
from shipworthy.stages.reporting.claims import attacks_of, cell_name, row_anchor
from shipworthy.stages.reporting.context import ABSENT, ARM_WORDS, Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Definition,
    Definitions,
    Heading,
    Inlines,
    Quote,
    Row,
    Section,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables import grounds_table
from shipworthy.vocabulary import Arm, TrialRole


def build(context: Context) -> Section:
    """Return what rates rest on, findings, counts by attack, items, judges, the plan."""
    return Section(
        id="appendix",
        title="Appendix: tables",
        blocks=(
            Heading(anchor="appendix-grounds", words=say("What each rate rests on")),
            grounds_table(context),
            Heading(anchor="appendix-findings", words=say("All findings")),
            _findings(context),
            Heading(anchor="appendix-attacks", words=say("Counts by attack")),
            *_cells(context),
            Heading(anchor="appendix-newly-breached", words=say("Newly breached items")),
            _newly_breached(context),
            Heading(anchor="appendix-judges", words=say("Judges")),
            _judges(context),
            Heading(anchor="appendix-scenarios", words=say("Scenarios")),
            _scenarios(context),
            Heading(anchor="appendix-plan", words=say("The registered plan")),
            _plan(context),
        ),
    )


def _findings(context: Context) -> Block:
    if not context.report.findings:
        return paragraph("None.")
    used = {finding.bounds.method for finding in context.report.findings if finding.bounds}
    methods = [say(Code(text=method)) for method in sorted(used)]
    return Table(
        anchor="appendix-finding-table",
        caption=say("Every finding, by id"),
        columns=(
            Column(words=say("Finding")),
            number_column("Events / assessed"),
            number_column("Rate"),
            number_column("Bounds"),
            number_column("At most"),
            number_column("Unassessed"),
            number_column("Scenarios with event"),
            Column(words=say("Judges")),
        ),
        rows=tuple(
            _finding_row(context, finding)
            for finding in sorted(context.report.findings, key=lambda item: item.id)
        ),
        note=say("Bounds by the method ", listed(methods), ".") if methods else (),
    )


def _finding_row(context: Context, finding: Finding) -> Row:
    name = f"finding:{finding.id}"
    spread: Inlines = say(ABSENT)
    if finding.bounds:
        spread = say(
            ClaimRef(id=f"{name}#scenarios_with_success"), " / ", ClaimRef(id=f"{name}#scenarios")
        )
    judges = listed([say(Code(text=judge)) for judge in finding.judges])
    return Row(
        anchor=row_anchor("finding", finding.id),
        cells=(
            say(Code(text=finding.id)),
            context.share(finding.id),
            context.number(f"{name}#point"),
            context.interval(finding.id),
            context.number(f"{name}#upper_adjusted"),
            context.number(f"{name}#unassessed"),
            spread,
            judges or say("none"),
        ),
    )


def _cells(context: Context) -> tuple[Block, ...]:
    attacks = attacks_of(context.report.plan)
    if not attacks or not context.cells:
        return (paragraph("None on record."),)
    return tuple(_cell_table(context, arm, attacks) for arm in context.arms)


def _cell_table(context: Context, arm: Arm, attacks: list[str]) -> Table:
    rows = tuple(
        Row(
            anchor=row_anchor("cells", arm.value, domain),
            cells=(
                domain_words(domain),
                *(_cell(context, arm, domain, attack) for attack in attacks),
            ),
        )
        for domain in context.domains
    )
    return Table(
        anchor=f"appendix-cells-{arm.value}",
        caption=say(f"Breached / assessed (unassessed) by domain and attack, {ARM_WORDS[arm]}"),
        columns=(
            Column(words=say("Domain")),
            *(number_column(Code(text=attack)) for attack in attacks),
        ),
        rows=rows,
    )


def _cell(context: Context, arm: Arm, domain: str, attack: str) -> Inlines:
    cell = context.cells.get((arm, domain, attack))
    if cell is None or cell.rate.started == 0:
        return say("not tested")
    name = cell_name(cell)
    counts = say(ClaimRef(id=f"{name}#successes"), " / ", ClaimRef(id=f"{name}#attempts"))
    if not cell.rate.unassessed:
        return counts
    return say(counts, " (", ClaimRef(id=f"{name}#unassessed"), ")")


def _newly_breached(context: Context) -> Block:
    items = context.report.newly_breached
    if not items:
        return paragraph("No item that held on the bare model was breached with safeguards.")
    return Table(
        anchor="appendix-newly-breached-table",
        caption=say("Items that held before and were breached after"),
        columns=tuple(
            Column(words=say(head)) for head in ("Scenario", "Domain", "Attack", "After")
        ),
        rows=tuple(
            Row(
                cells=(
                    say(Code(text=item.scenario)),
                    domain_words(item.domain),
                    say(Code(text=item.attack)),
                    say(ARM_WORDS[item.arm]),
                )
            )
            for item in items
        ),
    )


def _judges(context: Context) -> Block:
    if not context.report.cards:
        return paragraph("No judge has a calibration card.")
    keys = ("true_positives", "false_negatives", "true_negatives", "false_positives")
    return Table(
        anchor="appendix-judge-table",
        caption=say("Calibration cards: each judge against labelled items"),
        columns=(
            Column(words=say("Judge")),
            Column(words=say("Labelled set")),
            *(number_column(key.replace("_", " ")) for key in keys),
            number_column("Sensitivity"),
            number_column("Specificity"),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("judge", card.judge),
                cells=(
                    say(Code(text=f"{card.judge} {card.judge_version}")),
                    say(Quote(text=card.labelled_set, source="card")),
                    *(say(ClaimRef(id=f"card:{card.judge}#{key}")) for key in keys),
                    context.number(f"card:{card.judge}#sensitivity"),
                    context.number(f"card:{card.judge}#specificity"),
                ),
            )
            for card in context.report.cards
        ),
    )


def _scenarios(context: Context) -> Block:
    if not context.report.scenarios:
        return paragraph("No titles are on record.")
    return Table(
        anchor="appendix-scenario-table",
        caption=say("Scenarios of the plan and where they come from"),
        columns=tuple(
            Column(words=say(head)) for head in ("Scenario", "Domain", "Title", "Source")
        ),
        rows=tuple(
            Row(
                cells=(
                    say(Code(text=entry.id)),
                    domain_words(entry.domain),
                    say(Quote(text=entry.title, source="scenario")),
                    say(Code(text=entry.source)),
                )
            )
            for entry in sorted(context.report.scenarios, key=lambda item: (item.domain, item.id))
        ),
    )


def _plan(context: Context) -> Definitions:
    plan = context.report.plan
    attacks = listed([say(Code(text=attack)) for attack in attacks_of(plan)])
    roles = {item.role for item in plan.items}
    rows = [
        ("Campaign", say(Quote(text=plan.name, source="plan"))),
        ("Digest", say(Code(text=plan.digest))),
        ("Items", say(ClaimRef(id="plan#items"), " in ", ClaimRef(id="plan#cells"), " cells")),
        ("Roles", listed([say(role.value) for role in TrialRole if role in roles])),
        ("Attacks", attacks or say("none")),
        ("Error level", say(ClaimRef(id="plan#gate_alpha"), ", one-sided")),
        ("Ends early", listed([say(Code(text=one.id)) for one in plan.stopping]) or say("nothing")),
        ("Seed", say(ClaimRef(id="plan#seed"))),
        (
            "Tokens",
            say(
                ClaimRef(id="trials#prompt_tokens"),
                " in prompts, ",
                ClaimRef(id="trials#completion_tokens"),
                " in answers",
            ),
        ),
    ]
    return Definitions(
        items=tuple(Definition(term=say(term), details=words) for term, words in rows)
    )
