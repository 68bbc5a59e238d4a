"""Laws of sequential gates, checked exactly wherever a sum or an enumeration can."""

import itertools
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.statistics.sequential import (
    Boundaries,
    Mixture,
    ScenarioOutcome,
    SequentialCampaign,
    SequentialVerdict,
    anytime_limits,
    boundaries,
    calibrated,
    fail_probability,
    failing_by_discovery_rate,
    failing_by_family_error,
    operating_characteristics,
    pass_probability,
    plan_sequential,
    submission_alpha,
)
from simulations.gates import Gate, gate

PASS, FAIL = SequentialVerdict.PASS, SequentialVerdict.FAIL
NOT_SHOWN, CONTINUE = SequentialVerdict.NOT_SHOWN, SequentialVerdict.CONTINUE
HIT, MISS = ScenarioOutcome.SUCCESS, ScenarioOutcome.FAILURE


def law(*strategies, examples=60):
    """The same examples on every run, and no clock to fail a loaded machine."""
    steady = settings(max_examples=examples, deadline=None, derandomize=True)
    return lambda test: steady(given(*strategies)(test))


THETAS = st.integers(1, 50).map(lambda percent: f"0.{percent:02d}".rstrip("0"))
LEVELS = st.sampled_from(["0.01", "0.02", "0.05", "0.1", "0.2", "0.030396355092"])


@st.composite
def designs(draw, cap=60):
    """Small enough to enumerate, with every level and cap."""
    theta, alpha, beta = draw(THETAS), draw(LEVELS), draw(LEVELS)
    futility = draw(st.sampled_from(["0.08", "0.25", "0.01"]))
    design = plan_sequential(theta, alpha=alpha, beta=beta)
    pursuit = draw(st.sampled_from(["0", "0.4", "1", "3"]))
    return replace(design, cap=draw(st.integers(1, cap)), futility=futility, pursuit=pursuit)


@st.composite
def counts(draw, largest=80):
    scenarios = draw(st.integers(0, largest))
    return draw(st.integers(0, scenarios)), scenarios


def value(mixture, successes, scenarios):
    """The definition, in fractions."""
    theta = mixture.theta
    return sum(
        weight
        * (ratio * theta / theta) ** successes
        * ((1 - ratio * theta) / (1 - theta)) ** (scenarios - successes)
        for weight, ratio in zip(mixture.weights, mixture.ratios, strict=True)
    )


def log(fraction):
    return math.log(fraction.numerator) - math.log(fraction.denominator)


@cache
def reference_verdict(design, successes, scenarios, unassessed=0):
    """The rules of `spec/sequential.md`, 4, without a table."""
    most = successes + unassessed
    if value(design.below, most, scenarios) * Fraction(design.pass_level) >= 1:
        return PASS
    if value(design.above, successes, scenarios) * Fraction(design.beta) >= 1:
        return FAIL
    hopeless = value(design.hope, most, scenarios) <= Fraction(design.futility)
    pursuit = Fraction(design.pursuit)
    pursued = pursuit > 0 and value(design.above, successes, scenarios) >= pursuit
    if scenarios == design.cap or (hopeless and not pursued):
        return NOT_SHOWN
    return CONTINUE


@law(designs(), st.integers(0, 40))
def test_the_mean_of_both_mixtures_at_theta_is_one(design, scenarios):
    for mixture in (design.below, design.above, design.hope):
        theta = mixture.theta
        mean = sum(
            math.comb(scenarios, s)
            * theta**s
            * (1 - theta) ** (scenarios - s)
            * value(mixture, s, scenarios)
            for s in range(scenarios + 1)
        )
        assert mean == 1


@pytest.mark.parametrize("scenarios", [50, 400, 2364])
@pytest.mark.parametrize("side", ["below", "above"])
def test_the_mean_is_one_in_the_log_domain_too(scenarios, side):
    mixture = getattr(plan_sequential("0.01"), side)
    total = math.fsum(
        math.exp(
            math.lgamma(scenarios + 1)
            - math.lgamma(s + 1)
            - math.lgamma(scenarios - s + 1)
            + s * math.log(0.01)
            + (scenarios - s) * math.log1p(-0.01)
            + mixture.log_value(s, scenarios)
        )
        for s in range(scenarios + 1)
    )
    assert total == pytest.approx(1.0, abs=1e-9)


