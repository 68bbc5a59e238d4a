"""Balance, parity, harm and elicitation: claims that need a margin."""

import math
import random

import pytest

from shipworthy.statistics import Interval, NoEvidence, PairedTable, clopper_pearson_upper
from shipworthy.statistics.equivalence import (
    BalanceLimits,
    MarginBasis,
    MarginVerdict,
    against_margin,
    all_within,
    balance,
    cleared,
    declared_margin,
    margin_from_gaps,
    matched_odds_ratio,
    paired_noninferiority,
    refusal_parity,
    two_one_sided,
    with_sandbagging_check,
)

WITHIN, BEYOND, NOT_SHOWN = MarginVerdict.WITHIN, MarginVerdict.BEYOND, MarginVerdict.NOT_SHOWN
LIMITS = BalanceLimits(margin=0.05, most_spread=0.2, most_tilted=0.75)


def table(both, before_only, after_only, neither):
    return PairedTable(both=both, before_only=before_only, after_only=after_only, neither=neither)


def topics(number, pairs, bias=0.0, spread=0.05, noise=0.1, seed=1):
    rng = random.Random(seed)
    tilts = [bias + rng.gauss(0.0, spread) for _ in range(number)]
    return {
        f"topic {i:03}": [max(-1.0, min(1.0, tilt + rng.gauss(0.0, noise))) for _ in range(pairs)]
        for i, tilt in enumerate(tilts)
    }


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (-0.04, 0.04, WITHIN),
        (-0.05, 0.04, NOT_SHOWN),
        (-0.04, 0.05, NOT_SHOWN),
        (0.04, 0.3, NOT_SHOWN),
        (-1.0, 1.0, NOT_SHOWN),
        (0.06, 0.3, BEYOND),
        (-0.3, -0.06, BEYOND),
    ],
)
def test_limits_against_a_margin(lower, upper, verdict):
    assert against_margin(lower, upper, 0.05) is verdict


def test_no_answer_says_that_nothing_was_significant():
    assert {verdict.value for verdict in MarginVerdict} == {"within", "beyond", "not-shown"}
    for verdict in MarginVerdict:
        with pytest.raises(TypeError, match="compare it"):
            bool(verdict)


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ((WITHIN, WITHIN), WITHIN),
        ((WITHIN, NOT_SHOWN), NOT_SHOWN),
        ((WITHIN, BEYOND, NOT_SHOWN), BEYOND),
    ],
)
def test_balance_holds_only_on_every_axis(verdicts, verdict):
    assert all_within(verdicts) is verdict


def test_many_even_topics_are_balanced():
    result = balance(topics(100, 9, spread=0.02), LIMITS, 0.05)
    assert result.verdict is WITHIN
    assert (result.topics, result.pairs) == (100, 900)
    assert result.spread < result.spread_upper < LIMITS.most_spread
    assert -0.05 < result.lower < result.mean < result.upper < 0.05


def test_few_topics_show_nothing_rather_than_balance():
    result = balance(topics(4, 9, bias=0.04), LIMITS, 0.05)
    assert result.verdict is NOT_SHOWN


def test_a_tilt_beyond_the_margin_is_shown():
    assert balance(topics(100, 9, bias=0.1), LIMITS, 0.05).verdict is BEYOND


def test_opposite_tilts_do_not_cancel():
    one = topics(60, 9, bias=0.3)
    halves = one | {f"other {name}": [-value for value in one[name]] for name in one}
    result = balance(halves, LIMITS, 0.05)
    assert result.mean == pytest.approx(0.0, abs=1e-12)
    assert result.mean_verdict is WITHIN
    assert result.verdict is NOT_SHOWN
    assert result.spread_upper > 0.3
    assert len(result.tilted) > 110


def test_small_opposite_tilts_are_not_shrunk_away():
    """Nearly half of all topics are tilted by a little more than the margin."""
    rng, limits = random.Random(4), BalanceLimits(margin=0.05, most_spread=0.2, most_tilted=0.3)
    tilts = [0.06 * rng.choice([-1, 1]) * (rng.random() < 0.45) for _ in range(150)]
    data = {f"t{i}": [tilt + rng.gauss(0, 0.1) for _ in range(9)] for i, tilt in enumerate(tilts)}
    result = balance(data, limits, 0.05)
    assert len(result.tilted) < 0.2 * 150  # counting these, as was done, would show balance
    assert result.tilted_upper > 0.45
    assert result.verdict is NOT_SHOWN


def test_a_few_large_tilts_among_equal_topics_leave_the_spread_open():
    limits = BalanceLimits(margin=0.05, most_spread=0.2, most_tilted=0.3)
    result = balance({f"t{i}": [float(i == 0)] for i in range(60)}, limits, 0.05)
    assert result.exact_limits
    assert result.spread_upper > 0.2


def test_topics_that_all_agree_get_exact_limits_and_not_a_width_of_zero():
    result = balance({f"t{i}": [0.0, 0.0] for i in range(20)}, LIMITS, 0.05)
    assert result.exact_limits
    assert result.lower < -0.05 < 0.05 < result.upper
    assert result.verdict is NOT_SHOWN
    assert 0.3 < result.spread_upper < 0.5
    assert result.tilted_upper == pytest.approx(2 * clopper_pearson_upper(0, 20, 0.05))
    many = balance({f"t{i}": [0.0] for i in range(3000)}, LIMITS, 0.05)
    assert many.verdict is WITHIN


def test_a_few_differing_topics_do_not_narrow_the_interval_to_nothing():
    few = {f"t{i}": [0.001 * (i < 9)] for i in range(100)}
    result = balance(few, LIMITS, 0.05)
    assert result.exact_limits
    assert result.upper - result.lower > 0.07
    assert not balance(few | {"u": [0.002]}, LIMITS, 0.05).exact_limits


