"""The days on which a framework can let a model go (spec, 6.6). Days are ISO 8601 texts."""

from dataclasses import replace

from shipworthy.frameworks import Evaluation
from shipworthy.records import Rulebook
from shipworthy.vocabulary import Ruling


def dated(evaluation: Evaluation, rulebook: Rulebook, drafted_at: str) -> Evaluation:
    """Return the evaluation as a draft of that time has it: a go only while in force."""
    if evaluation.ruling is Ruling.GO and not _in_force(rulebook, drafted_at):
        return replace(evaluation, ruling=Ruling.INCONCLUSIVE)
    return evaluation


def date_gap(rulebook: Rulebook, drafted_at: str) -> str:
    """Return what is missing for a go because of the day; empty while the framework is in force."""
    if _in_force(rulebook, drafted_at):
        return ""
    name, start, end = (
        f"`{rulebook.id} {rulebook.version}`",
        rulebook.in_force_from,
        rulebook.in_force_until,
    )
    if start and _day(drafted_at) < start:
        return f"a draft on a day when {name} is in force: it is so from {start}"
    return f"a framework that is in force: {name} was so until {end}"


def overdue_review(rulebook: Rulebook, drafted_at: str) -> str:
    """Return the review of the framework that its publisher promised and whose day is past."""
    due = rulebook.review_by
    if not due or _day(drafted_at) <= due:
        return ""
    return f"the review of `{rulebook.id} {rulebook.version}`, which was due by {due}"


def _in_force(rulebook: Rulebook, drafted_at: str) -> bool:
    start, end = rulebook.in_force_from, rulebook.in_force_until
    return start <= _day(drafted_at) and (not end or _day(drafted_at) <= end)


def _day(stamp: str) -> str:
    return stamp[:10]
