"""Draws by score, limits by bets, readers, drift and clusters of accounts."""

import math

import numpy as np
import pytest
from scipy import stats

from coordinated import CampaignTraffic, campaign_traffic
from shipworthy.statistics import NoEvidence
from shipworthy.statistics.bounded import mean_upper
from shipworthy.statistics.monitoring import (
    ActiveReading,
    ClusterPlan,
    ClusterState,
    DriftState,
    Ranged,
    ScoreBin,
    active_rate,
    after_block,
    draw_plan,
    drawn_lower,
    drawn_upper,
    krippendorff_alpha,
    log_needed,
    rate_lower,
    rate_upper,
    signature,
    similarity,
    total_variation,
    word_features,
)
from watched_rates import Judged, read_by_score


def outcomes(harmful, draws):
    return [Ranged(float(i < harmful), 0.0, 1.0) for i in range(draws)]


def test_bets_on_zeros_and_ones_are_near_the_limits_for_counts():
    for harmful, draws in ((0, 400), (5, 400), (40, 400)):
        upper, lower = (f(outcomes(harmful, draws), 0.05) for f in (drawn_upper, drawn_lower))
        assert upper == pytest.approx(rate_upper(harmful, draws, 0.05), rel=0.25)
        assert lower == pytest.approx(rate_lower(harmful, draws, 0.05), rel=0.4, abs=1e-9)
        plain = mean_upper([one.value for one in outcomes(harmful, draws)], 0.05)
        assert upper == pytest.approx(plain, rel=0.25)


def test_the_wealth_of_the_upper_limit_is_a_fair_game():
    # One draw, all of the mixture by brute force: its mean under theta = m is 1.
    top, m = 4.0, 0.3
    cut = 0.98 / (top - m)
    bets = [(part * cut, 1 / 12) for part in (1.0, 0.8, 0.6, 0.4, 0.25, 0.12)]
    bets += [(min(2.0**k, cut), 1 / 42) for k in range(-8, 13)]
    assert sum(weight for _, weight in bets) == pytest.approx(1.0)
    mean = 0.0
    for value, chance in ((0.0, 1 - m / top), (top, m / top)):
        mean += chance * sum(weight * (1 + bet * (m - value)) for bet, weight in bets)
    assert mean == pytest.approx(1.0)
    # and the limit of one draw of nothing is where that wealth reaches 1 / alpha
    found = drawn_upper([Ranged(0.0, 0.0, top)], 0.4)
    cut = 0.98 / (top - found)
    wealth = sum(1 + part * cut * found for part in (1.0, 0.8, 0.6, 0.4, 0.25, 0.12)) / 12
    wealth += sum(1 + min(2.0**k, cut) * found for k in range(-8, 13)) / 42
    assert wealth == pytest.approx(1 / 0.4, rel=1e-6)


def test_the_upper_limit_holds_for_the_mean_of_a_rate_that_moves():
    rng = np.random.default_rng(3)
    rates = np.repeat([0.01, 0.16], 150)
    missed = 0
    for _ in range(300):
        drawn = (rng.random(300) < rates).astype(float)
        missed += drawn_upper([Ranged(v, 0.0, 1.0) for v in drawn], 0.05) < rates.mean()
    assert stats.binom.sf(missed - 1, 300, 0.05) > 0.01


def test_a_value_beyond_its_bounds_is_refused():
    with pytest.raises(ValueError, match="outside"):
        Ranged(1.5, 0.0, 1.0)
    with pytest.raises(NoEvidence):
        drawn_upper([], 0.05)


def test_draws_follow_what_is_predicted_above_an_even_floor():
    bins = [ScoreBin(items=900, score=0.001), ScoreBin(items=100, score=0.5)]
    plan = draw_plan(bins, 0.25)
    assert sum(plan.shares) == pytest.approx(1.0)
    wanted = [900 * math.sqrt(0.001 * 0.999), 100 * 0.5]
    assert plan.shares[1] == pytest.approx(0.25 * 0.1 + 0.75 * wanted[1] / sum(wanted))
    assert plan.probability(0) >= 0.25 / 1000
    assert plan.mean_prediction == pytest.approx(0.9 * 0.001 + 0.1 * 0.5)
    assert plan.most == 4.0


