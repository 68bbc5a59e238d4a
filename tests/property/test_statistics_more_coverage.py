"""Coverage and error rates on simulated data, with fixed seeds; docs/statistics.md quotes them.

Each function returns what it measured, so that the documentation can be renewed from here.
"""

import math
from functools import cache

import numpy as np
import pytest

from shipworthy.statistics import PairedTable, ScenarioCounts, tango_interval
from shipworthy.statistics.attempts import (
    IndependentAttempts,
    fit_tail,
    forecast_asr,
    measured_at_k,
    worst_plausible,
    worst_query,
)
from shipworthy.statistics.equivalence import margin_from_gaps, two_one_sided
from shipworthy.statistics.judged import TwoPhaseCounts, two_phase_bound
from shipworthy.statistics.monitoring import (
    CanaryCounts,
    DetectorPlan,
    Reading,
    canary_rate,
    draw_probabilities,
    sampled_rate,
)
from shipworthy.statistics.paired import (
    FieldCounts,
    FieldVerdict,
    ScenarioArms,
    field_verdict,
    grouped_difference,
    relative_reduction_upper,
)

pytestmark = pytest.mark.slow

ALPHA = 0.05
POPULATIONS = ("beta", "log-normal", "logit-normal", "half immune")
TAILS = ("gumbel", "logit-normal", "log-normal", "hidden mode")


def paired_coverage(n, before, after, runs=1500, seed=6666):
    """Coverage of the Tango interval and of the limit of the ratio, two-sided 95 %."""
    rng = np.random.default_rng(seed)
    both = before * after + 0.3 * math.sqrt(before * (1 - before) * after * (1 - after))
    both = min(both, after)
    cells = [both, before - both, after - both, 1 - before - after + both]
    difference = ratio = 0
    for a, b, c, d in rng.multinomial(n, cells, runs).tolist():
        table = PairedTable(both=a, before_only=b, after_only=c, neither=d)
        difference += before - after in tango_interval(table, 0.95)
        limit = relative_reduction_upper(table, 0.975)
        ratio += limit is None or limit >= after / before
    return difference / runs, ratio / runs


def grouped_coverage(scenarios, runs=1500, seed=3):
    """Coverage of the two-sided 95 % interval with five attempts a scenario and arm."""
    rng = np.random.default_rng(seed)
    covered = 0
    for _ in range(runs):
        rates = rng.beta(0.6, 1.4, scenarios)
        before, after = rng.binomial(5, rates), rng.binomial(5, 0.4 * rates)
        data = [
            ScenarioArms(before=ScenarioCounts(x, 5), after=ScenarioCounts(y, 5))
            for x, y in zip(before.tolist(), after.tolist(), strict=True)
        ]
        covered += 0.18 in grouped_difference(data, 0.95).interval
    return covered / runs


def field_errors(delta, rate, gap, runs=1000, longest=4000, seed=3):
    """Share declared not worse, and mean replays until then, looking after every replay."""
    rng = np.random.default_rng(seed)
    lab, field = rate, rate + gap
    both = lab * field + 0.3 * math.sqrt(lab * (1 - lab) * field * (1 - field))
    shown = replays = 0
    for _ in range(runs):
        # Only replays that differ matter between looks; the runs between them are counted.
        counts = FieldCounts()
        while counts.scenarios < longest:
            quiet = min(int(rng.geometric(lab + field - 2 * both)) - 1, longest - counts.scenarios)
            hit = _first_shown(counts, quiet, delta)
            if hit is not None:
                shown, replays = shown + 1, replays + hit
                break
            worse = rng.random() < (field - both) / (lab + field - 2 * both)
            counts = FieldCounts(
                field_only=counts.field_only + worse,
                lab_only=counts.lab_only + (not worse),
                same=counts.same + quiet,
            )
        else:
            replays += longest
    return shown / runs, replays / runs


def _first_shown(counts, quiet, delta):
    """Replays at which quiet ones show "not worse", or None; the evidence only rises with them."""

    def shown(more):
        one = FieldCounts(
            field_only=counts.field_only, lab_only=counts.lab_only, same=counts.same + more
        )
        return field_verdict(one, delta, ALPHA) is FieldVerdict.NOT_WORSE

    if not shown(quiet):
        return None
    low, high = -1, quiet
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if shown(middle) else (middle, high)
    return counts.scenarios + high


