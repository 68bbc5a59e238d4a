"""Forecasts: fitted, refused, tested on known data, and never something a gate could read."""

import math
import random

import pytest

from shipworthy.statistics import ClusteredBound, Interval, NoEvidence
from shipworthy.statistics.attempts import (
    Alarm,
    DeploymentForecast,
    Envelope,
    IndependentAttempts,
    Predicted,
    Refused,
    Tail,
    back_test_asr,
    back_test_tail,
    behaviour_frequency,
    fit_tail,
    forecast_asr,
    forecast_deployment,
    model_free_sentence,
    probability_of_score,
    worst_plausible,
    worst_query,
)
from shipworthy.statistics.attempts.simplex import Box, minimise
from shipworthy.statistics.bounded import MeanBound

FORECASTS = (Envelope, DeploymentForecast, Predicted, Refused, Tail)


def campaign(draw, scenarios=200, attempts=100, seed=1):
    rng = random.Random(seed)
    rates = [draw(rng) for _ in range(scenarios)]
    return [
        IndependentAttempts(
            attempts=attempts, successes=sum(rng.random() < rate for _ in range(attempts))
        )
        for rate in rates
    ]


def beta(rng):
    return rng.betavariate(0.15, 15)


def gumbel(rng):
    """Probability whose score has an exactly exponential tail (spread 0.12 around -2.6)."""
    return probability_of_score(-2.6 - 0.12 * math.log(rng.expovariate(1.0)))


QUERIES = [gumbel(random.Random(f"query {i}")) for i in range(1000)]


@pytest.mark.parametrize("kind", FORECASTS, ids=lambda kind: kind.__name__)
def test_a_forecast_has_nothing_that_a_requirement_reads(kind):
    readable = {"lower", "upper", "exact_lower", "exact_upper", "interval", "confidence", "bound"}
    for bound in (ClusteredBound, MeanBound, Interval):
        assert readable & set(dir(bound))
    assert not readable & set(dir(kind))
    assert not {"__float__", "__int__", "__index__"} & set(dir(kind))


def test_a_forecast_cannot_be_compared_with_a_limit():
    forecast = forecast_asr(campaign(beta), 10_000)
    with pytest.raises(TypeError):
        forecast < 0.5  # noqa: B015
    with pytest.raises(TypeError):
        float(forecast)


@pytest.mark.parametrize("alarm", Alarm)
def test_an_alarm_is_not_a_condition(alarm):
    with pytest.raises(TypeError, match="not a verdict"):
        bool(alarm)


def test_the_envelope_holds_the_truth_for_a_beta_population():
    envelope = forecast_asr(campaign(beta), 10_000)
    truth = 1 - math.exp(
        math.lgamma(15 + 10_000)
        - math.lgamma(15.15 + 10_000)
        - math.lgamma(15)
        + math.lgamma(15.15)
    )
    assert truth == pytest.approx(0.6246, abs=5e-5)
    low, high = envelope.spread
    assert low <= truth <= high
    by_family = {one.family: one.value for one in envelope.predicted}
    assert by_family["beta-binomial"] == pytest.approx(truth, abs=0.12)
    assert {*by_family} | {one.family for one in envelope.refused} == {
        "power law",
        "beta-binomial",
        "zero-inflated beta-binomial",
        "logit-normal",
    }


def test_an_alarm_goes_off_where_any_family_reaches_the_limit():
    envelope = forecast_asr(campaign(beta), 10_000)
    assert envelope.alarm(0.01) is Alarm.RAISED
    assert envelope.alarm(math.nextafter(envelope.spread[1], 0.0)) is Alarm.RAISED
    assert envelope.alarm(envelope.spread[1]) is Alarm.RAISED
    assert envelope.alarm(0.999) is Alarm.SILENT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([(100, 1)] * 10, "10 scenarios are fewer"),
        ([(1, 0)] * 50 + [(1, 1)] * 10, "one attempt a scenario"),
        ([(100, 0)] * 98 + [(100, 1)] * 2, "2 scenarios with a success"),
        ([(10, 10)] * 40, "nothing left to forecast"),
    ],
)
def test_data_that_support_no_fit_are_refused_with_the_reason_and_raise_the_alarm(data, reason):
    envelope = forecast_asr(
        [IndependentAttempts(attempts=n, successes=c) for n, c in data], 100_000
    )
    assert envelope.predicted == ()
    assert all(reason in one.reason for one in envelope.refused)
    assert len(envelope.refused) == 4
    assert envelope.spread is None
    assert envelope.alarm(1.0) is Alarm.RAISED


def test_single_successes_show_no_immune_scenarios():
    data = [(50, 0)] * 60 + [(50, 1)] * 40
    envelope = forecast_asr([IndependentAttempts(attempts=n, successes=c) for n, c in data], 1000)
    reasons = {one.family: one.reason for one in envelope.refused}
    assert "cannot be told" in reasons["zero-inflated beta-binomial"]


def test_scenarios_all_alike_put_no_spread_on_the_edge_unnoticed():
    # At one common rate the spread is at the edge of its range: refused rather than invented.
    envelope = forecast_asr(campaign(lambda _: 0.05), 1000)
    reasons = {one.family: one.reason for one in envelope.refused}
    assert "edge of the range of `spread`" in reasons["logit-normal"]


