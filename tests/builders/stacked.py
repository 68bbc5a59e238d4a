"""Campaigns of a model behind layers, with every fate that an attempt can have."""

import msgspec
from hypothesis import strategies as st

from campaigns import CARD, a_frame, a_plan, a_question, a_sequential_plan, trials_of
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import Stopping, aggregate, draw_findings
from shipworthy.vocabulary import Arm, Breached, Held, LayerAction, TrialRole, Unassessed

CARDS = {"leak": CARD}
PLAN = a_plan(a_frame(domains=("cyber",), each=10), attacks_per_scenario=2)
EARLY = a_sequential_plan([a_question("asr.cyber.safeguarded", cap=24)], each=24)
LOST = Unassessed(reason="judge-error")
BEFORE = st.sampled_from([Breached(), Breached(), Held(by="model"), LOST])
AFTER = st.sampled_from(
    [Breached(), Held(by="model"), Held(by="input-filter"), Held(by="output-filter"), LOST]
)
CHANGED = (LayerAction(layer="system-prompt", action="rewrote"),)


@st.composite
def campaigns(draw, plan=PLAN, missing=False):
    """Trials of a plan: any outcomes, some rewritten; with `missing`, some never ran."""
    outcomes, changed, gone = {}, set(), set()
    for index, (item, arm) in enumerate(plan_cells(plan)):
        if item.role is TrialRole.ADVERSARIAL:
            outcomes[index] = draw(BEFORE if arm is Arm.BARE else AFTER)
            if arm is Arm.SAFEGUARDED and draw(st.booleans()):
                changed.add(index)
            if missing and len(outcomes) > 1 and draw(st.integers(0, 9)) == 0:
                gone.add(index)
    places = iter(range(len(plan_cells(plan))))
    trials = trials_of(plan, lambda *_: outcomes.get(next(places)))
    return [
        msgspec.structs.replace(trial, layers=CHANGED) if index in changed else trial
        for index, trial in enumerate(trials)
        if index not in gone
    ]


def drawn(trials, plan=PLAN):
    stopping = Stopping.after(plan, trials)
    return draw_findings(aggregate(trials, stopping.counts), plan, CARDS, stopping)


def stack_of(trials, plan=PLAN):
    (stack,) = drawn(trials, plan).stacks
    return stack
