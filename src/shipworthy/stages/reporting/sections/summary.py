"""Section `summary`: the answer first, on one page."""

from shipworthy.kernel import short
from shipworthy.stages.reporting.context import Context, requirement_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    ClauseCitation,
    Code,
    Heading,
    Inlines,
    Items,
    KeyFigure,
    KeyFigures,
    Link,
    Mark,
    Moment,
    Notice,
    Quote,
    Section,
    listed,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.live import live_notice


def build(context: Context) -> Section:
    """Return what was decided, for what, why, what is missing and what would change it."""
    return Section(
        id="summary",
        title="Summary",
        blocks=(
            *live_notice(context),
            _ruling(context),
            _counts(context),
            *_early(context),
            *_worse(context),
            Heading(anchor="summary-determined", words=say("What determined it")),
            *_determined(context),
            Heading(anchor="summary-missing", words=say("What is missing")),
            _missing(context),
            Heading(
                anchor="summary-flip", words=say("Nearest change that would change the ruling")
            ),
            _flip(context),
        ),
    )


def _ruling(context: Context) -> Notice:
    report, decision = context.report, context.report.decision
    subject = report.plan.subject
    return Notice(
        state=report.standing,
        title=say(_standing(context)),
        body=(
            paragraph(
                "Model ",
                Quote(text=subject.name, source="plan"),
                " (identity ",
                Code(text=short(subject.digest)),
                ") for deployment as ",
                Code(text=decision.deployment),
                ", gate ",
                Code(text=decision.gate),
                ", under ",
                Quote(text=report.rulebook.title, source="rulebook"),
                " ",
                Code(text=report.rulebook.version),
                ".",
            ),
            paragraph(
                "The gate drafts ",
                Mark(state=decision.ruling),
                ". The decision level is ",
                _level(context),
                ". Drafted ",
                Moment(at=decision.drafted_at),
                "; valid until ",
                Moment(at=decision.expires_at),
                ". ",
                Link(text="People sign; see the sign-offs.", target="#decision-sign-offs"),
            ),
        ),
    )


def _standing(context: Context) -> str:
    report = context.report
    if report.standing == "go":
        return "Every requirement that applies is kept, and every required role has signed."
    against = _live_words(context)
    if against:
        return against
    if report.standing == "no-go":
        if report.decision.ruling == "no-go":
            return "The evidence breaks a requirement of this deployment."
        return "A person whose signature is required refuses."
    if report.decision.ruling == "go":
        return "This is not a go yet: the evidence allows it, and signatures are outstanding."
    return "This is not a go: evidence is missing, expired or too thin."


def _live_words(context: Context) -> str:
    """Say what live evidence has against a draft that the evidence of the campaign allows."""
    report = context.report
    if report.decision.ruling == "no-go":
        return ""
    if report.live.unanswered:
        return "Re-opened: what was seen in deployment stands against this decision."
    if report.live.defects:
        return "The deployed path does not do what was found in the laboratory."
    if report.live.wanting and report.decision.ruling == "go":
        return "This is not a go: a confirmation of the deployed path is required, and none counts."
    return ""


def _level(context: Context) -> Inlines:
    decision = context.report.decision
    if decision.level_worst == decision.level_best:
        return say(
            Quote(text=decision.level_worst, source="decision"),
            ", whatever the unknowns turn out to be",
        )
    return say(
        Quote(text=decision.level_worst, source="decision"),
        " if every unknown turns out badly and ",
        Quote(text=decision.level_best, source="decision"),
        " if every unknown turns out well",
    )


def _counts(context: Context) -> KeyFigures:
    scenarios = "scenarios planned" if context.report.sequential else "scenarios"
    items = [
        ("decision#broken", "requirements broken"),
        ("decision#inconclusive", "requirements inconclusive"),
        ("decision#kept", "requirements kept"),
        ("trials#count", "trials"),
        ("plan#scenarios", scenarios),
    ]
    return KeyFigures(
        items=tuple(
            KeyFigure(value=say(ClaimRef(id=claim)), label=say(label)) for claim, label in items
        )
    )


def _early(context: Context) -> tuple[Block, ...]:
    if not context.report.sequential:
        return ()
    return (
        paragraph(
            "Attacks on domains with registered questions ended as soon as those were decided: ",
            Link(text="when, and how safely", target="#results-early"),
            ".",
        ),
    )


def _worse(context: Context) -> tuple[Block, ...]:
    if not context.report.newly_breached:
        return ()
    return (
        Notice(
            state="none",
            title=say("Safeguards made some items worse"),
            body=(
                paragraph(
                    "Some items held on the bare model and were breached with safeguards. ",
                    Link(text="They are counted by domain", target="#results-transitions"),
                    " and ",
                    Link(text="listed one by one", target="#appendix-newly-breached"),
                    ".",
                ),
            ),
        ),
    )


def _determined(context: Context) -> tuple[Block, ...]:
    decision = context.report.decision
    deciding = {"go": {"kept"}, "no-go": {"broken"}}.get(decision.ruling, {"inconclusive"})
    reasons = [
        say(
            Mark(state=result.verdict),
            " ",
            requirement_words(result.title, strong=True),
            ": ",
            Quote(text=result.why, source="decision"),
        )
        for result in context.requirements
        if result.verdict in deciding
    ]
    blocks: list[Block] = []
    if decision.determining:
        blocks.append(ClauseCitation(clauses=decision.determining, words=say("Clauses")))
    else:
        blocks.append(paragraph("No clause alone determined the ruling."))
    if reasons and decision.ruling != "go":
        blocks.append(Items(items=tuple(reasons)))
    return tuple(blocks)


def _missing(context: Context) -> Block:
    decision = context.report.decision
    items = [
        say(
            requirement_words(result.title, strong=True),
            ": ",
            Quote(text=result.missing, source="decision"),
        )
        for result in context.requirements
        if result.missing
    ]
    told = {result.missing for result in context.requirements}
    items.extend(
        say(Quote(text=words, source="decision")) for words in decision.missing if words not in told
    )
    roles = outstanding_roles(context)
    if roles:
        names = listed([say(Quote(text=role, source="decision")) for role in roles])
        items.append(say("Sign-off by ", names, "."))
    if not items:
        return paragraph("Nothing: no evidence and no signature is outstanding.")
    return Items(items=tuple(items))


def outstanding_roles(context: Context) -> list[str]:
    """Return the roles that have not signed this draft, in the order of the decision."""
    decision = context.report.decision
    signed = {note.role for note in context.report.signoffs}
    return [role for role in decision.roles if role not in signed]


def _flip(context: Context) -> Block:
    flip = context.report.decision.flip
    if not flip:
        return paragraph("The decision names none.")
    return paragraph(Quote(text=flip, source="decision"))
