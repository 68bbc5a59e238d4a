"""How often the clustered upper bound covers the true rate, on 48 settings and beyond.

    python benchmarks/coverage.py [RUNS]

Draws RUNS campaigns (10,000) of every setting and prints, for floors of the design effect that take
attempts to correlate at 0.1, 0.2 and 0.3, the share of campaigns whose one-sided 95 % bound is at
or above the true rate, with the median bound. The decision is that of `clustered_bound` for equal
scenarios, written out so that a minute is enough; it is compared with the function itself on the
first campaigns of every setting. Pure Python, one core.
"""

import math
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from coverage_grid import GRID, Setting, counts, draw
from shipworthy.statistics import beta_cdf, beta_isf, clustered_bound, student_t_ppf

ALPHA = 0.05
FLOORS = (0.1, 0.2, 0.3)
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


@dataclass(frozen=True)
class Sums:
    """What the bound depends on when all scenarios have one size."""

    successes: int
    squares: int


def summed(hits: Counter[int]) -> Sums:
    return Sums(
        successes=sum(k * times for k, times in hits.items()),
        squares=sum(k * k * times for k, times in hits.items()),
    )


@cache
def spread_of_quantiles(scenarios: int, attempts: int) -> float:
    """The factor by which few scenarios cost effective attempts."""
    few = student_t_ppf(ALPHA, scenarios - 1)
    return math.pow(student_t_ppf(ALPHA, attempts - 1) / few, 2)


def beta_parameters(setting: Setting, sums: Sums, floor: float) -> tuple[float, float]:
    scenarios, size = setting.scenarios, setting.size
    attempts, found = scenarios * size, sums.successes
    effect = 1 + (size - 1) * floor
    if 0 < found < attempts:
        spread = sums.squares - found * found / scenarios
        seen = scenarios / (scenarios - 1) * spread * attempts / (found * (attempts - found))
        effect = max(effect, seen)
    effective = attempts / min(effect, size) * spread_of_quantiles(scenarios, attempts)
    share = found / attempts
    return share * effective + 1, (1 - share) * effective


def compare(setting: Setting, hits: Counter[int], floor: float) -> None:
    first, second = beta_parameters(setting, summed(hits), floor)
    expected = clustered_bound(counts(setting, hits), ALPHA, floor).upper
    if abs(beta_isf(ALPHA, first, second) - expected) > 1e-9:
        raise SystemExit(f"not the bound of the library: {setting}, {hits}")


def measure(setting: Setting, runs: int) -> list[tuple[float, float]]:
    """Return coverage and median bound for every floor."""
    rng = random.Random(f"{setting}")
    campaigns = [draw(setting, rng) for _ in range(runs)]
    seen = Counter(map(summed, campaigns))
    rows = []
    for floor in FLOORS:
        for hits in campaigns[:COMPARED]:
            compare(setting, hits, floor)
        covered = 0
        for sums, times in seen.items():
            first, second = beta_parameters(setting, sums, floor)
            covered += times * (beta_cdf(setting.rate, first, second) <= 1 - ALPHA)
        bounds = [
            beta_isf(ALPHA, *beta_parameters(setting, summed(hits), floor))
            for hits in campaigns[:MEDIAN_OF]
        ]
        rows.append((covered / runs, statistics.median(bounds)))
    return rows


def main(runs: int) -> None:
    began = time.process_time()
    print("scenarios x behaviours x attempts, rate, correlation on a scenario: covered (median)")
    for name, settings in (("48 settings", GRID), ("alike", ALIKE), ("very alike", VERY_ALIKE)):
        least = dict.fromkeys(FLOORS, 1.0)
        bounds: dict[float, list[float]] = {floor: [] for floor in FLOORS}
        for setting in settings:
            rows = measure(setting, runs)
            shown = "  ".join(f"{share:.4f} ({100 * bound:.2f} %)" for share, bound in rows)
            shape = f"{setting.scenarios} x {setting.behaviours} x {setting.attempts}"
            print(f"{shape}, {100 * setting.rate:g} %, {setting.alike:.2f}: {shown}")
            for floor, (share, bound) in zip(FLOORS, rows, strict=True):
                least[floor] = min(least[floor], share)
                bounds[floor].append(bound)
        for floor in FLOORS:
            mean = 100 * statistics.mean(bounds[floor])
            print(f"{name}, floor {floor}: least {least[floor]:.4f}, mean of medians {mean:.2f} %")
    print(f"{time.process_time() - began:.0f} s CPU, {runs:,} campaigns a setting")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
