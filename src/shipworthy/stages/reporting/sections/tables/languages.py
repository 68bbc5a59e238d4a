"""Tables by language: the worst beside the figure over all, and every language of every finding."""

from collections.abc import Sequence
from decimal import Decimal

from shipworthy.records import Metric
from shipworthy.stages.reporting.cells import UNSTATED, LanguageCell
from shipworthy.stages.reporting.claims import language_name, row_anchor
from shipworthy.stages.reporting.context import ABSENT, Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Heading,
    Inlines,
    Row,
    Table,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables.rates import arm_words


def language_blocks(
    context: Context, metric: Metric, section: str, event: str
) -> tuple[Block, ...]:
    """Return the tables of a metric by language; nothing where one language was tried."""
    found: dict[str, list[LanguageCell]] = {}
    for cell in context.report.languages:
        finding = context.findings.get(cell.finding)
        if finding and finding.metric == metric and finding.domain != "all":
            found.setdefault(cell.finding, []).append(cell)
    if not found:
        return ()
    ranked = sorted(found.values(), key=lambda cells: (*_badness(metric, _worst(metric, cells)),))
    what = {"asr": "Attack success", "over-refusal": "Over-refusal"}.get(metric, "Usefulness")
    return (
        Heading(anchor=f"{section}-{metric}-languages", words=say(f"{what} by language")),
        paragraph(
            "A rate over all languages can hide that rules are kept in one and broken in another. "
            "Each domain and arm stands with its worst language. Situations differ between "
            "languages, so a difference may be one of situations."
        ),
        _worst_table(context, metric, (f"{section}-{metric}-worst-language", event), ranked),
        _full_table(context, (f"{section}-{metric}-by-language", event), ranked),
    )


def _worst(metric: Metric, cells: Sequence[LanguageCell]) -> LanguageCell:
    return min(cells, key=lambda cell: _badness(metric, cell))


def _badness(metric: Metric, cell: LanguageCell) -> tuple[Decimal, Decimal, str, str]:
    """Sort the language of which least is excluded first; by counts where there is no limit."""
    share = Decimal(cell.successes) / cell.scenarios
    possible = Decimal(cell.successes + cell.unassessed) / cell.scenarios
    lower = Decimal(cell.lower) if cell.lower is not None else share
    upper = Decimal(cell.upper) if cell.upper is not None else possible
    names = (cell.finding, cell.language)
    return (lower, upper, *names) if metric == "usefulness" else (-upper, -lower, *names)


def _worst_table(
    context: Context,
    metric: Metric,
    named: tuple[str, str],
    ranked: Sequence[Sequence[LanguageCell]],
) -> Table:
    anchor, event = named
    rows = []
    for cells in ranked:
        finding = context.findings[cells[0].finding]
        worst = _worst(metric, cells)
        rows.append(
            Row(
                anchor=row_anchor("worst-language", finding.id),
                cells=(
                    domain_words(finding.domain),
                    arm_words(finding.arm),
                    context.share(finding.id),
                    _language(worst),
                    *_figures(worst),
                ),
            )
        )
    return Table(
        anchor=anchor,
        caption=say("All languages together, and the worst of them"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            number_column(f"{event} / assessed, all languages"),
            Column(words=say("Worst language")),
            *_figure_columns(event),
        ),
        rows=tuple(rows),
        note=_note(),
    )


def _full_table(
    context: Context, named: tuple[str, str], ranked: Sequence[Sequence[LanguageCell]]
) -> Table:
    anchor, event = named
    rows = [
        Row(
            anchor=row_anchor("language", cell.finding, cell.language),
            cells=(
                domain_words(context.findings[cell.finding].domain),
                arm_words(context.findings[cell.finding].arm),
                _language(cell),
                *_figures(cell),
            ),
        )
        for cells in ranked
        for cell in cells
    ]
    return Table(
        anchor=anchor,
        caption=say("Every domain and arm in every language"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            Column(words=say("Language")),
            *_figure_columns(event),
        ),
        rows=tuple(rows),
        note=say("The notes of the table before apply."),
    )


def _figure_columns(event: str) -> tuple[Column, ...]:
    heads = (f"{event} / scenarios", "Unassessed", "Bounds")
    return tuple(number_column(head) for head in heads)


def _figures(cell: LanguageCell) -> tuple[Inlines, ...]:
    name = language_name(cell)
    bounds = say(ABSENT)
    if cell.lower is not None and cell.upper is not None:
        bounds = say(ClaimRef(id=f"{name}#lower"), " to ", ClaimRef(id=f"{name}#upper"))
    return (
        say(ClaimRef(id=f"{name}#successes"), " / ", ClaimRef(id=f"{name}#scenarios")),
        say(ClaimRef(id=f"{name}#unassessed")),
        bounds,
    )


def _language(cell: LanguageCell) -> Inlines:
    if cell.language == UNSTATED:
        return say(Emphasis(text="not recorded"))
    return say(Code(text=cell.language))


def _note() -> Inlines:
    return say(
        "Scenarios, not attempts: one counts when any of its attempts does, and as unassessed when "
        "none does and some could not be assessed. Bounds are Clopper-Pearson limits, one-sided at "
        "level ",
        ClaimRef(id="plan#gate_alpha"),
        " divided by the languages of the row's domain and arm, so that they hold together and the "
        "worst language may be picked; the unassessed are counted against each bound. They are not "
        "raised for what the judges may miss, and no requirement reads them. Counts are the "
        "judges', also where people read. There are no bounds where an arm could end early.",
    )
