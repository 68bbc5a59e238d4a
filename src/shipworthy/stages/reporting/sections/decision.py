"""Section `decision`: requirement by requirement, then levels, rules and signatures."""

from collections.abc import Mapping

from shipworthy.records import LevelResult, RequirementResult, SignOff, metric_of
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ABSENT, Context, requirement_words
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
    Mark,
    Moment,
    Quote,
    Reference,
    Row,
    Section,
    State,
    Table,
    listed,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.inputs import IgnoredSignOff
from shipworthy.stages.reporting.sections.framework import clause_words
from shipworthy.stages.reporting.sections.summary import outstanding_roles


def build(context: Context) -> Section:
    """Return every requirement worst first, with its margin and the evidence that it rests on."""
    decision = context.report.decision
    return Section(
        id="decision",
        title="Decision",
        blocks=(
            paragraph(
                "The gate drafts ",
                Mark(state=decision.ruling),
                "; with the signatures received the decision stands at ",
                Mark(state=context.report.standing),
                ". Inconclusive is never a pass.",
            ),
            _requirements(context),
            Heading(anchor="decision-levels", words=say("Levels")),
            *_levels(context),
            Heading(anchor="decision-rules", words=say("Rules that take part")),
            _rules(context),
            Heading(anchor="decision-sign-offs", words=say("Sign-offs")),
            *_signoffs(context),
        ),
    )


def _requirements(context: Context) -> Block:
    if not context.requirements:
        return paragraph("No requirement takes part, so the gate cannot say go.")
    return Table(
        anchor="decision-requirements",
        caption=say("Requirements, worst first"),
        columns=(
            Column(words=say("Requirement")),
            Column(words=say("Verdict")),
            number_column("Margin"),
            Column(words=say("Why")),
            Column(words=say("Rests on")),
        ),
        rows=tuple(_requirement(context, result) for result in context.requirements),
        note=say(
            "Margin is the distance in percentage points from the bound that the requirement "
            "reads to its limit; negative is on the wrong side. A blocked finding can have a "
            "margin and yet be inconclusive. ",
            Link(text="What each rate rests on", target="#appendix-grounds"),
            " stands in one table.",
        ),
    )


def _requirement(context: Context, result: RequirementResult) -> Row:
    note = say(" ", Emphasis(text="illustrative number")) if result.illustrative else ()
    missing = (
        say(". ", Emphasis(text="Missing: "), Quote(text=result.missing, source="decision"))
        if result.missing
        else ()
    )
    margins = [say(ClaimRef(id=margin)) for margin in context.margins(result)]
    reads = [_evidence(context, name) for name in result.reads]
    return Row(
        anchor=row_anchor("decided", result.rule, result.requirement),
        cells=(
            say(
                requirement_words(result.title),
                " ",
                Code(text=result.requirement),
                note,
                " ",
                clause_words(result.clauses) if result.clauses else (),
            ),
            say(Mark(state=result.verdict)),
            listed(margins) if margins else say(ABSENT),
            say(Quote(text=result.why, source="decision"), missing),
            listed(reads) if reads else say("nothing"),
        ),
    )


def _evidence(context: Context, name: str) -> Inlines:
    if name in context.findings:
        return say(Reference(text=name, target="#" + row_anchor("finding", name)))
    if metric_of(name):
        return say(Code(text=name), " (not measured)")
    return say(Reference(text=name, target="#" + row_anchor("fact", name)))


def _levels(context: Context) -> tuple[Block, ...]:
    levels = context.report.decision.levels
    if not levels:
        return (paragraph("The framework has no scale of levels."),)
    by_field = {level.field: level for level in levels}
    stems = [
        level.field.removesuffix(".before")
        for level in levels
        if level.field.endswith(".before")
        and f"{level.field.removesuffix('.before')}.after" in by_field
    ]
    paired = {f"{stem}.{side}" for stem in stems for side in ("before", "after")}
    alone = [level for level in levels if level.field not in paired]
    blocks: list[Block] = []
    if stems:
        blocks.append(_before_and_after(stems, by_field))
    if alone:
        blocks.append(_other_levels(alone))
    return tuple(blocks)


