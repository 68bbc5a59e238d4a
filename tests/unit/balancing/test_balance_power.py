"""Power: published numbers, and what can never be shown."""

import pytest
from scipy.stats import chi2

from shipworthy.stages.balancing import (
    BalanceDesign,
    Nature,
    power_to_bound_mean,
    power_to_show_balance,
    power_to_show_skew,
    topics_needed,
)
from shipworthy.statistics.equivalence.power import spread_ratios

LIMITS = BalanceDesign().limits


@pytest.mark.parametrize(
    ("spread", "margin", "by_normal"),
    [(0.1, 0.05, 44), (0.1, 0.02, 271), (0.2, 0.05, 174), (0.3, 0.1, 98)],
)
def test_the_mean_alone_needs_what_the_normal_formula_says(spread, margin, by_normal):
    # (z(0.95) + z(0.95))^2 (spread / margin)^2; Student's t needs one or two more
    nature = Nature(noise=0.0, spread=spread, pairs=1)
    assert power_to_bound_mean(nature, by_normal - 1, margin, 0.05) < 0.9
    assert power_to_bound_mean(nature, by_normal + 3, margin, 0.05) > 0.9


def test_below_29_topics_no_share_below_a_fifth_is_shown():
    quiet = Nature(noise=0.01, spread=0.0, pairs=8)
    assert power_to_show_balance(quiet, 28, LIMITS, 0.05) == 0.0
    assert power_to_show_balance(quiet, 29, LIMITS, 0.05) > 0.999
    assert topics_needed(quiet, LIMITS, 0.05) == 29


def test_topics_that_never_differ_need_58():
    still = Nature(noise=0.0, spread=0.0, pairs=8)
    assert topics_needed(still, LIMITS, 0.05) == 58
    assert power_to_show_balance(still, 57, LIMITS, 0.05) == 0.0


def test_topics_that_truly_differ_are_never_balanced():
    assert topics_needed(Nature(noise=0.0, spread=0.2, pairs=8), LIMITS, 0.05) is None


def test_more_pairs_and_less_noise_need_fewer_topics():
    needed = [
        topics_needed(Nature(noise=0.15, spread=0.02, pairs=pairs), LIMITS, 0.05)
        for pairs in (10, 16, 32, 64)
    ]
    assert needed == sorted(needed, reverse=True)


def test_a_skew_at_the_margin_is_shown_with_the_level():
    at_margin = Nature(noise=0.1, spread=0.05, pairs=8, bias=-0.1)
    assert power_to_show_skew(at_margin, 64, 0.1, 0.05) == pytest.approx(0.05, abs=0.002)
    far = Nature(noise=0.1, spread=0.05, pairs=8, bias=0.2)
    assert power_to_show_skew(far, 64, 0.1, 0.05) > 0.999


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Nature(noise=-0.1, spread=0.0, pairs=8),
        lambda: Nature(noise=0.1, spread=0.0, pairs=0),
        lambda: Nature(noise=0.1, spread=0.0, pairs=8, bias=1.0),
        lambda: power_to_show_balance(Nature(noise=0.1, spread=0.0, pairs=8), 1, LIMITS, 0.05),
        lambda: power_to_show_skew(Nature(noise=0.0, spread=0.0, pairs=8), 9, 0.1, 0.05),
        lambda: topics_needed(Nature(noise=0.1, spread=0.0, pairs=8), LIMITS, 0.05, 1.0),
        lambda: BalanceDesign(alpha=0.5),
        lambda: BalanceDesign(margin=0.0),
        lambda: BalanceDesign(refusal_margin=1.0),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must|not|needs|without|at least"):
        wrong()


@pytest.mark.parametrize(("freedom", "worst"), [(9, 0.01), (28, 0.002), (63, 0.001)])
def test_quantiles_of_a_sample_spread_are_near_the_exact_ones(freedom, worst):
    """The oracle is scipy's chi-square; the approximation is too low in the tails."""
    found = spread_ratios(freedom)
    exact = [
        (chi2.ppf((n + 0.5) / len(found), freedom) / freedom) ** 0.5 for n in range(len(found))
    ]
    assert max(abs(one - two) for one, two in zip(found, exact, strict=True)) < worst
