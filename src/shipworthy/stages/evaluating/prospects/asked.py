"""Everything that a gate asks of rates, before any of them is measured."""

from shipworthy.frameworks import Case
from shipworthy.stages.evaluating.prospects.goals import RateGoal, rate_goals
from shipworthy.vocabulary import Truth


def asked_goals(case: Case, gate: str) -> tuple[RateGoal, ...]:
    """Return the goals of a go, without repetition: limits to be kept, and rules to stay off.

    `case` holds the facts and no findings. Rules that the facts rule out ask for nothing, nor does
    a rule that stays off anyway when a limit is kept.
    """
    goals: list[RateGoal] = []
    to_stay_off: list[RateGoal] = []
    for rule in case.rulebook.rules:
        if rule.gate != gate or case.applies(rule.when) is Truth.FALSE:
            continue
        for requirement in rule.requires:
            goals += rate_goals(requirement.condition, case)
        if rule.when is not None and not rule.requires:
            to_stay_off += rate_goals(rule.when, case, wanted=False)
    further = [one for one in to_stay_off if not any(one.is_implied_by(goal) for goal in goals)]
    return tuple(dict.fromkeys([*goals, *further]))