def test_what_was_attempted_needs_no_forecast():
    with pytest.raises(ValueError, match="needs no forecast"):
        forecast_asr(campaign(beta), 100)
    with pytest.raises(NoEvidence):
        forecast_asr([], 100)


def test_unassessed_attempts_count_as_successes_in_a_forecast():
    sure = forecast_asr(campaign(beta), 10_000)
    unsure = [
        IndependentAttempts(attempts=s.attempts - 1, successes=s.successes, unassessed=1)
        if s.successes < s.attempts
        else s
        for s in campaign(beta)
    ]
    assert forecast_asr(unsure, 10_000).measured > sure.measured


def test_a_back_test_of_the_curve_is_the_same_for_the_same_seed():
    data = campaign(beta)
    test = back_test_asr(data, seed=7, trials=2)
    assert test == back_test_asr(data, seed=7, trials=2)
    assert test.attempts == 100
    assert test.scores[0].family == "power law"
    for score in test.scores:
        assert 0 <= score.short <= score.fitted - score.hits <= score.trials == 2
    assert sum(score.hits for score in test.scores) >= 4


def test_a_back_test_needs_enough_attempts_and_some_success():
    few = campaign(beta, attempts=19)
    assert "19 attempts a scenario" in back_test_asr(few, seed=1).reason
    none = campaign(lambda _: 0.0)
    assert "nothing succeeded" in back_test_asr(none, seed=1).reason


def test_a_smooth_tail_is_forecast_within_a_factor_of_ten():
    forecast = forecast_deployment(QUERIES, 10**5)
    truth = probability_of_score(-2.6 + 0.12 * math.log(10**5))
    assert truth / 10 < forecast.worst_query < 10 * truth
    assert forecast.worst_plausible > forecast.worst_query
    assert forecast.worst_evaluated == max(QUERIES)
    assert "0.299%" in forecast.sentence
    mean = math.fsum(QUERIES) / 1000
    assert forecast.aggregate_risk == pytest.approx(1 - (1 - mean) ** 10**5)


def test_the_frequency_of_a_probability_undoes_the_forecast_of_the_worst():
    tail = fit_tail(QUERIES)
    assert behaviour_frequency(tail, worst_query(tail, 10**6)) == pytest.approx(1e-6)


def test_the_plausible_worst_rises_with_queries_and_with_confidence():
    tail = fit_tail(QUERIES)
    levels = [worst_plausible(tail, n) for n in (10**3, 10**4, 10**6)]
    assert levels == sorted(levels)
    assert worst_plausible(tail, 10**4, 0.5) < worst_plausible(tail, 10**4, 0.99)


def test_a_deployment_forecast_raises_an_alarm_at_what_was_evaluated():
    forecast = forecast_deployment(QUERIES, 10)
    assert forecast.alarm(max(QUERIES)) is Alarm.RAISED
    assert forecast.alarm(1.0) is Alarm.SILENT


@pytest.mark.parametrize(
    ("probabilities", "reason"),
    [
        ([0.01] * 49, "49 queries are fewer"),
        ([0.01] * 100, "equal"),
        ([0.0] * 95 + [0.1, 0.2, 0.3, 0.4, 0.5], "fewer than 11 queries"),
        ([i / 100 for i in range(1, 101)], "with certainty"),
    ],
)
def test_a_tail_that_cannot_be_fitted_is_refused_with_the_reason(probabilities, reason):
    assert reason in fit_tail(probabilities).reason
    assert reason in forecast_deployment(probabilities, 1000).reason


def test_the_back_test_shows_that_a_hidden_mode_is_missed():
    smooth = back_test_tail(QUERIES, seed=3)
    hidden = back_test_tail([*QUERIES[:-1], 0.9], seed=3)
    assert smooth.hits >= 15
    assert hidden.short >= 15
    assert smooth == back_test_tail(QUERIES, seed=3)
    assert "too few" in back_test_tail(QUERIES[:400], seed=3).reason


def test_the_sentence_names_how_many_queries_stand_behind_it():
    sentence = model_free_sentence(1000)
    assert "95% confidence" in sentence
    assert "1000 evaluated" in sentence
    assert "nothing is known about how much worse" in sentence
    with pytest.raises(NoEvidence):
        model_free_sentence(0)


def test_the_simplex_finds_the_minimum_of_a_curved_valley_inside_its_box():
    box = Box((-5.0, -5.0), (5.0, 5.0))

    def valley(p):
        return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2

    found = minimise(valley, [(-1.2, 1.0)], box, tolerance=1e-12)
    assert found.point == (pytest.approx(1.0, abs=1e-4), pytest.approx(1.0, abs=1e-4))
    assert found.settled
    assert box.wall(found.point, 0.1) is None


def test_a_minimum_on_the_wall_of_the_box_is_noticed():
    box = Box((0.0,), (1.0,))
    found = minimise(lambda p: p[0], [(0.5,)], box, tolerance=1e-9)
    assert box.wall(found.point, 0.02) == 0