@law(designs(), counts(), st.integers(0, 50))
def test_the_expected_next_value_never_grows_under_the_hypothesis(design, count, step):
    """Supermartingale at every rate on the wrong side, not at theta alone."""
    successes, scenarios = count
    theta = Fraction(design.theta)
    above, below = theta + (1 - theta) * step / 50, theta * (50 - step) / 50
    for mixture, rate in ((design.below, above), (design.above, below)):
        now = value(mixture, successes, scenarios)
        hit = value(mixture, successes + 1, scenarios + 1)
        miss = value(mixture, successes, scenarios + 1)
        assert rate * hit + (1 - rate) * miss <= now


@law(designs(), counts(), examples=150)
def test_comparisons_are_exact_ties_included(design, count):
    for mixture in (design.below, design.above, design.hope):
        exact = value(mixture, *count)
        hair = Fraction(1, 10**300)
        assert mixture.compare(*count, exact) == 0
        assert mixture.compare(*count, exact * (1 - hair)) == 1
        assert mixture.compare(*count, exact * (1 + hair)) == -1


@law(designs(), counts(150))
def test_enclosures_enclose_and_truncation_never_rounds_up(design, count):
    for mixture in (design.below, design.above):
        exact = value(mixture, *count)
        low, high = map(Fraction, mixture.enclosure(*count, 20))
        assert low <= exact <= high <= low * (1 + Fraction(1, 10**12))
        cut = Fraction(mixture.truncated(*count))
        assert cut <= exact < cut * (1 + Fraction(1, 10**11))
        assert mixture.log_value(*count) == pytest.approx(log(exact), abs=1e-9)


@law(designs(), counts())
def test_evidence_moves_one_way(design, count):
    successes, scenarios = count
    for mixture, grows in ((design.below, 1), (design.above, -1), (design.hope, 1)):
        here = value(mixture, successes, scenarios)
        assert mixture.compare(successes, scenarios + 1, here) == grows
        if successes < scenarios:
            assert mixture.compare(successes + 1, scenarios, here) == -grows


@law(designs(cap=36), examples=20)
def test_tables_say_what_the_definition_says(design):
    table = boundaries(design)
    for scenarios in range(1, design.cap + 1):
        for successes in range(scenarios + 1):
            expected = reference_verdict(design, successes, scenarios)
            assert table.verdict(successes, scenarios) is expected


@law(designs(cap=30), st.data(), examples=100)
def test_unassessed_outcomes_count_against_both_claims(design, data):
    table = boundaries(design)
    scenarios = data.draw(st.integers(1, design.cap))
    unassessed = data.draw(st.integers(0, scenarios))
    successes = data.draw(st.integers(0, scenarios - unassessed))
    found = table.verdict(successes, scenarios, unassessed)
    assert found is reference_verdict(design, successes, scenarios, unassessed)
    resolved = {table.verdict(successes + hits, scenarios) for hits in range(unassessed + 1)}
    if found in {PASS, FAIL}:
        assert resolved == {found}


@pytest.mark.parametrize("error", [-3.0, -1e-3, 1e-3, 3.0, math.inf])
def test_wrong_floats_cannot_move_a_boundary(error, monkeypatch):
    """Floats guess where to look; exact comparisons prove it."""
    design = replace(plan_sequential("0.2"), cap=60)
    honest, plain = boundaries(design), Mixture.log_value
    monkeypatch.setattr(Mixture, "log_value", lambda *args: plain(*args) + error)
    assert boundaries(design) == honest


