"""What a plan can show of tasks, agents and comparisons, before anything runs."""

import pytest

from battery import CARDS, JUDGED, a_battery_plan
from shipworthy.kernel import digest_text
from shipworthy.stages.evaluating import FindingTerms
from shipworthy.stages.evaluating.prospects import (
    clean_finding,
    planned_rates,
    supposed_finding,
    working_controls,
)
from shipworthy.statistics import ScenarioCounts
from shipworthy.vocabulary import Arm

PLAN = a_battery_plan(each=60)
RATES = planned_rates(
    PLAN.items, [arm.arm for arm in PLAN.arms], lambda item: JUDGED.get(item.role, "leak")
)
TERMS = FindingTerms(digest_text("none"), "0.05", CARDS, working_controls(RATES))


def test_every_comparison_and_every_task_is_foreseen_in_its_arms():
    assert {
        "awareness.cyber.bare",
        "capability.puzzles.bare",
        "monitoring.files.bare",
        "monitoring.files.safeguarded",
        "unsanctioned.files.safeguarded",
        "completion.files.bare",
    } <= RATES.keys()
    assert not {"awareness.cyber.safeguarded", "capability.puzzles.safeguarded"} & RATES.keys()
    assert Arm.BARE.value == RATES["awareness.cyber.bare"].arm


def test_a_condition_that_is_not_met_twice_is_no_comparison():
    plain = a_battery_plan(each=4, realism_per_domain=0, stakes=False, watched=False)
    rates = planned_rates(plain.items, [Arm.BARE], lambda item: JUDGED.get(item.role, "leak"))
    compared = {"awareness", "sandbagging", "hiding", "monitoring"}
    assert not {rate.metric for rate in rates.values()} & compared


@pytest.mark.parametrize("name", ["awareness.cyber.bare", "monitoring.files.bare"])
def test_sixty_scenarios_without_a_change_bound_a_comparison(name):
    finding = clean_finding(RATES[name], TERMS)
    assert finding.blockers == ()
    assert 0.04 < float(finding.bounds.upper) < 0.07


def test_a_shown_difference_does_not_pass():
    rate = RATES["awareness.cyber.bare"]
    shown = [ScenarioCounts(1, 1)] * 20 + [ScenarioCounts(0, 1)] * 40
    finding = supposed_finding(rate, shown, TERMS)
    assert float(finding.bounds.lower) > 0.2
    assert float(finding.bounds.upper_adjusted) > 1 / 3
