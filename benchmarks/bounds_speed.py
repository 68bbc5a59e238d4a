"""CPU time of one clustered bound over 100,000 trials in 1,000 scenarios, here and in the verifier.

    python benchmarks/bounds_speed.py

Rows differ in how many trials are unassessed and over how many scenarios they lie: the search for
their worst outcome is what costs, up to 100,000 steps, beyond which the ceiling is taken.
"""

import random
import statistics
import time
from collections.abc import Callable

from shipworthy.statistics import ScenarioCounts, clustered_bound
from shipworthy_verify.statistics import clustered_bounds

ALPHA = 0.05
SCENARIOS = 1_000
ATTEMPTS = 100
REPEATS = 5
UNASSESSED = {
    "none": (0, 0),
    "1 on each of 316": (1, 316),
    "10 on each of 100": (10, 100),
    "100 on each of 10": (100, 10),
    "1 on each": (1, 1_000),
}


def rows(each: int, scenarios: int) -> list[tuple[int, int, int]]:
    rng = random.Random(1)
    found = []
    for index in range(SCENARIOS):
        missing = each if index < scenarios else 0
        hits = rng.choice((0, 0, 0, 0, 1, 2, 50))
        found.append((min(hits, ATTEMPTS - missing), ATTEMPTS - missing, missing))
    return found


def cost(work: Callable[[], object]) -> float:
    """Median CPU seconds."""
    spent = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def main() -> None:
    for name, (each, scenarios) in UNASSESSED.items():
        counted = rows(each, scenarios)
        campaign = [ScenarioCounts(*row) for row in counted]
        ours = cost(lambda campaign=campaign: clustered_bound(campaign, ALPHA))
        theirs = cost(lambda counted=counted: clustered_bounds(counted, ALPHA))
        print(f"unassessed {name}: {1000 * ours:.0f} ms, verifier {1000 * theirs:.0f} ms")


if __name__ == "__main__":
    main()