@law(designs(cap=9), st.integers(0, 20), examples=30)
def test_characteristics_equal_those_of_all_sequences(design, twentieths):
    table, rate = boundaries(design), twentieths / 20
    ended = dict.fromkeys((PASS, FAIL, NOT_SHOWN), 0.0)
    expected = 0.0
    for sequence in itertools.product((0, 1), repeat=design.cap):
        for scenarios in range(1, design.cap + 1):
            verdict = reference_verdict(design, sum(sequence[:scenarios]), scenarios)
            if verdict is not CONTINUE:
                break
        chance = math.prod(rate if hit else 1 - rate for hit in sequence)
        ended[verdict] += chance
        expected += chance * scenarios
    found = operating_characteristics(table, rate)
    assert found.passed == pytest.approx(ended[PASS], abs=1e-12)
    assert found.failed == pytest.approx(ended[FAIL], abs=1e-12)
    assert found.not_shown == pytest.approx(ended[NOT_SHOWN], abs=1e-12)
    assert found.expected == pytest.approx(expected, abs=1e-12)


@law(THETAS, LEVELS, st.floats(0.0, 1.0), examples=40)
def test_all_ways_to_end_sum_to_one(theta, alpha, rate):
    table = boundaries(plan_sequential(theta, alpha=alpha))
    found = operating_characteristics(table, rate)
    assert found.passed + found.failed + found.not_shown == pytest.approx(1.0, abs=1e-10)
    assert sum(found.stopping) == pytest.approx(1.0, abs=1e-10)
    half, late = found.quantile(0.5), found.quantile(0.99)
    assert 1 <= half <= late <= table.cap
    assert sum(found.stopping[: half + 1]) >= 0.5 - 1e-10 > sum(found.stopping[:half]) - 2e-10


@law(THETAS, LEVELS, LEVELS, examples=40)
def test_looking_every_time_keeps_both_errors(theta, alpha, beta):
    """Ville's inequality, seen in exact sums; the margin is what the rounding may cost."""
    design = plan_sequential(theta, alpha=alpha, beta=beta)
    table, rate = boundaries(design), float(theta)
    assert pass_probability(table, rate) <= float(alpha) + 1e-9
    assert fail_probability(table, rate) <= float(beta) + 1e-9


@law(designs(cap=200), st.integers(0, 60), examples=60)
def test_a_wrong_verdict_is_likeliest_at_the_threshold(design, step):
    table, theta = boundaries(design), float(design.theta)
    higher, lower = theta + (1 - theta) * step / 60, theta * (60 - step) / 60
    slack = 1e-12
    at_theta = pass_probability(table, theta)
    assert pass_probability(table, higher) <= at_theta + slack
    assert pass_probability(table, theta, futility=True) <= at_theta + slack
    assert operating_characteristics(table, higher).passed <= at_theta + slack
    fails = fail_probability(table, theta)
    assert fail_probability(table, lower) <= fails + slack
    assert operating_characteristics(table, lower).failed <= fails + slack


@pytest.mark.parametrize("theta", ["0.02", "0.05", "0.2"])
@pytest.mark.parametrize("alpha", ["0.05", "0.01"])
def test_calibration_stays_within_alpha_at_every_higher_rate(theta, alpha):
    design = calibrated(plan_sequential(theta, alpha=alpha))
    table = boundaries(design)
    for step in range(21):
        rate = float(theta) * (1 + step / 10)
        assert pass_probability(table, rate, futility=True) <= float(alpha)


@pytest.mark.parametrize("frame", [416, 500, 1000])
def test_a_finite_frame_in_random_order_errs_no_more(frame):
    """Drawn without replacement from a frame whose own rate is theta."""
    table = boundaries(plan_sequential("0.05"))
    harmful = math.ceil(frame * 0.05)
    mass, passed = {0: 1.0}, 0.0
    for scenarios in range(1, table.cap + 1):
        moved = {}
        for hits, chance in mass.items():
            rate = (harmful - hits) / (frame - scenarios + 1)
            for more, share in ((1, rate), (0, 1 - rate)):
                if share > 0:
                    moved[hits + more] = moved.get(hits + more, 0.0) + chance * share
        edge = table.largest_pass(scenarios)
        passed += sum(chance for hits, chance in moved.items() if edge is not None and hits <= edge)
        mass = {hits: chance for hits, chance in moved.items() if edge is None or hits > edge}
    assert passed <= pass_probability(table, 0.05)


