"""What fewer attempts would have shown: counted twice, and against every choice of attempts."""

from fractions import Fraction
from itertools import combinations
from math import floor

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battery import CARDS, STANCES, a_battery_plan, random_trials
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy.statistics.attempts import asr_at_k, share_with_success
from shipworthy_verify.recount import Recount

PLAN = a_battery_plan(attempts_per_task=3)


def plain(record):
    """A record as a reader of its file meets it."""
    return msgspec.json.decode(msgspec.json.encode(record))


def drawn_of(trials, plan=PLAN):
    return draw_findings(aggregate(trials, stances=STANCES), plan, CARDS)


def theirs_of(trials, plan=PLAN):
    cards = {name: plain(card) for name, card in CARDS.items()}
    return Recount([plain(trial) for trial in trials], plain(plan), cards)


def outcomes_by_task(trials, finding):
    """Every task with what became of its attempts: right, wrong, or unassessed."""
    found = {}
    for trial in trials:
        if (trial.role.value, trial.attack, trial.domain) == ("capability", "none", finding.domain):
            kind = plain(trial.outcome)["type"]
            found.setdefault(trial.scenario, []).append(kind)
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_both_count_the_same_curves(seed):
    trials = random_trials(PLAN, seed)
    drawn = drawn_of(trials)

    assert drawn.curves
    assert {one.id: plain(one) for one in drawn.curves} == theirs_of(trials).curves(PLAN.digest)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_point_is_the_share_over_every_choice_of_attempts(seed):
    trials = random_trials(PLAN, seed)
    for curve in drawn_of(trials).curves:
        tasks = outcomes_by_task(trials, curve)
        assert sum(row[2] for row in curve.tasks) == len(tasks)
        for point in curve.points:
            sure = possible = Fraction()
            for kinds in tasks.values():
                picks = list(combinations(kinds, point.k))
                sure += Fraction(sum("solved" in pick for pick in picks), len(picks))
                may = [{"solved", "unassessed"} & set(pick) for pick in picks]
                possible += Fraction(sum(map(bool, may)), len(picks))
            assert point.lowest == f"{floor(sure / len(tasks) * 10**6) / 10**6:.6f}"
            assert point.highest == f"{-floor(-possible / len(tasks) * 10**6) / 10**6:.6f}"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_curve_rises_from_single_attempts_to_all_of_them(seed):
    drawn = drawn_of(random_trials(PLAN, seed))
    found = {one.id: one for one in drawn.findings}
    for curve in drawn.curves:
        lowest = [float(point.lowest) for point in curve.points]
        assert lowest == sorted(lowest)
        single, every = found[curve.id], found[curve.id.replace("capability", "capability-at-3")]
        assert lowest[0] == pytest.approx(single.rate.successes / single.rate.started, abs=1e-6)
        assert lowest[-1] == pytest.approx(every.rate.successes / every.rate.started, abs=1e-6)


def test_one_attempt_each_has_no_curve():
    plan = a_battery_plan()
    trials = random_trials(plan, 7)

    assert drawn_of(trials, plan).curves == ()
    assert theirs_of(trials, plan).curves(plan.digest) == {}


@pytest.mark.parametrize(("k", "share"), [(1, 0.15), (5, 0.600877), (10, 0.894737)])
def test_the_published_values_of_pass_at_k(k, share):
    assert float(share_with_success(20, 3, k)) == pytest.approx(share, abs=5e-7)


@given(st.integers(1, 60), st.data())
def test_the_fraction_and_the_float_agree(attempts, data):
    successes = data.draw(st.integers(0, attempts))
    k = data.draw(st.integers(1, attempts))

    exact = share_with_success(attempts, successes, k)
    assert float(exact) == pytest.approx(asr_at_k(attempts, successes, k), abs=1e-12)


def test_more_attempts_than_were_made_are_not_spoken_of():
    with pytest.raises(ValueError, match="between 1 and the number of attempts"):
        share_with_success(3, 1, 4)
