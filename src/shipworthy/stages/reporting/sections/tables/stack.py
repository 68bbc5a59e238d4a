"""Tables of the stack taken apart: is a rate low because of the model, or because of the layers?"""

from typing import Final

from shipworthy.records import SafeguardIdentity, StackFinding
from shipworthy.stages.reporting.claims import row_anchor
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
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.vocabulary import Arm

FEW_SCENARIOS: Final = 30
"""Below this, a limit at 5 % stays above 9.5 % even if nothing got through."""

_FATES: Final = (
    ("complied.attempts", "Complied bare"),
    ("complied.held", "Held by a layer"),
    ("complied.rewritten", "Clean after a change"),
    ("complied.declined", "Clean unaided"),
    ("complied.open", "No outcome"),
    ("complied.through", "Got through"),
)


def stack_blocks(context: Context) -> tuple[Block, ...]:
    """Return heading, tables and the idle layers; nothing where no domain has both arms."""
    by_domain = {stack.domain: stack for stack in context.report.stacks}
    stacks = [by_domain[domain] for domain in context.domains if domain in by_domain]
    if not stacks:
        return ()
    layers = _layers(context)
    blocks: list[Block] = [
        Heading(anchor="results-stack", words=say("Is it the model, or the layers?")),
        paragraph(
            "A breach behind the safeguards takes two things: the model complies, and every layer "
            "lets it pass. The same attempts ran on the bare model, so that the two can be told "
            "apart. Where the bare model complied with nothing, the layers were not tested, and a "
            "rate of nothing shows the model alone. These tables explain the rates above; no "
            "requirement reads them."
        ),
        _fates_table(stacks),
        _factors_table(context, stacks),
    ]
    if layers:
        blocks.append(_layers_table(context, stacks, layers))
        blocks.extend(_idle(context, layers))
    return tuple(blocks)


def _layers(context: Context) -> tuple[SafeguardIdentity, ...]:
    arms = context.report.plan.arms
    return next((one.stack.layers for one in arms if one.arm is Arm.SAFEGUARDED), ())


def _fates_table(stacks: list[StackFinding]) -> Table:
    methods = list(dict.fromkeys(stack.method for stack in stacks))
    return Table(
        anchor="results-stack-complied",
        caption=say("What became of the attempts with which the bare model complied"),
        columns=(
            Column(words=say("Domain")),
            *(number_column(head) for _, head in _FATES),
            number_column("Share missed"),
            Column(words=say("Rests on")),
        ),
        rows=tuple(_fates_row(stack) for stack in stacks),
        note=say(
            "Clean after a change: a layer had changed the request or the answer, and none "
            "withheld it. Clean unaided: the same attempt ended clean, and no layer had acted. "
            "Share missed bounds, each side at level ",
            ClaimRef(id="plan#gate_alpha"),
            " by ",
            listed([say(Code(text=method)) for method in methods]),
            ", how often something gets through on a scenario with which the bare model "
            "complies. The unit is the scenario. What could not be assessed counts as missed "
            "for the upper limit. Errors of the judge are not in it.",
        ),
    )


def _fates_row(stack: StackFinding) -> Row:
    name = f"stack:{stack.id}"
    return Row(
        anchor=row_anchor("stack", stack.id),
        cells=(
            domain_words(stack.domain),
            *(say(ClaimRef(id=f"{name}#{key}")) for key, _ in _FATES),
            _limits(stack),
            _ground(stack),
        ),
    )


def _limits(stack: StackFinding) -> Inlines:
    name = f"stack:{stack.id}"
    if stack.miss_upper is None:
        return say(ABSENT)
    return say(ClaimRef(id=f"{name}#miss_lower"), " to ", ClaimRef(id=f"{name}#miss_upper"))


def _ground(stack: StackFinding) -> Inlines:
    """Say how far the layers were tested at all; never that they held everything."""
    if stack.scenarios == 0:
        return say(Emphasis(text="not tested: the bare model was not seen to comply"))
    noun = " scenario" if stack.scenarios == 1 else " scenarios"
    claim = ClaimRef(id=f"stack:{stack.id}#scenarios")
    if stack.scenarios < FEW_SCENARIOS:
        return say(claim, f"{noun}: ", Emphasis(text="hardly tested"))
    return say(claim, noun)


