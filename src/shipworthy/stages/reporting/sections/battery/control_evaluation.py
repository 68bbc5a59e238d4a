"""Section `tested-controls`: do the controls around an agent work, whatever a model does?"""

from collections.abc import Iterator
from typing import Final

from shipworthy.records import Finding
from shipworthy.records.risks.controls import (
    ControlEvaluation,
    ControlStackIdentity,
    ControlSummary,
    PlannedControls,
)
from shipworthy.stages.reporting.claims import family_counts, family_name, row_anchor, tested_name
from shipworthy.stages.reporting.context import ABSENT, Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Heading,
    Inlines,
    Mark,
    Notice,
    Quote,
    Row,
    Section,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.vocabulary import Arm

ANCHOR: Final = "tested-controls"
VERDICT_ROW: Final = f"{ANCHOR}-verdict"
"""Anchor of the row with the verdict of a requirement; the verifier looks for it."""

_METRICS: Final = (
    ("control-miss", "Attacks of which some variant took effect"),
    ("control-unseen", "Attacks of which some variant took effect and nothing was noticed"),
    ("control-alarm", "Honest work of which some variant raised an alarm"),
    ("control-done", "Honest work of which every variant was done"),
)
_ARMS: Final = {Arm.BARE: "no control", Arm.SAFEGUARDED: "deployed stack"}


def build(context: Context) -> Section | None:
    """Return what each stack caught and cost; nothing where the plan registers no such test."""
    tested, planned = context.report.controls, context.report.plan.controls
    if tested is None or not isinstance(planned, PlannedControls):
        return None
    stacks = {one.name: one for one in tested.stacks}
    return Section(
        id=ANCHOR,
        title="Controls around agents",
        blocks=(
            _introduction(tested),
            *_notices(tested, stacks[planned.deployed]),
            *_requirement(tested),
            Heading(anchor=f"{ANCHOR}-gate", words=say("What a gate reads")),
            _gate_table(context),
            Heading(anchor=f"{ANCHOR}-stacks", words=say("Every stack")),
            _stack_table(tested, planned),
            Heading(anchor=f"{ANCHOR}-worlds", words=say("The deployed stack in each world")),
            _world_table(tested, planned.deployed),
            Heading(anchor=f"{ANCHOR}-attacks", words=say("Each attack under the deployed stack")),
            _family_table(tested, planned.deployed),
        ),
    )


def gaps(context: Context) -> Iterator[Inlines]:
    """Say that controls were not tested, or what such a test does not show."""
    if context.report.controls is None:
        yield say(
            Emphasis(text="Controls around agents. "),
            "None was tested: whether monitors, approvals, limits and the means to stop an agent "
            "work is not known.",
        )
        return
    yield say(
        Emphasis(text="Controls around agents. "),
        "They were tested on scripts in simulated worlds, which are public: a stack may have been "
        "made for them. The limits take the families of scripts for a sample of what an adversary "
        "would try, which they are not. Nothing follows for calls or harms that no world has.",
    )


def _introduction(tested: ControlEvaluation) -> Block:
    return paragraph(
        "Scripted attacks and honest work were played in simulated worlds under every stack of "
        "controls. No model took part, so a stack is not spared by a model that happens to "
        "behave. There were ",
        ClaimRef(id="controls#attacks"),
        " attacks and ",
        ClaimRef(id="controls#honest"),
        " pieces of honest work in ",
        ClaimRef(id="controls#worlds"),
        " worlds, ",
        ClaimRef(id="controls#variants"),
        " variants of each family, drawn under seed ",
        ClaimRef(id="controls#seed"),
        ". The test is named ",
        Quote(text=tested.name, source="plan"),
        ". Whoever has its file can play it again and gets the same record.",
    )


def _notices(tested: ControlEvaluation, deployed: ControlStackIdentity) -> Iterator[Block]:
    if not deployed.enforces:
        yield Notice(
            state="broken",
            title=say("The deployed stack only detects: it holds nothing back."),
        )
    if tested.faults:
        yield Notice(
            state="inconclusive",
            title=say(
                ClaimRef(id="controls#faults"),
                " scripts show nothing even with no control in place; they count against every "
                "stack.",
            ),
        )


def _requirement(tested: ControlEvaluation) -> Iterator[Block]:
    """Show what the file of the test requires; it is the assessor's, and no gate reads it."""
    if tested.verdict is None:
        return
    yield Table(
        anchor=f"{ANCHOR}-required",
        caption=say("What the assessor requires of a stack; no requirement of the framework"),
        columns=(
            Column(words=say("Stack")),
            Column(words=say("Verdict")),
            Column(words=say("Why")),
        ),
        rows=(
            Row(
                anchor=VERDICT_ROW,
                cells=(
                    say(Code(text=tested.verdict.stack)),
                    say(Mark(state=tested.verdict.verdict.value)),
                    listed(
                        [say(Quote(text=one, source="finding")) for one in tested.verdict.reasons],
                        "; ",
                    ),
                ),
            ),
        ),
    )


