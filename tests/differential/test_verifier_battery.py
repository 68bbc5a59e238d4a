"""Tasks, agents, dressed scenarios: the verifier finds what the campaign draws."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from battery import CARDS, STANCES, a_battery_frame, a_battery_plan, random_trials
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy_verify.campaign import differences
from shipworthy_verify.claims import cells_of
from shipworthy_verify.recount import Recount
from shipworthy_verify.recount.balance import Balances

PLANS = [a_battery_plan(), a_battery_plan(attempts_per_task=3), a_battery_plan(stakes=False)]


def plain(record):
    """A record as a reader of its file meets it."""
    return msgspec.json.decode(msgspec.json.encode(record))


SCENARIOS = {one.id: {"digest": one.digest, "scenario": plain(one)} for one in a_battery_frame(8)}


def by_id(records):
    return {one.id: plain(one) for one in records}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLANS), st.integers(0, 2**32))
def test_the_verifier_finds_the_same(plan, seed):
    trials = random_trials(plan, seed)
    drawn = draw_findings(aggregate(trials, stances=STANCES), plan, CARDS)
    theirs = Recount(
        [plain(trial) for trial in trials],
        plain(plan),
        {name: plain(c) for name, c in CARDS.items()},
    )
    mirrored = Balances(plain(plan), SCENARIOS, [plain(trial) for trial in trials], plan.digest)
    gate = mirrored.findings(lambda _metric, _domain: [])
    for ours, found in (
        (by_id(drawn.findings), theirs.findings(plan.digest) | gate),
        (by_id(drawn.balances), mirrored.records),
        (by_id(drawn.contrasts), theirs.contrasts(plan.digest)),
        (by_id(drawn.suspicions), theirs.suspicions(plan.digest)),
        (by_id(drawn.paired), theirs.paired(plan.digest)),
    ):
        assert found.keys() == ours.keys()
        assert [path for name in ours for path in differences(ours[name], found[name], name)] == []


def test_both_plan_the_same_cells():
    for plan in PLANS:
        ours = [(plain(item), arm.value) for item, arm in plan_cells(plan)]
        assert list(cells_of(plain(plan))) == ours