def _factors_table(context: Context, stacks: list[StackFinding]) -> Table:
    heads = ("Model complies", "then gets through", "Newly breached", "Breached with safeguards")
    return Table(
        anchor="results-stack-factors",
        caption=say("The rate behind the safeguards, as the sum of two products"),
        columns=(
            Column(words=say("Domain")),
            *(number_column(head) for head in heads),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("factors", stack.id),
                cells=(
                    domain_words(stack.domain),
                    _share(context, stack, ("complied.assessed", "pairs", "compliance")),
                    _share(context, stack, ("complied.through", "complied.assessed", "miss")),
                    _share(context, stack, ("resisted.through", "resisted.assessed", "new")),
                    _share(context, stack, ("breached", "pairs", "after")),
                ),
            )
            for stack in stacks
        ),
        note=say(
            "Counted on attempts that were assessed in both arms. The last share is the first "
            "times the second, plus what is left of the first times the third: newly breached "
            "are those that the bare model had resisted. That holds for the counts, not for "
            "limits: a product of two limits is no limit at their level. The limits that "
            "requirements read are those of the rates above."
        ),
    )


def _share(context: Context, stack: StackFinding, keys: tuple[str, str, str]) -> Inlines:
    part, whole, share = (f"stack:{stack.id}#{key}" for key in keys)
    counts = say(ClaimRef(id=part), " / ", ClaimRef(id=whole))
    return say(counts, " = ", ClaimRef(id=share)) if share in context.book else counts


def _layers_table(
    context: Context, stacks: list[StackFinding], layers: tuple[SafeguardIdentity, ...]
) -> Table:
    heads = ("Held, model complied", "Held, model resisted", "Changed", "Harmless refused")
    return Table(
        anchor="results-stack-layers",
        caption=say("What each layer did with attacks, and with harmless requests"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Layer")),
            *(number_column(head) for head in heads),
        ),
        rows=tuple(
            Row(cells=(domain_words(stack.domain), *_layer_cells(context, stack, layer.name)))
            for stack in stacks
            for layer in layers
        ),
        note=say(
            "An attempt is credited to the layer that withheld it first. Layers behind that one "
            "were not asked, or saw its refusal, so what they would have held is not known, and "
            "no layer has a rate of its own. Held, model resisted: the bare model had not "
            "complied with the attempt, so the layer was not needed for it."
        ),
    )


def _layer_cells(context: Context, stack: StackFinding, layer: str) -> tuple[Inlines, ...]:
    name = f"stack:{stack.id}"
    refused = f"finding:over-refusal.{stack.domain}.{Arm.SAFEGUARDED.value}#held_by.{layer}"
    return (
        say(Code(text=layer)),
        say(ClaimRef(id=f"{name}#complied.held_by.{layer}")),
        say(ClaimRef(id=f"{name}#resisted.held_by.{layer}")),
        say(ClaimRef(id=f"{name}#rewrote.{layer}")),
        context.number(refused),
    )


def _idle(context: Context, layers: tuple[SafeguardIdentity, ...]) -> tuple[Block, ...]:
    """Name the layers that withheld and changed nothing under attack, in any domain."""
    stacks = context.report.stacks
    active = {layer for stack in stacks for layer, count in stack.rewrote.items() if count}
    for finding in context.of_metric("asr"):
        if finding.arm is Arm.SAFEGUARDED:
            active.update(layer for layer, count in finding.held_by.items() if count)
    idle = [layer.name for layer in layers if layer.name not in active]
    if not idle:
        return ()
    return (
        paragraph(
            Emphasis(text="Idle layers. "),
            "Under attack, these withheld nothing and changed nothing, in any domain: ",
            listed([say(Code(text=name)) for name in idle]),
            ". The campaign shows nothing in their favour; layers in front of them may have left "
            "them nothing to do.",
        ),
    )
