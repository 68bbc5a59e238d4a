"""Section `framework`: which clauses were executed and how each was read."""

from collections.abc import Iterator

from shipworthy.records import LevelField, OwnDefinitions, Rule
from shipworthy.stages.reporting.claims import condition_words, is_number, row_anchor
from shipworthy.stages.reporting.context import Context, requirement_words
from shipworthy.stages.reporting.document import (
    Block,
    Clause,
    Code,
    Column,
    Definition,
    Definitions,
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
    paragraph,
    say,
)


def build(context: Context) -> Section:
    """Return the framework, its requirements as read, its rules, levels and supplied facts."""
    return Section(
        id="framework",
        title="Framework and how it was read",
        blocks=(
            paragraph(
                "A framework is written for people. The conditions below are what was executed; "
                "whoever reads a clause otherwise will find the place here."
            ),
            _sources(context),
            *_own_definitions(context),
            Heading(anchor="framework-requirements", words=say("Requirements")),
            _requirements(context),
            Heading(anchor="framework-rules", words=say("Rules")),
            _rules(context),
            *_levels(context),
            *_clauses(context),
            Heading(anchor="framework-facts", words=say("Facts that people supplied")),
            _facts(context),
        ),
    )


def clause_words(clauses: tuple[str, ...]) -> Inlines:
    """Return clause ids one after the other."""
    return listed([say(Clause(id=clause)) for clause in clauses]) if clauses else say("none")


def _sources(context: Context) -> Definitions:
    rulebook, decision = context.report.rulebook, context.report.decision
    rows = [
        ("Framework", say(Quote(text=rulebook.title, source="rulebook"))),
        ("Version", say(Code(text=f"{rulebook.id} {rulebook.version}"))),
        ("Source document", say(Code(text=rulebook.source_digest))),
        ("Compiled rulebook", say(Code(text=rulebook.digest))),
        ("Gate", say(Code(text=decision.gate))),
        (
            "Go means at least",
            say(Quote(text=rulebook.go.get(decision.gate, "not defined"), source="rulebook")),
        ),
    ]
    return Definitions(
        items=tuple(Definition(term=say(term), details=words) for term, words in rows)
    )


def _own_definitions(context: Context) -> Iterator[Block]:
    """Say which levels an assessor defined, so that nobody takes them for the publisher's."""
    own = context.report.rulebook.own_definitions
    if not isinstance(own, OwnDefinitions):
        return
    yield Notice(
        state="none",
        title=say("Some levels are computed by definitions of the assessor, not of the publisher."),
        body=(
            paragraph(
                "The framework leaves these levels to judgement: ",
                listed([say(Code(text=name)) for name in own.fields]),
                ". ",
                Quote(text=own.by, source="rulebook"),
                " answers for when they count as reached, on record: ",
                Quote(text=own.record, source="rulebook"),
                ". No clause of the framework holds the numbers. Without these definitions the "
                "framework is ",
                Code(text=own.framework),
                "; the definitions are ",
                Code(text=own.digest),
                ".",
            ),
        ),
    )


def _requirements(context: Context) -> Block:
    rows = [
        Row(
            anchor=row_anchor("requirement", rule.id, requirement.id),
            cells=(
                say(Code(text=requirement.id)),
                say(
                    requirement_words(requirement.title),
                    *(
                        say(" ", Emphasis(text="illustrative number"))
                        if requirement.illustrative
                        else ()
                    ),
                ),
                condition_words(requirement.condition, f"limit:{requirement.id}", context.book),
                clause_words(requirement.clauses),
            ),
        )
        for rule in _taking_part(context)
        for requirement in rule.requires
    ]
    if not rows:
        return paragraph("No requirement applies, so nothing can be kept.")
    return Table(
        anchor="framework-requirement-table",
        caption=say("Each requirement as executed"),
        columns=(
            Column(words=say("Requirement")),
            Column(words=say("Title")),
            Column(words=say("Read as")),
            Column(words=say("Clauses")),
        ),
        rows=tuple(rows),
        note=say(
            "An illustrative number is one that the source itself calls an example; it was "
            "executed all the same."
        ),
    )


def _rules(context: Context) -> Block:
    rules = _taking_part(context)
    if not rules:
        return paragraph("No rule applies at this gate, so it can never say go.")
    return Table(
        anchor="framework-rule-table",
        caption=say("Rules that apply or may apply: what they require and allow at most"),
        columns=(
            Column(words=say("Rule")),
            Column(words=say("Applies when")),
            Column(words=say("Requires")),
            Column(words=say("Otherwise at most")),
            Column(words=say("Clauses")),
        ),
        rows=tuple(_rule_row(context, rule) for rule in rules),
        note=_idle_rules(context),
    )


