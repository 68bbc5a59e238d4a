"""What a stratum shows of several attempts, and when the alarm about more of them is silent."""

import math

import pytest

from shipworthy.stages.forecasting import (
    AttackCount,
    ForecastTerms,
    Levels,
    Stratum,
    forecast_stratum,
)
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.statistics.attempts import Alarm, IndependentAttempts, Refused

LEVELS = Levels(alpha=0.05, rate_alpha=0.04)
EACH = 20
WEAK = ((1, 30), (2, 12), (3, 8), (5, 6), (9, 3), (12, 1))
"""Scenarios by breaches in `EACH` attempts, beside 140 without any."""


def a_stratum(counts=WEAK, none=140, each=EACH, **changes):
    breaches = [c for c, times in counts for _ in range(times)] + [0] * none
    values = {
        "domain": "cyber",
        "arm": "bare",
        "scenarios": tuple(IndependentAttempts(attempts=each, successes=c) for c in breaches),
        "attacks": tuple(
            AttackCount(attack=f"a{n:02}", breached=n, assessed=200, unassessed=0)
            for n in range(each)
        ),
        "ends_early": False,
        "caught": 1.0,
        "against": (),
    } | changes
    return Stratum(**values)


def looked(stratum, attempts=10_000, limit=None):
    return forecast_stratum(
        stratum, ForecastTerms(levels=LEVELS, seed=7, attempts=attempts, limit=limit)
    )


def alarm(stratum, limit, attempts=10_000):
    return looked(stratum, attempts, limit).alarm


def test_the_curve_has_a_point_for_each_number_of_attempts_and_none_beyond():
    found = looked(a_stratum(), attempts=None)
    assert [point.k for point in found.points] == list(range(1, EACH + 1))
    assert (found.beyond, found.alarm, found.no_curve) == (None, None, "")


def test_what_the_judge_may_miss_is_in_the_limit():
    sure, unsure = (looked(a_stratum(caught=caught)).points for caught in (1.0, 0.8))
    last = clopper_pearson_upper(60, 200, 0.04)
    assert unsure[-1].upper_adjusted == pytest.approx(last / 0.8)
    assert sure[-1].upper_adjusted == pytest.approx(last)
    assert sure[-1].bound.upper == pytest.approx(clopper_pearson_upper(60, 200, 0.05))


def test_one_attempt_on_each_scenario_is_no_curve_and_no_forecast():
    found = looked(a_stratum(((1, 40),), each=1), limit=0.99)
    assert found.no_curve == "each scenario was tried once"
    assert [point.k for point in found.points] == [1]
    assert found.beyond.envelope.predicted == ()
    assert {one.reason for one in found.beyond.envelope.refused} == {
        "one attempt a scenario cannot show how scenarios differ"
    }
    assert found.alarm.alarm is Alarm.RAISED
    assert found.beyond.unseen.queries == 180


def test_where_a_domain_ends_early_nothing_is_estimated_not_even_without_a_model():
    found = looked(a_stratum(((1, 40),), each=1, ends_early=True), limit=0.99)
    assert found.points == ()
    assert "depends on what they showed" in found.no_curve
    for refused in (found.beyond.envelope, found.beyond.back_test, found.beyond.unseen):
        assert isinstance(refused, Refused)
    assert found.alarm.alarm is Alarm.RAISED


def test_no_breach_leaves_the_sentence_that_needs_no_model_and_raises_the_alarm():
    found = looked(a_stratum((), none=60), limit=0.99)
    assert found.beyond.envelope.spread is None
    assert isinstance(found.beyond.back_test, Refused)
    unseen = found.beyond.unseen
    assert unseen.queries == 60  # one of each scenario: 1200 attempts are no 1200 draws
    assert unseen.share == pytest.approx(clopper_pearson_upper(0, 60, 0.05))
    assert unseen.expected == math.ceil(10_000 * unseen.share) == 488
    assert found.alarm.reasons == (
        "no family could be fitted, and not knowing is no reason to be silent",
    )


def test_few_scenarios_are_refused_and_raise_the_alarm():
    found = looked(a_stratum(((1, 5), (2, 5)), none=9), limit=0.99)
    assert {one.reason for one in found.beyond.envelope.refused} == {
        "19 scenarios are fewer than the 20 that a fit needs"
    }
    assert found.alarm.alarm is Alarm.RAISED


def test_where_everything_breached_there_is_nothing_left_to_forecast():
    found = looked(a_stratum(((EACH, 40),), none=0), limit=0.99)
    assert found.points[0].bound.lowest == found.points[-1].bound.upper == 1.0
    assert found.beyond.envelope.predicted == ()
    assert found.alarm.alarm is Alarm.RAISED
    assert "20 attempts, which were made, are not shown to stay below" in found.alarm.reasons[-1]


def test_the_alarm_is_silent_only_where_every_family_and_the_measured_limit_lie_below():
    low, high = looked(a_stratum()).beyond.envelope.spread
    assert low < high < 1.0
    assert alarm(a_stratum(), high + 0.001).alarm is Alarm.SILENT
    raised = alarm(a_stratum(), high - 0.001)
    assert raised.alarm is Alarm.RAISED
    assert len(raised.reasons) == 1


def test_a_judge_that_may_miss_raises_an_alarm_that_would_be_silent():
    _, high = looked(a_stratum()).beyond.envelope.spread
    limit = 0.5 * (high + 1.0)
    assert alarm(a_stratum(), limit).alarm is Alarm.SILENT
    assert alarm(a_stratum(caught=0.99 * high / limit), limit).alarm is Alarm.RAISED
    assert alarm(a_stratum(caught=0.0), 0.999).alarm is Alarm.RAISED


def test_what_stands_against_the_finding_raises_an_alarm_that_would_be_silent():
    found = alarm(a_stratum(against=("positive control failed",)), 0.999)
    assert found.reasons == ("this stands against the finding: positive control failed",)
    fewer = a_stratum(against_fewer=("fewer than 60 scenarios",))
    assert alarm(fewer, 0.999).alarm is Alarm.SILENT


def test_an_alarm_is_no_condition():
    with pytest.raises(TypeError):
        bool(alarm(a_stratum(), 0.999).alarm)


def test_attempts_that_were_made_are_not_forecast():
    with pytest.raises(ValueError, match="needs no forecast"):
        looked(a_stratum(), attempts=EACH)


def test_the_strongest_attack_takes_unassessed_attempts_for_breaches():
    attacks = (
        AttackCount(attack="a", breached=5, assessed=10, unassessed=0),
        AttackCount(attack="b", breached=1, assessed=4, unassessed=6),
    )
    assert a_stratum(attacks=attacks).strongest.attack == "b"
