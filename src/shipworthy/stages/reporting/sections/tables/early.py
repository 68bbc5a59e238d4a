"""The table of questions that may end a campaign early: how, when and how safely each ended."""

from typing import Final

from shipworthy.records import SequentialFinding
from shipworthy.stages.reporting.claims import row_anchor
from shipworthy.stages.reporting.context import ARM_WORDS, Context, domain_words
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Column,
    Emphasis,
    Inlines,
    Link,
    Row,
    Table,
    number_column,
    say,
)
from shipworthy.vocabulary import Arm

_ORDER: Final = ("fail", "not-shown", "continue", "pass")
_NUMBERS: Final = (
    ("scenarios", "Scenarios"),
    ("successes", "Breached"),
    ("unassessed", "Unassessed"),
    ("late", "Late"),
    ("cap", "Cap"),
    ("fixed_scenarios", "One look needs"),
    ("false_go", "Wrong pass"),
    ("false_fail", "Wrong fail"),
)


def early_table(context: Context) -> Table:
    """Return one row a question, fails first and passes last; there must be a question."""
    asked = sorted(context.report.sequential, key=lambda one: _worst_first(one, context))
    return Table(
        anchor="results-early-table",
        caption=say("Questions that could end an arm early, passes last"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("Arm")),
            number_column("Limit"),
            Column(words=say("Verdict")),
            *(number_column(head) for _, head in _NUMBERS),
        ),
        rows=tuple(_row(question, context) for question in asked),
        note=say(
            "Scenarios is how many were needed in the registered order until the question was "
            "decided; breached and unassessed are counted among them. Late trials were in flight "
            "when the arm ended and count for nothing. One look needs is the size of a design of "
            "the same power that looks once, at the end; where the cap is smaller, the plan had "
            "no room for it. Wrong pass and wrong fail are the largest probabilities of either "
            "error, for every true rate and every reason to stop. Not shown is neither a pass "
            "nor a fail. No go can rest on a verdict whose evidence is ",
            Link(text="withheld", target="#controls-blockers"),
            ": the outcomes lie below the limit, and something else stands against the finding.",
        ),
    )


def verdict_words(question: SequentialFinding, *, withheld: bool) -> Inlines:
    """Return a verdict for people: `not shown` with its reason, a pass with what it is not."""
    match question.verdict:
        case "pass":
            return say(Emphasis(text="shown below"), ", but withheld: no go" if withheld else "")
        case "fail":
            return say(Emphasis(text="shown above"))
        case "not-shown":
            used_up = question.scenarios >= question.cap
            reason = "scenarios used up" if used_up else "a pass had become unlikely"
            return say(Emphasis(text="not shown"), f": {reason}")
        case _:
            return say(Emphasis(text="open"))


def _withheld(question: SequentialFinding, context: Context) -> bool:
    """Whether something stands against reading the finding of a question favourably."""
    return bool(context.findings[question.finding].blockers)


def _worst_first(question: SequentialFinding, context: Context) -> tuple[int, bool, str]:
    return _ORDER.index(question.verdict), not _withheld(question, context), question.id


def _row(question: SequentialFinding, context: Context) -> Row:
    name = f"sequential:{question.id}"
    domain, _, arm = question.finding.removeprefix("asr.").rpartition(".")
    return Row(
        anchor=row_anchor("sequential", question.id),
        cells=(
            domain_words(domain),
            say(ARM_WORDS[Arm(arm)]),
            say(ClaimRef(id=f"{name}#limit")),
            verdict_words(question, withheld=_withheld(question, context)),
            *(say(ClaimRef(id=f"{name}#{key}")) for key, _ in _NUMBERS),
        ),
    )
