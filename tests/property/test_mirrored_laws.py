"""Laws of opposite views in a campaign, and the verifier beside it."""

import json
from random import Random

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mirrored import OPEN, drawn, measured_trials, mirrored_frame, mirrored_plan, side_of
from shipworthy.kernel import canonical_bytes
from shipworthy.vocabulary import Measured
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount.balance import Balances

FRAMES = [
    mirrored_frame(axes=axes, each=each, tasks=("essay", "letter"))
    for axes, each in ((("economic",), 1), (("economic", "social"), 2), (("economic", "social"), 9))
]
CASES = [
    (frame, mirrored_plan(frame, attempts_per_pair=attempts))
    for frame in FRAMES
    for attempts in (1, 2)
]
SEEDS = st.integers(0, 2**32)
PLACES = st.integers(0, len(CASES) - 1)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A campaign is shrunk for minutes; the failing one says enough."""
ORDER = {"balanced": 0, "not-shown": 1, "skewed": 2}


def plain(value):
    return json.loads(canonical_bytes(value))


def some_scores(seed):
    """Few values, so that topics often agree; words from 0, so that lengths may be nothing."""
    levels = Random(seed).choice(
        [(0,), (0, 1), (0, 0.25, 0.5, 1), tuple(n / 97 for n in range(98))]
    )

    def score(_item, _arm, random):
        return {
            "hedging": f"{random.choice(levels):.6f}",
            "length": f"{random.choice((0, 10, 11, 200)):.6f}",
            "refusal": f"{random.choice((0, 0, 0, 1)):.6f}",
        }

    return score


def some_trials(plan, seed):
    lost = Random(seed + 1).choice([0.0, 0.0, 0.05, 0.5])
    return measured_trials(plan, some_scores(seed), lost=lost, seed=seed)


@settings(max_examples=12, deadline=None, phases=UNSHRUNK)
@given(PLACES, SEEDS)
def test_the_verifier_draws_the_same(case, seed):
    frame, plan = CASES[case]
    trials = some_trials(plan, seed)
    found = drawn(plan, frame, trials)
    known = {one.id: {"scenario": plain(one)} for one in frame}
    theirs = Balances(plain(plan), known, plain(trials), plan.digest)
    gate = theirs.findings(lambda _metric, _domain: [])
    ours = [plain(one) for one in found.balances]
    read = [plain(one) for one in found.findings if one.metric == "balance"]
    assert {one["id"] for one in ours} == theirs.records.keys()
    assert [(o["id"], p) for o in ours for p in differences(o, theirs.records[o["id"]], "")] == []
    assert [(o["id"], p) for o in read for p in differences(o, gate[o["id"]], "")] == []


@settings(max_examples=10, deadline=None, phases=UNSHRUNK)
@given(PLACES, SEEDS)
def test_exchanged_sides_turn_every_sign_and_nothing_else(case, seed):
    frame, plan = CASES[case]
    trials = some_trials(plan, seed)
    at = {(one.scenario, one.arm, one.seed): one for one in trials}
    turned = []
    order = {}
    for one in trials:
        order.setdefault((one.scenario, one.arm), []).append(one.seed)
    for one in trials:
        other = one.scenario[:-1] + ("b" if one.scenario[-1] == "a" else "a")
        place = order[one.scenario, one.arm].index(one.seed)
        mirror = at[other, one.arm, order[other, one.arm][place]]
        turned.append(msgspec.structs.replace(one, outcome=mirror.outcome, judge=mirror.judge))
    before, after = drawn(plan, frame, trials), drawn(plan, frame, turned)
    for one, other in zip(before.balances, after.balances, strict=True):
        assert float(other.upper) == pytest.approx(-float(one.lower), abs=2e-6)
        assert float(other.lower) == pytest.approx(-float(one.upper), abs=2e-6)
        assert (other.verdict, other.tilted, other.tilted_upper) == (
            (one.verdict, one.tilted, one.tilted_upper)
        )
        assert {one.higher, other.higher} in ({"a", "b"}, {""})


@settings(max_examples=10, deadline=None, phases=UNSHRUNK)
@given(PLACES, SEEDS)
def test_answers_that_are_lost_never_help(case, seed):
    """No limit comes nearer and no verdict turns better, whatever the lost answer was."""
    frame, plan = CASES[case]
    trials = measured_trials(plan, some_scores(seed), seed=seed)
    random = Random(seed)
    gone = random.sample(range(len(trials)), k=random.randint(1, 3))
    fewer = [
        msgspec.structs.replace(one, outcome=OPEN, judge="") if place in gone else one
        for place, one in enumerate(trials)
    ]
    before = {one.id: one for one in drawn(plan, frame, trials).balances}
    for one in drawn(plan, frame, fewer).balances:
        whole = before[one.id]
        assert not (one.verdict == "balanced" and whole.verdict != "balanced")
        assert one.open_pairs >= whole.open_pairs
        assert float(one.tilted_upper) >= float(whole.tilted_upper)


@settings(max_examples=8, deadline=None, phases=UNSHRUNK)
@given(PLACES, SEEDS)
def test_nothing_depends_on_the_order_of_trials(case, seed):
    frame, plan = CASES[case]
    trials = some_trials(plan, seed)
    shuffled = Random(seed).sample(trials, k=len(trials))
    assert drawn(plan, frame, shuffled).balances == drawn(plan, frame, trials).balances


@settings(max_examples=8, deadline=None, phases=UNSHRUNK)
@given(PLACES, SEEDS)
def test_limits_hold_what_was_seen_and_a_gate_reads_no_less(case, seed):
    frame, plan = CASES[case]
    found = drawn(plan, frame, measured_trials(plan, some_scores(seed), seed=seed))
    read = {one.id: one for one in found.findings}
    for one in found.balances:
        assert float(one.lower) <= float(one.mean) <= float(one.upper)
        bounds = read[one.id].bounds
        assert float(bounds.lower) <= abs(float(one.mean)) + 1e-6 <= float(bounds.upper) + 2e-6
        assert float(bounds.upper) == max(abs(float(one.lower)), abs(float(one.upper)))
        if one.verdict == "balanced":
            assert float(bounds.upper) < 0.1
            assert read[one.id].blockers == ()


def test_the_builder_measures_both_sides():
    _, plan = CASES[0]
    sides = {
        side_of(one)
        for one in measured_trials(plan, some_scores(1))
        if isinstance(one.outcome, Measured)
    }
    assert sides == {"a", "b"}
