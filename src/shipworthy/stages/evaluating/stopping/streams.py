"""Following a campaign that may end early: what is decided, and which cells are still due.

A verdict is reached on results in the registered order alone (`spec/sequential.md`, 9). Results
that arrive early wait for their turn, so that neither the speed of an answer nor the number of
requests in flight can change what is decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shipworthy.records import (
    Planned,
    PlannedItem,
    SequentialQuestion,
    Trial,
    plan_cells,
)
from shipworthy.stages.evaluating.events import is_success
from shipworthy.stages.evaluating.stopping.tables import boundaries_of
from shipworthy.statistics.sequential import (
    Boundaries,
    ScenarioOutcome,
    SequentialVerdict,
    Tally,
)
from shipworthy.vocabulary import Arm, Outcome, TrialRole


@dataclass(slots=True)
class FollowedQuestion:
    """A question and where it stands; `tally` stops growing when it is decided."""

    question: SequentialQuestion
    table: Boundaries
    tally: Tally = field(default_factory=Tally)
    verdict: SequentialVerdict = SequentialVerdict.CONTINUE

    @property
    def decided(self) -> bool:
        """Whether a verdict was reached; it is final."""
        return self.verdict is not SequentialVerdict.CONTINUE

    def take(self, outcome: ScenarioOutcome) -> None:
        """Take the next result of the stream."""
        if not self.decided:
            self.tally = self.tally.with_outcome(outcome)
            tally = self.tally
            self.verdict = self.table.verdict(tally.successes, tally.scenarios, tally.unassessed)


@dataclass(slots=True)
class ArmStream:
    """The results of one arm in one sequential domain.

    `tallies[n]` are the counts after n results in order; `early` are results that wait for one
    before them, by position.
    """

    questions: list[FollowedQuestion] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=lambda: [Tally()])
    early: dict[int, ScenarioOutcome] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Results in order, without a gap."""
        return len(self.tallies) - 1

    def take(self, position: int, outcome: ScenarioOutcome) -> None:
        """Take the result at a position, and those that waited for it."""
        self.early[position] = outcome
        while self.length in self.early:
            following = self.early.pop(self.length)
            self.tallies.append(self.tallies[-1].with_outcome(following))
            for question in self.questions:
                question.take(following)

    def beyond(self, end: int) -> int:
        """Count results at or after a position."""
        return max(0, self.length - end) + sum(position >= end for position in self.early)


@dataclass(slots=True)
class DomainStreams:
    """One sequential domain: the position of each scenario, and its arms."""

    positions: dict[str, int]
    arms: dict[str, ArmStream]

    def end(self, arm: str) -> int | None:
        """Results after which the arm ends; None while it is open (9.4)."""
        own = self.arms[arm].questions
        waited_for = own or [one for stream in self.arms.values() for one in stream.questions]
        if not all(question.decided for question in waited_for):
            return None
        return max(question.tally.scenarios for question in waited_for)


