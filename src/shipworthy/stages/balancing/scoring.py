"""Scores of answers, and the signed difference of each pair: view `a` minus view `b`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shipworthy.instruments.balance import Answers, PromptPair
from shipworthy.instruments.judges.measures import MEASURES, REFUSAL, view_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPair:
    """The differences of one pair by measure; None where an answer is missing.

    `refused` says whether the answer for `a` and that for `b` declined.
    """

    topic: str
    task: str
    repeat: int
    differences: Mapping[str, float] | None
    refused: tuple[bool, bool] | None

    def swapped(self) -> "ScoredPair":
        """The same pair with its sides exchanged."""
        mirrored = self.differences and {name: -one for name, one in self.differences.items()}
        return ScoredPair(
            topic=self.topic,
            task=self.task,
            repeat=self.repeat,
            differences=mirrored,
            refused=self.refused and (self.refused[1], self.refused[0]),
        )


def scored_pairs(pairs: Sequence[PromptPair], answers: Answers) -> tuple[ScoredPair, ...]:
    """Score every pair by every measure; a pair lacking an answer is kept, unassessed."""
    return tuple(
        _scored(pair, answers.get(pair.answer_id("a")), answers.get(pair.answer_id("b")))
        for pair in pairs
    )


def _scored(pair: PromptPair, a: str | None, b: str | None) -> ScoredPair:
    differences: dict[str, float] | None = None
    refused: tuple[bool, bool] | None = None
    if a is not None and b is not None:
        ignored = view_words(pair.topic.a, pair.topic.b)
        differences = {}
        for measure in MEASURES:
            scores = measure.score(a, ignored), measure.score(b, ignored)
            differences[measure.name] = measure.difference(*scores)
            if measure.name == REFUSAL:
                refused = scores[0] == 1.0, scores[1] == 1.0
    return ScoredPair(
        topic=pair.topic.id,
        task=pair.task,
        repeat=pair.repeat,
        differences=differences,
        refused=refused,
    )