def test_noise_within_topics_is_not_taken_for_spread():
    result = balance(topics(200, 9, spread=0.0, noise=0.3), LIMITS, 0.05)
    assert result.spread < 0.04
    assert result.tilted == ()


def test_values_without_spread_have_no_t_test():
    with pytest.raises(ValueError, match="no width"):
        two_one_sided([0.1, 0.1, 0.1], 0.5, 0.05)
    with pytest.raises(NoEvidence):
        two_one_sided([0.1], 0.5, 0.05)


def test_balance_needs_topics_with_pairs_inside_the_scale():
    with pytest.raises(NoEvidence):
        balance({"a": [0.0]}, LIMITS, 0.05)
    with pytest.raises(NoEvidence, match="'b' has no pair"):
        balance({"a": [0.0], "b": []}, LIMITS, 0.05)
    with pytest.raises(ValueError, match="outside"):
        balance({"a": [0.0], "b": [1.5]}, LIMITS, 0.05)


def test_parity_of_refusals_is_shown_by_enough_pairs_only():
    assert refusal_parity(table(70, 10, 10, 1260), 0.05).verdict is WITHIN
    few = refusal_parity(table(5, 1, 1, 93), 0.05)
    assert few.verdict is NOT_SHOWN
    assert few.interval.confidence == pytest.approx(0.9)
    assert refusal_parity(table(50, 120, 20, 1160), 0.05).verdict is BEYOND


def test_missing_pairs_can_only_undo_parity():
    pairs = table(70, 10, 10, 1260)
    assert refusal_parity(pairs, 0.05, unassessed=40).verdict is NOT_SHOWN


def test_the_matched_odds_ratio_carries_exact_limits_over():
    odds = matched_odds_ratio(table(10, 30, 10, 50), 0.95)
    assert odds.estimate == pytest.approx(3.0)
    assert 1.3 < odds.lower < 3.0 < odds.upper < 8.0
    one_sided = matched_odds_ratio(table(0, 5, 0, 10), 0.95)
    assert (one_sided.estimate, one_sided.upper) == (math.inf, math.inf)
    assert one_sided.lower == pytest.approx(0.025**0.2 / (1 - 0.025**0.2))
    nothing = matched_odds_ratio(table(5, 0, 0, 5), 0.95)
    assert (nothing.estimate, nothing.lower, nothing.upper) == (None, 0.0, math.inf)


def test_a_safeguard_is_harmless_only_when_that_is_shown():
    # After-only pairs: benign requests refused since the safeguard came.
    harmless = paired_noninferiority(table(5, 3, 4, 588), 0.05, margin=0.02)
    assert harmless.verdict is WITHIN
    assert harmless.rise.upper < 0.02
    unknown = paired_noninferiority(table(0, 0, 1, 40), 0.05, margin=0.02)
    assert unknown.verdict is NOT_SHOWN
    harmful = paired_noninferiority(table(5, 0, 60, 535), 0.05, margin=0.02)
    assert harmful.verdict is BEYOND
    assert isinstance(harmful.rise, Interval)


def test_missing_twins_count_as_refused_since():
    sure = paired_noninferiority(table(5, 3, 4, 588), 0.05, margin=0.02)
    wide = paired_noninferiority(table(5, 3, 4, 588), 0.05, margin=0.02, unassessed=15)
    assert wide.rise.upper > sure.rise.upper
    assert wide.verdict is NOT_SHOWN


def test_nineteen_gaps_bound_the_next_by_the_largest():
    gaps = [0.01 * i for i in range(1, 20)]
    margin = margin_from_gaps(gaps, 0.05)
    assert margin.basis is MarginBasis.RANK
    assert margin.points == pytest.approx(0.19)
    assert margin_from_gaps([0.01 * i for i in range(1, 40)], 0.05).points == pytest.approx(0.38)
    assert margin_from_gaps(gaps[:-1], 0.05).basis is MarginBasis.NORMAL


def test_fewer_gaps_use_the_normal_prediction_but_never_less_than_the_largest():
    gaps = [0.05, 0.08, 0.06, 0.07, 0.09]
    margin = margin_from_gaps(gaps, 0.05)
    spread = math.sqrt(sum((gap - 0.07) ** 2 for gap in gaps) / 4)
    assert margin.points == pytest.approx(0.07 + 2.13184678 * spread * math.sqrt(1.2))
    skewed = margin_from_gaps([0.0] * 17 + [0.5], 0.05)
    assert skewed.points == 0.5


def test_too_few_gaps_carry_no_margin_and_a_policy_says_that_it_is_one():
    with pytest.raises(NoEvidence, match="declare one as policy"):
        margin_from_gaps([0.1, 0.2, 0.1, 0.1], 0.05)
    margin = declared_margin(0.15)
    assert (margin.basis, margin.gaps, margin.total) == (MarginBasis.DECLARED, 0, 0.15)


def test_models_that_got_worse_do_not_make_a_negative_margin():
    assert margin_from_gaps([-0.2] * 20, 0.05).points == 0.0


def test_sandbagging_checks_only_ever_add():
    margin = declared_margin(0.1)
    assert with_sandbagging_check(margin, -0.3) == margin
    wider = with_sandbagging_check(margin, 0.04)
    assert wider.total == pytest.approx(0.14)
    assert with_sandbagging_check(wider, 0.02) == wider
    assert with_sandbagging_check(wider, 0.06).total == pytest.approx(0.16)


def test_a_score_is_cleared_only_with_its_margin():
    assert cleared(0.3, declared_margin(0.1), 0.5)
    assert not cleared(0.45, declared_margin(0.1), 0.5)
    assert not cleared(0.4, declared_margin(0.1), 0.5)
