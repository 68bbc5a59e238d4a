"""Section `results`: attack success by domain before and after safeguards."""

from decimal import Decimal

from shipworthy.stages.reporting.charts import (
    SHADE_LIMITS,
    ForestPlot,
    ForestRow,
    HeatCell,
    HeatMap,
    HeatRow,
    IntervalMark,
)
from shipworthy.stages.reporting.claims import attacks_of, cell_name, row_anchor
from shipworthy.stages.reporting.context import ARM_WORDS, Context, domain_title, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Figure,
    Heading,
    Link,
    Notice,
    Row,
    Section,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.inputs import AttackCell
from shipworthy.stages.reporting.sections.tables import (
    by_domain_and_arm,
    early_table,
    language_blocks,
    people_table,
    persistent_rows,
    rate_table,
    read_by_people,
    stack_blocks,
    transition_table,
)
from shipworthy.stages.reporting.sections.tables.attacks import attack_blocks
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.vocabulary import MODEL, Arm


def build(context: Context) -> Section:
    """Return rates, transitions, who held, and attacks by domain; worst domain first."""
    return Section(
        id="results",
        title="Results: attack success before and after safeguards",
        blocks=(
            _meaning(context),
            *(_forest(context, arm) for arm in context.after_arms if context.domains),
            *_rates(context),
            *language_blocks(context, "asr", "results", "Breached"),
            *_people(context),
            *_early(context),
            Heading(anchor="results-transitions", words=say("What changed on the same scenarios")),
            *_transitions(context),
            Heading(anchor="results-layers", words=say("Which layer held")),
            *_attribution(context),
            *stack_blocks(context),
            Heading(anchor="results-attacks", words=say("Attack by attack")),
            *_heat_maps(context),
            *attack_blocks(context),
        ),
    )


def _meaning(context: Context) -> Block:
    averaged = "Domains are never averaged: the worst comes first."
    if context.report.plan.imported:
        return paragraph(
            "An attack succeeds where the score in a log says so, by the rules of the import; "
            "arms are paired by sample and epoch. ",
            averaged,
        )
    if context.report.plan.external:
        return paragraph(
            "An attack succeeds where a scorer of the task says so, by the rules of the plan; arms "
            "are paired by sample and epoch. ",
            averaged,
        )
    early = ", in one order of which an arm that ended early ran the first"
    return paragraph(
        "An attack succeeds when it reaches a goal that a program can verify at the user's end. "
        "The same items and seeds ran in every arm",
        early if context.report.sequential else "",
        f". {averaged}",
    )


def _forest(context: Context, after: Arm) -> Figure:
    rows = tuple(
        ForestRow(
            label=domain_title(domain),
            target="#" + row_anchor("rate", f"asr.{domain}.{after.value}"),
            before=_interval(context, f"asr.{domain}.{Arm.BARE.value}"),
            after=_interval(context, f"asr.{domain}.{after.value}"),
            limits=context.limits_of(f"asr.{domain}.{after.value}"),
            state=context.state_of(f"asr.{domain}.{after.value}"),
        )
        for domain in context.domains
    )
    return Figure(
        anchor=f"figure-forest-{after.value}",
        chart=ForestPlot(
            title=f"Attack success rate by domain, bare model and {ARM_WORDS[after]}",
            description="A forest plot. Each row is a domain, worst first, with the observed rate "
            "and its bounds before and after safeguards, the limits that requirements set and "
            "the verdict. The table that follows holds the same numbers.",
            rows=rows,
        ),
        caption=say(
            f"Attack success rate by domain, bare model and {ARM_WORDS[after]}, worst domain "
            "first. Bars are one-sided bounds at level ",
            ClaimRef(id="plan#gate_alpha"),
            " on each side.",
        ),
        table="results-rates",
    )


def _interval(context: Context, finding_id: str) -> IntervalMark | None:
    name = f"finding:{finding_id}"
    wanted = [f"{name}#{key}" for key in ("point", "lower", "upper", "upper_adjusted")]
    if not all(claim in context.book for claim in wanted):
        return None
    point, lower, upper, adjusted = wanted
    return IntervalMark(point=point, lower=lower, upper=upper, adjusted=adjusted)


def _rates(context: Context) -> tuple[Block, ...]:
    rows = by_domain_and_arm(context, "asr", context.domains)
    if not rows:
        return (_nothing("The plan has no adversarial item: nothing was attacked."),)
    caption = say("Attack success rate by domain and arm, worst domain first")
    table = rate_table(context, "results-rates", caption, "Breached", rows)
    persistent = persistent_rows(context, context.domains)
    if not persistent:
        return (table,)
    caption = say("Scenarios on which at least one of several attempts breached")
    return (
        table,
        paragraph(
            "Scenarios were attempted several times. The rate above is that of a single attempt; "
            "somebody who tries as often as the campaign did meets the rate below. Its unit is the "
            "scenario: breached when any attempt breached it, unassessed when none did and one "
            "could not be assessed."
        ),
        rate_table(context, "results-persistent", caption, "Breached", persistent),
    )


def _people(context: Context) -> tuple[Block, ...]:
    if not read_by_people(context):
        return ()
    return (
        Heading(anchor="results-people", words=say("Read by people")),
        paragraph(
            "The plan registered, before the first request, that people read these outputs without "
            "knowing what the judge had said. The bounds of these rates follow from what they "
            "found, and requirements on them too; the judges' cards play no part. The counts in "
            "the table above remain the judges'."
        ),
        people_table(context),
    )


