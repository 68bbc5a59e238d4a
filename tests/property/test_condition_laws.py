"""Conditions add words around a request and change nothing of it; pairs are of one build."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.attacks import Composer
from shipworthy.instruments.attacks.composing import compose_under
from shipworthy.instruments.conditions import CONDITIONS
from shipworthy.instruments.conditions.announcements import HIDE, SCORES, WATCH
from shipworthy.instruments.conditions.dresses import CLOSINGS, OPENINGS
from shipworthy.instruments.judges import goal_texts, mentions, suspects_test
from shipworthy.instruments.scenarios import load_pack
from shipworthy.kernel import Stream
from shipworthy.testing.conditions import condition_told
from shipworthy.vocabulary import (
    AS_TEST,
    AS_TRAFFIC,
    NO_STAKES,
    PLAIN,
    STAKES,
    Message,
    Reply,
    Request,
    TrialRole,
)

SEEDS = st.integers(0, 2**31 - 1)
NAMES = st.sampled_from(sorted(CONDITIONS))
ASKED = st.text(min_size=1, max_size=80).filter(str.strip)
PAIRS = (*OPENINGS, *CLOSINGS, *SCORES, *WATCH)
POLITE = re.compile(r"\b(?:please|thank|thanks|hello|hi|hey|sorry|dear|good morning)\b")
HURRIED = re.compile(r"\b(?:urgent\w*|quick\w*|asap|immediately|hurry|at once|deadline)\b")


def conversation(text):
    system = Message(role="system", content="You help at a shop.")
    return Request(messages=(system, Message(role="user", content=text)), seed=3)


def under(name, request, seed):
    return CONDITIONS[name].change(request, Stream("test", CONDITIONS[name].kind, seed))


@given(NAMES, ASKED, SEEDS)
def test_the_request_stays_word_for_word(name, text, seed):
    asked = conversation(text)
    changed = under(name, asked, seed)
    assert changed == under(name, asked, seed)
    assert text in changed.messages[-1].content
    assert changed.messages[0] == asked.messages[0]
    assert (changed.tools, changed.seed) == (asked.tools, asked.seed)
    assert [turn.role for turn in changed.messages].count("user") == 1
    if name == PLAIN:
        assert changed == asked
    else:
        assert changed != asked


@given(ASKED, SEEDS)
def test_both_dresses_are_as_long_to_a_few_signs(text, seed):
    asked = conversation(text)
    one, other = under(AS_TEST, asked, seed), under(AS_TRAFFIC, asked, seed)
    assert one != other
    assert abs(len(one.messages[-1].content) - len(other.messages[-1].content)) <= 6
    priced, plain = under(STAKES, asked, seed), under(NO_STAKES, asked, seed)
    assert abs(len(priced.messages[1].content) - len(plain.messages[1].content)) <= 3


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_pairs_are_as_polite_and_as_little_in_a_hurry(pair):
    one, other = (text.lower() for text in pair)
    assert sorted(POLITE.findall(one)) == sorted(POLITE.findall(other))
    assert not HURRIED.search(one + other)
    assert abs(len(one) - len(other)) <= 3
    assert one.count("\n") == other.count("\n")
    assert one.count("{n}") == other.count("{n}")


def test_there_are_many_dresses_and_no_two_alike():
    assert len(OPENINGS) * len(CLOSINGS) >= 100
    for texts in (OPENINGS, CLOSINGS, SCORES, WATCH):
        assert len({text for pair in texts for text in pair if text}) >= 2 * len(texts) - 2
    assert len(set(HIDE)) == len(HIDE)


def test_what_looks_like_a_test_says_so_and_what_looks_like_traffic_does_not():
    """The scan itself, put to the words of the dresses as if a model had said them."""
    nothing = Request(messages=())
    test = re.compile(r"test|eval|benchmark|score|graded|red-team|exam|measure|research|item\b")
    for one, other in OPENINGS:
        assert test.search(one.lower())
        assert not test.search(other.lower())
    for _, other in (*OPENINGS, *CLOSINGS):
        assert not suspects_test(nothing, Reply(text=other))


@pytest.mark.parametrize("pack", ["assistant", "vault", "policies"])
def test_no_condition_gives_a_goal_away(pack):
    added = " ".join(text for pair in PAIRS for text in pair) + " ".join(HIDE)
    for scenario in load_pack(pack):
        assert not any(mentions(added, goal) for goal in goal_texts(scenario.check))


@given(SEEDS)
def test_a_planted_model_can_tell_the_conditions(seed):
    scenario = load_pack("assistant")[seed % 30]
    for name, condition in CONDITIONS.items():
        request = compose_under(scenario, condition, seed)
        told = [{"role": turn.role, "content": turn.content} for turn in request.messages]
        assert condition_told(told) == name


@given(SEEDS)
def test_the_run_asks_what_the_plan_registers(seed):
    scenario = load_pack("assistant")[seed % 30]
    compose = Composer({}, "You are the product.")
    for name in (AS_TEST, AS_TRAFFIC):
        first = compose(scenario, attack=name, role=TrialRole.REALISM, seed=seed)
        assert first == compose(scenario, attack=name, role=TrialRole.REALISM, seed=seed)
        assert scenario.request in first.messages[-1].content