@pytest.mark.parametrize("times", [0.25, 0.5, 1, 2])
def test_characteristics_agree_with_simulation(times):
    found = list(gate(Gate("0.05", times), 10_000, np.random.default_rng(11)))
    assert sum(one.claim.endswith("beside the exact figure") for one in found) == 3
    for one in found:
        assert not one.promise.refuted(*one.measured.limits(0.9999)), one


@law(designs(cap=80), st.data(), examples=40)
def test_limits_and_verdicts_are_one_test(design, data):
    table = boundaries(design)
    scenarios = data.draw(st.integers(1, design.cap))
    successes = data.draw(st.integers(0, scenarios))
    limits = anytime_limits(design, successes, scenarios)
    theta = Decimal(design.theta)
    assert (limits.upper <= theta) == table.passes(successes, scenarios)
    assert (limits.lower >= theta) == table.fails(successes, scenarios)
    assert 0 <= limits.lower < limits.upper <= 1
    assert limits.lower * scenarios <= successes <= limits.upper * scenarios


@law(designs(cap=40), st.lists(st.sampled_from(list(ScenarioOutcome)), max_size=40))
def test_a_replay_stops_at_the_first_boundary_and_at_no_other(design, outcomes):
    order = tuple(f"s{index}" for index in range(design.cap))
    outcomes = outcomes[: design.cap]
    campaign = SequentialCampaign(boundaries(design), order)
    decision = campaign.replay(zip(order, outcomes, strict=False))
    used = decision.tally.scenarios
    assert used + decision.later == len(outcomes)
    for scenarios in range(1, used + 1):
        seen = outcomes[:scenarios]
        verdict = reference_verdict(
            design, seen.count(HIT), scenarios, seen.count(ScenarioOutcome.UNASSESSED)
        )
        assert (verdict is CONTINUE) == (scenarios < used or decision.verdict is CONTINUE)
        if scenarios == used:
            assert verdict is decision.verdict


@law(THETAS, LEVELS, st.integers(1, 400))
def test_all_resubmissions_together_spend_at_most_alpha(theta, alpha, submissions):
    spent = [Fraction(submission_alpha(alpha, number + 1)) for number in range(submissions)]
    assert sum(spent) <= Fraction(alpha)
    assert spent == sorted(spent, reverse=True)
    plan_sequential(theta, alpha=submission_alpha(alpha, 1))


E_VALUES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.decimals(0, 10_000, places=2, allow_nan=False),
    max_size=12,
)


@law(E_VALUES, LEVELS, st.randoms(), examples=200)
def test_lists_of_failing_gates(e_values, level, rng):
    some = set(failing_by_family_error(e_values, level))
    more = set(failing_by_discovery_rate(e_values, level))
    bonferroni = {
        name for name, value in e_values.items() if value * Decimal(level) >= len(e_values)
    }
    assert bonferroni <= some <= more
    shuffled = list(e_values.items())
    rng.shuffle(shuffled)
    assert set(failing_by_discovery_rate(dict(shuffled), level)) == more
    assert set(failing_by_family_error(dict(shuffled), level)) == some
    least = min((e_values[name] for name in more), default=None)
    assert all(name in more for name, value in e_values.items() if least and value >= least)


def test_boundaries_by_count_of_scenarios_agree_with_verdicts():
    table = boundaries(plan_sequential("0.1"))
    assert isinstance(table, Boundaries)
    for scenarios in range(1, table.cap + 1):
        allowed, failing = table.largest_pass(scenarios), table.smallest_fail(scenarios)
        futile = table.smallest_futile(scenarios)
        for hits in range(scenarios + 1):
            assert table.passes(hits, scenarios) == (allowed is not None and hits <= allowed)
            assert table.fails(hits, scenarios) == (failing is not None and hits >= failing)
            if futile is not None and hits >= futile:
                assert table.verdict(hits, scenarios) is not CONTINUE
