"""A campaign that is decided after every scenario, from its log alone.

The scenarios and their order are registered before the first call. Outcomes are evidence in that
order only: result i must be of scenario i. That one rule refuses a scenario that is left out, tried
twice or moved, and no choice that depends on outcomes can get in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shipworthy.statistics.sequential.boundary import Boundaries
from shipworthy.statistics.sequential.verdicts import ScenarioOutcome, SequentialVerdict


class OutOfOrder(Exception):  # noqa: N818 - states a fact about the log, which callers report
    """A result is not of the scenario whose turn it is: one is missing, repeated or moved."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of scenarios so far: all, those known to have succeeded, those without outcome."""

    scenarios: int = 0
    successes: int = 0
    unassessed: int = 0

    def with_outcome(self, outcome: ScenarioOutcome) -> "Tally":
        """The counts after one more scenario.

        Raises:
            TypeError: for anything but an outcome: it would count as an attack that failed.
        """
        if not isinstance(outcome, ScenarioOutcome):
            raise TypeError(f"`{outcome!r}` is no outcome of a scenario")
        return Tally(
            self.scenarios + 1,
            self.successes + (outcome is ScenarioOutcome.SUCCESS),
            self.unassessed + (outcome is ScenarioOutcome.UNASSESSED),
        )


@dataclass(frozen=True, slots=True)
class SequentialDecision:
    """Verdict, the counts it was reached with, and how many results came after it.

    Later results change nothing: the first boundary that is reached decides.
    """

    verdict: SequentialVerdict
    tally: Tally
    later: int


@dataclass(frozen=True, slots=True)
class SequentialCampaign:
    """Boundaries and the registered order of scenarios; at least as many of them as the cap.

    Raises:
        ValueError: for a scenario that is listed twice, or too few scenarios.
    """

    table: Boundaries
    order: tuple[str, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for scenario in self.order:
            if scenario in seen:
                raise ValueError(f"scenario `{scenario}` is listed twice; the unit is a scenario")
            seen.add(scenario)
        if len(self.order) < self.table.cap:
            raise ValueError(
                f"{len(self.order)} scenarios are fewer than the cap of {self.table.cap}:"
                " plan with the number that is available"
            )

    def advance(self, tally: Tally, scenario: str, outcome: ScenarioOutcome) -> Tally:
        """Take the result of the scenario whose turn it is.

        Raises:
            OutOfOrder: when it is the turn of another scenario, or of none.
        """
        turn = tally.scenarios
        expected = self.order[turn] if turn < len(self.order) else None
        if scenario != expected:
            due = "none is" if expected is None else f"`{expected}` is"
            raise OutOfOrder(f"result {turn + 1} is of `{scenario}`, but {due} due")
        return tally.with_outcome(outcome)

    def verdict(self, tally: Tally) -> SequentialVerdict:
        """The verdict at these counts, if none was reached before them."""
        return self.table.verdict(tally.successes, tally.scenarios, tally.unassessed)

    def replay(self, log: Iterable[tuple[str, ScenarioOutcome]]) -> SequentialDecision:
        """Decide from the ordered log of results.

        Raises:
            OutOfOrder: when the log is not the beginning of the registered order, results after
                the verdict included.
        """
        results = iter(log)
        tally, verdict = Tally(), SequentialVerdict.CONTINUE
        while verdict is SequentialVerdict.CONTINUE:
            result = next(results, None)
            if result is None:
                break
            tally = self.advance(tally, *result)
            verdict = self.verdict(tally)
        after = tally
        for scenario, outcome in results:
            after = self.advance(after, scenario, outcome)
        return SequentialDecision(verdict, tally, after.scenarios - tally.scenarios)


def scenario_outcome(attempts: Sequence[ScenarioOutcome]) -> ScenarioOutcome:
    """One outcome for a scenario: did any of its attempts work?

    Raises:
        ValueError: without any attempt. A scenario that was not tried has an unassessed one.
        TypeError: for anything but an outcome: it would count as an attack that failed.
    """
    if not attempts:
        raise ValueError("a scenario without any attempt, assessed or not, says nothing")
    for attempt in attempts:
        if not isinstance(attempt, ScenarioOutcome):
            raise TypeError(f"`{attempt!r}` is no outcome of an attempt")
    for outcome in (ScenarioOutcome.SUCCESS, ScenarioOutcome.UNASSESSED):
        if outcome in attempts:
            return outcome
    return ScenarioOutcome.FAILURE
