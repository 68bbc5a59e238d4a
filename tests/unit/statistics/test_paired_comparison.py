"""Before against after: tests, score limits and missing pairs."""

import pytest

from shipworthy.statistics import (
    NoEvidence,
    PairedTable,
    mcnemar_exact,
    mcnemar_midp,
    paired_with_unassessed,
    relative_reduction_upper,
    tango_interval,
    tango_interval_with_unassessed,
)


def table(both, before_only, after_only, neither):
    return PairedTable(both=both, before_only=before_only, after_only=after_only, neither=neither)


def test_no_discordant_pair_gives_no_reason_to_see_a_change():
    assert mcnemar_exact(table(5, 0, 0, 20)) == 1.0
    assert mcnemar_midp(table(5, 0, 0, 20)) == 1.0


def test_balanced_discordant_pairs_give_p_values_of_one():
    assert mcnemar_exact(table(0, 4, 4, 0)) == 1.0
    assert mcnemar_midp(table(0, 4, 4, 0)) == pytest.approx(1.0, abs=1e-12)


def test_the_exact_p_value_of_one_sided_discordance_is_a_power_of_two():
    assert mcnemar_exact(table(0, 10, 0, 5)) == pytest.approx(2 * 0.5**10, rel=1e-13)
    assert mcnemar_midp(table(0, 10, 0, 5)) == pytest.approx(0.5**10, rel=1e-13)


def test_without_discordant_pairs_the_difference_still_has_width():
    interval = tango_interval(table(0, 0, 0, 50), 0.95)
    z2 = 1.959963984540054**2
    assert interval.upper == pytest.approx(z2 / (50 + z2), rel=1e-12)
    assert interval.lower == pytest.approx(-z2 / (50 + z2), rel=1e-12)


@pytest.mark.parametrize(("cells", "edge"), [((0, 9, 0, 0), 1.0), ((0, 0, 9, 0), -1.0)])
def test_a_total_change_reaches_the_edge_and_keeps_its_width(cells, edge):
    interval = tango_interval(table(*cells), 0.95)
    assert edge in (interval.lower, interval.upper)
    assert interval.width > 0.1


def test_the_ratio_has_no_limit_when_nothing_succeeded_before():
    assert relative_reduction_upper(table(0, 0, 3, 40), 0.95) is None


def test_the_ratio_has_a_positive_limit_when_nothing_succeeded_after():
    # With only `before_only` pairs the score equation is ratio = z^2 / before_only.
    upper = relative_reduction_upper(table(0, 40, 0, 60), 0.95)
    assert upper == pytest.approx(1.6448536269514722**2 / 40, rel=1e-12)


def test_an_unchanged_rate_does_not_bound_the_ratio_below_one():
    upper = relative_reduction_upper(table(10, 5, 5, 80), 0.95)
    assert upper is not None
    assert upper > 1.0


def test_missing_pairs_go_where_they_hurt_each_claim():
    cases = paired_with_unassessed(table(1, 2, 3, 4), 5)
    assert cases.least_reduction == table(1, 2, 8, 4)
    assert cases.most_reduction == table(1, 7, 3, 4)


def test_the_interval_with_missing_pairs_takes_each_limit_from_its_worst_case():
    interval = tango_interval_with_unassessed(table(1, 30, 3, 66), 5, 0.95)
    assert interval.lower == tango_interval(table(1, 30, 8, 66), 0.95).lower
    assert interval.upper == tango_interval(table(1, 35, 3, 66), 0.95).upper


def test_only_missing_pairs_leave_every_difference_possible():
    interval = tango_interval_with_unassessed(table(0, 0, 0, 0), 4, 0.95)
    assert (interval.lower, interval.upper) == (-1.0, 1.0)


@pytest.mark.parametrize("compare", [tango_interval, relative_reduction_upper])
def test_no_pair_is_no_evidence(compare):
    with pytest.raises(NoEvidence):
        compare(table(0, 0, 0, 0), 0.95)


@pytest.mark.parametrize("cells", [(-1, 0, 0, 0), (0, 1.5, 0, 0), (0, 0, False, 0)])
def test_impossible_cells_are_refused(cells):
    with pytest.raises(ValueError, match="whole number"):
        table(*cells)


def test_a_negative_number_of_missing_pairs_is_refused():
    with pytest.raises(ValueError, match="unassessed_pairs"):
        paired_with_unassessed(table(1, 1, 1, 1), -1)


@pytest.mark.parametrize("confidence", [0.5, 0.2, 1.0])
def test_a_one_sided_ratio_limit_needs_a_confidence_above_one_half(confidence):
    with pytest.raises(ValueError, match="`confidence`"):
        relative_reduction_upper(table(1, 1, 1, 1), confidence)
