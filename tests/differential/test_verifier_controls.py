"""Tests of controls as counted here and as the verifier counts them, from the episodes alone."""

from hypothesis import given, settings

from shipworthy.records import Findings
from shipworthy.stages.evaluating.findings import with_controls
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount.controls import control_findings
from shipworthy_verify.recount.controls.checking import miscounts, script_faults, unlike_plan
from shipworthy_verify.recount.controls.episodes import episode_faults
from shipworthy_verify.recount.controls.verdicts import verdict
from tested_controls import control_tests, plain

NOTHING = Findings(findings=(), paired=())


def unopposed(_metric, _domain):
    return []


@settings(max_examples=120, deadline=None)
@given(control_tests())
def test_findings_are_those_that_the_verifier_counts(drawn):
    plan, evaluation = drawn
    ours = {one.id: plain(one) for one in with_controls(NOTHING, evaluation, plan).findings}
    theirs = {
        one["id"]: one
        for one in control_findings(plain(plan), plan.digest, plain(evaluation), unopposed)
    }
    assert ours.keys() == theirs.keys()
    for name, one in ours.items():
        assert list(differences(one, theirs[name], "")) == [], name


@settings(max_examples=120, deadline=None)
@given(control_tests())
def test_the_verifier_finds_no_fault_in_an_honest_record(drawn):
    plan, evaluation = drawn
    record, planned = plain(evaluation), plain(plan)["controls"]
    assert list(unlike_plan(record, planned, plan.gate_alpha)) == []
    assert list(script_faults(record)) == []
    assert list(episode_faults(record)) == []
    assert list(miscounts(record, planned["budgets"], differences)) == []
    assert record["verdict"] == verdict(
        planned["requirement"], record["summaries"], record["faults"]
    )
