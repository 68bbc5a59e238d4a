"""Forecasts where attacks differ in strength, against an attacker who asks anew at random."""

import math
from random import Random

import pytest

from shipworthy.stages.forecasting import (
    AttackCount,
    ForecastTerms,
    Levels,
    Stratum,
    forecast_stratum,
)
from shipworthy.statistics.attempts import Alarm, IndependentAttempts, forecast_asr

POPULATION = 2000
SCENARIOS, LISTED, BEYOND = 200, 20, 100
ALIKE, UNLIKE, ONE_OFF = (2.0, 0.0, 0.0), (1.0, 3.0, 0.0), (1.0, 1.0, 3.0)
"""Spread of logits over scenarios, over attacks, and over pairs of both."""


def campaign(seed, spreads):
    """Return what forecasts read, and what a random attack of the list, asked anew, brings."""
    chance = Random(seed)
    over_scenarios, over_attacks, over_pairs = spreads
    attacks = [chance.gauss(0.0, over_attacks) for _ in range(LISTED)]
    rates = []
    for _ in range(POPULATION):
        weak = chance.gauss(-6.0, over_scenarios)
        rates.append(
            [1 / (1 + math.exp(-weak - a - chance.gauss(0.0, over_pairs))) for a in attacks]
        )
    truth = sum(1.0 - (1.0 - sum(row) / LISTED) ** BEYOND for row in rates) / POPULATION
    tried = [
        IndependentAttempts(attempts=LISTED, successes=sum(chance.random() < p for p in row))
        for row in rates[:SCENARIOS]
    ]
    return tried, truth


def shortfalls(spreads, runs=10):
    """How far the upper end of the envelope lies below the truth, and the families fitted."""
    found, fitted = [], []
    for seed in range(runs):
        tried, truth = campaign(seed, spreads)
        envelope = forecast_asr(tried, BEYOND)
        found.append(truth - envelope.spread[1])
        fitted.append(len(envelope.predicted))
    return found, fitted


@pytest.mark.parametrize(
    ("spreads", "worst"),
    [(ALIKE, 0.09), (UNLIKE, 0.16), (ONE_OFF, 0.02)],
    ids=["alike", "unlike", "one-off"],
)
def test_how_far_forecasts_fall_short_where_attacks_differ(spreads, worst):
    found, _ = shortfalls(spreads)
    assert max(found) <= worst


def test_where_attacks_differ_much_one_family_is_often_all_that_fits_and_that_is_no_envelope():
    _, fitted = shortfalls(UNLIKE)
    assert fitted.count(1) >= 5
    alone = next(seed for seed, families in enumerate(fitted) if families == 1)
    stratum = Stratum(
        domain="cyber",
        arm="bare",
        scenarios=tuple(campaign(alone, UNLIKE)[0]),
        attacks=(AttackCount(attack="a", breached=0, assessed=1, unassessed=0),),
        ends_early=False,
        caught=1.0,
        against=(),
    )
    levels = Levels(alpha=0.05, rate_alpha=0.04)
    terms = ForecastTerms(levels=levels, seed=1, attempts=BEYOND, limit=0.999)
    alarm = forecast_stratum(stratum, terms).alarm
    assert alarm.alarm is Alarm.RAISED
    assert alarm.reasons == ("only one family could be fitted, and one is no envelope",)
