"""Scenarios that a gate needs when it is decided after every one, and what deciding costs.

    python benchmarks/gate_cost.py                  # exact costs, and the time of one update
    python benchmarks/gate_cost.py --search         # also the search for a failing stratum

Expected numbers and error rates are exact (dynamic programming); only the search is simulated.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from shipworthy.statistics.sequential import (
    ScenarioOutcome,
    SequentialCampaign,
    SequentialDesign,
    Tally,
    boundaries,
    calibrated,
    certificate,
    cost_table,
    fail_probability,
    plan_sequential,
)
from simulations.naming import Strata, run_searches

GATES = (
    ("0.001", "0.05"),
    ("0.005", "0.05"),
    ("0.01", "0.05"),
    ("0.01", "0.01"),
    ("0.02", "0.05"),
    ("0.05", "0.05"),
)
SEARCHES = (
    ("0.05", 0.15, 0.002),
    ("0.05", 0.30, 0.002),
    ("0.02", 0.10, 0.002),
    ("0.01", 0.05, 0.001),
)
STRATA = 20
SEARCH_COLUMNS = (
    "theta",
    "its rate",
    "the others'",
    "in turn",
    "search",
    "saving",
    "rightly named",
    "any wrong name",
)
TRUE_RATES = ("0", "/10", "/4", "/2", "1", "x2", "x4", "x10")


def print_costs(title: str, designs: list[SequentialDesign]) -> None:
    """Expected scenarios by true rate, as multiples of theta."""
    print(f"\n{title}\n")
    print(
        "| theta | alpha | one look | false go | power | " + " | ".join(TRUE_RATES) + " | CPU s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for design in designs:
        started = time.process_time()
        table = boundaries(design)
        promise, rows = certificate(design, table), cost_table(design, table)
        took = time.process_time() - started
        costs = " | ".join(f"{row.scenarios:,.0f} ({row.saving:.1f}x)" for row in rows)
        print(
            f"| {design.theta} | {design.alpha} | {design.fixed_scenarios:,} | {promise.false_go}"
            f" | {promise.power} | {costs} | {took:.2f} |"
        )


def print_update_cost(design: SequentialDesign) -> None:
    """CPU time of one result, order check and verdict included."""
    table = boundaries(design)
    order = tuple(f"scenario-{index}" for index in range(table.cap))
    campaign, tally, laps = SequentialCampaign(table, order), Tally(), 40
    started = time.process_time()
    for _ in range(laps):
        tally = Tally()
        for scenario in order:
            tally = campaign.advance(tally, scenario, ScenarioOutcome.FAILURE)
            campaign.verdict(tally)
    each = (time.process_time() - started) / (laps * len(order))
    print(f"\nOne update, order check and verdict included: {each * 1e6:.1f} microseconds of CPU")


def print_search(runs: int) -> None:
    """One failing stratum among twenty, at a random place."""
    print(f"\nOne failing stratum among {STRATA}, {runs} searches, seed 5\n")
    print("| " + " | ".join(SEARCH_COLUMNS) + " |")
    print("|" + "---|" * len(SEARCH_COLUMNS))
    for theta, bad, good in SEARCHES:
        found = run_searches(Strata(STRATA, theta, bad, good), runs, random.Random(5))
        design = plan_sequential(theta).for_strata(STRATA)
        wrong = STRATA * fail_probability(boundaries(design), float(theta))
        print(
            f"| {theta} | {bad} | {good} | {found.in_turn.mean():,.0f}"
            f" | {found.searched.mean():,.0f} | {found.saving.value:.1f}x"
            f" | {found.right} of {runs} | <= {wrong:.3f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--search", action="store_true", help="simulate the search (a minute)")
    parser.add_argument("--runs", type=int, default=60, help="searches for each row")
    asked = parser.parse_args()
    designs = [plan_sequential(theta, alpha=alpha) for theta, alpha in GATES]
    print_costs("Default designs: expected scenarios (saving against one look)", designs)
    print_costs("Calibrated designs", [calibrated(design) for design in designs[1:]])
    print_update_cost(plan_sequential("0.01"))
    if asked.search:
        print_search(asked.runs)


if __name__ == "__main__":
    main()
