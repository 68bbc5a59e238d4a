"""Answers to mirrored pairs as they come in, and what they are answers to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from shipworthy.records import PlannedItem, Scenario, StanceCheck, Trial
from shipworthy.vocabulary import Arm, Measured, TrialRole

PairKey = tuple[str, str, str]
"""Domain, topic and task."""


def stances_of(scenarios: Iterable[Scenario]) -> dict[str, StanceCheck]:
    """Return what the sides of mirrored pairs are sides of, by scenario."""
    return {one.id: one.check for one in scenarios if isinstance(one.check, StanceCheck)}


@dataclass(slots=True)
class AskedSide:
    """The answers to one side of a pair; `planned` is how many there should be."""

    planned: int = 0
    scores: Sequence[Mapping[str, str] | None] = ()

    def score(self, measure: str) -> Fraction | None:
        """Return the mean score over attempts, nothing when one of them has none."""
        found = [one[measure] for one in self.scores if one is not None and measure in one]
        if len(found) < self.planned or not found:
            return None
        return sum(map(Fraction, found), Fraction(0)) / len(found)


@dataclass(slots=True)
class MirroredAnswers:
    """The scores of each answer by scenario and arm, None for one that has none."""

    stances: Mapping[str, StanceCheck] = field(default_factory=dict)
    """What the sides of mirrored pairs are sides of, by scenario."""
    scores: defaultdict[tuple[str, Arm], list[Mapping[str, str] | None]] = field(
        default_factory=lambda: defaultdict(list)
    )
    judges: set[str] = field(default_factory=set)

    def add(self, trial: Trial) -> None:
        """Keep what an answer to a side of a pair scored; any other trial is left."""
        if trial.role is TrialRole.BALANCE:
            outcome = trial.outcome
            known = outcome.scores if isinstance(outcome, Measured) else None
            self.scores[trial.scenario, trial.arm].append(known)
            self.judges.update({trial.judge} if trial.judge else ())

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The arms in which a pair was tried."""
        return tuple(sorted({arm for _, arm in self.scores}, key=lambda arm: arm.value))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of which any answer has a score."""
        answers = (one for several in self.scores.values() for one in several if one is not None)
        return tuple(sorted({name for scores in answers for name in scores}))

    def pairs(self, items: Iterable[PlannedItem], arm: Arm) -> dict[PairKey, dict[str, AskedSide]]:
        """Return every pair that is planned, by side, with the answers of an arm.

        Raises:
            ValueError: when it is not known what a scenario is a side of.
        """
        pairs: dict[PairKey, dict[str, AskedSide]] = {}
        for item in items:
            if item.role is not TrialRole.BALANCE:
                continue
            stance = self.stances.get(item.scenario)
            if stance is None:
                raise ValueError(f"nobody says of which pair `{item.scenario}` is a side")
            sides = pairs.setdefault((item.domain, stance.topic, stance.task), {})
            side = sides.setdefault(stance.side, AskedSide())
            side.planned += 1
            side.scores = self.scores.get((item.scenario, arm), ())
        return pairs
