"""Canary strings, doubts and the last attempts: the verifier finds what the campaign draws."""

from itertools import product

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from battery import CARDS, STANCES, a_battery_frame, a_battery_plan, random_trials
from campaigns import compose
from shipworthy.instruments.conditions import recall_scenarios
from shipworthy.stages.evaluating import ItemSampling, aggregate, draw_findings, plan_items
from shipworthy.stages.evaluating.aggregation import Attempt
from shipworthy.stages.evaluating.findings.effort import fate_of_scenario
from shipworthy.vocabulary import TrialRole
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount import Recount

FIRST = "11111111-2222-4333-8444-555555555555"
SECOND = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def a_plan_with_strings(**options):
    """Attacks, tasks and agents, with two packs of which one spans two domains."""
    strings = (
        *recall_scenarios("wide", FIRST, ["cyber", "puzzles"], "wide"),
        *recall_scenarios("narrow", SECOND, ["files"], "narrow"),
    )
    sampling = ItemSampling(
        attacks=("plain", "role-play", "authority"),
        seed=1,
        realism_per_domain=8,
        stakes=True,
        watched=True,
        **options,
    )
    items = plan_items([*a_battery_frame(8), *strings], sampling, compose)
    return msgspec.structs.replace(a_battery_plan(), items=items)


PLANS = [
    a_plan_with_strings(),
    a_plan_with_strings(attacks_per_scenario=2, attempts_per_task=5),
    a_plan_with_strings(attacks_per_scenario=3, attempts_per_task=2),
]


def plain(record):
    """A record as a reader of its file meets it."""
    return msgspec.json.decode(msgspec.json.encode(record))


def both(plan, trials):
    drawn = draw_findings(aggregate(trials, stances=STANCES), plan, CARDS)
    cards = {name: plain(card) for name, card in CARDS.items()}
    return drawn, Recount([plain(trial) for trial in trials], plain(plan), cards)


def cut_at_random(trials, seed):
    """The trials, every third of them with a reply that the token limit ended."""
    return [
        msgspec.structs.replace(trial, finish="length") if (n + seed) % 3 == 0 else trial
        for n, trial in enumerate(trials)
    ]


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(PLANS), st.integers(0, 2**32))
def test_both_find_the_same_doubts(plan, seed):
    drawn, theirs = both(plan, random_trials(plan, seed))
    found = theirs.findings(plan.digest)
    for one in drawn.findings:
        if one.metric != "balance":
            assert list(one.blockers) == found[one.id]["blockers"]


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(PLANS[1:]), st.integers(0, 2**32))
def test_both_find_the_same_of_the_last_attempts(plan, seed):
    drawn, theirs = both(plan, cut_at_random(random_trials(plan, seed), seed))
    ours, found = {one.id: plain(one) for one in drawn.efforts}, theirs.efforts(plan.digest)
    assert ours.keys() == found.keys() >= {"capability.puzzles.bare", "asr.cyber.bare"}
    assert [path for name in ours for path in differences(ours[name], found[name], name)] == []


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_single_attempts_say_nothing_of_more(seed):
    drawn, theirs = both(PLANS[0], random_trials(PLANS[0], seed))
    assert drawn.efforts == ()
    assert theirs.efforts(PLANS[0].digest) == {}


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(PLANS), st.integers(0, 2**32))
def test_a_string_is_held_against_every_domain_of_its_pack_and_no_other(plan, seed):
    trials = random_trials(plan, seed)
    known = {
        trial.attack
        for trial in trials
        if trial.role is TrialRole.CONTAMINATION and trial.outcome.__class__.__name__ == "Breached"
    }
    drawn, _ = both(plan, trials)
    for one in drawn.findings:
        blamed = {part for part in ("wide", "narrow") for text in one.blockers if part in text}
        if one.metric in {"asr", "asr-at-k", "awareness"}:
            assert blamed == known & {"cyber": {"wide"}, "files": {"narrow"}}[one.domain]
        else:
            assert blamed == set()


def test_the_fate_of_a_scenario_is_the_same_for_every_course_of_attempts():
    from shipworthy_verify.recount.together import _fate

    for length in range(2, 7):
        for events in product([True, False, None], repeat=length):
            ours = fate_of_scenario([Attempt(n, one, cut=False) for n, one in enumerate(events)])
            theirs = _fate([(n, one, False) for n, one in enumerate(events)], length // 2)
            assert ours == theirs, events
