"""Section `submission`: how often the question was asked, and what error and scenarios are left."""

from typing import Final

from shipworthy.records import CampaignRegistered
from shipworthy.records.live.reopenings import Elsewhere, OtherCampaign
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Definition,
    Definitions,
    Heading,
    Inlines,
    Mark,
    Moment,
    Quote,
    Row,
    Section,
    Table,
    listed,
    paragraph,
    say,
)

_KINSHIP: Final = {
    "weights": "the same weights",
    "identity": "the same model, by all that is known of it",
    "name": "the same name",
}


def build(context: Context) -> Section:
    """Return the question, the number of the submission, its error level and fresh scenarios."""
    return Section(
        id="submission",
        title="How often this was asked",
        blocks=(
            paragraph(
                "All campaigns that ask one question of one product share one error level, "
                "whatever changed between them. Each spends its part before its first request, "
                "so that asking until the answer is a go does not make a wrong go more probable. "
                "Another name for the product would be another question: compare it."
            ),
            _submission(context),
            *_earlier(context.report.history.earlier),
            Heading(
                anchor="submission-elsewhere", words=say("Other campaigns of the same model here")
            ),
            *_elsewhere(context.report.live.elsewhere),
        ),
    )


def _submission(context: Context) -> Definitions:
    plan = context.report.plan
    question, spending = plan.submission.question, plan.submission.spending
    share = say(
        ClaimRef(id="plan#gate_alpha"),
        ", one-sided, for each bound; ",
        ClaimRef(id="plan#alpha"),
        " for all submissions of the question together",
    )
    whole = say(
        ClaimRef(id="plan#gate_alpha"),
        ", one-sided, for each bound: the whole, because no other submission was to follow",
    )
    rows: tuple[tuple[str, Inlines], ...] = (
        (
            "Question",
            say(
                "May ",
                Quote(text=question.subject, source="plan"),
                " be deployed as ",
                Code(text=question.deployment),
                " under ",
                Code(text=question.framework),
                "?",
            ),
        ),
        ("Question, digest", say(Code(text=question.digest))),
        (
            "Submission",
            say(
                "Number ",
                ClaimRef(id="submission#number"),
                ", after ",
                ClaimRef(id="submission#earlier"),
                " earlier ones; later ones when this was made: ",
                ClaimRef(id="submission#later"),
            ),
        ),
        ("Error level", share if spending == "series" else whole),
        (
            "Fresh scenarios",
            say(
                ClaimRef(id="submission#fresh"),
                " of ",
                ClaimRef(id="submission#scenarios"),
                " under attack; the others were tried in an earlier submission",
            ),
        ),
        (
            "Tried for other questions",
            say(
                ClaimRef(id="submission#elsewhere"),
                " of the scenarios, by campaigns that the project registered before; many may "
                "mean that the product was asked about under another name",
            ),
        ),
    )
    return Definitions(
        items=tuple(Definition(term=say(term), details=words) for term, words in rows)
    )


def _earlier(entries: tuple[CampaignRegistered, ...]) -> tuple[Block, ...]:
    if not entries:
        return ()
    return (
        Table(
            anchor="submission-earlier",
            caption=say("Earlier submissions of the question, by the registry of the project"),
            columns=tuple(
                Column(words=say(head)) for head in ("Submission", "Registered", "Spending", "Plan")
            ),
            rows=tuple(
                Row(
                    cells=(
                        say(Code(text=str(entry.number))),
                        say(Moment(at=entry.at)),
                        say(Code(text=entry.spending)),
                        say(Code(text=entry.plan)),
                    )
                )
                for entry in entries
            ),
            note=say("Each counts, whatever it ended with and whether it ended at all."),
        ),
    )


def _elsewhere(elsewhere: Elsewhere) -> tuple[Block, ...]:
    """Say what the project's other logs hold of the model, and what cannot be known from here."""
    bound = paragraph(
        "What another project holds, or one where the model has another name, other weights and "
        "another address, is not known here. What the log of another campaign holds changes no "
        "standing of this one, and the verifier has no such log: ask for its bundle."
    )
    found: list[Block] = []
    if elsewhere.campaigns:
        found.append(_campaigns(elsewhere.campaigns))
    else:
        found.append(paragraph("None that this project knows of."))
    if elsewhere.unknown:
        gone = listed([say(Code(text=plan)) for plan in elsewhere.unknown])
        found.append(paragraph("Registered, with a log that could not be read: ", *gone))
    return (*found, bound)


def _campaigns(campaigns: tuple[OtherCampaign, ...]) -> Table:
    heads = ("Registered", "Assessment", "Plan", "Taken to be", "Held against the model")
    return Table(
        anchor="submission-elsewhere-table",
        caption=say("Other campaigns of the same model in the project, by their own logs"),
        columns=tuple(Column(words=say(head)) for head in heads),
        rows=tuple(
            Row(
                cells=(
                    say(Moment(at=one.registered_at)) if one.registered_at else say("not known"),
                    say(
                        Quote(text=one.assessment, source="plan"),
                        ", ",
                        Code(text=one.deployment),
                    ),
                    say(Code(text=one.plan)),
                    say(_KINSHIP[one.kinship]),
                    _held_against(one),
                )
            )
            for one in campaigns
        ),
    )


def _held_against(one: OtherCampaign) -> Inlines:
    open_ = {opened.statement for opened in one.unanswered}
    causes = [
        say(
            *((Mark(state="broken"), " ") if opened.statement in open_ else ()),
            Code(text=f"{opened.action} {opened.to}".strip()),
            ", ",
            Moment(at=opened.at),
            ": ",
            Quote(text=opened.cause, source="statement"),
            "" if opened.statement in open_ else " (a later draft of it names this)",
        )
        for opened in one.reopenings
    ]
    causes += [
        say(Mark(state="broken"), " open incident ", Code(text=incident))
        for incident in one.incidents_open
    ]
    return listed(causes) if causes else say("nothing in its log")
