"""Section `subject`: what exactly was tested, and which safeguards stood around it."""

from shipworthy.kernel import short
from shipworthy.records import SafeguardIdentity
from shipworthy.stages.reporting.claims import is_number, row_anchor
from shipworthy.stages.reporting.context import ARM_WORDS, Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Definition,
    Definitions,
    Emphasis,
    Heading,
    Inlines,
    Quote,
    Row,
    Section,
    Table,
    listed,
    paragraph,
    say,
)


def build(context: Context) -> Section:
    """Return the subject's identity and the stack of safeguards with their cards."""
    return Section(
        id="subject",
        title="What was tested",
        blocks=(
            paragraph(
                "The same weights answer differently in another engine, quantisation or prompt. "
                "All results hold for this identity and for no other."
            ),
            _identity(context),
            *_logs(context),
            *_task(context),
            Heading(anchor="subject-safeguards", words=say("Safeguards")),
            *_safeguards(context),
        ),
    )


def _identity(context: Context) -> Definitions:
    subject = context.report.plan.subject
    sampling = subject.sampling
    settings = (
        f"temperature {sampling.temperature}, top_p {sampling.top_p}, "
        f"repeat_penalty {sampling.repeat_penalty}, max_tokens {sampling.max_tokens}"
    )
    parts = [
        ("Model", "name", say(Quote(text=subject.name, source="plan"))),
        ("Reached through", "endpoint", _known(subject.endpoint)),
        ("Weights", "weights", _known(subject.weights)),
        ("Quantisation", "quantisation", _known(subject.quantisation)),
        ("Engine", "engine", _known(subject.engine)),
        ("Chat template", "template", _known(subject.template)),
        ("System prompt", "system_prompt", _known(subject.system_prompt)),
        ("Sampling", "sampling", say(Code(text=settings))),
        ("Identity", "digest", say(Code(text=subject.digest))),
    ]
    named = {key for _, key, _ in parts}
    rows = [
        Definition(term=say(term), details=_disclosed(key, words, subject.unknown))
        for term, key, words in parts
    ]
    rows.extend(
        Definition(
            term=say(Quote(text=part, source="plan")),
            details=say(Emphasis(text="not disclosed by the target")),
        )
        for part in subject.unknown
        if part not in named
    )
    return Definitions(items=tuple(rows))


def _logs(context: Context) -> tuple[Block, ...]:
    """Return the logs that the trials were read from; nothing for trials of our own."""
    imported = context.report.plan.imported
    if not imported:
        return ()
    table = Table(
        anchor="subject-logs",
        caption=say("The logs that every trial was read from"),
        columns=(
            Column(words=say("File")),
            Column(words=say("Arm")),
            Column(words=say("Task")),
            Column(words=say("Written by")),
            Column(words=say("Ended")),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("log", f"{number}-{log.arm.value}"),
                cells=(
                    say(Code(text=short(log.file))),
                    say(ARM_WORDS[log.arm]),
                    say(Quote(text=log.task, source="plan")),
                    say(Quote(text=log.producer, source="plan")),
                    say(Quote(text=log.status, source="plan")),
                ),
            )
            for number, log in enumerate(imported.logs)
        ),
    )
    words = "Another program ran the trials and scored them; nothing was registered before it ran."
    return (Heading(anchor="subject-imported", words=say("Logs")), paragraph(words), table)


def _task(context: Context) -> tuple[Block, ...]:
    """Return the task that another program ran; nothing for trials of our own."""
    task = context.report.plan.external
    if not task:
        return ()
    packages = [
        Quote(text=f"{name} {version}", source="plan") for name, version in task.packages.items()
    ]
    rows = (
        ("Task", say(Quote(text=task.task, source="plan"))),
        ("Run and scored by", say(Quote(text=task.program, source="plan"))),
        ("Packages", listed([say(one) for one in packages]) if packages else say("none")),
        ("File of the task", _known(task.source)),
        ("Settings", say(Code(text=task.settings))),
        ("Breached", listed([say(Code(text=rule)) for rule in task.breached])),
        ("Held", listed([say(Code(text=rule)) for rule in task.held])),
    )
    words = (
        "Another program ran the task and scored it, under the plan. How often its scorers are "
        "wrong is not known here, so nothing that they say supports a good verdict."
    )
    items = tuple(Definition(term=say(term), details=details) for term, details in rows)
    heading = Heading(anchor="subject-task", words=say("Task of another program"))
    return (heading, paragraph(words), Definitions(items=items))


def _known(value: str) -> Inlines:
    return say(Code(text=value)) if value else say("none recorded")


def _disclosed(key: str, words: Inlines, unknown: tuple[str, ...]) -> Inlines:
    if key not in unknown:
        return words
    return say(Emphasis(text="not disclosed by the target"))


def _safeguards(context: Context) -> tuple[Block, ...]:
    layers: dict[str, SafeguardIdentity] = {}
    arms: dict[str, list[Inlines]] = {}
    for planned in context.report.plan.arms:
        for layer in planned.stack.layers:
            layers.setdefault(layer.name, layer)
            arms.setdefault(layer.name, []).append(say(ARM_WORDS[planned.arm]))
    if not layers:
        stood = "No safeguard stood in front of the model in any arm."
        unnamed = "The logs are said to be of arms without a safeguard."
        return (paragraph(unnamed if context.report.plan.imported else stood),)
    stack = Table(
        anchor="subject-stack",
        caption=say("The stack, in the order in which a request meets it"),
        columns=(
            Column(words=say("Layer")),
            Column(words=say("Kind")),
            Column(words=say("Arm")),
            Column(words=say("Configuration")),
        ),
        rows=tuple(
            Row(
                anchor=row_anchor("layer", name),
                cells=(
                    say(Code(text=name)),
                    say(Quote(text=layer.kind, source="plan")),
                    listed(arms[name]),
                    say(Code(text=short(layer.configuration))),
                ),
            )
            for name, layer in layers.items()
        ),
    )
    return (stack, *_cards(list(layers.values())))


def _cards(layers: list[SafeguardIdentity]) -> tuple[Block, ...]:
    rows = [
        Row(
            cells=(
                say(Code(text=layer.name)),
                say(Quote(text=label.replace("_", " "), source="plan")),
                _entry(layer, label),
            )
        )
        for layer in layers
        for label in layer.card
    ]
    silent = [say(Code(text=layer.name)) for layer in layers if not layer.card]
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                anchor="subject-cards",
                caption=say("What is known of each safeguard's quality"),
                columns=(
                    Column(words=say("Layer")),
                    Column(words=say("Figure")),
                    Column(words=say("Value")),
                ),
                rows=tuple(rows),
                note=say(
                    "Figures on sources that the safeguard never saw are the ones to rely on; "
                    "figures on its own sources flatter it."
                ),
            )
        )
    if silent:
        blocks.append(paragraph("No quality figure is on record for ", listed(silent), "."))
    return tuple(blocks)


def _entry(layer: SafeguardIdentity, label: str) -> Inlines:
    if is_number(layer.card[label]):
        return say(ClaimRef(id=f"safeguard:{layer.name}#{label}"))
    return say(Quote(text=layer.card[label], source="plan"))
