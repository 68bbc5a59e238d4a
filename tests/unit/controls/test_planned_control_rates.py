"""What a plan promises of a test of controls is what a test of these families can show."""

from hypothesis import given
from hypothesis import strategies as st

from shipworthy.records import Findings
from shipworthy.stages.evaluating import FindingTerms
from shipworthy.stages.evaluating.findings import with_controls
from shipworthy.stages.evaluating.prospects import clean_finding, control_rates
from shipworthy.testing.campaigns import example_plan
from tested_controls import FAMILIES, evaluation_of, stack

PLAN = example_plan()
TERMS = FindingTerms(PLAN.digest, PLAN.gate_alpha, {}, {})


def test_a_clean_run_has_the_limits_of_a_stack_that_holds_everything():
    plan, evaluation = evaluation_of(stack("stop"), FAMILIES)
    found = with_controls(Findings(findings=(), paired=()), evaluation, plan).findings
    rates = control_rates({("safe", "attack"): 6, ("safe", "honest"): 4}, 8)
    assert rates.keys() == {one.id for one in found}
    for one in found:
        promised = clean_finding(rates[one.id], TERMS)
        assert (promised.rate, promised.bounds) == (one.rate, one.bounds)


@given(st.integers(1, 7))
def test_a_plan_with_few_variants_promises_nothing(variants):
    assert control_rates({("safe", "attack"): 6}, variants) == {}


def test_a_world_without_attacks_promises_nothing_about_them():
    assert {one.partition(".")[0] for one in control_rates({("safe", "honest"): 2}, 8)} == {
        "control-alarm",
        "control-done",
    }
