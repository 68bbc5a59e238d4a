"""Limits of a difference on the same scenarios, and what a shown one withholds."""

from hypothesis import given
from hypothesis import strategies as st

from shipworthy.statistics import PairedTable, clopper_pearson_upper
from shipworthy.statistics.paired import change_lower, change_upper

COUNTS = st.integers(0, 40)
OPEN = st.integers(0, 20)
LEVELS = st.sampled_from([0.001, 0.03, 0.05, 0.2])
TABLES = st.builds(PairedTable, both=COUNTS, before_only=COUNTS, after_only=COUNTS, neither=COUNTS)


@given(TABLES, OPEN, LEVELS)
def test_the_limits_hold_every_difference_that_open_pairs_leave(table, left, alpha):
    low, high = change_lower(table, left, alpha), change_upper(table, left, alpha)
    assert -1.0 <= low <= high <= 1.0
    size = table.pairs + left
    if table.pairs:
        gap = table.before_only - table.after_only
        assert low <= (gap - left) / size + 1e-9
        assert high >= (gap + left) / size - 1e-9


@given(TABLES, OPEN, LEVELS)
def test_an_open_pair_never_helps(table, left, alpha):
    assert (
        change_upper(table, left + 1, alpha) >= change_upper(table, left, alpha) - 1e-9 or left == 0
    )


@given(COUNTS, COUNTS, LEVELS)
def test_an_open_pair_is_never_better_than_either_of_its_outcomes(changed, same, alpha):
    """A pair without an outcome frees no more than the same pair with its worst outcome would."""
    table = PairedTable(both=0, before_only=changed, after_only=0, neither=same)
    worse = PairedTable(both=0, before_only=changed + 1, after_only=0, neither=same)
    assert change_upper(table, 1, alpha) == change_upper(worse, 0, alpha)


@given(TABLES, OPEN)
def test_a_stricter_level_is_wider(table, left):
    assert change_upper(table, left, 0.01) >= change_upper(table, left, 0.05)
    assert change_lower(table, left, 0.01) <= change_lower(table, left, 0.05) + 1e-9


@given(COUNTS.filter(bool), LEVELS)
def test_without_any_change_the_upper_limit_is_that_of_a_rate(same, alpha):
    table = PairedTable(both=0, before_only=0, after_only=0, neither=same)
    assert change_upper(table, 0, alpha) == clopper_pearson_upper(0, same, alpha / 2)


def test_nothing_compared_bounds_nothing():
    nothing = PairedTable(both=0, before_only=0, after_only=0, neither=0)
    assert (change_lower(nothing, 0, 0.05), change_upper(nothing, 0, 0.05)) == (-1.0, 1.0)
    assert (change_lower(nothing, 3, 0.05), change_upper(nothing, 3, 0.05)) == (-1.0, 1.0)
