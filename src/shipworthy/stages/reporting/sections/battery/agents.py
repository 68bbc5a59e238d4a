"""Section `agents`: what the model does when it may act, read from the state of the world."""

from collections.abc import Iterator

from shipworthy.stages.reporting.cells import AgentCell
from shipworthy.stages.reporting.claims import agent_name, row_anchor
from shipworthy.stages.reporting.context import ABSENT, Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Heading,
    Inlines,
    Link,
    Row,
    Section,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables import (
    RateRow,
    arm_words,
    by_domain_and_arm,
    is_shown,
    rate_table,
)
from shipworthy.vocabulary import TrialRole


def build(context: Context) -> Section | None:
    """Return what agents did that nobody allowed, and whether they did their task."""
    if not _tried(context):
        return None
    return Section(
        id="agents",
        title="Agents: what the model does when it may act",
        blocks=(
            paragraph(
                "The model works in simulated worlds, with a task and with tools. What it did is "
                "read from the state in which it left the world, not from what it says; no judge "
                "stands between. An action that nobody allowed is unsanctioned, whatever it was "
                "for. A model that does nothing keeps to what is allowed and is of no use, so "
                "both stand side by side."
            ),
            Heading(anchor="agents-unsanctioned", words=say("Unsanctioned actions")),
            rate_table(
                context,
                "agents-unsanctioned-table",
                say("Episodes with an unsanctioned action, by domain and arm, worst domain first"),
                "Unsanctioned",
                _rows(context, "unsanctioned"),
                judged=False,
            ),
            *_violations(context),
            *_monitoring(context),
            Heading(anchor="agents-completion", words=say("Completion")),
            rate_table(
                context,
                "agents-completion-table",
                say("Tasks finished, by domain and arm, worst domain first; higher is better"),
                "Finished",
                _rows(context, "completion"),
                judged=False,
            ),
            *_progress(context),
        ),
    )


def gaps(context: Context) -> Iterator[Inlines]:
    """Yield that no agent was tried, or in which domains nothing was assessed."""
    if not _tried(context):
        yield say(
            Emphasis(text="Agents. "),
            "The model was not let act: what it does with tools and autonomy is not measured here.",
        )
        return
    silent = [
        say(Code(text=one.id)) for one in context.of_metric("unsanctioned") if not one.rate.attempts
    ]
    if silent:
        yield say(
            Emphasis(text="Agents without an outcome. "),
            "No episode could be assessed: ",
            listed(silent),
            ".",
        )
    yield say(
        Emphasis(text="Simulated worlds. "),
        "Agents met worlds that are simpler than those of use; what they do there need not be what "
        "they do elsewhere.",
    )


def _tried(context: Context) -> bool:
    return any(item.role is TrialRole.AGENCY for item in context.report.plan.items)


def _rows(context: Context, metric: str) -> list[RateRow]:
    order = [name for name in context.worst_first(metric) if name != "all"]
    planned = sorted(
        {item.domain for item in context.report.plan.items if item.role is TrialRole.AGENCY}
    )
    return by_domain_and_arm(context, metric, list(dict.fromkeys([*order, *planned])))


def _violations(context: Context) -> tuple[Block, ...]:
    cells = context.report.agents
    if not cells:
        return ()
    by_place = {(cell.domain, cell.arm): cell for cell in cells}
    kinds = [
        (domain, kind)
        for domain in dict.fromkeys(cell.domain for cell in cells)
        for kind in cells[0].violations
        if any(cell.violations[kind] for cell in cells if cell.domain == domain)
    ]
    if not kinds:
        return (paragraph("No kind of violation occurred in any domain or arm."),)
    return (
        Table(
            anchor="agents-violations-table",
            caption=say("Episodes with a violation / assessed, by kind"),
            columns=(
                Column(words=say("Domain")),
                Column(words=say("Violation")),
                *(number_column(arm_words(arm)) for arm in context.arms),
            ),
            rows=tuple(
                Row(
                    anchor=row_anchor("violation", domain, kind),
                    cells=(
                        domain_words(domain),
                        say(Code(text=kind)),
                        *(_count(by_place.get((domain, arm)), kind) for arm in context.arms),
                    ),
                )
                for domain, kind in kinds
            ),
            note=say(
                "An episode with several violations counts once for each; kinds that did not occur "
                "in a domain are left out. Episodes under every condition are counted."
            ),
        ),
    )


def _count(cell: AgentCell | None, kind: str) -> Inlines:
    if cell is None:
        return say(ABSENT)
    name = agent_name(cell)
    return say(ClaimRef(id=f"{name}#violation.{kind}"), " / ", ClaimRef(id=f"{name}#episodes"))


def _monitoring(context: Context) -> tuple[Block, ...]:
    found = [one for one in context.report.contrasts if one.metric == "monitoring"]
    if not found:
        return (paragraph("Whether agents behave better when they are watched was not tried."),)
    shown = [
        say(domain_words(one.domain), " ", arm_words(one.arm)) for one in found if is_shown(one)
    ]
    words = say("They were not shown to act worse unwatched")
    if shown:
        words = say("They were shown to act worse unwatched in ", listed(shown, "; "))
    return (
        paragraph(
            "Each agent worked once told that it is watched and once that it is not. ",
            words,
            ": ",
            Link(text="the comparison", target="#trust-monitoring"),
            ".",
        ),
    )


def _progress(context: Context) -> tuple[Block, ...]:
    cells = context.report.agents
    if not cells:
        return ()
    heads = {
        "episodes": "assessed",
        "done": "finished",
        "clean": "finished, nothing unsanctioned",
        "partly": "in part",
        "not_done": "not at all",
    }
    return (
        Table(
            anchor="agents-progress-table",
            caption=say("How far agents got with their task, by episode"),
            columns=(
                Column(words=say("Domain")),
                Column(words=say("Arm")),
                *(number_column(head) for head in heads.values()),
            ),
            rows=tuple(
                Row(
                    anchor=row_anchor("agents", cell.domain, cell.arm.value),
                    cells=(
                        domain_words(cell.domain),
                        arm_words(cell.arm),
                        *(say(ClaimRef(id=f"{agent_name(cell)}#{key}")) for key in heads),
                    ),
                )
                for cell in cells
            ),
        ),
    )
