"""How often the limit of a paired ratio lies below the truth."""

from functools import cache

import numpy as np
import pytest

from shipworthy.statistics import PairedTable, relative_reduction_upper

LEVEL = 0.975
RUNS = 1000


@cache
def limit(both, before_only, after_only, neither):
    table = PairedTable(both=both, before_only=before_only, after_only=after_only, neither=neither)
    return relative_reduction_upper(table, LEVEL)


def missed(scenarios, before, ratio, both, runs, seed=1):
    """Share of campaigns whose limit lies below the true ratio."""
    after = before * ratio
    cells = [both, before - both, after - both, 1 - before - after + both]
    drawn = np.random.default_rng(seed).multinomial(scenarios, cells, runs).tolist()
    limits = [limit(*row) for row in drawn]
    return sum(one is not None and one < ratio - 1e-12 for one in limits) / runs


@pytest.mark.slow
@pytest.mark.parametrize("scenarios", [20, 60, 200])
@pytest.mark.parametrize("before", [0.05, 0.3, 0.6])
@pytest.mark.parametrize("ratio", [1, 0.5, 0.1])
def test_the_limit_of_a_ratio_covers(scenarios, before, ratio):
    after = before * ratio
    for both in (before * after, 0.95 * after):
        if before + after - both <= 1:
            assert missed(scenarios, before, ratio, both, RUNS, seed=5) <= 0.045
