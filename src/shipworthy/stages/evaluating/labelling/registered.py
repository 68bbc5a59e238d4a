"""Readings that a plan registers: the gate reads what people found, not what a card promises. Pure.

How much is read is fixed before the first request, and so is the draw, given the trials. The rules
are those of `spec/bundle.md`, 8, which a verifier repeats.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shipworthy.kernel import Digest, Problem, canonical_bytes, decimal_string, digest_bytes
from shipworthy.records import (
    TWO_PHASE_METHOD,
    Bounds,
    CampaignPlan,
    Label,
    PlannedItem,
    PlannedReading,
    QueueHeader,
    QueueItem,
    ReadingCounts,
    ReadingSection,
    Trial,
    item_id,
)
from shipworthy.stages.evaluating.labelling.consensus import Consensus, gather
from shipworthy.stages.evaluating.labelling.drawing import (
    ALL_NEGATIVES,
    JudgedOutput,
    draw,
    judged_outputs,
)
from shipworthy.stages.evaluating.labelling.tallies import two_phase_counts
from shipworthy.statistics import ScenarioCounts
from shipworthy.statistics.judged import TwoPhaseCounts, declared_limits
from shipworthy.vocabulary import Arm, TrialRole


def planned_reading(
    section: ReadingSection,
    items: Iterable[PlannedItem],
    arms: Sequence[Arm],
    sequential: Collection[str],
) -> PlannedReading:
    """Return what an assessment declares, for every domain and arm that it means.

    Raises:
        Problem: `campaign-reading` for a domain or an arm that nothing attacks, a scenario that is
            tried more than once, and a domain that may end early (`sequential`).
    """
    tried = Counter(
        (item.domain, item.scenario) for item in items if item.role is TrialRole.ADVERSARIAL
    )
    attacked = sorted({domain for domain, _ in tried})
    for arm in section.arms:
        if arm not in arms:
            raise _refusal(
                f"the campaign has no arm `{arm.value}`", _either(one.value for one in arms)
            )
    for domain in section.domains:
        if domain not in attacked:
            raise _refusal(f"nothing is attacked in domain `{domain}`", _either(attacked))
    wanted = section.domains or tuple(attacked)
    for (domain, scenario), attempts in sorted(tried.items()):
        if domain in wanted and attempts > 1:
            raise _refusal(
                f"scenario `{scenario}` is tried {attempts} times, and a reading counts scenarios",
                "set `attacks_per_scenario = 1`, or leave the domain out with `domains`",
            )
    for domain in sorted(set(wanted) & set(sequential)):
        raise _refusal(
            f"domain `{domain}` may end before all of it was tried, and a reading needs all of it",
            'take `stopping = "fixed"`, or leave the domain out with `domains`',
        )
    names = sorted(f"{domain}.{arm.value}" for domain in wanted for arm in section.arms or arms)
    return PlannedReading(negatives=dict.fromkeys(names, section.negatives), twice=section.twice)


def _either(names: Iterable[str]) -> str:
    return f"one of {', '.join(f'`{name}`' for name in names)}"


def _refusal(message: str, advice: str) -> Problem:
    return Problem.of("campaign-reading", message, help=advice)


def registered_header(plan: CampaignPlan, reading: PlannedReading) -> QueueHeader:
    """Return the header of the one queue that a plan allows."""
    return QueueHeader(
        plan=plan.digest, seed=plan.seed, negatives=reading.negatives, twice=reading.twice
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredQueue:
    """The queue that plan and trials give, and the outputs behind it by stratum."""

    header: QueueHeader
    items: tuple[QueueItem, ...]
    strata: Mapping[str, tuple[JudgedOutput, ...]]

    @property
    def digest(self) -> Digest:
        """Digest of the file of the queue."""
        lines = (canonical_bytes(one) + b"\n" for one in (self.header, *self.items))
        return digest_bytes(b"".join(lines))

    def counts(self, labels: Iterable[Label]) -> dict[str, ReadingCounts]:
        """Return what people found, by stratum. An item that waits for a reader is undecided.

        Raises:
            ValueError: for a label of no item of the queue, or two of one reader on one item.
        """
        reading = gather(self.items, labels)
        waiting = {*reading.unread, *reading.second_wanted}
        found = {
            name: Consensus.UNREAD if name in waiting else truth
            for name, truth in reading.found.items()
        }
        return {
            name: self._counts_of(self.strata.get(name, ()), found, waiting)
            for name in self.header.negatives
        }

    def _counts_of(
        self,
        outputs: Sequence[JudgedOutput],
        found: Mapping[str, Consensus],
        waiting: Collection[str],
    ) -> ReadingCounts:
        items = {one.trial.id: item_id(self.header.plan, one.trial.id) for one in outputs}
        known = {trial: found.get(item) for trial, item in items.items()}
        counts = two_phase_counts(self.header, outputs, known)
        return ReadingCounts(
            judged=counts.judged,
            positives=counts.positives,
            confirmed=counts.confirmed,
            undecided=counts.undecided,
            negatives=counts.negatives,
            read=counts.read,
            misses=counts.misses,
            undecided_read=counts.undecided_read,
            waiting=sum(item in waiting for item in items.values()),
        )


def registered_queue(
    plan: CampaignPlan, reading: PlannedReading, trials: Iterable[Trial]
) -> RegisteredQueue:
    """Draw the queue that a plan registers from the trials of a finished campaign."""
    header = registered_header(plan, reading)
    strata = judged_outputs(trials, header.seed)
    known = {name: strata.get(name, ()) for name in header.negatives}
    return RegisteredQueue(header=header, items=draw(header, known), strata=known)


def supposed_reading(wanted: int, scenarios: Sequence[ScenarioCounts]) -> ReadingCounts:
    """Return what people find when the judge was right about everything that it decided.

    `wanted` negatives are drawn, 0 for all. Nothing waits.
    """
    successes = sum(one.successes for one in scenarios)
    undecided = sum(one.unassessed for one in scenarios)
    negatives = len(scenarios) - successes - undecided
    return ReadingCounts(
        judged=len(scenarios),
        positives=successes + undecided,
        confirmed=successes,
        undecided=undecided,
        negatives=negatives,
        read=min(wanted or negatives, negatives),
        misses=0,
        undecided_read=0,
        waiting=0,
    )


def reading_bounds(
    counts: ReadingCounts, wanted: int, alpha: str, with_success: int
) -> Bounds | None:
    """Return the guaranteed limits that a gate reads, or nothing when nothing was judged.

    `with_success` is the number of scenarios that the judge called breached; `wanted` the number of
    negatives that the plan draws. All upper bounds are one: people read what a card vouches for.
    """
    if counts.judged == 0:
        return None
    limits = declared_limits(
        TwoPhaseCounts(
            judged=counts.judged,
            positives=counts.positives,
            confirmed=counts.confirmed,
            read=counts.read,
            misses=counts.misses,
            undecided=counts.undecided,
            undecided_read=counts.undecided_read,
        ),
        float(alpha),
        every=wanted == ALL_NEGATIVES,
    )
    upper = decimal_string(limits.upper, "up")
    return Bounds(
        method=TWO_PHASE_METHOD,
        alpha=alpha,
        lower=decimal_string(limits.lower, "down"),
        upper=upper,
        upper_adjusted=upper,
        scenarios=counts.judged,
        scenarios_with_success=with_success,
        design_effect=decimal_string(1.0),
        exact_upper=upper,
    )


def reading_blockers(counts: ReadingCounts) -> Iterator[str]:
    """Yield what stands against a favourable verdict while items wait for a reader."""
    if counts.waiting == 1:
        yield "1 output waits for a reader"
    elif counts.waiting:
        yield f"{counts.waiting} outputs wait for a reader"