def test_labels_replace_the_score_and_never_fall_with_it():
    bins = [
        ScoreBin(items=500, score=0.2, read=99, harmful=0),
        ScoreBin(items=400, score=0.1, read=19, harmful=0),
        ScoreBin(items=100, score=0.4, read=9, harmful=3),
    ]
    plan = draw_plan(bins, 0.5)
    low = (0.2 + 0.1) / 120  # the first two disagree with the order of scores and are pooled
    assert plan.predictions == pytest.approx((0.2 / 100, 0.1 / 20, 3.4 / 10))
    swapped = draw_plan([bins[1], bins[0], bins[2]], 0.5)
    assert swapped.predictions == pytest.approx((low, low, 3.4 / 10))


def test_no_score_means_even_draws():
    plan = draw_plan([ScoreBin(items=30, score=0.0), ScoreBin(items=10, score=0.0)], 0.2)
    assert plan.shares == pytest.approx((0.75, 0.25))
    with pytest.raises(NoEvidence):
        draw_plan([], 0.2)
    with pytest.raises(NoEvidence):
        draw_plan([ScoreBin(items=0, score=0.5)], 0.2)


@pytest.mark.parametrize("rate", [1e-3, 1e-2])
def test_limits_cover_and_the_estimate_is_right_on_average(rate):
    rng = np.random.default_rng(5)
    found = [read_by_score(Judged(rate, 4.0, 0.2), 600, rng) for _ in range(16)]
    assert sum(one.interval.upper < rate for one in found) <= 3
    assert sum(one.interval.lower > rate for one in found) <= 3
    errors = np.array([one.estimate / rate - 1 for one in found])
    assert abs(errors.mean()) < 4 * errors.std() / len(found) ** 0.5 + 0.05
    even = ((1 - rate) / rate / 600) ** 0.5
    assert np.sqrt((errors**2).mean()) < even / 2


def reading(**changes):
    return ActiveReading(
        **{
            "items": 1000,
            "floor": 0.5,
            "probability": 0.001,
            "prediction": 0.0,
            "mean_prediction": 0.0,
            "cautious": 0.0,
            "mean_cautious": 0.0,
            "least": 0.0,
            "harmful": False,
            "first_no": True,
        }
        | changes
    )


def test_undecided_draws_widen_both_limits():
    yes = {"harmful": True, "first_no": False}
    sure = [reading(**yes)] * 12 + [reading()] * 400
    lost = [reading(**yes)] * 9 + [reading(harmful=None, first_no=False)] * 3 + [reading()] * 400
    one, other = active_rate(sure, 0.05), active_rate(lost, 0.05)
    assert other.interval.upper == one.interval.upper
    assert other.interval.lower < one.interval.lower
    assert other.estimate == one.estimate == pytest.approx(12 / 412)


def test_a_second_reader_that_nobody_asked_leaves_the_limit_open():
    assert active_rate([reading()] * 400, 0.05).readers.upper == 1.0
    asked = [reading(twice=0.5, doubled=i % 2 == 0, second_no=i % 2 == 0) for i in range(400)]
    doubted = [reading(twice=0.5, doubled=i % 2 == 0, second_no=i % 20 == 0) for i in range(400)]
    agree, differ = active_rate(asked, 0.05), active_rate(doubted, 0.05)
    assert agree.interval.upper < agree.readers.upper < 0.1
    assert differ.readers.upper > 0.8  # nine in ten second readers would say otherwise
    assert differ.interval == agree.interval