def _before_and_after(stems: list[str], levels: Mapping[str, LevelResult]) -> Table:
    return Table(
        anchor="decision-level-table",
        caption=say("Levels before and after safeguards"),
        columns=tuple(
            Column(words=say(head)) for head in ("Scale", "Before", "After", "Why, after")
        ),
        rows=tuple(
            Row(
                cells=(
                    say(Code(text=stem)),
                    _span(levels[f"{stem}.before"]),
                    _span(levels[f"{stem}.after"]),
                    say(Quote(text=levels[f"{stem}.after"].why, source="decision")),
                )
            )
            for stem in stems
        ),
    )


def _span(level: LevelResult) -> Inlines:
    best, worst = (Quote(text=word, source="decision") for word in (level.best, level.worst))
    return say(best) if level.best == level.worst else say(best, " to ", worst)


def _other_levels(levels: list[LevelResult]) -> Table:
    return Table(
        anchor="decision-other-level-table",
        caption=say("Other scales, from the best to the worst level that is possible"),
        columns=tuple(Column(words=say(head)) for head in ("Scale", "Level", "Why")),
        rows=tuple(
            Row(
                cells=(
                    say(Code(text=level.field)),
                    _span(level),
                    say(Quote(text=level.why, source="decision")),
                )
            )
            for level in levels
        ),
    )


def _rules(context: Context) -> Block:
    rules = [rule for rule in context.report.decision.rules if rule.applies != "false"]
    if not rules:
        return paragraph("None: no rule applies to this deployment.")
    return Table(
        anchor="decision-rule-table",
        caption=say("Rules that apply or may apply, and whether their ceilings do"),
        columns=(
            Column(words=say("Rule")),
            Column(words=say("Applies")),
            Column(words=say("Ceiling applies")),
            Column(words=say("Ceiling")),
            Column(words=say("Clauses")),
        ),
        rows=tuple(
            Row(
                cells=(
                    say(Code(text=rule.rule)),
                    say(rule.applies),
                    say(rule.triggered),
                    say(Quote(text=rule.ceiling, source="rulebook")),
                    clause_words(rule.clauses),
                )
            )
            for rule in rules
        ),
    )


def _signoffs(context: Context) -> tuple[Block, ...]:
    decision = context.report.decision
    rows = [_signed(note) for note in context.report.signoffs]
    rows.extend(
        Row(
            cells=(
                say(Quote(text=role, source="decision")),
                say(Mark(state="waiting")),
                say(ABSENT),
                say(ABSENT),
                say(ABSENT),
            )
        )
        for role in outstanding_roles(context)
    )
    blocks: list[Block] = [
        paragraph("What people sign is the draft with digest ", Code(text=decision.digest), ".")
    ]
    if not rows:
        blocks.append(paragraph("The framework names no role, so nobody has decided."))
    else:
        blocks.append(
            Table(
                anchor="decision-sign-off-table",
                caption=say("Signatures received and outstanding"),
                columns=tuple(
                    Column(words=say(head))
                    for head in ("Role", "State", "Person", "Signed", "Rationale")
                ),
                rows=tuple(rows),
            )
        )
    if context.report.ignored_signoffs:
        blocks.append(paragraph("These signatures were received and do not count."))
        blocks.append(
            Items(items=tuple(_ignored(note) for note in context.report.ignored_signoffs))
        )
    return tuple(blocks)


def _signed(note: SignOff) -> Row:
    state: State = "signed" if note.position == "go" else "dissent"
    return Row(
        cells=(
            say(Quote(text=note.role, source="sign-off")),
            say(Mark(state=state), " ", Code(text=note.position)),
            say(Quote(text=note.person, source="sign-off")),
            say(Moment(at=note.signed_at)),
            say(Quote(text=note.rationale, source="sign-off")),
        )
    )


def _ignored(note: IgnoredSignOff) -> Inlines:
    return say(
        Quote(text=note.sign_off.person, source="sign-off"),
        " as ",
        Quote(text=note.sign_off.role, source="sign-off"),
        ": ",
        Quote(text=note.reason, source="sign-off"),
    )