def _taking_part(context: Context) -> list[Rule]:
    """Return the rules of the gate that apply, for certain or perhaps."""
    applying = {
        result.rule for result in context.report.decision.rules if result.applies != "false"
    }
    return [rule for rule in context.report.rulebook.rules if rule.id in applying]


def _idle_rules(context: Context) -> Inlines:
    idle = [
        say(Code(text=result.rule))
        for result in context.report.decision.rules
        if result.applies == "false"
    ]
    return say("Do not apply here: ", listed(idle), ".") if idle else ()


def _rule_row(context: Context, rule: Rule) -> Row:
    needs = [say(Code(text=requirement.id)) for requirement in rule.requires]
    return Row(
        anchor=row_anchor("rule", rule.id),
        cells=(
            say(Code(text=rule.id)),
            condition_words(rule.when, f"rule:{rule.id}", context.book)
            if rule.when
            else say("always"),
            listed(needs) if needs else say("nothing: the ceiling applies at once"),
            say(Quote(text=rule.ceiling, source="rulebook")),
            clause_words(rule.clauses),
        ),
    )


def _levels(context: Context) -> tuple[Block, ...]:
    rows = [
        Row(
            cells=(
                say(Code(text=field.name)),
                say(Quote(text=definition.level, source="rulebook")),
                condition_words(
                    definition.when, f"level:{field.name}/{definition.level}", context.book
                ),
                clause_words(definition.clauses),
            )
        )
        for field in context.report.rulebook.fields
        if isinstance(field, LevelField)
        for definition in field.definitions
    ]
    if not rows:
        return ()
    table = Table(
        anchor="framework-level-table",
        caption=say("Each level that is derived, and when it is reached"),
        columns=(
            Column(words=say("Scale")),
            Column(words=say("Level")),
            Column(words=say("Reached when")),
            Column(words=say("Clauses")),
        ),
        rows=tuple(rows),
    )
    return (Heading(anchor="framework-levels", words=say("Levels")), table)


def _clauses(context: Context) -> tuple[Block, ...]:
    cited = {
        clause
        for rule in _taking_part(context)
        for clause in (*rule.clauses, *(name for need in rule.requires for name in need.clauses))
    }
    rows = [
        Row(
            anchor=row_anchor("clause", entry.id),
            cells=(
                say(Clause(id=entry.id)),
                say(Quote(text=" ".join(entry.paraphrase.split()), source="rulebook")),
                say(Code(text=entry.source)),
            ),
        )
        for entry in context.report.clauses
        if entry.id in cited
    ]
    if not rows:
        return ()
    table = Table(
        anchor="framework-clause-table",
        caption=say("What the cited clauses say, in paraphrase"),
        columns=tuple(Column(words=say(head)) for head in ("Clause", "Says", "Source")),
        rows=tuple(rows),
    )
    return (Heading(anchor="framework-clauses", words=say("Clauses")), table)


def _facts(context: Context) -> Block:
    facts = {fact.field: fact for fact in context.report.facts}
    read = [
        name
        for result in context.report.decision.requirements
        for name in result.reads
        if name not in context.findings and name not in facts
    ]
    rows = [
        Row(
            anchor=row_anchor("fact", fact.field),
            cells=(
                say(Code(text=fact.field)),
                context.number(f"fact:{fact.field}#value")
                if is_number(fact.value)
                else say(Quote(text=fact.value, source="fact")),
                say(Quote(text=fact.judged_by, source="fact")),
                say(Quote(text=fact.record, source="fact")),
            ),
        )
        for fact in context.report.facts
    ]
    rows.extend(
        Row(
            anchor=row_anchor("fact", name),
            cells=(
                say(Code(text=name)),
                say(Mark(state="inconclusive")),
                say("nobody"),
                say("none"),
            ),
        )
        for name in dict.fromkeys(read)
    )
    if not rows:
        return paragraph("None: every input of the decision was measured.")
    return Table(
        anchor="framework-fact-table",
        caption=say("What was not measured here but stated, by whom and on what record"),
        columns=(
            Column(words=say("Field")),
            Column(words=say("Value")),
            Column(words=say("Judged by")),
            Column(words=say("Record")),
        ),
        rows=tuple(rows),
    )
