"""How often the clustered bounds cover the true rate, on 48 settings and beyond.

    python benchmarks/interval_coverage.py [--runs RUNS] [--seed SEED] [--set NAME]

Draws RUNS campaigns (10,000) of every setting and prints, for several rules of the bound, the share
of campaigns whose one-sided 95 % upper bound is at or above the true rate, with the median bound;
for the rule in use also the share whose lower bound is at or below it. A rule is the correlation
that attempts are taken to have at least, and the number of breached scenarios from which on an
effect is estimated (0: always). The decision is that of `clustered_bound` for equal scenarios,
written out so that minutes are enough; it is compared with the function itself on the first
campaigns of every setting. Pure Python, one core.
"""

import argparse
import math
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from coverage_grid import GRID, Setting, counts, draw
from shipworthy.statistics import (
    DEFAULT_FEW,
    DEFAULT_ICC0,
    beta_cdf,
    beta_isf,
    beta_ppf,
    clustered_bound,
    student_t_ppf,
)

ALPHA = 0.05
COMPARED = 3
MEDIAN_OF = 400

ALIKE = tuple(
    Setting(scenarios, 1, attempts, rate, 0.3267)
    for scenarios, attempts in ((60, 20), (100, 20), (60, 5), (100, 5), (300, 5), (300, 15))
    for rate in (0.002, 0.01, 0.05)
)
"""One behaviour: all attempts on a scenario correlate at 0.3."""

VERY_ALIKE = tuple(
    Setting(scenarios, 1, attempts, 0.01, stage)
    for scenarios, attempts in ((60, 20), (100, 20), (300, 15))
    for stage in (0.55, 0.75, 0.95)
)
"""One behaviour: attempts correlate at 0.47 to 0.72."""

BETWEEN = (0.004, 0.007, 0.015, 0.02, 0.03, 0.1)
GRID_BETWEEN = tuple(
    Setting(*shape, rate, 0.3)
    for shape in ((60, 5, 5), (100, 5, 4), (300, 3, 5))
    for rate in BETWEEN
)
ALIKE_BETWEEN = tuple(
    Setting(scenarios, 1, attempts, rate, stage)
    for scenarios, attempts in ((60, 20), (100, 20), (300, 15))
    for rate in BETWEEN
    for stage in (0.3267, 0.55, 0.95)
)
"""Rates between those of the other sets, where a rule fitted to them would show."""

SETS = {
    "48 settings": GRID,
    "between their rates": GRID_BETWEEN,
    "alike": ALIKE,
    "very alike": VERY_ALIKE,
    "alike, between the rates": ALIKE_BETWEEN,
}


@dataclass(frozen=True)
class Rule:
    """The two numbers of the bound."""

    floor: float
    few: int

    def __str__(self) -> str:
        return f"{self.floor:g} from {self.few}"


IN_USE = Rule(DEFAULT_ICC0, DEFAULT_FEW)
RULES = (Rule(0.1, 0), Rule(0.1, 2), IN_USE, Rule(0.1, 5))


@dataclass(frozen=True)
class Sums:
    """What the bound depends on when all scenarios have one size; `most` are the largest counts."""

    successes: int
    squares: int
    breached: int
    most: tuple[int, ...]


def summed(hits: Counter[int]) -> Sums:
    longest = max(rule.few for rule in RULES) - 1
    largest = nlargest(
        longest, (k for k, times in hits.items() for _ in range(min(times, longest)))
    )
    return Sums(
        successes=sum(k * times for k, times in hits.items()),
        squares=sum(k * k * times for k, times in hits.items()),
        breached=hits.total(),
        most=tuple(largest),
    )


@cache
def spread_of_quantiles(scenarios: int, attempts: int) -> float:
    """The factor by which few scenarios cost effective attempts."""
    few = student_t_ppf(ALPHA, scenarios - 1)
    return math.pow(student_t_ppf(ALPHA, attempts - 1) / few, 2)


def effective(setting: Setting, effect: float) -> float:
    attempts = setting.scenarios * setting.size
    return attempts / min(effect, setting.size) * spread_of_quantiles(setting.scenarios, attempts)


def estimated(setting: Setting, successes: int, squares: int, floor: float) -> float:
    """Effective attempts by the design effect that the successes suggest."""
    scenarios, size = setting.scenarios, setting.size
    attempts = scenarios * size
    effect = 1 + (size - 1) * floor
    if 0 < successes < attempts:
        spread = squares - successes * successes / scenarios
        seen = scenarios / (scenarios - 1) * spread * attempts
        effect = max(effect, seen / (successes * (attempts - successes)))
    return effective(setting, effect)