class Stopping:
    """Which cells of a plan are due; a plan without questions makes every cell due."""

    def __init__(self, plan: Planned) -> None:
        self._order = tuple(question.id for question in plan.stopping)
        self._domains = {
            domain: _streams(plan, domain)
            for domain in sorted({question.domain for question in plan.stopping})
        }
        followed = sum(len(one.positions) * len(one.arms) for one in self._domains.values())
        self._always_due = len(plan_cells(plan)) - followed

    @classmethod
    def after(cls, plan: Planned, trials: Iterable[Trial]) -> "Stopping":
        """Return where a campaign stands after these trials, in whatever order they came."""
        stopping = cls(plan)
        for trial in trials:
            stopping.take(trial)
        return stopping

    def take(self, trial: Trial) -> None:
        """Take a finished trial of the plan."""
        domain = self._domains.get(trial.domain)
        if domain is not None and trial.role is TrialRole.ADVERSARIAL:
            position = domain.positions[trial.scenario]
            domain.arms[trial.arm.value].take(position, _result(trial.outcome))

    def suppose_clean(self) -> None:
        """Suppose that every attack fails, until each arm of the sequential domains has ended."""
        for domain in self._domains.values():
            for position in range(len(domain.positions)):
                for name, stream in domain.arms.items():
                    if domain.end(name) is None:
                        stream.take(position, ScenarioOutcome.FAILURE)

    def is_due(self, item: PlannedItem, arm: Arm) -> bool:
        """Whether a cell has to have a trial, as far as is known by now (9.5)."""
        return self._due(item.domain, item.role, item.scenario, arm)

    def counts(self, trial: Trial) -> bool:
        """Whether a trial is of a due cell; a late one counts in no finding (9.6)."""
        return self._due(trial.domain, trial.role, trial.scenario, trial.arm)

    def due_cells(self) -> int:
        """Return how many cells are due, as far as is known by now."""
        return self._always_due + sum(
            end if (end := domain.end(arm)) is not None else len(domain.positions)
            for domain in self._domains.values()
            for arm in domain.arms
        )

    def follows(self, domain: str) -> bool:
        """Whether a domain is sequential."""
        return domain in self._domains

    def compares(self, domain: str) -> bool:
        """Whether before and after can be compared in a domain, or over all of them.

        Sequential domains end at different times, so there is no comparison over all; and a domain
        without a second arm has nothing to compare.
        """
        if domain == "all":
            return not self._domains
        streams = self._domains.get(domain)
        return streams is None or len(streams.arms) > 1

    def compared(self, domain: str) -> frozenset[str]:
        """Return the scenarios of a sequential domain whose cells are due in both arms (9.9)."""
        streams = self._domains[domain]
        ends = [self.ending(domain, arm).scenarios for arm in streams.arms]
        return frozenset(name for name, at in streams.positions.items() if at < min(ends))

    def stream(self, domain: str, arm: str) -> ArmStream | None:
        """Return an arm of a sequential domain; None for other domains."""
        streams = self._domains.get(domain)
        return None if streams is None else streams.arms.get(arm)

    def end(self, domain: str, arm: str) -> int | None:
        """Return where an arm of a sequential domain ended; None while it is open."""
        return self._domains[domain].end(arm)

    def ending(self, domain: str, arm: str) -> Tally:
        """Return the counts of an arm of a sequential domain at its end, or so far."""
        stream = self._domains[domain].arms[arm]
        end = self.end(domain, arm)
        return stream.tallies[stream.length if end is None else min(end, stream.length)]

    def questions(self) -> Iterator[FollowedQuestion]:
        """Yield all questions, in the order of the plan."""
        by_id = {
            one.question.id: one
            for domain in self._domains.values()
            for stream in domain.arms.values()
            for one in stream.questions
        }
        return map(by_id.__getitem__, self._order)

    def late(self, question: SequentialQuestion) -> int:
        """Count late trials of the arm that a question reads."""
        domain = self._domains[question.domain]
        end = domain.end(question.arm)
        return 0 if end is None else domain.arms[question.arm].beyond(end)

    def _due(self, domain: str, role: TrialRole, scenario: str, arm: Arm) -> bool:
        streams = self._domains.get(domain)
        if streams is None or role is not TrialRole.ADVERSARIAL:
            return True
        end = streams.end(arm.value)
        return end is None or streams.positions[scenario] < end


def _streams(plan: Planned, domain: str) -> DomainStreams:
    order = [
        item.scenario
        for item in plan.items
        if item.domain == domain and item.role is TrialRole.ADVERSARIAL
    ]
    asked: defaultdict[str, list[FollowedQuestion]] = defaultdict(list)
    for question in plan.stopping:
        if question.domain == domain:
            asked[question.arm].append(FollowedQuestion(question, boundaries_of(question.design)))
    return DomainStreams(
        positions={scenario: position for position, scenario in enumerate(order)},
        arms={arm.arm.value: ArmStream(questions=asked[arm.arm.value]) for arm in plan.arms},
    )


def _result(outcome: Outcome) -> ScenarioOutcome:
    match is_success("asr", outcome):
        case True:
            return ScenarioOutcome.SUCCESS
        case False:
            return ScenarioOutcome.FAILURE
        case None:
            return ScenarioOutcome.UNASSESSED