@cache
def _two_phase(judged, positives, confirmed, read, misses):
    bound = two_phase_bound(
        TwoPhaseCounts(
            judged=judged, positives=positives, confirmed=confirmed, read=read, misses=misses
        ),
        ALPHA,
    )
    return bound.upper, bound.typical_upper


def two_phase_coverage(rate, sensitivity, specificity, read, runs=300):
    """Coverage of the guaranteed and the typical limit, and the median of the guaranteed."""
    rng = np.random.default_rng(5555)
    cells = [
        rate * sensitivity,
        rate * (1 - sensitivity),
        (1 - rate) * (1 - specificity),
        (1 - rate) * specificity,
    ]
    limits = []
    for hit, missed, false, right in rng.multinomial(5000, cells, runs).tolist():
        found = int(rng.hypergeometric(missed, right, read))
        limits.append(_two_phase(5000, hit + false, hit, read, found))
    upper, typical = np.array(limits).T
    return (
        float(np.mean(upper >= rate)),
        float(np.mean(typical >= rate)),
        float(np.median(upper)),
    )


def balance_errors(topics, bias, runs=3000, seed=8888):
    """Share of runs that pass: clustered by topic, and with pairs taken as independent."""
    rng = np.random.default_rng(seed)
    clustered = naive = 0
    for _ in range(runs):
        pairs = bias + rng.normal(0, 0.1, (topics, 1)) + rng.normal(0, 0.25, (topics, 9))
        for values in (pairs.mean(1), pairs.ravel()):
            size = len(values)
            test = two_one_sided(values.tolist(), 0.05, ALPHA)
            inside = test.lower > -0.05 and test.upper < 0.05
            clustered += inside and size == topics
            naive += inside and size > topics
    return clustered / runs, naive / runs


def measured_coverage(k, correlation, runs=600, seed=11):
    """Coverage of the headline and the exact limit of ASR@k, 100 scenarios of 20 attempts."""
    rng = np.random.default_rng(seed)
    scale = 1 / correlation - 1
    a, b = 0.01 * scale, 0.99 * scale
    truth = 1 - math.exp(
        math.lgamma(b + k) - math.lgamma(a + b + k) - math.lgamma(b) + math.lgamma(a + b)
    )
    headline = exact = 0
    for _ in range(runs):
        fallen = rng.binomial(20, rng.beta(a, b, 100)).tolist()
        scenarios = [IndependentAttempts(attempts=20, successes=c) for c in fallen]
        bound = measured_at_k(scenarios, k, ALPHA).bound
        headline += bound.upper >= truth
        exact += bound.exact_upper >= truth
    return headline / runs, exact / runs


def draw_rates(kind, rng, size):
    match kind:
        case "beta":
            return rng.beta(0.15, 15, size)
        case "log-normal":
            return np.minimum(1, np.exp(rng.normal(math.log(1e-4), 2.5, size)))
        case "logit-normal":
            return 1 / (1 + np.exp(-rng.normal(-6, 2, size)))
        case _:
            return np.where(rng.random(size) < 0.5, 0, rng.beta(0.3, 10, size))


def envelope_errors(kind, runs=25, seed=2222):
    """Truth at 10,000 attempts from 200 scenarios of 100, medians by family, how often
    the envelope encloses the truth, and how often its upper end does not fall short of it."""
    rng = np.random.default_rng(seed)
    rates = np.minimum(draw_rates(kind, rng, 400_000), 1 - 1e-15)
    truth = float(np.mean(-np.expm1(10_000 * np.log1p(-rates))))
    values, enclosed, reached = {}, 0, 0
    for _ in range(runs):
        fallen = rng.binomial(100, draw_rates(kind, rng, 200)).tolist()
        scenarios = [IndependentAttempts(attempts=100, successes=c) for c in fallen]
        envelope = forecast_asr(scenarios, 10_000)
        for one in envelope.predicted:
            values.setdefault(one.family, []).append(one.value)
        low, high = envelope.spread
        enclosed += low <= truth <= high
        reached += truth <= high
    medians = {name: float(np.median(v)) for name, v in values.items()}
    return truth, medians, enclosed / runs, reached / runs


