"""Laws of the measured best-of-n curve of a campaign, and of the alarm beyond it."""

from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise, product
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import CARD, a_frame, a_plan, compose, trials_of
from shipworthy.app.foresight import Evidence, ForecastWishes, forecast
from shipworthy.cli.output.forecast_json import forecast_document
from shipworthy.stages.evaluating import ItemSampling, aggregate, draw_findings, plan_items
from shipworthy.stages.forecasting import (
    AttackCount,
    ForecastTerms,
    Levels,
    Stratum,
    best_of_points,
    forecast_stratum,
)
from shipworthy.statistics import ScenarioCounts, clustered_bound
from shipworthy.statistics.attempts import Alarm, IndependentAttempts, asr_at_k
from shipworthy.vocabulary import Arm, Breached, TrialRole, Unassessed

LEVELS = Levels(alpha=0.05, rate_alpha=0.04)
NEAR = 1e-9


def stratum_of(scenarios, **changes):
    values = {
        "domain": "cyber",
        "arm": "bare",
        "scenarios": tuple(scenarios),
        "attacks": (AttackCount(attack="a", breached=0, assessed=1, unassessed=0),),
        "ends_early": False,
        "caught": 0.9,
        "against": (),
    } | changes
    return Stratum(**values)


@st.composite
def tried(draw, least=1, unassessed=3):
    """Scenarios with the same number of attempts, as campaigns make them."""
    each = draw(st.integers(least, 8))
    scenarios = []
    for _ in range(draw(st.integers(1, 12))):
        lost = draw(st.integers(0, min(unassessed, each)))
        breached = draw(st.integers(0, each - lost))
        scenarios.append(
            IndependentAttempts(attempts=each - lost, successes=breached, unassessed=lost)
        )
    return scenarios


@given(tried())
@settings(max_examples=40)
def test_more_attempts_never_bring_less(scenarios):
    points = best_of_points(stratum_of(scenarios), LEVELS)
    for before, after in pairwise(points):
        assert after.bound.lowest >= before.bound.lowest - NEAR
        assert after.bound.highest >= before.bound.highest - NEAR


@given(tried())
@settings(max_examples=40)
def test_a_point_lies_within_its_limits_and_the_judge_only_widens_them(scenarios):
    for point in best_of_points(stratum_of(scenarios), LEVELS):
        bound = point.bound
        assert bound.lower <= bound.lowest + NEAR
        assert bound.highest <= bound.upper + NEAR
        assert bound.upper <= point.upper_adjusted <= 1.0


@given(tried(unassessed=0))
@settings(max_examples=40)
def test_one_attempt_is_the_plain_count_with_the_limits_of_the_gate(scenarios):
    point = best_of_points(stratum_of(scenarios), LEVELS)[0]
    breached = sum(one.successes for one in scenarios)
    made = sum(one.attempts for one in scenarios)
    assert point.bound.lowest == pytest.approx(breached / made)
    gate = clustered_bound(
        [ScenarioCounts(one.successes, one.attempts, 0) for one in scenarios], LEVELS.alpha
    )
    assert point.bound.upper == pytest.approx(gate.upper, abs=1e-9)
    assert point.bound.lower == pytest.approx(gate.lower, abs=1e-9)


@given(tried(), st.data())
@settings(max_examples=40)
def test_losing_an_outcome_never_narrows_a_limit(scenarios, data):
    at = data.draw(st.integers(0, len(scenarios) - 1))
    one = scenarios[at]
    if not one.attempts:
        return
    was_breach = data.draw(st.booleans()) if 0 < one.successes < one.attempts else one.successes
    lost = replace(
        one,
        attempts=one.attempts - 1,
        successes=one.successes - bool(was_breach),
        unassessed=one.unassessed + 1,
    )
    before = best_of_points(stratum_of(scenarios), LEVELS)
    after = best_of_points(stratum_of([*scenarios[:at], lost, *scenarios[at + 1 :]]), LEVELS)
    for known, unknown in zip(before, after, strict=True):
        assert unknown.bound.upper >= known.bound.upper - NEAR
        assert unknown.bound.lower <= known.bound.lower + NEAR
        assert unknown.upper_adjusted >= known.upper_adjusted - NEAR


@given(tried(), st.data())
@settings(max_examples=40)
def test_an_unassessed_attempt_more_never_lowers_an_upper_limit(scenarios, data):
    at = data.draw(st.integers(0, len(scenarios) - 1))
    more = replace(scenarios[at], unassessed=scenarios[at].unassessed + 1)
    before = best_of_points(stratum_of(scenarios), LEVELS)
    after = best_of_points(stratum_of([*scenarios[:at], more, *scenarios[at + 1 :]]), LEVELS)
    for fewer, further in zip(before, after, strict=False):
        assert further.bound.upper >= fewer.bound.upper - NEAR
        assert further.bound.highest >= fewer.bound.highest - NEAR