def test_harm_that_one_person_saw_is_not_yet_harm_by_two():
    single = {"harmful": True, "first_no": False}
    both = single | {"confirmed": True}
    one = active_rate([reading(**single)] * 30 + [reading()] * 100, 0.05)
    two = active_rate([reading(**both)] * 30 + [reading()] * 100, 0.05)
    assert one.readers.lower == 0.0
    assert two.readers.lower == two.interval.lower == one.interval.lower > 0.1


def test_a_draw_rarer_than_the_floor_is_refused():
    with pytest.raises(ValueError, match="less probable"):
        reading(probability=0.0001)
    with pytest.raises(NoEvidence):
        active_rate([], 0.05)


def test_krippendorff_by_hand_and_with_readers_missing():
    # Krippendorff (2004), 11.1: two readers, ten items, binary: alpha = 0.095
    first = "0100000010"
    second = "1110010000"
    pairs = list(zip(first, second, strict=True))
    assert krippendorff_alpha(pairs) == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha([*pairs, ("1",), ()]) == krippendorff_alpha(pairs)
    assert krippendorff_alpha([("a", "a"), ("b", "b", "b")]) == 1.0
    assert krippendorff_alpha([("a", "a")]) is None
    assert krippendorff_alpha([]) is None


def test_one_block_of_a_drift_test_is_a_fair_game():
    # Every outcome of a block of one and two items, by brute force.
    before = after_block(DriftState(), {"a": 8, "b": 1, "c": 3}, {"a": 2, "b": 9})
    for shares in ((0.2, 0.5, 0.2, 0.1), (0.7, 0.0, 0.3, 0.0)):
        mean = 0.0
        names = ("a", "b", "c", "new")
        for r, pr in zip(names, shares, strict=True):
            for x, px in zip(names, shares, strict=True):
                for y, py in zip(names, shares, strict=True):
                    live = {x: 2} if x == y else {x: 1, y: 1}
                    state = after_block(before, {r: 1}, live)
                    mean += pr * px * py * math.exp(state.log_evidence - before.log_evidence)
        assert mean <= 1.0 + 1e-12


def test_drift_is_found_and_sameness_is_not_taken_for_it():
    rng = np.random.default_rng(6)
    shares = rng.dirichlet(np.full(8, 3.0))
    moved = 0.9 * shares + 0.1 * np.eye(8)[0]
    needed = log_needed(0.01, 1)
    raised = {}
    for name, live in (("same", shares), ("moved", moved)):
        raised[name] = 0
        for _ in range(60):
            state = DriftState()
            for _ in range(30):
                counts = (rng.multinomial(150, one) for one in (shares, live))
                state = after_block(
                    state, *({str(k): int(n) for k, n in enumerate(c)} for c in counts)
                )
            raised[name] += state.highest >= needed
    assert raised["same"] <= 3
    assert raised["moved"] >= 55


def test_the_first_block_and_an_empty_one_show_nothing():
    state = after_block(DriftState(), {"a": 50}, {"b": 50})
    assert state.log_evidence == 0.0
    assert after_block(state, {}, {"b": 10}).log_evidence == 0.0
    assert state.distance == 1.0
    assert total_variation({}, {"a": 1}) == 0.0
    assert total_variation({"a": 1, "b": 3}, {"a": 3, "b": 1}) == 0.5


def test_periods_share_the_level():
    assert math.fsum(math.exp(-log_needed(0.01, j)) for j in range(1, 10_000)) < 0.01


def test_sketches_estimate_how_alike_two_texts_are():
    base = [f"w{i}" for i in range(200)]
    other = base[:150] + [f"v{i}" for i in range(50)]
    one, two = (word_features(" ".join(words), b"k", 1) for words in (base, other))
    truth = len(one & two) / len(one | two)
    assert similarity(signature(one), signature(two)) == pytest.approx(truth, abs=0.2)
    assert similarity(signature(one), signature(one)) == 1.0
    assert signature(frozenset()) == ()
    assert word_features("a b", b"k") != word_features("a b", b"other")


