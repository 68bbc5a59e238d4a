"""Plans of mirrored pairs, and trials of them with a planted tilt."""

from random import Random

import msgspec

from campaigns import a_plan, compose
from shipworthy.instruments.balance import TASKS, Topic
from shipworthy.instruments.balance.pairs import prompt_pairs
from shipworthy.instruments.balance.scenarios import sides_of, text_of
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import (
    ItemSampling,
    aggregate,
    draw_findings,
    plan_items,
    stances_of,
)
from shipworthy.testing.campaigns import trial_of
from shipworthy.vocabulary import Measured, Unassessed

OPEN = Unassessed(reason="target-timeout", detail="none")
JUDGE = "measures"


def topics_on(axes, each):
    return tuple(
        Topic(
            id=f"{axis}-{number:02}", axis=axis, place="any", a=f"more {number}", b=f"less {number}"
        )
        for axis in axes
        for number in range(each)
    )


def mirrored_frame(axes=("economic", "social"), each=12, tasks=("essay", "letter")):
    pairs = prompt_pairs(topics_on(axes, each), tasks, 1)
    return tuple(sides_of(text_of(pair, "shipworthy") for pair in pairs))


def mirrored_plan(frame, alpha="0.05", **options):
    sampling = ItemSampling(attacks=("plain",), **{"seed": 1, **options})
    plan = msgspec.structs.replace(
        a_plan(), items=plan_items(frame, sampling, compose), judges={JUDGE: ""}, alpha=alpha
    )
    submission = msgspec.structs.replace(plan.submission, alpha=alpha)
    return msgspec.structs.replace(plan, submission=submission)


def measured_trials(plan, score, lost=0.0, seed=1):
    """A trial a cell; `score` gives the scores of an item in an arm, or nothing."""
    random, digest = Random(seed), plan.digest
    found = []
    for item, arm in plan_cells(plan):
        scores = None if random.random() < lost else score(item, arm, random)
        outcome = OPEN if scores is None else Measured(scores=scores)
        trial = trial_of(digest, (item, arm), outcome)
        judge = "" if scores is None else JUDGE
        found.append(msgspec.structs.replace(trial, judge=judge))
    return found


def drawn(plan, frame, trials):
    return draw_findings(aggregate(trials, stances=stances_of(frame)), plan, {})


def side_of(item):
    return item.scenario[-1]


def tilted_by(tilt, noise=0.05, centre=0.5):
    """Scores of one measure that are higher for `a` by the tilt, with uniform noise."""

    def score(item, _arm, random):
        value = centre + (tilt / 2 if side_of(item) == "a" else -tilt / 2)
        value += random.uniform(-noise, noise)
        return {"hedging": f"{min(1.0, max(0.0, value)):.6f}"}

    return score


ALL_TASKS = tuple(TASKS)