def _early(context: Context) -> tuple[Block, ...]:
    if not context.report.sequential:
        return ()
    return (
        Heading(anchor="results-early", words=say("Decided early")),
        paragraph(
            "After every scenario, in the registered order, an arm ended if all that the framework "
            "asks about it was decided. With controls and harmless requests the plan has ",
            ClaimRef(id="plan#cells"),
            " cells, of which ",
            ClaimRef(id="trials#count"),
            " were tried; the rest was saved. The share observed in a campaign that stopped early "
            "is biased. The limits of these domains hold at any moment, whenever and for whatever "
            "reason it ended.",
        ),
        early_table(context),
    )


def _nothing(words: str) -> Notice:
    return Notice(state="inconclusive", title=say(words))


def _transitions(context: Context) -> tuple[Block, ...]:
    paired = [finding for finding in context.report.paired if finding.metric == "asr"]
    if not paired:
        return (_nothing("No scenario was assessed in two arms."),)
    worse = [pair for pair in paired if pair.after_only and pair.domain != "all"]
    pooled = ", all domains last" if any(pair.domain == "all" for pair in paired) else ""
    caption = f"Scenarios before against after, most newly breached first{pooled}"
    blocks: list[Block] = [
        transition_table("results-transition-table", caption, "breached", paired)
    ]
    if worse:
        names = [
            say(domain_words(finding.domain), ": ", ClaimRef(id=f"paired:{finding.id}#after_only"))
            for finding in worse
        ]
        words = [Emphasis(text="Newly breached scenarios. "), *listed(names, "; "), *say(". ")]
        words.append(
            Link(text="Each newly breached item is listed.", target="#appendix-newly-breached")
        )
        blocks.insert(0, paragraph(*words))
    return tuple(blocks)


def _attribution(context: Context) -> tuple[Block, ...]:
    return tuple(_attribution_of(context, arm) for arm in context.after_arms if context.domains)


def _attribution_of(context: Context, arm: Arm) -> Table:
    stack = next(planned.stack for planned in context.report.plan.arms if planned.arm is arm)
    layers = [layer.name for layer in stack.layers]
    held = [
        name
        for domain in context.domains
        for name in getattr(context.findings.get(f"asr.{domain}.{arm.value}"), "held_by", {})
    ]
    holders = [name for name in dict.fromkeys([*layers, *sorted(held)]) if name != MODEL]
    rows = []
    for domain in context.domains:
        name = f"finding:asr.{domain}.{arm.value}"
        keys = [*(f"held_by.{holder}" for holder in holders), f"held_by.{MODEL}"]
        cells = [context.number(f"{name}#{key}") for key in (*keys, "successes", "unassessed")]
        rows.append(Row(cells=(domain_words(domain), *cells)))
    return Table(
        anchor=f"results-attribution-{arm.value}",
        caption=say(f"Trials {ARM_WORDS[arm]}, by what stopped them"),
        columns=(
            Column(words=say("Domain")),
            *(number_column(Code(text=holder)) for holder in holders),
            number_column("model refused"),
            number_column("breached"),
            number_column("unassessed"),
        ),
        rows=tuple(rows),
        note=say(
            "A layer is credited when it withheld the answer from the user. A flag that let the "
            "answer through holds nothing."
        ),
    )


def _heat_maps(context: Context) -> tuple[Block, ...]:
    attacks = tuple(attacks_of(context.report.plan))
    if not attacks or not context.cells:
        return (_nothing("No count by attack is on record."),)
    return tuple(_heat_map(context, arm, attacks) for arm in context.arms)


def _heat_map(context: Context, arm: Arm, attacks: tuple[str, ...]) -> Figure:
    rows = tuple(
        HeatRow(
            label=domain_title(domain),
            target="#" + row_anchor("cells", arm.value, domain),
            cells=tuple(_cell(context, arm, domain, attack) for attack in attacks),
        )
        for domain in context.domains
    )
    return Figure(
        anchor=f"figure-attacks-{arm.value}",
        chart=HeatMap(
            title=f"Attack success by domain and attack, {ARM_WORDS[arm]}",
            description="A heat map. Rows are domains, worst first, columns are attacks. The "
            "darker a cell, the higher the upper bound of its rate; a cell with few trials is "
            "dark because little is excluded. Hatched cells were not tested.",
            columns=attacks,
            rows=rows,
        ),
        caption=say(
            f"Breached of assessed trials by domain and attack, {ARM_WORDS[arm]}. Shade is the "
            "Clopper-Pearson upper bound at level ",
            ClaimRef(id="plan#gate_alpha"),
            " with unassessed trials counted as breached; it treats trials as independent and "
            "is for comparison only.",
        ),
        table=f"appendix-cells-{arm.value}",
    )


def _cell(context: Context, arm: Arm, domain: str, attack: str) -> HeatCell | None:
    cell = context.cells.get((arm, domain, attack))
    if cell is None or cell.rate.started == 0:
        return None
    name = cell_name(cell)
    return HeatCell(
        successes=f"{name}#successes",
        attempts=f"{name}#attempts",
        unassessed=f"{name}#unassessed" if cell.rate.unassessed else "",
        breached=cell.rate.successes > 0,
        shade=_shade(cell, float(context.report.plan.gate_alpha)),
    )


def _shade(cell: AttackCell, alpha: float) -> int:
    """Return the step of the upper bound when every unassessed trial had been a breach."""
    worst = cell.rate.successes + cell.rate.unassessed
    upper = Decimal(clopper_pearson_upper(worst, cell.rate.started, alpha))
    return sum(upper > Decimal(end) for end in SHADE_LIMITS)
