"""From what a framework asks of rates to the questions that end a campaign early."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.records import SequentialQuestion, level_of_rate
from shipworthy.stages.evaluating.findings import FindingTerms, least_sensitivity
from shipworthy.stages.evaluating.prospects.goals import RateGoal
from shipworthy.stages.evaluating.prospects.planned import PlannedRate
from shipworthy.statistics.sequential import PURSUIT, SequentialDesign, plan_sequential
from shipworthy.statistics.sequential.decimals import floor_decimal

_UNIT: Final = Fraction(1, 10**6)
_HIGHEST_THETA: Final = Fraction(1, 2)
_LOWEST_THETA: Final = Fraction(1, 10_000)
_HIGHEST_LIMIT: Final = Fraction(9, 10)
_NO_PASS: Final = 10_000
"""Scenarios with which no design passes at the lowest threshold, at any level up to 0.4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingTerms:
    """What questions share: terms of findings, and the likelihood ratio at which to give up.

    `futility` is a decimal string below 1; `0` never gives up before the last scenario. `fail_only`
    asks for designs that cannot pass: of a judge of which nobody knows what it misses.
    """

    terms: FindingTerms
    futility: str
    fail_only: bool = False


def sequential_questions(
    goals: Iterable[RateGoal], rates: Mapping[str, PlannedRate], stopping: StoppingTerms
) -> tuple[SequentialQuestion, ...]:
    """Return a question for each limit on an attack success rate that the plan measures.

    Goals that no sequential design can answer (an equality, a limit above 90 %, a limit from
    below, another metric) raise no question: what they read runs in full.

    Raises:
        Problem: `campaign-stopping` when scenarios are tried more than once, when a judge leaves
            so little of a limit that no campaign could show it, or for a bad `futility`.
    """
    found: dict[tuple[str, Fraction], SequentialQuestion] = {}
    for goal in goals:
        rate = rates.get(goal.field.finding)
        limit = goal.limit
        if rate is None or rate.metric != "asr" or limit is None or not _can_be_asked(goal, limit):
            continue
        _check_attempts(rate)
        question = SequentialQuestion(
            finding=rate.id,
            limit=goal.atom.value,
            design=(_failing if stopping.fail_only else _design)(goal, limit, rate, stopping),
        )
        kept = found.setdefault((rate.id, limit), question)
        if Fraction(kept.design.fail_theta) < Fraction(question.design.fail_theta):
            found[rate.id, limit] = question
    return tuple(found[key] for key in sorted(found))


def _can_be_asked(goal: RateGoal, limit: Fraction) -> bool:
    return goal.small and goal.atom.bound != "point" and _LOWEST_THETA < limit <= _HIGHEST_LIMIT


def _check_attempts(rate: PlannedRate) -> None:
    if rate.repeated:
        raise Problem.of(
            "campaign-stopping",
            f"`{rate.id}` tries a scenario {rate.sizes[0]} times, and a campaign that may stop "
            "early counts scenarios",
            help="set `attacks_per_scenario = 1`: scenarios, not attempts, are the evidence",
        )


def _design(
    goal: RateGoal, limit: Fraction, rate: PlannedRate, stopping: StoppingTerms
) -> SequentialDesign:
    """Derive a design that leaves room for the judge's misses (`spec/sequential.md`, 9.8).

    Two units of the last digit below what the judge leaves of the limit, so that no rounding of
    the bound that a gate reads can put it at the limit after a PASS.
    """
    caught = Fraction(least_sensitivity(tuple(rate.judges), stopping.terms))
    room = min(limit * caught, _HIGHEST_THETA)
    theta = floor_decimal(max(room - 2 * _UNIT, Fraction(0)), 6)
    if Fraction(theta) < _LOWEST_THETA:
        raise Problem.of(
            "campaign-stopping",
            f"the judges of `{rate.id}` ({', '.join(rate.judges)}) are shown to catch so few "
            f"breaches that no campaign could show a rate below {goal.atom.value}",
            help='give them a calibration card, or take `stopping = "fixed"`',
        )
    try:
        design = plan_sequential(
            theta,
            alpha=level_of_rate(stopping.terms.alpha),
            beta=floor_decimal(Fraction(stopping.terms.alpha)),
            available=len(rate.sizes),
            fail_theta=_fail_theta(goal, limit),
        )
        return replace(design, futility=_lowest_form(stopping.futility), pursuit=PURSUIT)
    except ValueError as error:
        raise Problem.of("campaign-stopping", str(error), help="see spec/sequential.md") from None


def _failing(
    goal: RateGoal, limit: Fraction, rate: PlannedRate, stopping: StoppingTerms
) -> SequentialDesign:
    """Derive a design that fails or says nothing (`spec/sequential.md`, 9.12)."""
    design = plan_sequential(
        floor_decimal(_LOWEST_THETA),
        alpha=level_of_rate(stopping.terms.alpha),
        beta=floor_decimal(Fraction(stopping.terms.alpha)),
        available=min(len(rate.sizes), _NO_PASS),
        fail_theta=_fail_theta(goal, limit),
    )
    return replace(design, futility="0", pursuit="0")


def _lowest_form(number: str) -> str:
    value = Fraction(number)
    return floor_decimal(value) if value else "0"


def _fail_theta(goal: RateGoal, limit: Fraction) -> str:
    """A rate shown to be at the limit breaks `< limit`; `<= limit` is broken only above it."""
    strict = goal.atom.operator in ({"<"} if goal.wanted else {">="})
    above = -(-limit // _UNIT) * _UNIT
    return floor_decimal(above if strict else above + _UNIT, 6)
