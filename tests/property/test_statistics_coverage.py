"""Coverage of the clustered bound on simulated campaigns, at the settings that are hardest for it.

A scenario has several behaviours, each attempted several times. Success probabilities vary either
by nested beta distributions, with the correlation of two attempts on one behaviour shared equally
between scenario and behaviour, or by a mixture in which one scenario in ten is weak and the rest
are immune.
"""

import random
from dataclasses import dataclass

import pytest

from shipworthy.statistics import ScenarioCounts, clopper_pearson_upper, clustered_bound

pytestmark = pytest.mark.slow

ALPHA = 0.05
RUNS = 600


@dataclass(frozen=True)
class Cell:
    scenarios: int
    behaviours: int
    attempts: int
    rate: float
    correlation: float | None
    """None for the mixture of weak and immune scenarios."""

    def probabilities(self, rng):
        """One success probability for each behaviour of a scenario."""
        if self.correlation is None:
            return [10 * self.rate if rng.random() < 0.1 else 0.0] * self.behaviours
        scale = 2.0 / self.correlation - 1.0
        scenario = around(self.rate, scale, rng)
        return [around(scenario, scale, rng) for _ in range(self.behaviours)]

    def scenario(self, rng):
        hits = sum(
            rng.random() < probability
            for probability in self.probabilities(rng)
            for _ in range(self.attempts if probability > 1e-9 else 0)
        )
        return ScenarioCounts(hits, self.behaviours * self.attempts)

    def campaign(self, rng):
        return [self.scenario(rng) for _ in range(self.scenarios)]


def around(mean, scale, rng):
    if not 1e-9 < mean < 1.0 - 1e-9:
        return mean
    return rng.betavariate(mean * scale, (1.0 - mean) * scale)


CELLS = [
    Cell(30, 10, 5, 0.01, 0.05),
    Cell(30, 10, 5, 0.01, 0.3),
    Cell(30, 10, 5, 0.05, None),
    Cell(60, 5, 5, 0.01, 0.3),
    Cell(100, 5, 4, 0.002, 0.3),
    Cell(100, 5, 4, 0.01, 0.3),
    Cell(100, 5, 4, 0.05, None),
    Cell(300, 3, 5, 0.01, 0.3),
]
# Attempts on a scenario correlate at 1 - (1 - 0.3267 / 2)^2 = 0.3, twice the default floor.
TIGHT = Cell(100, 1, 20, 0.01, 0.3267)


def share_covered(cell, runs, limit):
    rng = random.Random(f"{cell}")
    return sum(limit(cell.campaign(rng)) >= cell.rate for _ in range(runs)) / runs


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_clustered_upper_limit_covers_the_true_rate(cell):
    assert share_covered(cell, RUNS, lambda data: clustered_bound(data, ALPHA).upper) >= 0.93


@pytest.mark.parametrize("cell", CELLS[:3], ids=str)
def test_the_scenario_level_upper_limit_covers_whatever_the_dependence(cell):
    assert share_covered(cell, RUNS, lambda data: clustered_bound(data, ALPHA).exact_upper) >= 0.95


@pytest.mark.parametrize("cell", [CELLS[2], CELLS[6]], ids=str)
def test_the_scenario_level_lower_limit_covers_whatever_the_dependence(cell):
    rng = random.Random(f"lower {cell}")
    limits = (clustered_bound(cell.campaign(rng), ALPHA).exact_lower for _ in range(RUNS))
    assert sum(limit <= cell.rate for limit in limits) / RUNS >= 0.95


def test_treating_clustered_attempts_as_independent_would_not_cover():
    # Guards the simulation itself: a generator without clustering would let this one pass.
    def naive(data):
        return clopper_pearson_upper(
            sum(s.successes for s in data), sum(s.attempts for s in data), ALPHA
        )

    assert share_covered(CELLS[2], RUNS, naive) < 0.75


def test_a_floor_alone_falls_short_where_attempts_are_much_alike():
    covered = share_covered(
        TIGHT, RUNS, lambda data: clustered_bound(data, ALPHA, 0.1, few=0).upper
    )
    assert 0.87 <= covered < 0.94


def test_the_bound_covers_there_and_so_does_the_scenario_level_limit():
    covered = share_covered(TIGHT, RUNS, lambda data: clustered_bound(data, ALPHA).upper)
    exact = share_covered(TIGHT, RUNS, lambda data: clustered_bound(data, ALPHA).exact_upper)
    assert covered >= 0.94
    assert exact >= 0.95


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_clustered_lower_limit_covers_the_true_rate(cell):
    rng = random.Random(f"headline lower {cell}")
    limits = (clustered_bound(cell.campaign(rng), ALPHA).lower for _ in range(RUNS))
    assert sum(limit <= cell.rate for limit in limits) / RUNS >= 0.93
