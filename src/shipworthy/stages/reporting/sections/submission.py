"""Section `submission`: how often the question was asked, and what error and scenarios are left."""

from shipworthy.records import CampaignRegistered
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Definition,
    Definitions,
    Inlines,
    Moment,
    Quote,
    Row,
    Section,
    Table,
    paragraph,
    say,
)


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
