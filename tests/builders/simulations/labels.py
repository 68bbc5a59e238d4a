"""Cards that people's labels give, from the draw of a queue to the limit of the sensitivity."""

import random
from dataclasses import dataclass
from functools import cache

import msgspec
import numpy as np

from labelling import OUTCOMES, a_queue, attacked, consensus
from shipworthy.records import Trial
from shipworthy.stages.evaluating.labelling import (
    Called,
    Consensus,
    even_sample,
    stratum_card,
    tally_stratum,
)
from shipworthy.statistics import NoEvidence
from shipworthy.statistics.judged import sensitivity_lower
from shipworthy.vocabulary import Arm, TrialRole
from simulations.promises import ALPHA, UNPROMISED, Found, Procedure, Share, at_most

STRATUM = "cyber.bare"


@dataclass(frozen=True)
class Labelled:
    """People read all that the judge marked, and so many of the `unmarked`."""

    outputs: int
    rate: float
    sensitivity: float
    unmarked: int


@cache
def campaign(outputs: int):
    """A plan and the trials of one stratum."""
    plan, trials = attacked(each=outputs)
    domain, arm = STRATUM.split(".")
    kept = [one for one in trials if one.role is TrialRole.ADVERSARIAL and one.arm is Arm(arm)]
    return plan, [one for one in kept if one.domain == domain]


def judged(
    setting: Labelled, trials: list[Trial], source: random.Random
) -> tuple[list[Trial], dict[str, str]]:
    """The trials as a judge that misses some saw them, and what people say of each."""
    seen, said = [], {}
    for trial in trials:
        true = source.random() < setting.rate
        caught = true and source.random() < setting.sensitivity
        said[trial.id] = "yes" if true else "no"
        outcome = OUTCOMES["success" if caught else "failure"]
        seen.append(msgspec.structs.replace(trial, outcome=outcome))
    return seen, said


def least(hits: int, positives: int) -> float:
    try:
        return sensitivity_lower(hits, positives, ALPHA)
    except NoEvidence:
        return 0.0


def labelled(setting: Labelled, runs: int, rng: np.random.Generator):
    source = random.Random(int(rng.integers(2**62)))
    plan, trials = campaign(setting.outputs)
    wrong = naive = 0
    for seed in range(runs):
        seen, said = judged(setting, trials, source)
        header, strata, items = a_queue(
            plan, seen, seed=seed, negatives=setting.unmarked, strata=[STRATUM]
        )
        found, outputs = consensus(items, said), strata[STRATUM]
        card = stratum_card(even_sample(header, outputs, found))
        wrong += least(card.true_positives, card.positives) > setting.sensitivity
        tally = tally_stratum(header, outputs, found, ALPHA)
        hits = tally.count(Called.SUCCESS, Consensus.YES)
        positives = hits + tally.count(Called.FAILURE, Consensus.YES)
        naive += least(hits, positives) > setting.sensitivity
    yield Found("sensitivity limit above the truth", at_most(ALPHA), Share(wrong, runs))
    yield Found("for contrast: all labels counted", UNPROMISED, Share(naive, runs))


PROCEDURES = (
    Procedure("card from an even sample", (Labelled(120, 0.2, 0.5, 30),), labelled, fewer=20),
)
