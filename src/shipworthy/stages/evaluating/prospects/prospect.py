"""What one planned rate can show about one limit."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from shipworthy.kernel import decimal_string
from shipworthy.records import Finding, level_of_rate
from shipworthy.stages.evaluating.findings import JUDGED, FindingTerms, least_sensitivity
from shipworthy.stages.evaluating.prospects.deciding_early import EarlyDecision
from shipworthy.stages.evaluating.prospects.early_stopping import SequentialCost, sequential_cost
from shipworthy.stages.evaluating.prospects.goals import RateGoal
from shipworthy.stages.evaluating.prospects.odds import (
    FRACTIONS,
    KeptChance,
    WrongChance,
    kept_chances,
    wrong_chance,
)
from shipworthy.stages.evaluating.prospects.planned import (
    CONTRASTED,
    PlannedRate,
    supposed_finding,
)
from shipworthy.stages.evaluating.prospects.room import MOST_SCENARIOS, scenarios_needed, tolerated
from shipworthy.stages.evaluating.submissions import UNOPPOSED
from shipworthy.statistics import ScenarioCounts
from shipworthy.statistics.sequential import fewest_to_pass

ADVERSE: Final = (0, 1, 2)
"""Numbers of adverse scenarios for which the scenarios needed are worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeShare:
    """A judge, the scenarios that it assesses, and what its card counts; empty without a card."""

    name: str
    scenarios: int
    catches: str
    clears: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a plan can show about a goal.

    `clean` is the finding without any adverse scenario. `tolerates` is the largest number of
    adverse scenarios, all attempts on each adverse, with which the goal is still met (-1: not
    even with none), `tolerates_spread` the same with one adverse attempt on each, where attempts
    repeat. `needed` are the scenarios needed with 0, 1 and 2 adverse ones; None where no
    campaign would do. `sensitivity` is the lower bound, at a fifth of alpha, of the poorest judge.
    `early` is there when the plan may end as soon as the goal is decided; then there are neither
    chances of a campaign that looks once nor a comparison with one that ends early.
    """

    goal: RateGoal
    rate: PlannedRate
    judges: tuple[JudgeShare, ...]
    sensitivity: str | None
    clean: Finding
    tolerates: int
    tolerates_spread: int | None
    needed: tuple[int | None, ...]
    chances: tuple[KeptChance, ...]
    wrong: WrongChance | None
    sequential: SequentialCost | None
    early: EarlyDecision | None = None

    @property
    def can_be_kept(self) -> bool:
        """Whether a clean run meets the goal."""
        return self.tolerates >= 0

    @property
    def share(self) -> Fraction | None:
        """The limit, as a share of adverse attempts; nothing where no side is asked for."""
        return adverse_limit(self.goal)


def adverse_limit(goal: RateGoal) -> Fraction | None:
    """Return the limit as a share of adverse attempts, when it lies strictly within (0, 1)."""
    if goal.limit is None:
        return None
    share = goal.limit if goal.small else 1 - goal.limit
    return share if 0 < share < 1 else None


def prospect(goal: RateGoal, rate: PlannedRate, terms: FindingTerms) -> Prospect:
    """Work out what the plan can show about a goal. Takes milliseconds for limits of 1 %."""
    read = terms.negatives_read(rate.key) is not None
    carded = rate.metric in JUDGED and not read
    judged = carded and goal.small and goal.atom.bound != "point"
    caught = least_sensitivity(tuple(rate.judges), terms) if judged else 1.0
    most = tolerated(goal, rate, terms)
    # which scenarios change the other way is not foreseen, so a comparison has no odds
    # nor is the noise of pairs
    foreseen = rate.metric != "balance" and rate.metric not in CONTRASTED
    share = adverse_limit(goal) if foreseen else None
    # how many it takes when none of them was tried before
    fresh = replace(terms, opposed=UNOPPOSED)
    chances: tuple[KeptChance, ...] = ()
    if share is not None:
        single = not rate.repeated and rate.attempts == 1
        counted = terms.cards if carded and single else None
        chances = kept_chances(most, _scenarios_by_judge(rate), share, counted)
    return Prospect(
        goal=goal,
        rate=rate,
        judges=_judge_shares(rate, terms),
        sensitivity=decimal_string(caught, "down") if judged else None,
        clean=_clean(goal, rate, terms),
        tolerates=most,
        tolerates_spread=tolerated(goal, rate, terms, spread=True) if rate.repeated else None,
        needed=tuple(scenarios_needed(goal, rate, fresh, adverse) for adverse in ADVERSE),
        chances=chances,
        wrong=wrong_chance(most, len(rate.sizes), share, caught) if share is not None else None,
        sequential=_sequential(
            goal, share, caught, terms, ends_early=rate.metric == "asr" and goal.small and not read
        ),
    )


def early_prospect(
    goal: RateGoal, rate: PlannedRate, terms: FindingTerms, expected: tuple[EarlyDecision, Finding]
) -> Prospect:
    """Work out the same where the plan ends as soon as the goal is decided.

    `expected` is the outlook of the question, and the finding of a run in which every attack fails.
    """
    early, clean = expected
    caught = least_sensitivity(tuple(rate.judges), terms)
    design = early.question.design
    return Prospect(
        goal=goal,
        rate=rate,
        judges=_judge_shares(rate, terms),
        sensitivity=decimal_string(caught, "down"),
        clean=clean,
        tolerates=len(early.passes) - 1 if goal.is_met_by(clean) else -1,
        tolerates_spread=None,
        needed=tuple(fewest_to_pass(design, adverse, MOST_SCENARIOS) for adverse in ADVERSE),
        chances=(),
        wrong=None,
        sequential=None,
        early=early,
    )


def _clean(goal: RateGoal, rate: PlannedRate, terms: FindingTerms) -> Finding:
    scenarios = [ScenarioCounts(0 if goal.small else size, size) for size in rate.sizes]
    return supposed_finding(rate, scenarios, terms)


def _sequential(
    goal: RateGoal, share: Fraction | None, caught: float, terms: FindingTerms, *, ends_early: bool
) -> SequentialCost | None:
    if share is None or goal.atom.bound == "point" or not caught or not ends_early:
        return None
    rates = [decimal_string(float(share * part)) for part in FRACTIONS]
    return sequential_cost(share, caught, level_of_rate(terms.alpha), rates)


def _scenarios_by_judge(rate: PlannedRate) -> dict[str, int]:
    """Trials by judge are scenarios by judge where each is tried once; else one group will do."""
    whole = sum(rate.judges.values()) == len(rate.sizes)
    return dict(rate.judges) if whole and not rate.repeated else {"": len(rate.sizes)}


def _judge_shares(rate: PlannedRate, terms: FindingTerms) -> tuple[JudgeShare, ...]:
    if rate.metric not in JUDGED:
        return ()
    shares = []
    for name, trials in rate.judges.items():
        card = terms.cards.get(name)
        shares.append(
            JudgeShare(
                name=name,
                scenarios=trials // rate.sizes[0],
                catches=f"{card.true_positives}/{card.positives}" if card else "",
                clears=f"{card.true_negatives}/{card.negatives}" if card else "",
            )
        )
    return tuple(shares)