def text(number):
    return frozenset(range(1000 * number, 1000 * number + 40))


def test_like_texts_of_many_accounts_with_weak_signals_are_named_once():
    state = ClusterState(ClusterPlan(baseline=0.05))
    named = [state.take(f"a{i}", text(1), i, weak=True) for i in range(12)]
    found = [one for one in named if one]
    assert len(found) == 1
    assert found[0].accounts == found[0].weak >= 5
    assert len(state.members(found[0].number)) == 12


def test_one_account_alone_is_no_cluster_however_much_it_sends():
    state = ClusterState(ClusterPlan(baseline=0.05))
    assert not any(state.take("a", text(1), i, weak=True) for i in range(100))
    assert state.members(1) == ()


def test_random_accounts_are_named_as_rarely_as_promised():
    rng = np.random.default_rng(7)
    plan = ClusterPlan(baseline=0.1, alpha=0.05)
    named = 0
    for _ in range(120):
        state = ClusterState(plan)
        weak = rng.random(80) < 0.1
        named += any(state.take(f"a{i}", text(1), i, weak=bool(weak[i])) for i in range(80))
    assert stats.binom.sf(named - 1, 120, 0.05) > 0.01


def test_clusters_that_share_a_level_are_together_named_as_rarely_as_one():
    rng = np.random.default_rng(11)
    plan = ClusterPlan(baseline=0.1, alpha=0.05, together=True)
    named = 0
    for _ in range(40):
        state = ClusterState(plan)
        weak = rng.random((12, 40)) < 0.1
        named += any(
            state.take(f"a{i}", text(topic), i, weak=bool(weak[topic, i]))
            for i in range(40)
            for topic in range(12)
        )
    assert stats.binom.sf(named - 1, 40, 0.05) > 0.01


def test_a_later_cluster_that_shares_a_level_needs_more_evidence():
    state = ClusterState(ClusterPlan(baseline=0.05, together=True, least_accounts=5))
    needed = []
    for topic in range(6):
        names = [state.take(f"a{i}", text(topic), i, weak=True) for i in range(12)]
        needed += [one.log_needed for one in names if one]
    assert needed == sorted(set(needed))
    assert sum(math.exp(-one) for one in needed) <= 0.001


def test_memory_is_bounded_and_the_oldest_goes_first():
    state = ClusterState(ClusterPlan(baseline=0.05, most_clusters=20, most_accounts=10))
    for number in range(100):
        state.take("a", text(number), number, weak=False)
    assert len(state.clusters) == 20
    assert set(state.clusters) == set(range(81, 101))
    assert set(state.owners.values()) <= set(state.clusters)
    for account in range(50):
        state.take(f"b{account}", text(99), account, weak=False)
    assert len(state.clusters[100].accounts) == 10


def test_an_exchange_without_account_or_text_joins_nothing():
    state = ClusterState(ClusterPlan(baseline=0.05))
    assert state.take("", text(1), 0, weak=True) is None
    assert state.take("a", frozenset(), 0, weak=True) is None
    assert not state.clusters


def test_a_campaign_of_fifty_accounts_is_found_among_five_thousand():
    traffic = list(campaign_traffic(CampaignTraffic(exchanges=2, parts=2, noise=0.2, seed=3)))
    state = ClusterState(ClusterPlan(baseline=0.08, alpha=0.01))
    numbers = [
        named.number
        for at, one in enumerate(traffic)
        if (named := state.take(one.account, word_features(one.text, b"k"), at, weak=one.weak))
    ]
    hit = {account for number in numbers for account in state.members(number)}
    guilty = {one.account for one in traffic if one.campaign}
    harmless = {one.account for one in traffic} - guilty
    assert (len(guilty), len(harmless)) == (50, 5000)
    assert len(hit & guilty) / 50 >= 0.6
    assert len(hit & harmless) / 5000 <= 0.03
