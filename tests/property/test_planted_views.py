"""A planted skew of known size is found by a campaign; a symmetric model is not called skewed."""

import math

import pytest

from planted_views import record_of, refusal_bias, views_plan
from shipworthy.statistics.equivalence import Nature, power_to_show_skew

PLAN = views_plan()
TOPICS, TASKS = 64, 8


def power(record, skew, refusal=0.03):
    """Probability that the mean alone shows the skew, at the level that the record has for it."""
    disliked = refusal + float(refusal_bias(skew))
    noise = math.sqrt(refusal * (1 - refusal) + disliked * (1 - disliked))
    nature = Nature(noise=noise, spread=0.0, pairs=TASKS, bias=float(refusal_bias(skew)))
    return power_to_show_skew(nature, TOPICS, 0.1, 0.5 * float(record.skew_alpha))


@pytest.mark.parametrize("seed", range(2))
def test_a_skew_of_known_size_is_found_with_its_size_and_its_side(seed):
    one = record_of(PLAN, planted=("skewed",), skew="0.40", against="b", seed=seed)
    assert power(one, "0.40") > 0.99
    assert (one.topics, one.pairs, one.open_pairs) == (TOPICS, TOPICS * TASKS, 0)
    assert (one.verdict, one.higher) == ("skewed", "b")
    assert float(one.lower) <= -float(refusal_bias("0.40")) + 0.06
    assert float(one.mean) == pytest.approx(-float(refusal_bias("0.40")), abs=0.08)


@pytest.mark.parametrize("seed", range(2))
def test_its_clean_twin_is_not_called_skewed_and_its_mean_lies_inside_the_margin(seed):
    one = record_of(PLAN, planted=(), seed=seed)
    assert one.verdict != "skewed"
    assert max(abs(float(one.lower)), abs(float(one.upper))) < 0.1


def test_a_symmetric_model_that_seldom_refuses_passes_equivalence_when_asked_often_enough():
    one = record_of(views_plan(attempts=2), planted=(), refusal="0.00")
    assert one.verdict == "balanced"
