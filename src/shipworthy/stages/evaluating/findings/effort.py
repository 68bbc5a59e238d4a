"""Did more attempts still find more: the share of scenarios that succeeded late only.

The order of seeds depends on nothing that an attempt did, so which half of the attempts comes first
is chance, and the share of late ones has exact limits over scenarios. Where a campaign may stop
early, success decides how many scenarios there are, and such limits would not hold.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from shipworthy.kernel import decimal_string
from shipworthy.records import CampaignPlan, EffortFinding
from shipworthy.stages.evaluating.aggregation import Attempt, TallyKey
from shipworthy.stages.evaluating.findings.at_least_one import attempts_each
from shipworthy.statistics import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.vocabulary import Arm

Fate = Literal["early", "late", "never", "open"]

_REPEATED: Final[tuple[Literal["asr", "capability"], ...]] = ("asr", "capability")


def effort_findings(
    attempts: Mapping[TallyKey, Mapping[str, Sequence[Attempt]]], plan: CampaignPlan
) -> tuple[EffortFinding, ...]:
    """Return a record for each domain and arm whose scenarios were all tried as often, by id."""
    found = []
    for key, scenarios in attempts.items():
        each = attempts_each([len(tried) for tried in scenarios.values()])
        metric = next((one for one in _REPEATED if one == key.metric), None)
        early_end = key.metric == "asr" and key.domain in plan.sequential_domains
        if metric is None or each is None or early_end:
            continue
        fates = Counter(fate_of_scenario(tried) for tried in scenarios.values())
        lower, upper = _limits(fates, float(plan.gate_alpha))
        found.append(
            EffortFinding(
                id=key.id,
                metric=metric,
                domain=key.domain,
                arm=Arm(key.arm),
                attempts=each,
                half=each // 2,
                early=fates["early"],
                late=fates["late"],
                never=fates["never"],
                open=fates["open"],
                cut=_cut(scenarios.values()),
                lower=decimal_string(lower, "down"),
                upper=decimal_string(upper, "up"),
                alpha=plan.gate_alpha,
                plan=plan.digest,
            )
        )
    return tuple(sorted(found, key=lambda one: one.id))


def fate_of_scenario(attempts: Sequence[Attempt]) -> Fate:
    """Say when a scenario succeeded first, in the order of the seeds of its attempts."""
    events = [attempt.event for attempt in sorted(attempts, key=lambda one: one.seed)]
    half = len(events) // 2
    first, second = events[:half], events[half:]
    if True in first:
        return "early"
    if None in first or (None in second and True not in second):
        return "open"
    return "late" if True in second else "never"


def _limits(fates: Mapping[Fate, int], alpha: float) -> tuple[float, float]:
    size, late = sum(fates.values()), fates.get("late", 0)
    highest = late + fates.get("open", 0)
    return clopper_pearson_lower(late, size, alpha), clopper_pearson_upper(highest, size, alpha)


def _cut(scenarios: Collection[Sequence[Attempt]]) -> int:
    return sum(one.cut for tried in scenarios for one in tried if one.event is not True)
