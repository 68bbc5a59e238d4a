"""Stacks and pairs by the product and by the verifier, also where trials are missing."""

import json

from hypothesis import given, settings

from shipworthy.kernel import canonical_bytes
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount import Recount
from stacked import CARDS, EARLY, PLAN, campaigns, drawn


def plain(value):
    return json.loads(canonical_bytes(value))


def assert_same(trials, plan):
    found = plain(drawn(trials, plan))
    ours = Recount(plain(trials), plain(plan), plain(CARDS))
    for kind, recounted in (
        ("stacks", ours.stacks(plan.digest)),
        ("paired", ours.paired(plan.digest)),
    ):
        theirs = {one["id"]: one for one in found[kind]}
        assert theirs.keys() == recounted.keys()
        for name, record in theirs.items():
            wrong = list(differences(record, recounted[name], ""))
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
