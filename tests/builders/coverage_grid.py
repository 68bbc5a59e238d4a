"""The 48 settings on which the clustered bound is measured, and campaigns drawn from them.

Scenarios have behaviours, each attempted several times. Success probabilities follow nested beta
distributions whose correlation is shared equally between scenario and behaviour, or one scenario
in ten is weak and the rest immune. The distribution of the number of successes in a scenario is
computed, not simulated, so that drawing a campaign costs microseconds.
"""

import math
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from shipworthy.statistics import ScenarioCounts

NODES = 400
WEAK_SHARE = 0.1


@dataclass(frozen=True)
class Setting:
    scenarios: int
    behaviours: int
    attempts: int
    rate: float
    correlation: float | None
    """Of attempts on one behaviour; None for the mixture of weak and immune scenarios."""

    @property
    def size(self):
        return self.behaviours * self.attempts

    @property
    def alike(self):
        """Correlation of two attempts on one scenario, on average over pairs of attempts."""
        masses = successes_of_a_scenario(self)
        mean = self.size * self.rate
        variance = sum(mass * (count - mean) ** 2 for count, mass in enumerate(masses))
        return (variance / (mean * (1 - self.rate)) - 1) / (self.size - 1)


SHAPES = ((30, 10, 5), (60, 5, 5), (100, 5, 4), (300, 3, 5))
RATES = (0.002, 0.01, 0.05)
CORRELATIONS = (0.05, 0.1, 0.3, None)
GRID = tuple(
    Setting(*shape, rate, correlation)
    for shape in SHAPES
    for rate in RATES
    for correlation in CORRELATIONS
)


@lru_cache(maxsize=256)
def successes_of_a_scenario(setting):
    """Probabilities of 0, 1, ... successes among the attempts on one scenario."""
    if setting.correlation is None:
        weak = binomial_masses(setting.size, setting.rate / WEAK_SHARE)
        masses = [WEAK_SHARE * mass for mass in weak]
        masses[0] += 1.0 - WEAK_SHARE
        return tuple(masses)
    scale = 2.0 / setting.correlation - 1.0
    a, b = setting.rate * scale, (1.0 - setting.rate) * scale
    masses = [0.0] * (setting.size + 1)
    for node, weight in legendre(NODES):
        # p = t^(1/a) takes the pole at 0, there when a < 1, out of the density of the probability
        p = math.exp(math.log(node) / min(a, 1.0))
        density = 0.0
        if p < 1.0:
            density = p ** max(a - 1.0, 0.0) * math.exp((b - 1.0) * math.log1p(-p))
        if weight * density == 0.0:
            continue
        for count, mass in enumerate(behaviour_sum(setting, p, scale)):
            masses[count] += weight * density * mass
    total = sum(masses)
    return tuple(mass / total for mass in masses)


def behaviour_sum(setting, p, scale):
    single = beta_binomial_masses(setting.attempts, p * scale, (1.0 - p) * scale)
    total = [1.0]
    for _ in range(setting.behaviours):
        longer = [0.0] * (len(total) + setting.attempts)
        for i, left in enumerate(total):
            if left:
                for j, right in enumerate(single):
                    longer[i + j] += left * right
        total = longer
    return total


def beta_binomial_masses(n, a, b):
    masses = []
    for k in range(n + 1):
        mass = float(math.comb(n, k))
        for i in range(n):
            mass *= ((a + i) if i < k else (b + i - k)) / (a + b + i)
        masses.append(mass)
    return masses


def binomial_masses(n, p):
    return [math.comb(n, k) * p**k * (1.0 - p) ** (n - k) for k in range(n + 1)]


@lru_cache(maxsize=4)
def legendre(n):
    """Nodes and weights of Gauss and Legendre on (0, 1)."""
    rule = []
    for i in range(1, n + 1):
        x = math.cos(math.pi * (i - 0.25) / (n + 0.5))
        for _ in range(100):
            before, here = 1.0, x
            for k in range(2, n + 1):
                before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
            slope = n * (x * here - before) / (x * x - 1.0)
            step = here / slope
            x -= step
            if abs(step) < 1e-15:
                break
        rule.append((0.5 * (1.0 + x), 1.0 / ((1.0 - x * x) * slope * slope)))
    return tuple(rule)


def draw(setting, rng):
    """Successes of the scenarios that have any, as a counter."""
    steps = tuple(accumulate(successes_of_a_scenario(setting)))
    hits = Counter(
        min(bisect_right(steps, rng.random()), setting.size) for _ in range(setting.scenarios)
    )
    del hits[0]
    return hits


def counts(setting, hits):
    """The campaign as the bound takes it."""
    found = [
        ScenarioCounts(k, setting.size) for k, times in sorted(hits.items()) for _ in range(times)
    ]
    return found + [ScenarioCounts(0, setting.size)] * (setting.scenarios - len(found))
