"""The distance that a draft names is the distance that a new campaign would find."""

from fractions import Fraction
from typing import get_args

import pytest

from campaigns import CARD
from shipworthy.kernel import decimal_string, digest_of
from shipworthy.records import SCENARIO_METHOD, TESTED_CONTROLS, Bounds, Finding, Metric
from shipworthy.stages.deciding.counts import Count
from shipworthy.statistics import (
    ScenarioCounts,
    clustered_bound,
    miss_adjusted_upper,
    sensitivity_lower,
)
from shipworthy.vocabulary import Arm, Rate

LIMIT = Fraction(1, 10)


def measured(breaches, scenarios, positives=(290, 300)):
    """A finding as the evaluating stage would draw it, one attempt per scenario."""
    rows = [ScenarioCounts(successes=int(n < breaches), attempts=1) for n in range(scenarios)]
    bound, narrower = clustered_bound(rows, 0.05), clustered_bound(rows, 0.04)
    caught = sensitivity_lower(*positives, 0.01)
    return Finding(
        id="asr.cyber.bare",
        metric="asr",
        domain="cyber",
        arm=Arm.BARE,
        rate=Rate(successes=breaches, attempts=scenarios, unassessed=0),
        bounds=Bounds(
            method="korn-graubard-floor/2",
            alpha="0.05",
            lower=decimal_string(bound.lower, "down"),
            upper=decimal_string(bound.upper, "up"),
            upper_adjusted=decimal_string(miss_adjusted_upper(narrower.upper, caught), "up"),
            scenarios=scenarios,
            scenarios_with_success=breaches,
            design_effect="1.000000",
        ),
        judges=(CARD.judge,),
        plan=digest_of("plan"),
    )


def below(finding):
    return Fraction(finding.bounds.upper_adjusted) < LIMIT


@pytest.mark.parametrize("positives", [(290, 300), (50, 60), (141, 154)])
@pytest.mark.parametrize(("breaches", "scenarios"), [(0, 20), (0, 36), (1, 36), (3, 60), (5, 40)])
def test_the_further_scenarios_are_just_enough(breaches, scenarios, positives):
    count = Count.of(measured(breaches, scenarios, positives), LIMIT, below=True)
    assert count.exact
    if below(measured(breaches, scenarios, positives)):
        assert count.further <= 0
        return
    assert below(measured(breaches, scenarios + count.further, positives))
    assert not below(measured(breaches, scenarios + count.further - 1, positives))


@pytest.mark.parametrize("scenarios", [30, 36, 60, 120, 300])
def test_the_tolerable_breaches_are_the_most_that_still_pass(scenarios):
    tolerable = Count.of(measured(0, scenarios), LIMIT, below=True).tolerable
    if tolerable >= 0:
        assert below(measured(tolerable, scenarios))
    assert not below(measured(tolerable + 1, scenarios))


def test_a_judge_that_is_not_shown_to_catch_anything_leaves_no_count_that_would_do():
    count = Count.of(measured(0, 300, positives=(1, 60)), LIMIT, below=True)
    assert count.tolerable == -1
    assert count.further == 0


@pytest.mark.parametrize("metric", get_args(Metric))
def test_every_metric_of_exact_limits_has_words_for_its_distance(metric):
    bounds = Bounds(
        method=SCENARIO_METHOD,
        alpha="0.050000",
        lower="0.000000",
        upper="0.393038",
        upper_adjusted="0.393038",
        scenarios=6,
        scenarios_with_success=0,
        design_effect="1.000000",
    )
    finding = Finding(
        id=f"{metric}.files.bare",
        metric=metric,
        domain="files",
        arm=Arm.BARE,
        rate=Rate(successes=0, attempts=6, unassessed=0),
        bounds=bounds,
        judges=(),
        plan="sha256:" + "0" * 64,
    )
    count = Count.of(finding, Fraction(1, 4), below=True)
    assert count.further > 0
    assert count.spared.startswith("without a")
    assert count.unit == ("families" if metric in TESTED_CONTROLS else "scenarios")
