"""Submissions of one question: the error that each may spend, and what it may not use again.

All campaigns of a project are entries of one registry. What a campaign may spend and what stands
against its findings follows from the entries of its question that came before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.records import (
    CampaignPlan,
    CampaignRegistered,
    GateQuestion,
    Metric,
    PlannedItem,
    Scenario,
    Spending,
    Submission,
    TriedScenario,
)
from shipworthy.statistics.sequential import submission_alpha
from shipworthy.vocabulary import TrialRole

ATTACKED: Final[frozenset[Metric]] = frozenset({"asr", "asr-at-k"})
"""Metrics of scenarios under attack."""

SPENT: Final = "an earlier submission of this question was to be the only one"
"""Blocker of every finding that comes after a submission with the whole error."""


IMPORTED: Final = "imported from logs: nothing was registered before it ran"
"""Blocker of every finding of a campaign that was read from logs."""

EXTERNAL: Final = "another program ran and scored it: its errors are not known here"
"""Blocker of every finding of a campaign whose task another program ran under our plan."""


@dataclass(frozen=True, slots=True)
class Objections:
    """What stands against findings of a campaign that its own trials do not show.

    `reused` counts, by domain, the scenarios under attack that an earlier submission tried, and
    all of them; `spent` says that no error is left. `judges` holds by judge what its canaries put
    against findings that rest on it. `imported` says that the trials were read from logs,
    `external` that another program ran and scored them under the plan.
    """

    reused: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    spent: bool = False
    judges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    imported: bool = False
    external: bool = False

    def against(self, metric: str, domain: str) -> tuple[str, ...]:
        """Return the blockers of a finding, in their fixed words (`spec/claims.md`)."""
        tried, planned = self.reused.get(domain, (0, 0))
        reuse = f"{tried} of {planned} scenarios were tried in an earlier submission"
        return (
            *((reuse,) if metric in ATTACKED and tried else ()),
            *((SPENT,) if self.spent else ()),
            *((IMPORTED,) if self.imported else ()),
            *((EXTERNAL,) if self.external else ()),
        )


UNOPPOSED: Final = Objections()
"""Of a first submission whose judges answered their canaries as for their cards."""


def next_submission(
    question: GateQuestion,
    earlier: Sequence[CampaignRegistered],
    spending: Spending,
    alpha: str,
) -> Submission:
    """Return the submission after the earlier ones of the question.

    `alpha` is the one-sided level of all submissions together.

    Raises:
        Problem: `campaign-submissions` when the only submission of a question would not be its
            first, or when too little error is left to write down.
    """
    number = 1 + len(earlier)
    if spending == "single" and earlier:
        raise Problem.of(
            "campaign-submissions",
            f'`submissions = "single"`, and this would be submission {number} of the question',
            help='take `submissions = "series"`: it leaves every submission a part of the error',
        )
    try:
        level = alpha if spending == "single" else submission_alpha(alpha, number)
    except ValueError:
        raise Problem.of(
            "campaign-submissions",
            f"no error is left for submission {number} of the question",
            help="a question that was asked so often cannot be answered any more",
        ) from None
    return Submission(question=question, number=number, spending=spending, alpha=level)


def attacked_scenarios(
    items: Iterable[PlannedItem], scenarios: Mapping[str, Scenario]
) -> dict[str, Scenario]:
    """Return the scenarios that adversarial items try, by id."""
    ids = {item.scenario for item in items if item.role is TrialRole.ADVERSARIAL}
    return {name: scenarios[name] for name in sorted(ids)}


def tried_scenarios(
    items: Iterable[PlannedItem], scenarios: Mapping[str, Scenario]
) -> tuple[TriedScenario, ...]:
    """Return what the registry keeps of the scenarios under attack, sorted by id, then content."""
    tried = [one.tried for one in attacked_scenarios(items, scenarios).values()]
    return tuple(sorted(tried, key=lambda one: (one.id, one.content)))


def used_scenarios(
    scenarios: Iterable[Scenario], entries: Iterable[CampaignRegistered]
) -> frozenset[str]:
    """Return the ids of scenarios of which an entry tried the id or the content."""
    tried = [one for entry in entries for one in entry.scenarios]
    if not tried:
        return frozenset()
    ids, contents = {one.id for one in tried}, {one.content for one in tried}
    marks = ((one.id, one.tried) for one in scenarios)
    return frozenset(name for name, mark in marks if mark.id in ids or mark.content in contents)


def objections(
    items: Iterable[PlannedItem],
    scenarios: Mapping[str, Scenario],
    earlier: Sequence[CampaignRegistered],
) -> Objections:
    """Return what the earlier submissions of the question put against a plan with these items."""
    attacked = attacked_scenarios(items, scenarios)
    used = used_scenarios(attacked.values(), earlier)
    by_domain: defaultdict[str, list[bool]] = defaultdict(list)
    for scenario in attacked.values():
        by_domain[scenario.domain].append(scenario.id in used)
    return Objections(
        reused={name: (sum(flags), len(flags)) for name, flags in sorted(by_domain.items())},
        spent=any(entry.spending == "single" for entry in earlier),
    )


def registration(
    plan: CampaignPlan, scenarios: Mapping[str, Scenario], at: str
) -> CampaignRegistered:
    """Return the entry of a plan for the registry."""
    return CampaignRegistered(
        plan=plan.digest,
        question=plan.submission.question.digest,
        number=plan.submission.number,
        spending=plan.submission.spending,
        scenarios=tried_scenarios(plan.items, scenarios),
        at=at,
    )
