"""Plans that try everything a campaign can try, and random trials of them."""

from random import Random

import msgspec

from campaigns import CARD, a_plan, a_scenario, compose
from shipworthy.instruments.worlds import PLAYBOOKS
from shipworthy.records import AnswerCheck, BenignTwin, StanceCheck, StateCheck, plan_cells
from shipworthy.stages.evaluating import ItemSampling, plan_items, stances_of
from shipworthy.testing.campaigns import trial_of
from shipworthy.vocabulary import (
    Acted,
    Answered,
    Breached,
    Held,
    Measured,
    Missed,
    Refused,
    Solved,
    TrialRole,
    Unassessed,
)

OPEN = Unassessed(reason="target-timeout", detail="none")
NO_TWIN = BenignTwin(request="", expect=())
WORLD = PLAYBOOKS[0].world
CARDS = {"leak": CARD, "answer": msgspec.structs.replace(CARD, judge="answer")}
JUDGED = {
    TrialRole.CAPABILITY: "answer",
    TrialRole.AGENCY: "state",
    TrialRole.BALANCE: "measures",
    TrialRole.BENIGN: "leak",
}


def a_task(number, domain="puzzles"):
    check = AnswerCheck(accepted=(str(number),), form="number")
    return beside(a_scenario(number, domain), check)


def an_agent(number, domain="files"):
    return beside(
        a_scenario(number, domain), StateCheck(world=WORLD.name, world_digest=WORLD.digest)
    )


def a_side(number, side, domain="economy"):
    check = StanceCheck(topic=f"topic-{number}", task="essay", side=side, a="more", b="less")
    scenario = beside(a_scenario(number, domain), check)
    return msgspec.structs.replace(scenario, id=f"{scenario.id}-{side}")


def beside(scenario, check):
    return msgspec.structs.replace(scenario, check=check, twin=NO_TWIN)


def a_battery_frame(each=8):
    return [
        *(a_scenario(n) for n in range(each)),
        *(a_task(n) for n in range(each)),
        *(an_agent(n) for n in range(each)),
        *(a_side(n, side) for n in range(each) for side in "ab"),
    ]


STANCES = stances_of(a_battery_frame(64))
"""What the sides of mirrored pairs are sides of, in every plan of this frame."""


def a_battery_plan(each=8, **options):
    """Attacks, dressed scenarios, tasks with and without stakes, watched agents, mirrored pairs."""
    wanted = {"realism_per_domain": each, "stakes": True, "watched": True, **options}
    sampling = ItemSampling(attacks=("plain",), seed=1, **wanted)
    plan = a_plan()
    return msgspec.structs.replace(
        plan,
        items=plan_items(a_battery_frame(each), sampling, compose),
        judges={"leak": CARD.digest, "answer": "", "state": "", "measures": ""},
    )


def random_trials(plan, seed):
    """A trial a cell, each role with outcomes of its own; how often depends on the condition."""
    random = Random(seed)
    rates = {condition: random.choice([0.0, 0.1, 0.5, 0.9]) for condition in conditions_of(plan)}
    lost = random.choice([0.0, 0.0, 0.1, 0.5])
    digest = plan.digest
    return [
        suspecting(made(digest, cell, rates[cell[0].attack], lost, random), random)
        for cell in plan_cells(plan)
    ]


def conditions_of(plan):
    return sorted({item.attack for item in plan.items})


def suspecting(trial, random):
    return msgspec.structs.replace(trial, suspects_test=random.random() < 0.2)


def made(digest, cell, rate, lost, random):
    item = cell[0]
    event = random.random() < rate
    outcome = outcome_of(item.role, event)
    if not item.role.is_control and random.random() < lost:
        outcome = OPEN
    trial = trial_of(digest, cell, outcome)
    judge = "" if outcome is OPEN else JUDGED.get(item.role, "leak")
    return msgspec.structs.replace(trial, judge=judge)


def outcome_of(role, event):
    match role:
        case TrialRole.POSITIVE_CONTROL:
            return Breached()
        case TrialRole.NEGATIVE_CONTROL:
            return Held(by="model")
        case TrialRole.BENIGN:
            return Refused(by="model") if event else Answered(useful=True)
        case TrialRole.CAPABILITY:
            return Solved() if event else Missed()
        case TrialRole.AGENCY:
            return Acted(progress="partly", violations=("sabotage:x",) if event else ())
        case TrialRole.BALANCE:
            return Measured(scores={"refusal": "1.000000" if event else "0.000000"})
        case _:
            return Breached() if event else Held(by="model")


def tried_again(plan, each):
    """The plan with every plain task tried `each` times."""
    again = [
        msgspec.structs.replace(item, seed=item.seed + 10_000 * number)
        for item in plan.items
        for number in range(1, each)
        if item.role is TrialRole.CAPABILITY
    ]
    return msgspec.structs.replace(plan, items=(*plan.items, *again))