def limits_above(setting: Setting, sums: Sums, rule: Rule) -> list[tuple[int, float]]:
    """Pairs of successes and effective attempts, of which the one with the larger bound holds."""
    found = [(sums.successes, estimated(setting, sums.successes, sums.squares, rule.floor))]
    if rule.few:
        found.append((sum(sums.most[: rule.few - 1]), effective(setting, setting.size)))
    return found


@cache
def covers_above(setting: Setting, successes: int, worth: float) -> bool:
    share = successes / (setting.scenarios * setting.size)
    return beta_cdf(setting.rate, share * worth + 1, (1 - share) * worth) <= 1 - ALPHA


def upper(setting: Setting, sums: Sums, rule: Rule) -> float:
    shares = [
        (successes / (setting.scenarios * setting.size), worth)
        for successes, worth in limits_above(setting, sums, rule)
    ]
    return max(beta_isf(ALPHA, share * worth + 1, (1 - share) * worth) for share, worth in shares)


def lower_parameters(setting: Setting, sums: Sums, rule: Rule) -> tuple[float, float]:
    worth = effective(setting, setting.size)
    if sums.breached >= rule.few:
        worth = estimated(setting, sums.successes, sums.squares, rule.floor)
    share = sums.successes / (setting.scenarios * setting.size)
    return share * worth, (1 - share) * worth + 1


def covers_below(setting: Setting, sums: Sums, rule: Rule) -> bool:
    if sums.successes == 0:
        return True
    return beta_cdf(setting.rate, *lower_parameters(setting, sums, rule)) >= ALPHA


def compare(setting: Setting, hits: Counter[int], rule: Rule) -> None:
    sums = summed(hits)
    expected = clustered_bound(counts(setting, hits), ALPHA, rule.floor, rule.few)
    found = beta_ppf(ALPHA, *lower_parameters(setting, sums, rule)) if sums.successes else 0.0
    wrong = max(abs(upper(setting, sums, rule) - expected.upper), abs(found - expected.lower))
    if wrong > 1e-9:
        raise SystemExit(f"not the bounds of the library: {setting}, {hits}, {rule}")


@dataclass(frozen=True)
class Row:
    """Coverage of one setting under one rule; `lower` for the rule in use."""

    upper: float
    median: float
    lower: float


def measure(setting: Setting, runs: int, seed: str) -> dict[Rule, Row]:
    rng = random.Random(f"{setting}{seed}")
    campaigns = [draw(setting, rng) for _ in range(runs)]
    seen = Counter(map(summed, campaigns))
    rows = {}
    for rule in RULES:
        for hits in campaigns[:COMPARED]:
            compare(setting, hits, rule)
        covered = sum(
            times
            for sums, times in seen.items()
            if any(covers_above(setting, *pair) for pair in limits_above(setting, sums, rule))
        )
        below = runs
        if rule == IN_USE:
            below = sum(times for sums, times in seen.items() if covers_below(setting, sums, rule))
        bounds = [upper(setting, summed(hits), rule) for hits in campaigns[:MEDIAN_OF]]
        rows[rule] = Row(covered / runs, statistics.median(bounds), below / runs)
    covers_above.cache_clear()
    return rows


def main(runs: int, seed: str, names: list[str]) -> None:
    began = time.process_time()
    print("scenarios x behaviours x attempts, rate, correlation on a scenario;")
    print(f"upper bound covers (median) by {', '.join(map(str, RULES))}; lower covers by {IN_USE}")
    for name in names:
        settings = SETS[name]
        found: dict[Rule, list[Row]] = {rule: [] for rule in RULES}
        for setting in settings:
            rows = measure(setting, runs, seed)
            shown = "  ".join(f"{rows[r].upper:.4f} ({100 * rows[r].median:.2f} %)" for r in RULES)
            shape = f"{setting.scenarios} x {setting.behaviours} x {setting.attempts}"
            where = f"{shape}, {100 * setting.rate:g} %, {setting.alike:.2f}"
            print(f"{where}: {shown}; {rows[IN_USE].lower:.4f}")
            for rule in RULES:
                found[rule].append(rows[rule])
        for rule, rows_of in found.items():
            least = min(row.upper for row in rows_of)
            error = math.sqrt(least * (1 - least) / runs)
            mean = 100 * statistics.mean(row.median for row in rows_of)
            print(f"{name}, {rule}: least {least:.4f} (s.e. {error:.4f}), medians {mean:.2f} %")
        print(f"{name}, {IN_USE}: lower bound {min(row.lower for row in found[IN_USE]):.4f}")
    print(f"{time.process_time() - began:.0f} s CPU, {runs:,} campaigns a setting")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000, help="campaigns of every setting")
    parser.add_argument("--seed", default="", help="other campaigns of the same settings")
    parser.add_argument("--set", choices=SETS, help="one set of settings instead of all")
    given = parser.parse_args()
    main(given.runs, given.seed, [given.set] if given.set else list(SETS))
