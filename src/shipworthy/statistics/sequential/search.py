"""Search for a stratum that fails, spending the next scenario where failure seems nearest.

Of ten draws, three go round all strata in turn and seven to the stratum whose E_fail is largest.
The choice depends on earlier outcomes only, so every E_fail stays an e-value and naming a stratum
at K / beta keeps the probability of any wrong name within beta (Ville, Bonferroni). The rule uses
no randomness and exact arithmetic: anybody can replay it.

A search finds failures. What its draws say about the pooled rate is biased by design, and nothing
here pools them.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from shipworthy.statistics.sequential.boundary import Boundaries, boundaries
from shipworthy.statistics.sequential.campaign import Tally
from shipworthy.statistics.sequential.design import SequentialDesign
from shipworthy.statistics.sequential.mixture import Mixture
from shipworthy.statistics.sequential.verdicts import ScenarioOutcome, SequentialVerdict

_EXPLORING = frozenset({0, 3, 6})
_FIRST_LOOKS = 3
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SearchState:
    """Counts and evidence (E_fail) of every stratum, in registered order.

    `turn` is the stratum at which the next round-robin draw starts to look.
    """

    tallies: tuple[Tally, ...]
    evidence: tuple[Decimal, ...]
    draws: int
    turn: int


@dataclass(frozen=True, slots=True)
class StratumSearch:
    """The rules of one search: strata as (name, number of scenarios), in registered order.

    `table` and `above` are those of a design whose beta is divided among the strata.

    Raises:
        ValueError: for no stratum, a name that is listed twice, or a stratum without scenarios.
    """

    strata: tuple[tuple[str, int], ...]
    table: Boundaries
    above: Mixture

    def __post_init__(self) -> None:
        names = [name for name, _ in self.strata]
        if not names or len(set(names)) < len(names):
            raise ValueError("a search needs at least one stratum, and distinct names")
        for name, size in self.strata:
            if size < 1:
                raise ValueError(f"stratum `{name}` has no scenario")

    def start(self) -> SearchState:
        """Nothing drawn yet."""
        strata = len(self.strata)
        return SearchState((Tally(),) * strata, (Decimal(1),) * strata, draws=0, turn=0)

    def verdict(self, state: SearchState, stratum: int) -> SequentialVerdict:
        """FAIL: shown to lie above theta, among all strata. PASS: below, and no longer drawn.

        NOT-SHOWN: its scenarios, or those that the design allows, are used up.
        """
        tally = state.tallies[stratum]
        if self.table.passes(tally.successes + tally.unassessed, tally.scenarios):
            return SequentialVerdict.PASS
        if self.table.fails(tally.successes, tally.scenarios):
            return SequentialVerdict.FAIL
        if tally.scenarios >= min(self.table.cap, self.strata[stratum][1]):
            return SequentialVerdict.NOT_SHOWN
        return SequentialVerdict.CONTINUE

    def failing(self, state: SearchState) -> tuple[str, ...]:
        """Names of the strata shown to fail; any wrong name has probability at most beta."""
        return tuple(
            name
            for index, (name, _) in enumerate(self.strata)
            if self.verdict(state, index) is SequentialVerdict.FAIL
        )

    def choose(self, state: SearchState) -> int | None:
        """Index of the stratum to draw next; none when every stratum is decided or used up."""
        undecided = [
            index
            for index in range(len(self.strata))
            if self.verdict(state, index) is SequentialVerdict.CONTINUE
        ]
        if not undecided:
            return None
        if _explores(state):
            return min(undecided, key=lambda index: (index - state.turn) % len(self.strata))
        # three looks at each first; max and min keep the first of equals, so order breaks ties
        fresh = [index for index in undecided if state.tallies[index].scenarios < _FIRST_LOOKS]
        if fresh:
            return min(fresh, key=lambda index: state.tallies[index].scenarios)
        return max(
            undecided, key=lambda index: (state.evidence[index], -state.tallies[index].scenarios)
        )

    def record(self, state: SearchState, stratum: int, outcome: ScenarioOutcome) -> SearchState:
        """Take the outcome of the next scenario of the stratum that `choose` named.

        Raises:
            ValueError: for another stratum: results of a chosen one may not be left out.
        """
        due = self.choose(state)
        if stratum != due:
            raise ValueError(f"the rule draws stratum {due} next, not {stratum}")
        tally = state.tallies[stratum].with_outcome(outcome)
        evidence = self.above.truncated(tally.successes, tally.scenarios)
        return SearchState(
            tallies=_with(state.tallies, stratum, tally),
            evidence=_with(state.evidence, stratum, evidence),
            draws=state.draws + 1,
            turn=(stratum + 1) % len(self.strata) if _explores(state) else state.turn,
        )


def stratum_search(design: SequentialDesign, strata: tuple[tuple[str, int], ...]) -> StratumSearch:
    """A search under `design`, its beta divided among the strata.

    Raises:
        ValueError: for no stratum, a name that is listed twice, or a stratum without scenarios.
    """
    divided = design.for_strata(len(strata))
    return StratumSearch(strata, boundaries(divided), divided.above)


def _explores(state: SearchState) -> bool:
    return state.draws % 10 in _EXPLORING


def _with(values: tuple[_T, ...], index: int, value: _T) -> tuple[_T, ...]:
    return (*values[:index], value, *values[index + 1 :])
