"""Names of failing gates, and the search for a failing stratum."""

import math
import random
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np

from shipworthy.statistics.sequential import (
    FAIL_GRID,
    Boundaries,
    ScenarioOutcome,
    SearchState,
    StratumSearch,
    failing_by_discovery_rate,
    failing_by_family_error,
    plan_sequential,
    stratum_search,
)
from simulations.promises import (
    ALPHA,
    Found,
    Mean,
    Procedure,
    Share,
    about_at_least,
    at_most,
    settings_of,
)

LEVEL = "0.1"
LOOKS = tuple(range(20, 201, 20))
ENDLESS = 10**6
"""Scenarios of a stratum, more than any search draws."""


@dataclass(frozen=True)
class Gates:
    """`failing` of them lie at `times` the threshold, the others at it."""

    gates: int
    failing: int
    theta: str
    times: float
    shared: bool


@dataclass(frozen=True)
class Strata:
    """One stratum at `bad`, the others at `good`; without `bad` all are at the threshold."""

    strata: int
    theta: str
    bad: float | None
    good: float


@cache
def evidence(theta: str, successes: int, scenarios: int) -> Decimal:
    mixture = FAIL_GRID.mixture(Fraction(theta), Fraction("0.95"))
    return mixture.truncated(successes, scenarios)


def named_gates(setting: Gates, rng: np.random.Generator) -> tuple[float, bool]:
    """Share of wrong names when looking stops at the first name, and any wrong name by Holm.

    The stopping time is one for all gates. Holm may use the largest value that each gate ever had.
    """
    theta = float(setting.theta)
    names = [f"gate-{number}" for number in range(setting.gates)]
    bad = set(names[: setting.failing])
    rates = np.where(np.arange(setting.gates) < setting.failing, setting.times * theta, theta)
    draws = rng.random((LOOKS[-1], 1 if setting.shared else setting.gates))
    successes = np.cumsum(draws < rates, axis=0)
    largest = dict.fromkeys(names, Decimal(0))
    wrong: float | None = None
    for look in LOOKS:
        seen = successes[look - 1].tolist()
        values = {
            name: evidence(setting.theta, hits, look)
            for name, hits in zip(names, seen, strict=True)
        }
        largest = {name: max(largest[name], values[name]) for name in names}
        found = failing_by_discovery_rate(values, LEVEL) if wrong is None else ()
        if found:
            wrong = len(set(found) - bad) / len(found)
    return wrong or 0.0, bool(set(failing_by_family_error(largest, LEVEL)) - bad)


def named(setting: Gates, runs: int, rng: np.random.Generator):
    ended = [named_gates(setting, rng) for _ in range(runs)]
    shares = Mean.of(np.array([share for share, _ in ended]))
    any_wrong = Share(sum(wrong for _, wrong in ended), runs)
    yield Found("wrong names among the named (e-BH)", at_most(float(LEVEL)), shares)
    yield Found("any wrong name (Holm)", at_most(float(LEVEL)), any_wrong)


def search_once(search: StratumSearch, rates: list[float], source: random.Random) -> SearchState:
    """Draw until a stratum is named, or none is left."""
    state = search.start()
    while (chosen := search.choose(state)) is not None and not search.failing(state):
        hit = source.random() < rates[chosen]
        outcome = ScenarioOutcome.SUCCESS if hit else ScenarioOutcome.FAILURE
        state = search.record(state, chosen, outcome)
    return state


def draws_in_turn(table: Boundaries, rates: list[float], source: random.Random) -> int:
    """Draws until a stratum is named, strata in turn and the same threshold."""
    hits, draws = [0] * len(rates), 0
    while True:
        stratum, number = draws % len(rates), draws // len(rates) + 1
        hits[stratum] += source.random() < rates[stratum]
        draws += 1
        if number > table.cap or table.fails(hits[stratum], number):
            return draws


@dataclass(frozen=True)
class Searches:
    """What searches for one failing stratum cost, and what they named."""

    searched: np.ndarray
    in_turn: np.ndarray
    right: int
    wrong: int

    @property
    def saving(self) -> Mean:
        """Quotient of the mean draws, its error by the delta method."""
        turn, search = Mean.of(self.in_turn), Mean.of(self.searched)
        spread = math.hypot(turn.error / turn.value, search.error / search.value)
        quotient = turn.value / search.value
        return Mean(quotient, quotient * spread, len(self.searched))


def run_searches(setting: Strata, runs: int, source: random.Random) -> Searches:
    """Searches for one failing stratum at a random place, and as many draws in turn."""
    strata = tuple((f"stratum-{index}", ENDLESS) for index in range(setting.strata))
    search = stratum_search(plan_sequential(setting.theta), strata)
    searched, in_turn, right, wrong = [], [], 0, 0
    for _ in range(runs):
        rates, guilty = [setting.good] * setting.strata, source.randrange(setting.strata)
        if setting.bad is not None:
            rates[guilty] = setting.bad
            in_turn.append(draws_in_turn(search.table, rates, source))
        state = search_once(search, rates, source)
        searched.append(state.draws)
        names = set(search.failing(state))
        expected = {strata[guilty][0]} if setting.bad is not None else set()
        right, wrong = right + (names == expected), wrong + bool(names - expected)
    return Searches(np.array(searched), np.array(in_turn), right, wrong)


def searching(setting: Strata, runs: int, rng: np.random.Generator):
    found = run_searches(setting, runs, random.Random(int(rng.integers(2**62))))
    yield Found("any wrong name", at_most(ALPHA), Share(found.wrong, runs))
    if setting.bad is not None:
        yield Found("times fewer draws than in turn", about_at_least(4), found.saving)
        yield Found("failing stratum named", about_at_least(0.95), Share(found.right, runs))


PROCEDURES = (
    Procedure(
        "names of failing gates",
        settings_of(
            Gates,
            [
                (20, 0, "0.05", 1, False),
                (20, 0, "0.05", 1, True),
                (20, 5, "0.05", 4, False),
                (20, 5, "0.05", 4, True),
                (8, 2, "0.2", 2.5, False),
            ],
        ),
        named,
        fewer=2,
    ),
    Procedure(
        "search for a failing stratum",
        settings_of(
            Strata, [(20, "0.05", 0.15, 0.002), (20, "0.05", 0.3, 0.002), (5, "0.2", None, 0.2)]
        ),
        searching,
        fewer=50,
    ),
)