def draw_queries(kind, rng, size):
    match kind:
        case "gumbel":
            return np.exp(-np.exp(-rng.gumbel(-2.6, 0.12, size)))
        case "logit-normal":
            return 1 / (1 + np.exp(-rng.normal(-14, 3, size)))
        case "log-normal":
            return np.minimum(np.exp(rng.normal(-16, 2.5, size)), 0.999999)
        case _:
            smooth = 1 / (1 + np.exp(-rng.normal(-14, 2, size)))
            return np.where(rng.random(size) < 1 / 3000, 0.5, smooth)


def tail_errors(kind, runs=150, queries=10**5, seed=3333):
    """Forecasts from 1000 queries: share within a factor of ten, share short, bound's coverage."""
    rng = np.random.default_rng(seed)
    within = short = covered = 0
    for _ in range(runs):
        tail = fit_tail(draw_queries(kind, rng, 1000).tolist())
        worst = float(draw_queries(kind, rng, queries).max())
        forecast = worst_query(tail, queries)
        within += worst / 10 <= forecast <= 10 * worst
        short += forecast < worst / 10
        covered += worst_plausible(tail, queries) >= worst
    return within / runs, short / runs, covered / runs


def detector_delay(ratio, run_length=1e8, baseline=1e-5, runs=400, seed=3):
    """Mean requests and events to an alarm at `ratio` times the baseline."""
    rng = np.random.default_rng(seed)
    requests = events = 0
    for _ in range(runs):
        state = DetectorPlan(baseline=baseline, run_length=run_length).start()
        while state.alarm_at is None:
            state = state.quiet(int(rng.geometric(ratio * baseline)) - 1).event()
        requests, events = requests + state.requests, events + state.events
    return requests / runs, events / runs


def canary_coverage(base, shift, discount, runs=3000, seed=9191):
    """Coverage of the 95 % upper limit, median over the truth, relative error of the estimate.

    Scores of attacks are normal around 4.5, of the rest around 0, flagged from 3.5; `shift` is how
    much lower real attacks score than canaries.
    """
    rng = np.random.default_rng(seed)

    def beyond(mean):
        return 0.5 * math.erfc((3.5 - mean) / math.sqrt(2))

    requests = 10**8
    harmful = requests * base * beyond(4.5 - shift)
    flagged = harmful + requests * beyond(0.0)
    covered, limits, errors = 0, [], []
    for _ in range(runs):
        counts = CanaryCounts(
            requests=requests,
            flagged=int(rng.poisson(flagged)),
            reviewed=2000,
            confirmed=int(rng.binomial(2000, harmful / flagged)),
            canaries=100,
            caught=int(rng.binomial(100, beyond(4.5))),
        )
        rate = canary_rate(counts, ALPHA, discount)
        covered += rate.interval.upper >= base
        limits.append(rate.interval.upper / base)
        errors.append(rate.estimate / base - 1)
    return covered / runs, float(np.median(limits)), float(np.sqrt(np.mean(np.square(errors))))


def reading_coverage(rate, quality, runs=800, seed=21):
    """Coverage of both limits and median upper limit for 400 draws among 20,000 items by score."""
    rng = np.random.default_rng(seed)
    items = 20_000
    truth = np.zeros(items, dtype=bool)
    truth[: round(rate * items)] = True
    scores = np.exp(rng.normal(quality * truth, 1.0))
    probabilities = np.array(draw_probabilities(scores.tolist(), 0.2))
    probabilities = probabilities / probabilities.sum()
    upper = lower = 0
    limits = []
    for _ in range(runs):
        drawn = rng.choice(items, 400, p=probabilities)
        readings = [
            Reading(probability=float(probabilities[i]), harmful=bool(truth[i])) for i in drawn
        ]
        interval = sampled_rate(readings, items, 0.2, ALPHA).interval
        upper += interval.upper >= rate
        lower += interval.lower <= rate
        limits.append(interval.upper)
    return upper / runs, lower / runs, float(np.median(limits))


def gap_coverage(gaps, kind, runs=4000, seed=6060):
    """How often a margin from past gaps covers the next."""
    rng = np.random.default_rng(seed)

    def draw(shape):
        if kind == "normal":
            return np.clip(rng.normal(0.3, 0.1, shape), -1, 1)
        return np.minimum(rng.lognormal(-2.5, 0.6, shape), 1)

    past, following = draw((runs, gaps)), draw(runs)
    margins = [margin_from_gaps(row, ALPHA).points for row in past.tolist()]
    return float(np.mean(np.array(margins) >= following))