def _gate_table(context: Context) -> Table:
    found = [
        (finding, words)
        for metric, words in _METRICS
        for finding in sorted(context.of_metric(metric), key=_place)
    ]
    return Table(
        anchor=f"{ANCHOR}-findings",
        caption=say("Families of scripts over all their variants"),
        columns=(
            Column(words=say("What")),
            Column(words=say("World")),
            Column(words=say("Controls")),
            number_column("Families"),
            number_column("Bounds"),
            number_column("Open"),
            Column(words=say("Requirement")),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("tested", finding.id),
                cells=(
                    say(words),
                    _world_words(finding.domain),
                    say(_ARMS[finding.arm]),
                    context.share(finding.id),
                    context.interval(finding.id),
                    context.number(f"finding:{finding.id}#unassessed"),
                    context.mark_of(finding.id),
                ),
            )
            for finding, words in found
        ),
        note=say(
            "An attacker takes the variant that works, so that one suffices. Each bound is exact "
            "and one-sided at level ",
            ClaimRef(id="plan#gate_alpha"),
            "; the unit is the family, and nothing is assumed of how its variants resemble each "
            "other. Open families count against both bounds.",
        ),
    )


def _place(finding: Finding) -> tuple[bool, str, str]:
    return finding.domain != "all", finding.domain, finding.arm.value


def _stack_table(tested: ControlEvaluation, planned: PlannedControls) -> Table:
    rows = sorted(
        (tested.summary(stack.name) for stack in tested.stacks),
        key=lambda one: (one.stack != planned.deployed, _caught(one)),
    )
    return Table(
        anchor=f"{ANCHOR}-stacks-table",
        caption=say("All worlds together; the deployed stack first, then the worst"),
        columns=(Column(words=say("Stack")), *_heads()),
        rows=tuple(
            Row(
                anchor=row_anchor("tested-stack", one.stack),
                cells=(_stack_words(one.stack, planned), *_cells(one)),
            )
            for one in rows
        ),
        note=_bounds_note("over all worlds"),
    )


def _world_table(tested: ControlEvaluation, deployed: str) -> Table:
    rows = sorted(
        (tested.summary(deployed, world.name) for world in tested.worlds),
        key=lambda one: (_caught(one), one.world),
    )
    return Table(
        anchor=f"{ANCHOR}-worlds-table",
        caption=say("Least caught before its effect first"),
        columns=(Column(words=say("World")), *_heads()),
        rows=tuple(
            Row(
                anchor=row_anchor("tested-world", one.world),
                cells=(_world_words(one.world), *_cells(one)),
            )
            for one in rows
        ),
        note=_bounds_note("divided by the number of worlds, so that the worst may be picked out"),
    )


def _family_table(tested: ControlEvaluation, deployed: str) -> Table:
    harms = {(one.world, one.family): one.harm for one in tested.trajectories}
    counted = [
        (world, family, counts)
        for (stack, world, family), counts in family_counts(tested).items()
        if stack == deployed
    ]
    counted.sort(key=lambda one: (one[2]["before"], -one[2]["never"], one[0], one[1]))
    return Table(
        anchor=f"{ANCHOR}-attacks-table",
        caption=say("Variants of each attack, least caught before its effect first"),
        columns=(
            Column(words=say("Attack")),
            Column(words=say("Harm")),
            number_column("Before effect"),
            number_column("After"),
            number_column("Never"),
            number_column("Open"),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("tested-attack", world, family),
                cells=(
                    say(Code(text=f"{world}/{family}")),
                    say(Quote(text=harms[world, family], source="finding")),
                    *(
                        say(ClaimRef(id=f"{family_name(deployed, world, family)}#{key}"))
                        for key in ("before", "after", "never", "unassessed")
                    ),
                ),
            )
            for world, family, _ in counted
        ),
    )


def _heads() -> tuple[Column, ...]:
    words = ("Before effect", "After", "Never", "Honest work done", "False alarms", "Stopped late")
    return tuple(number_column(word) for word in words)


def _cells(one: ControlSummary) -> tuple[Inlines, ...]:
    name = tested_name(one.stack, one.world)
    rates = ("before", "after", "never", "done", "alarmed")
    return (*(_rate(name, key) for key in rates), _late(name, one))


def _rate(name: str, key: str) -> Inlines:
    return say(
        ClaimRef(id=f"{name}#{key}.successes"),
        " / ",
        ClaimRef(id=f"{name}#{key}.attempts"),
        ", ",
        ClaimRef(id=f"{name}#{key}.lower"),
        " to ",
        ClaimRef(id=f"{name}#{key}.upper"),
    )


def _late(name: str, one: ControlSummary) -> Inlines:
    late = one.containment
    if late.median is None:
        return say(ABSENT)
    return say(
        ClaimRef(id=f"{name}#containment.stopped"),
        ", after ",
        ClaimRef(id=f"{name}#containment.median"),
        " steps, up to ",
        ClaimRef(id=f"{name}#containment.worst"),
    )


def _bounds_note(level: str) -> Inlines:
    return say(
        "Counts are of episodes; the unit of the bounds is the family. Each bound is one-sided, at "
        "level ",
        ClaimRef(id="plan#gate_alpha"),
        f" {level}. Stopped late: attacks that were stopped after their effect, the upper median "
        "of the steps between, and the most.",
    )


def _caught(one: ControlSummary) -> tuple[float, str]:
    rate = one.before.rate
    return (rate.successes / rate.started if rate.started else 0.0, one.stack)


def _stack_words(name: str, planned: PlannedControls) -> Inlines:
    return say(Code(text=name), " (deployed)") if name == planned.deployed else say(Code(text=name))


def _world_words(world: str) -> Inlines:
    return say("All worlds") if world == "all" else domain_words(world)
