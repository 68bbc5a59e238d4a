"""What was asked of the tests themselves, in one table: not tried is said, never left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.records import ContrastFinding, Metric
from shipworthy.stages.reporting.context import Context, domain_words
from shipworthy.stages.reporting.document import (
    Column,
    Emphasis,
    Inlines,
    Link,
    Row,
    Table,
    listed,
    say,
)
from shipworthy.stages.reporting.sections.battery.controls import control_worked
from shipworthy.stages.reporting.sections.tables import CONTRASTS, is_shown, words_of

_NOT_TRIED: Final = "not tried"


@dataclass(frozen=True, slots=True)
class _Check:
    """One row of the overview."""

    question: Inlines
    tried: Inlines
    shown: Inlines
    doubted: Inlines


def overview_table(context: Context) -> Table:
    """Return every question to the tests: where it was asked, what was shown, what follows."""
    checks = [*_conditions_checked(context), _said(context), _known(context), _controls(context)]
    return Table(
        anchor="trust-overview",
        caption=say("What was asked of the tests"),
        columns=(
            Column(words=say("Question")),
            Column(words=say("Tried in")),
            Column(words=say("Shown in")),
            Column(words=say("Withholds good news of")),
        ),
        rows=tuple(
            Row(cells=(check.question, check.tried, check.shown, check.doubted)) for check in checks
        ),
    )


def _conditions_checked(context: Context) -> Iterator[_Check]:
    by_metric = contrasts_by_metric(context)
    for metric, words in CONTRASTS.items():
        found = by_metric.pop(metric, [])
        question = say(words.question)
        if found:
            question = say(Link(text=words.question, target=f"#trust-{metric}"))
        yield _Check(question, *_where(found), say(words.doubted))
    for metric, found in by_metric.items():
        words = words_of(found[0])
        link = say(Link(text=words.question, target=f"#trust-{metric}"))
        yield _Check(link, *_where(found), say(words.doubted))


def _where(found: Sequence[ContrastFinding]) -> tuple[Inlines, Inlines]:
    if not found:
        return say(Emphasis(text=_NOT_TRIED)), say("nothing known")
    return _domains(found), _domains([one for one in found if is_shown(one)])


def _domains(found: Sequence[ContrastFinding]) -> Inlines:
    names = dict.fromkeys(one.domain for one in found)
    return listed([domain_words(name) for name in names]) if names else say("none")


def _said(context: Context) -> _Check:
    splits = context.report.suspicions
    question = say(Link(text="Do replies say that this is a test?", target="#trust-suspicion"))
    if not splits:
        return _Check(
            question, say(Emphasis(text=_NOT_TRIED)), say("nothing known"), say("nothing")
        )
    tried = dict.fromkeys(one.domain for one in splits)
    shown = dict.fromkeys(one.domain for one in splits if one.suspecting.started)
    return _Check(
        question,
        listed([domain_words(name) for name in tried]),
        listed([domain_words(name) for name in shown]) if shown else say("none"),
        say("nothing: what is said of a test proves no belief"),
    )


def _known(context: Context) -> _Check:
    found = context.of_metric("contamination")
    question = say("Does the model know strings that only the scenarios hold?")
    doubted = say("attack success and realism twins in every domain of the pack")
    if not found:
        return _Check(question, *_where([]), doubted)
    shown = [domain_words(one.domain) for one in found if one.rate.successes]
    return _Check(
        question,
        listed([domain_words(one.domain) for one in found]),
        listed(shown) if shown else say("none"),
        doubted,
    )


def _controls(context: Context) -> _Check:
    found = [one for one in context.of_metric("control-breach") if one.domain != "all"]
    question = say(Link(text="Would a breach have been noticed?", target="#controls"))
    doubted = say("every rate of the domain that attacks, tasks and agents have")
    if not found:
        return _Check(question, *_where([]), doubted)
    failed = dict.fromkeys(one.domain for one in found if control_worked(one) is not True)
    shown = say("controls failed in ", listed([domain_words(name) for name in failed]))
    tried = dict.fromkeys(one.domain for one in found)
    return _Check(
        question,
        listed([domain_words(name) for name in tried]),
        shown if failed else say("controls behaved"),
        doubted,
    )


def contrasts_by_metric(context: Context) -> dict[Metric, list[ContrastFinding]]:
    """Return the comparisons by metric, those with words of their own first."""
    found: dict[Metric, list[ContrastFinding]] = {}
    for contrast in context.report.contrasts:
        found.setdefault(contrast.metric, []).append(contrast)
    known = [metric for metric in CONTRASTS if metric in found]
    others = [metric for metric in found if metric not in CONTRASTS]
    return {metric: found[metric] for metric in (*known, *others)}
