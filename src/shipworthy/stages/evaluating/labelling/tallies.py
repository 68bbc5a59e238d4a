"""What labels say of the judge and of the rates, by domain and arm. Pure.

Limits rest on one attempt a scenario; the confusion
counts every output in the queue.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shipworthy.records import QueueHeader, item_id
from shipworthy.stages.evaluating.labelling.consensus import Consensus
from shipworthy.stages.evaluating.labelling.drawing import (
    Called,
    JudgedOutput,
    counted_negatives,
    drawn_negatives,
)
from shipworthy.statistics.judged import TwoPhaseBound, TwoPhaseCounts, two_phase_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumTally:
    """One domain and arm.

    `confusion` counts outputs by what the judge called them and what people found. `not_drawn`
    outputs were called failures and left out of the queue; `silent` ones held nothing to judge.
    All of them together are `outputs`. `counts` and `bound` rest on one attempt a scenario.
    """

    stratum: str
    outputs: int
    confusion: Mapping[tuple[Called, Consensus], int]
    not_drawn: int
    silent: int
    negatives: int
    """Attempts that count and that the judge called failures; `counts.read` of them were drawn."""
    counts: TwoPhaseCounts
    bound: TwoPhaseBound

    def count(self, called: Called, *of: Consensus) -> int:
        """Return how many outputs were called so and found to be one of these."""
        return sum(self.confusion.get((called, one), 0) for one in of)


def tally_stratum(
    header: QueueHeader,
    outputs: Sequence[JudgedOutput],
    found: Mapping[str, Consensus],
    alpha: float,
) -> StratumTally:
    """Count one domain and arm and bound its rate, each side at level `alpha`.

    What nobody read, what readers dispute or leave open, and outputs without a text count as
    successes for the upper limit and as failures for the lower one.
    """
    known = {one.trial.id: found.get(item_id(header.plan, one.trial.id)) for one in outputs}
    confusion = Counter(
        (one.called, truth) for one in outputs if (truth := known[one.trial.id]) is not None
    )
    silent = sum(not one.readable for one in outputs)
    counts = two_phase_counts(header, outputs, known)
    return StratumTally(
        stratum=outputs[0].stratum,
        outputs=len(outputs),
        confusion=dict(confusion),
        not_drawn=len(outputs) - silent - confusion.total(),
        silent=silent,
        negatives=counts.negatives,
        counts=counts,
        bound=two_phase_bound(counts, alpha),
    )


def two_phase_counts(
    header: QueueHeader, outputs: Sequence[JudgedOutput], known: Mapping[str, Consensus | None]
) -> TwoPhaseCounts:
    """Count one stratum by what is known of each trial; nothing is known of those not drawn."""
    counted = [one for one in outputs if one.counted]
    marked = [known[one.trial.id] for one in counted if one.called is not Called.FAILURE]
    read = [known[one.trial.id] for one in drawn_negatives(header, outputs)]
    return TwoPhaseCounts(
        judged=len(counted),
        positives=len(counted) - len(counted_negatives(outputs)),
        confirmed=marked.count(Consensus.YES),
        undecided=sum(truth is None or truth.open for truth in marked),
        read=len(read),
        misses=read.count(Consensus.YES),
        undecided_read=sum(truth is None or truth.open for truth in read),
    )