@given(st.lists(st.integers(0, 63), min_size=1, max_size=5), st.integers(1, 6))
def test_the_curve_is_that_of_attacks_drawn_from_the_list_whatever_they_have_in_common(rows, each):
    """Outcomes of 6 attacks on each scenario, in any dependence; hands of `each`, all equal.

    Averaged over every hand, the estimate is the share of choices of k attacks with a breach.
    """
    outcomes = [[bool(row >> attack & 1) for attack in range(6)] for row in rows]
    for k in range(1, each + 1):
        for row in outcomes:
            hands = list(combinations(row, each))
            estimated = sum(asr_at_k(each, sum(hand), k) for hand in hands) / len(hands)
            choices = list(combinations(row, k))
            assert estimated == pytest.approx(sum(map(any, choices)) / len(choices))


def test_every_hand_of_attacks_is_equally_likely_on_every_scenario():
    frame, attacks, plans = a_frame(("cyber",), 5), ("a", "b", "c", "d", "e"), 2000
    hands = Counter()
    for seed in range(plans):
        sampling = ItemSampling(attacks=attacks, seed=seed, attacks_per_scenario=2)
        dealt = {}
        for item in plan_items(frame, sampling, compose):
            if item.role is TrialRole.ADVERSARIAL:
                dealt.setdefault(item.scenario, set()).add(item.attack)
        hands.update((name, frozenset(hand)) for name, hand in dealt.items())
    cells = [
        hands[one.id, frozenset(pair)] for one, pair in product(frame, combinations(attacks, 2))
    ]
    expected = plans / comb(5, 2)
    assert sum(cells) == plans * len(frame)
    # 50 cells of a binomial; five standard errors leave each a chance of one in two millions
    assert max(abs(cell - expected) for cell in cells) < 5 * (expected * 0.9) ** 0.5


PLAN = a_plan(a_frame(each=24), attacks=tuple("abcdef"), attacks_per_scenario=5)


def evidence(seed, shuffled=0):
    """Evidence of a campaign in which attacks breach by chance and some outcomes are lost."""
    chance = Random(seed)

    def decide(item, arm):
        if item.role is not TrialRole.ADVERSARIAL:
            return None
        draw = chance.random() / (1.0 if arm is Arm.BARE else 0.4)
        return (
            Unassessed(reason="judge-error") if draw < 0.03 else Breached() if draw < 0.2 else None
        )

    trials = trials_of(PLAN, decide)
    if shuffled:
        Random(shuffled).shuffle(trials)
    counts = aggregate(trials)
    cards = {"leak": CARD}
    return Evidence(
        plan=PLAN, counts=counts, findings=draw_findings(counts, PLAN, cards), cards=cards
    )


@given(st.integers(0, 10**6))
@settings(max_examples=5)
def test_the_last_point_is_the_finding_that_the_gate_reads(seed):
    whole = evidence(seed)
    findings = {one.id: one for one in whole.findings.findings}
    for row in forecast_document(forecast(whole, ForecastWishes()))["strata"]:
        bounds = findings[f"asr-at-5.{row['domain']}.{row['arm']}"].bounds
        last = row["curve"][-1]
        for name in ("lower", "upper", "upper_adjusted"):
            assert float(last[name]) == pytest.approx(float(getattr(bounds, name)), abs=2e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_trials_ended_changes_nothing(seed):
    wishes = ForecastWishes(attempts=1000, limit="0.5", arms=("bare",))
    one, other = (forecast(evidence(seed, order), wishes) for order in (0, 99 + seed))
    assert forecast_document(one) == forecast_document(other)


@pytest.mark.parametrize("seed", range(12))
def test_an_alarm_is_never_silenced_by_a_lower_limit_a_worse_judge_or_an_objection(seed):
    chance = Random(seed)
    rates = [chance.betavariate(0.2, 8.0) for _ in range(120)]
    scenarios = [
        IndependentAttempts(
            attempts=10, successes=sum(chance.random() < rate for _ in range(10)), unassessed=0
        )
        for rate in rates
    ]

    def alarm(at, caught=0.95, against=()):
        terms = ForecastTerms(levels=LEVELS, seed=1, attempts=300, limit=at)
        return forecast_stratum(
            stratum_of(scenarios, caught=caught, against=against), terms
        ).alarm.alarm

    states = [alarm(at) for at in (0.05, 0.3, 0.6, 0.9, 0.98)]
    silent_from = states.index(Alarm.SILENT) if Alarm.SILENT in states else len(states)
    assert set(states[:silent_from]) <= {Alarm.RAISED}
    assert set(states[silent_from:]) <= {Alarm.SILENT}
    assert alarm(0.98, against=("controls did not run",)) is Alarm.RAISED
    if alarm(0.6) is Alarm.RAISED:
        assert alarm(0.6, caught=0.7) is Alarm.RAISED


def test_a_forecast_is_a_share_where_nearly_everything_breaches():
    # a sum of weights that rounded above 1 was forecast here
    counts = [(4, 3), (4, 1), (4, 1), (4, 1), (4, 2), (4, 2), (2, 2)]
    scenarios = [IndependentAttempts(attempts=n, successes=c) for n, c in counts] * 8
    scenarios[6::7] = [IndependentAttempts(attempts=2, successes=2, unassessed=2)] * 8
    terms = ForecastTerms(levels=LEVELS, seed=1, attempts=500, limit=0.5)
    found = forecast_stratum(stratum_of(scenarios, caught=1.0), terms)
    assert all(0.0 <= one.value <= 1.0 for one in found.beyond.envelope.predicted)
    assert found.alarm.alarm is Alarm.RAISED
