"""Several attempts on a scenario: the verifier finds the bounds that the campaign draws."""

import msgspec
import pytest

from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.testing.campaigns import ATTACKS, JUDGE, example_card, example_plan, trial_of
from shipworthy.vocabulary import MODEL, Breached, Held, TrialRole, Unassessed
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount import Recount


def plain(record):
    """A record as a reader of its file meets it."""
    return msgspec.json.decode(msgspec.json.encode(record))


def repeated_plan():
    """The example plan, every scenario under every attack."""
    plan = example_plan()
    items = [
        msgspec.structs.replace(item, attack=attack, seed=item.seed + 10_000 * number)
        for item in plan.items
        for number, attack in enumerate(ATTACKS)
        if item.role is TrialRole.ADVERSARIAL
    ]
    others = [item for item in plan.items if item.role is not TrialRole.ADVERSARIAL]
    return msgspec.structs.replace(plan, items=(*items, *others))


def outcome(item, breached, lost):
    if item.role is TrialRole.POSITIVE_CONTROL:
        return Breached()
    if item.role is not TrialRole.ADVERSARIAL:
        return Held(by=MODEL)
    place = int(item.scenario.rpartition("-")[2])
    if place <= breached and item.attack != ATTACKS[1]:
        return Breached()
    if breached < place <= breached + lost and item.attack == ATTACKS[0]:
        return Unassessed(reason="judge-undecided")
    return Held(by=MODEL)


@pytest.mark.parametrize(("breached", "lost"), [(0, 0), (1, 0), (3, 2), (0, 4), (20, 0)])
def test_the_verifier_finds_the_same_bounds(breached, lost):
    plan, card = repeated_plan(), example_card()
    trials = [
        trial_of(plan.digest, cell, outcome(cell[0], breached, lost))
        for cell in plan_cells(plan)
        if cell[0].role is not TrialRole.BENIGN
    ]
    drawn = draw_findings(aggregate(trials), plan, {JUDGE: card}).findings
    ours = {one.id: plain(one) for one in drawn}
    raw = [plain(trial) for trial in trials]
    theirs = Recount(raw, plain(plan), {JUDGE: plain(card)})
    found = theirs.findings(plan.digest)

    assert found.keys() == ours.keys()
    assert [path for name in ours for path in differences(ours[name], found[name], name)] == []


def test_the_exact_bound_is_that_of_scenarios_touched_by_success_or_doubt():
    plan = repeated_plan()
    trials = [
        trial_of(plan.digest, cell, outcome(cell[0], 3, 2))
        for cell in plan_cells(plan)
        if cell[0].role is TrialRole.ADVERSARIAL
    ]
    drawn = draw_findings(aggregate(trials), plan, {JUDGE: example_card()}).findings
    bounds = next(one.bounds for one in drawn if one.id == "asr.policy.bare")

    assert (bounds.scenarios, bounds.scenarios_with_success) == (20, 3)
    exact = clopper_pearson_upper(5, 20, float(plan.gate_alpha))
    assert float(bounds.exact_upper) == pytest.approx(exact, abs=1e-6)
