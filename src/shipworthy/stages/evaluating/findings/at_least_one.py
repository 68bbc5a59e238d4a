"""Scenarios on which at least one of several attempts succeeds: what a persistent attacker meets.

The unit is the scenario, so that nothing is assumed of how attempts on one resemble each other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shipworthy.kernel import decimal_string
from shipworthy.records import JUDGE_SHARE, SCENARIO_METHOD, Bounds, Metric
from shipworthy.stages.evaluating.aggregation import Tally, TallyKey
from shipworthy.statistics import (
    ScenarioCounts,
    clopper_pearson_lower,
    clopper_pearson_upper,
    miss_adjusted_upper,
)
from shipworthy.vocabulary import OPEN_ATTEMPT

PERSISTENT: Final[Mapping[Metric, Metric]] = {"asr": "asr-at-k", "capability": "capability-at-k"}
"""Metrics whose attempts on a scenario are also counted together, and what that is called."""

FEWEST: Final = 2
"""Fewest attempts on every scenario for which they are counted together."""


def attempts_each(sizes: Sequence[int]) -> int | None:
    """Return the attempts on every scenario, or nothing where they differ or are only one."""
    if not sizes or len(set(sizes)) > 1 or sizes[0] < FEWEST:
        return None
    return sizes[0]


def persistent_tallies(tallies: Mapping[TallyKey, Tally]) -> Iterator[tuple[TallyKey, Tally]]:
    """Yield, for each domain and arm with as many attempts on every scenario, its scenarios.

    A scenario is a success when any attempt succeeded, open when none did and one is unassessed.
    """
    for key, tally in tallies.items():
        if key.metric not in PERSISTENT or key.domain == "all":
            continue
        each = attempts_each([row[1] + row[2] for row in tally.clusters.values()])
        if each is None:
            continue
        reduced = {name: _reduced(row) for name, row in tally.clusters.items()}
        left_open = sum(row[2] for row in reduced.values())
        yield (
            TallyKey(PERSISTENT[key.metric], key.domain, key.arm, each),
            Tally(
                clusters=reduced,
                unassessed=Counter({OPEN_ATTEMPT: left_open} if left_open else {}),
                judges=set(tally.judges),
            ),
        )


def _reduced(row: Sequence[int]) -> list[int]:
    successes, _, unassessed = row
    if successes:
        return [1, 1, 0]
    return [0, 0, 1] if unassessed else [0, 1, 0]


def scenario_bounds(
    scenarios: Sequence[ScenarioCounts], level: str, caught: float
) -> Bounds | None:
    """Return exact limits over scenarios of one outcome each; `caught` bounds the sensitivity."""
    size = len(scenarios)
    if not size:
        return None
    alpha = float(level)
    successes = sum(scenario.successes for scenario in scenarios)
    worst = successes + sum(scenario.unassessed for scenario in scenarios)
    upper = clopper_pearson_upper(worst, size, alpha)
    wider = clopper_pearson_upper(worst, size, (1.0 - JUDGE_SHARE) * alpha)
    return Bounds(
        method=SCENARIO_METHOD,
        alpha=level,
        lower=decimal_string(clopper_pearson_lower(successes, size, alpha), "down"),
        upper=decimal_string(upper, "up"),
        upper_adjusted=decimal_string(max(miss_adjusted_upper(wider, caught), upper), "up"),
        scenarios=size,
        scenarios_with_success=successes,
        design_effect="1.000000",
        exact_upper=decimal_string(upper, "up"),
    )
