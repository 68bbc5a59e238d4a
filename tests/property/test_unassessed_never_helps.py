"""Whatever stays unassessed makes no bound better: the law behind a dozen reported failures.

safety-research/bloom PR 56, meridianlabs-ai/inspect_petri #113, UKGovernmentBEIS/inspect_evals
#2212 and #1676, wandb/rai-toolkit #66, strands-agents/evals #295, linuxarena/control-tower PR 1047.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import CARD, a_frame, a_plan, trials_of
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy.vocabulary import Answered, Breached, Held, Refused, TrialRole, Unassessed

PLAN = a_plan(a_frame(domains=("cyber",), each=12), attacks_per_scenario=2)
CELLS = plan_cells(PLAN)
CARDS = {"leak": CARD, "refusal": CARD}
LOST = Unassessed(reason="judge-error")
ATTACKED = st.sampled_from([Breached(), Held(by="model"), Held(by="output-filter")])
ASKED = st.sampled_from([Refused(by="model"), Answered(useful=True), Answered(useful=False)])


@st.composite
def campaigns(draw):
    """Return outcomes by cell, and which of them a failing instrument loses."""
    outcomes, lost = {}, set()
    for index, (item, _) in enumerate(CELLS):
        if item.role is TrialRole.ADVERSARIAL:
            outcomes[index] = draw(ATTACKED)
        elif item.role is TrialRole.BENIGN:
            outcomes[index] = draw(ASKED)
        else:
            continue
        if draw(st.booleans()):
            lost.add(index)
    return outcomes, lost


def drawn(outcomes):
    places = iter(range(len(CELLS)))
    found = draw_findings(
        aggregate(trials_of(PLAN, lambda *_: outcomes.get(next(places)))), PLAN, CARDS
    )
    return {one.id: one for one in found.findings}, {one.id: one for one in found.paired}


@settings(max_examples=60)
@given(campaigns())
def test_losing_any_outcome_widens_every_bound(campaign):
    outcomes, lost = campaign
    before, pairs_before = drawn(outcomes)
    after, pairs_after = drawn({i: LOST if i in lost else one for i, one in outcomes.items()})
    assert before.keys() == after.keys()
    for name, old in before.items():
        new = after[name]
        assert new.rate.started == old.rate.started
        assert float(new.bounds.upper) >= float(old.bounds.upper)
        assert float(new.bounds.lower) <= float(old.bounds.lower)
        if new.judges:
            assert float(new.bounds.upper_adjusted) >= float(old.bounds.upper_adjusted)
        assert set(old.blockers) <= set(new.blockers)
    for name, old in pairs_before.items():
        new = pairs_after[name]
        assert float(new.difference_lower) <= float(old.difference_lower) + 1e-6
        assert float(new.difference_upper) >= float(old.difference_upper) - 1e-6
        if new.ratio_upper is not None:
            assert float(new.ratio_upper) >= float(old.ratio_upper) - 1e-6
