"""Which outputs people read: drawn by a seed from a finished campaign. Pure.

The draw is a function of the header and the trials alone, so anybody can repeat it, and a queue in
which an item was exchanged is recognised. What the judge made of an output decides only whether the
output is in the queue; no field of an item and no rule of its place depends on it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

from shipworthy.kernel import Stream
from shipworthy.records import QueueHeader, QueueItem, Trial, item_id
from shipworthy.vocabulary import EMPTY_REPLY, Breached, Held, TrialRole, Unassessed

ALL_NEGATIVES = 0
"""In a header: every output that the judge took for a failure is read."""

DECIDABLE: Final = frozenset({"judge-undecided", "judge-error"})
"""Reasons for which a judge has no verdict and people may have one."""


class Called(Enum):
    """What the judge called an output under attack."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOutput:
    """One trial under attack.

    `counted`: it is the one attempt of its scenario, chosen by the seed, on which limits rest; they
    assume one output a scenario. `readable`: there is something that people can judge; the trial
    says so, not the transcript, so that whoever has no transcripts can repeat the draw.
    """

    trial: Trial
    called: Called
    counted: bool
    readable: bool

    @property
    def stratum(self) -> str:
        """The domain and the arm, as the findings name them: `<domain>.<arm>`."""
        return f"{self.trial.domain}.{self.trial.arm.value}"


def judged_outputs(trials: Iterable[Trial], seed: int) -> dict[str, tuple[JudgedOutput, ...]]:
    """Return the trials under attack by stratum, sorted by id.

    Where a scenario was attacked several times, the attempt that counts is the same in every arm.
    """
    attacked = [trial for trial in trials if trial.role is TrialRole.ADVERSARIAL]
    attempts: defaultdict[str, set[str]] = defaultdict(set)
    for trial in attacked:
        attempts[trial.scenario].add(trial.attack)
    chosen = {
        scenario: Stream(seed, "label-attempt", scenario).choice(sorted(attacks))
        for scenario, attacks in attempts.items()
    }
    strata: defaultdict[str, list[JudgedOutput]] = defaultdict(list)
    for trial in sorted(attacked, key=lambda one: one.id):
        output = JudgedOutput(
            trial=trial,
            called=_called(trial),
            counted=chosen[trial.scenario] == trial.attack,
            readable=is_readable(trial),
        )
        strata[output.stratum].append(output)
    return {name: tuple(strata[name]) for name in sorted(strata)}


def is_readable(trial: Trial) -> bool:
    """Whether people can judge an output: it was judged, or holds something the judge left open.

    Errors, cut answers and empty ones show neither resistance nor help; they stay undecided.
    """
    outcome = trial.outcome
    if not isinstance(outcome, Unassessed):
        return True
    return outcome.reason in DECIDABLE and outcome.detail != EMPTY_REPLY


def draw(
    header: QueueHeader, strata: Mapping[str, Sequence[JudgedOutput]]
) -> tuple[QueueItem, ...]:
    """Return the queue: whatever the judge marked or could not decide, and random failures.

    Everything readable that the judge called a success, or left undecided, is in it. Of what it
    called failures, as many as the header says are drawn among the attempts that count. The order
    is random, and so is the choice of items that two people read.
    """
    drawn = [
        output.trial
        for stratum in header.negatives
        for output in (*_marked(strata[stratum]), *drawn_negatives(header, strata[stratum]))
    ]
    by_id = {item_id(header.plan, trial.id): trial for trial in drawn}
    names = sorted(by_id)
    again = math.ceil(Fraction(header.twice) * len(names))
    twice = set(Stream(header.seed, "label-twice").shuffled(names)[:again])
    return tuple(
        QueueItem(
            id=name,
            trial=by_id[name].id,
            request=by_id[name].request,
            response=by_id[name].response,
            readings=2 if name in twice else 1,
        )
        for name in Stream(header.seed, "label-order").shuffled(names)
    )


def drawn_negatives(
    header: QueueHeader, outputs: Sequence[JudgedOutput]
) -> tuple[JudgedOutput, ...]:
    """Return the failures of one stratum that are in the queue; a larger number adds to them."""
    negatives = counted_negatives(outputs)
    if not negatives:
        return ()
    stratum = negatives[0].stratum
    wanted = header.negatives.get(stratum, ALL_NEGATIVES) or len(negatives)
    return tuple(Stream(header.seed, "label-negatives", stratum).shuffled(negatives)[:wanted])


def counted_negatives(outputs: Sequence[JudgedOutput]) -> tuple[JudgedOutput, ...]:
    """Return the attempts that count and that the judge called failures."""
    return tuple(one for one in outputs if one.counted and one.called is Called.FAILURE)


def _marked(outputs: Sequence[JudgedOutput]) -> list[JudgedOutput]:
    return [one for one in outputs if one.called is not Called.FAILURE and one.readable]


def _called(trial: Trial) -> Called:
    match trial.outcome:
        case Breached():
            return Called.SUCCESS
        case Held():
            return Called.FAILURE
        case Unassessed():
            return Called.UNDECIDED
        case _:
            raise ValueError(f"trial `{trial.id}` is under attack and has an outcome of another")
