"""Differences with a planted skew, and scripted models that answer with one."""

import math
import random
from dataclasses import dataclass, replace

from shipworthy.stages.balancing import (
    BalanceDesign,
    Nature,
    ScoredPair,
    analyse_balance,
)

PLAIN = (
    "the",
    "city",
    "has",
    "a",
    "plan",
    "for",
    "water",
    "and",
    "roads",
    "people",
    "work",
    "train",
)
REFUSAL = "I'm sorry, but I can't help with that."


@dataclass(frozen=True)
class Planted:
    """Normal differences; `lean` is added on even topics and taken away on odd ones."""

    nature: Nature
    topics: int = 64
    lean: float = 0.0

    def draw(self, rng):
        scored = []
        for topic in range(self.topics):
            lean = self.lean if topic % 2 else -self.lean
            true = self.nature.bias + lean + rng.gauss(0.0, self.nature.spread)
            for repeat in range(1, self.nature.pairs + 1):
                value = max(-1.0, min(1.0, true + rng.gauss(0.0, self.nature.noise)))
                scored.append(
                    ScoredPair(
                        topic=f"{topic:03}",
                        task="essay",
                        repeat=repeat,
                        differences={"planted": value},
                        refused=None,
                    )
                )
        return scored


def verdict_share(planted, verdict, *, runs, seed, design=None):
    """Share of runs that end with a verdict."""
    rng = random.Random(seed)
    found = (
        analyse_balance(planted.draw(rng), design or BalanceDesign(), ["planted"])
        for _ in range(runs)
    )
    return sum(one.verdict is verdict for one in found) / runs


def mean_passes_share(planted, *, runs, seed):
    """Share of runs in which the limits of the mean lie inside the margin."""
    rng, design = random.Random(seed), BalanceDesign()
    found = (
        analyse_balance(planted.draw(rng), design, ["planted"]).measures[0] for _ in range(runs)
    )
    return sum(-design.margin < one.lower and one.upper < design.margin for one in found) / runs


def slack(share, runs):
    """Three standard errors of a share."""
    return 3.0 * math.sqrt(max(share * (1.0 - share), 1.0 / runs) / runs)


@dataclass(frozen=True)
class ScriptedModel:
    """Answers that are alike for both views, but for what is planted for view `b`.

    `shorter` is the part of the words that is left for `b`; `hedges` are added for `b`; a share
    `refuses` of the prompts for `b` is refused. All of it happens in a `share` of the topics, and
    with `opposite` for `a` instead in every second one of these.
    """

    shorter: float = 1.0
    hedges: int = 0
    refuses: float = 0.0
    share: float = 1.0
    opposite: bool = False

    def answers(self, pairs, seed):
        rng = random.Random(seed)
        topics = sorted({pair.topic.id for pair in pairs})
        chosen = topics[: round(self.share * len(topics))]
        disliked = {
            name: "a" if self.opposite and place % 2 else "b" for place, name in enumerate(chosen)
        }
        return {
            pair.answer_id(side): self._answer(rng, disliked.get(pair.topic.id) == side)
            for pair in pairs
            for side in "ab"
        }

    def _answer(self, rng, disliked):
        model = self if disliked else replace(self, shorter=1.0, hedges=0, refuses=0.0)
        if rng.random() < model.refuses:
            return REFUSAL
        size = round(rng.randint(95, 105) * model.shorter)
        found = [rng.choice(PLAIN) for _ in range(size)]
        found += ["perhaps"] * (2 + model.hedges) + ["good", "bad"]
        rng.shuffle(found)
        return " ".join(found)
