"""A stack taken apart by the product and by the verifier: the same counts and the same limits."""

import json

from hypothesis import given, settings

from shipworthy.kernel import canonical_bytes
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount import Recount
from stacked import CARDS, EARLY, PLAN, campaigns, drawn


def plain(value):
    return json.loads(canonical_bytes(value))


def assert_same(trials, plan):
    theirs = {one["id"]: one for one in plain(drawn(trials, plan).stacks)}
    ours = Recount(plain(trials), plain(plan), plain(CARDS)).stacks(plan.digest)
    assert theirs.keys() == ours.keys()
    for name, record in theirs.items():
        wrong = list(differences(record, ours[name], ""))
        assert not wrong, f"{name}: {wrong}"


@settings(max_examples=100, deadline=None)
@given(campaigns(missing=True))
def test_several_attempts_a_scenario_some_of_which_never_ran(trials):
    assert_same(trials, PLAN)


@settings(max_examples=40, deadline=None)
@given(campaigns(plan=EARLY))
def test_a_domain_that_ends_early(trials):
    assert_same(trials, EARLY)


@settings(max_examples=40, deadline=None)
@given(campaigns(plan=EARLY, missing=True))
def test_a_domain_that_ends_early_with_gaps(trials):
    assert_same(trials, EARLY)
