"""Which submission of its question a campaign is, in words for a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from shipworthy.kernel import significant
from shipworthy.records import PlannedItem, Submission
from shipworthy.stages.evaluating import Objections
from shipworthy.vocabulary import TrialRole

_BESIDE: Final = {
    TrialRole.CAPABILITY: ("attempt at a task", "attempts at tasks"),
    TrialRole.AGENCY: ("agent", "agents"),
    TrialRole.REALISM: ("dressed scenario", "dressed scenarios"),
    TrialRole.CONTAMINATION: ("string", "strings"),
    TrialRole.BALANCE: ("side of a mirrored pair", "sides of mirrored pairs"),
}


def submission_line(submission: Submission) -> str:
    """Write the question and the number."""
    asked = submission.question
    return (
        f"{submission.number}, of {asked.subject} for deployment {asked.deployment} "
        f"under {asked.framework}"
    )


def level_line(submission: Submission, alpha: str) -> str:
    """Write the level of the bounds, to three digits, and of what it is a part."""
    if submission.spending == "single":
        return f"{submission.alpha}, all of it for this campaign"
    part = significant(Decimal(submission.alpha), 3)
    return f"{part}, of {alpha} for all submissions of the question"


def submission_warnings(opposed: Objections) -> Iterator[str]:
    """Yield what earlier submissions leave against a go, and what would help."""
    for domain, (tried, planned) in opposed.reused.items():
        if not tried:
            continue
        fresh = planned - tried
        advice = (
            f"plan `scenarios_per_domain = {fresh}`, or add scenarios"
            if fresh
            else "add scenarios: no fresh one is left"
        )
        yield (
            f"`{domain}`: {tried:,} of {planned:,} scenarios were tried in an earlier submission, "
            f"so no go can rest on this domain; {advice}"
        )
    if opposed.spent:
        yield (
            'an earlier submission of this question was `submissions = "single"`: its error is '
            "spent, and nothing that this campaign measures supports a go"
        )


def beside_attacks(items: Iterable[PlannedItem]) -> str:
    """Return `40 dressed scenarios, 80 attempts at tasks`; empty where nothing is beside attacks.

    Items are counted once, in however many arms they run.
    """
    counts = Counter(item.role for item in items)
    return ", ".join(
        f"{counts[role]:,} {one if counts[role] == 1 else many}"
        for role, (one, many) in _BESIDE.items()
        if counts[role]
    )