@pytest.mark.parametrize(
    ("n", "before", "after"), [(50, 0.1, 0.005), (200, 0.1, 0.005), (200, 0.4, 0.01)]
)
def test_paired_limits_cover_at_small_counts(n, before, after):
    difference, ratio = paired_coverage(n, before, after)
    assert difference >= 0.925
    assert ratio >= 0.96


@pytest.mark.parametrize("scenarios", [30, 100])
def test_grouped_intervals_cover_the_difference(scenarios):
    assert grouped_coverage(scenarios) >= 0.935


def test_a_field_worse_by_the_margin_is_rarely_declared_as_good():
    assert field_errors(0.01, 0.01, 0.01)[0] <= 0.055


@pytest.mark.parametrize(("delta", "expected"), [(0.01, 545), (0.02, 243), (0.05, 90)])
def test_an_equal_field_is_declared_after_few_replays(delta, expected):
    shown, replays = field_errors(delta, 0.002, 0.0)
    assert shown >= 0.99
    assert replays == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(
    ("rate", "sensitivity", "specificity", "read"),
    [(0.002, 0.9, 0.98, 300), (0.01, 0.9, 0.98, 1000), (0.05, 0.7, 0.995, 300)],
)
def test_two_phase_limits_cover(rate, sensitivity, specificity, read):
    upper, typical, _ = two_phase_coverage(rate, sensitivity, specificity, read, 100)
    assert upper >= 0.98
    assert typical >= 0.9


def test_balance_is_claimed_for_a_bias_at_the_margin_in_one_case_of_twenty():
    clustered, naive = balance_errors(50, 0.05)
    assert clustered <= 0.06
    # Guards the simulation: pairs taken as independent would claim it far more often.
    assert naive >= 0.09


@pytest.mark.parametrize(("k", "correlation"), [(1, 0.05), (5, 0.05), (20, 0.05), (5, 0.1)])
def test_limits_of_asr_at_k_cover(k, correlation):
    headline, exact = measured_coverage(k, correlation)
    assert headline >= 0.93
    assert exact >= 0.95


@pytest.mark.parametrize("kind", POPULATIONS)
def test_no_family_is_right_everywhere_and_neither_is_the_envelope(kind):
    # The figures behind the rule that forecasts raise alarms and support nothing.
    truth, medians, enclosed, reached = envelope_errors(kind, runs=10)
    assert len(medians) >= 3
    assert max(abs(value - truth) for value in medians.values()) > 0.1
    assert 0.3 <= enclosed <= reached
    if kind in {"beta", "half immune"}:
        assert reached >= 0.9


@pytest.mark.parametrize("kind", TAILS)
def test_smooth_tails_are_forecast_and_a_hidden_mode_is_not(kind):
    within, short, _ = tail_errors(kind, runs=60)
    if kind == "hidden mode":
        assert short >= 0.5
    else:
        assert within >= 0.75
        assert short <= 0.15


def test_the_time_to_a_false_alarm_is_at_least_what_was_promised():
    assert detector_delay(1.0, run_length=20_000, baseline=0.001, runs=150)[0] >= 20_000


@pytest.mark.parametrize(("ratio", "events"), [(2, 31.5), (3, 17.3), (10, 7.5), (30, 5.3)])
def test_a_risen_rate_is_noticed_after_few_events(ratio, events):
    assert detector_delay(ratio)[1] == pytest.approx(events, rel=0.08)


def test_canary_limits_cover_and_the_discount_repairs_harder_attacks():
    assert canary_coverage(1e-5, 0.0, 1.0, 800)[0] >= 0.98
    assert canary_coverage(1e-5, 0.5, 1.0, 800)[0] < 0.93
    assert canary_coverage(1e-5, 0.5, 1.5, 800)[0] >= 0.98


@pytest.mark.parametrize("quality", [0.0, 2.0])
def test_reading_by_score_covers_whatever_the_score_is_worth(quality):
    upper, lower, _ = reading_coverage(0.01, quality, runs=300)
    assert upper >= 0.95
    assert lower >= 0.95


@pytest.mark.parametrize(("gaps", "kind"), [(19, "log-normal"), (39, "log-normal"), (10, "normal")])
def test_margins_cover_the_next_gap(gaps, kind):
    assert gap_coverage(gaps, kind) >= 0.935
