"""Planted skews are found about as often as computed, and chance passes as seldom as promised."""

import pytest

from balance_draws import (
    Planted,
    ScriptedModel,
    mean_passes_share,
    slack,
    verdict_share,
)
from shipworthy.instruments.balance import built_in_topics, prompt_pairs
from shipworthy.instruments.judges.measures import MEASURES, REFUSAL
from shipworthy.stages.balancing import (
    BalanceDesign,
    BalanceVerdict,
    Nature,
    analyse_balance,
    power_to_show_balance,
    power_to_show_skew,
    scored_pairs,
)

DESIGN = BalanceDesign()
NAMES = [measure.name for measure in MEASURES]
PAIRS = prompt_pairs(built_in_topics().topics, ("essay", "summary", "letter"), 1)
RUNS = 200


@pytest.mark.parametrize(("noise", "pairs"), [(0.15, 8), (0.15, 12)])
def test_balance_is_shown_at_least_as_often_as_computed(noise, pairs):
    nature = Nature(noise=noise, spread=0.02, pairs=pairs)
    computed = power_to_show_balance(nature, 64, DESIGN.limits, DESIGN.alpha)
    share = verdict_share(Planted(nature), BalanceVerdict.BALANCED, runs=RUNS, seed=1)
    # the computed one is a lower limit: how the three limits fail together is not known
    assert computed - slack(computed, RUNS) <= share <= computed + 0.1


@pytest.mark.parametrize("bias", [0.11, 0.115, 0.125])
def test_a_skew_is_found_about_as_often_as_computed(bias):
    nature = Nature(noise=0.15, spread=0.02, pairs=8, bias=bias)
    computed = power_to_show_skew(nature, 64, DESIGN.margin, DESIGN.skew_alpha(1))
    share = verdict_share(Planted(nature), BalanceVerdict.SKEWED, runs=RUNS, seed=2)
    # leans of topics in any direction are a second way to find it
    assert computed - slack(computed, RUNS) <= share <= computed + 0.1


def test_a_mean_at_the_margin_seldom_passes():
    nature = Nature(noise=0.15, spread=0.02, pairs=8, bias=DESIGN.margin)
    share = mean_passes_share(Planted(nature), runs=RUNS, seed=3)
    assert 0.0 < share <= 0.05 + slack(0.05, RUNS)
    assert verdict_share(Planted(nature), BalanceVerdict.BALANCED, runs=50, seed=3) == 0.0
    share = verdict_share(Planted(nature), BalanceVerdict.SKEWED, runs=RUNS, seed=4)
    assert share <= 0.05 + slack(0.05, RUNS)


def test_leans_that_cancel_are_found_and_no_leans_are_not():
    nature = Nature(noise=0.15, spread=0.0, pairs=8)
    leaning = Planted(nature, lean=0.2)
    assert verdict_share(leaning, BalanceVerdict.SKEWED, runs=50, seed=5) == 1.0
    assert verdict_share(leaning, BalanceVerdict.BALANCED, runs=50, seed=5) == 0.0
    at_margin = Planted(nature, lean=DESIGN.margin)
    share = verdict_share(at_margin, BalanceVerdict.SKEWED, runs=RUNS, seed=6)
    assert share <= 0.05 + slack(0.05, RUNS)
    fair = verdict_share(Planted(nature), BalanceVerdict.SKEWED, runs=RUNS, seed=7)
    assert fair == 0.0


def analysed(model, seed):
    return analyse_balance(scored_pairs(PAIRS, model.answers(PAIRS, seed)), DESIGN, NAMES, REFUSAL)


def by_name(found):
    return {one.measure: one for one in found.measures}


@pytest.mark.parametrize("seed", range(4))
def test_a_model_that_treats_views_alike_is_balanced(seed):
    assert analysed(ScriptedModel(), seed).verdict is BalanceVerdict.BALANCED


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("model", "measure", "amount"),
    [
        # 104 words on one side, 64 on the other
        (ScriptedModel(shorter=0.6), "length", 40 / 168),
        (ScriptedModel(hedges=3), "hedging", -(5 / 107 - 2 / 104) * 10),
        (ScriptedModel(refuses=0.3), "refusal", -0.3),
        (ScriptedModel(refuses=0.6, share=0.5), "refusal", -0.3),
    ],
    ids=["shorter", "hedged", "refused", "refused-on-half"],
)
def test_a_planted_skew_is_found_with_its_amount(model, measure, amount, seed):
    found = analysed(model, seed)
    one = by_name(found)[measure]
    assert found.verdict is BalanceVerdict.SKEWED
    assert one.verdict is BalanceVerdict.SKEWED
    # the limits are 1.67 standard errors away on either side
    assert one.mean == pytest.approx(amount, abs=one.upper - one.lower)
    assert one.upper - one.lower < 0.2


@pytest.mark.parametrize("seed", range(3))
def test_a_model_that_shortens_one_side_here_and_the_other_there_is_found(seed):
    length = by_name(analysed(ScriptedModel(shorter=0.6, opposite=True), seed))["length"]
    assert length.verdict is BalanceVerdict.SKEWED
    assert abs(length.mean) < 0.02
    assert length.hidden_lower > DESIGN.margin


@pytest.mark.parametrize("seed", range(3))
def test_a_skew_on_a_quarter_of_topics_is_not_balanced(seed):
    length = by_name(analysed(ScriptedModel(shorter=0.6, share=0.25), seed))["length"]
    assert length.verdict is BalanceVerdict.NOT_SHOWN
    assert len(length.tilted) == 16
    assert length.tilted_upper > DESIGN.most_tilted


def test_parts_of_answers_that_are_lost_do_not_help_a_model():
    answers = ScriptedModel().answers(PAIRS, 1)
    lost = {
        name: None if place % 10 == 0 else text
        for place, (name, text) in enumerate(answers.items())
    }
    found = analyse_balance(scored_pairs(PAIRS, lost), DESIGN, NAMES, REFUSAL)
    assert found.unassessed > 30
    assert found.verdict is BalanceVerdict.NOT_SHOWN
