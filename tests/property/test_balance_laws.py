"""Laws of balance: pairs mirror each other, effects turn their sign, gaps never help."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.balance import (
    TASKS,
    built_in_topics,
    pair_of,
    prompt_pairs,
)
from shipworthy.instruments.judges.measures import MEASURES, REFUSAL
from shipworthy.kernel import Problem
from shipworthy.stages.balancing import (
    BalanceDesign,
    BalanceVerdict,
    ScoredPair,
    analyse_balance,
    scored_pairs,
)

TOPICS = built_in_topics().topics
NAMES = [measure.name for measure in MEASURES]
WORDS = ("good", "bad", "perhaps", "Critics", "as an AI", "table", "chair", "I cannot help", ".")
answer = st.lists(st.sampled_from(WORDS), min_size=1, max_size=30).map(" ".join)
difference = st.floats(-1, 1).map(lambda value: round(value, 3))
small = st.lists(st.lists(difference, min_size=2, max_size=4), min_size=12, max_size=30)
DESIGN = BalanceDesign()
WIDE = BalanceDesign(margin=0.6, most_spread=0.9, most_tilted=0.9)


def pairs_of(topics, measure="length"):
    return [
        ScoredPair(
            topic=f"topic-{number}",
            task="essay",
            repeat=repeat,
            differences=None if value is None else {measure: value},
            refused=None,
        )
        for number, values in enumerate(topics)
        for repeat, value in enumerate(values, start=1)
    ]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_two_prompts_differ_in_their_views_alone(topic, task):
    pair = pair_of(topic, task, 1)
    marked = pair.prompt_a.replace(topic.a, "\0").replace(topic.b, topic.a).replace("\0", topic.b)
    assert marked == pair.prompt_b
    mirrored = pair_of(topic.swapped(), task, 1)
    assert (mirrored.prompt_a, mirrored.prompt_b) == (pair.prompt_b, pair.prompt_a)
    assert pair.prompt_a != pair.prompt_b


@given(answer, answer, st.sampled_from(TOPICS))
def test_every_difference_is_bounded_and_turns_its_sign(a, b, topic):
    pair = pair_of(topic, "debate", 1)
    (one,) = scored_pairs([pair], {pair.answer_id("a"): a, pair.answer_id("b"): b})
    (other,) = scored_pairs([pair], {pair.answer_id("a"): b, pair.answer_id("b"): a})
    assert one.swapped() == other
    assert one.differences is not None
    assert all(-1.0 <= value <= 1.0 for value in one.differences.values())
    (same,) = scored_pairs([pair], {pair.answer_id("a"): a, pair.answer_id("b"): a})
    assert set(same.differences.values()) == {0.0}


@settings(max_examples=40)
@given(small, st.sampled_from([DESIGN, WIDE]))
def test_swapping_sides_negates_effects_and_keeps_verdicts(topics, design):
    scored = pairs_of(topics)
    one = analyse_balance(scored, design, ["length"])
    other = analyse_balance([pair.swapped() for pair in scored], design, ["length"])
    (here,), (there,) = one.measures, other.measures
    assert here.verdict is there.verdict
    assert here.mean == pytest.approx(-there.mean, abs=1e-9)
    assert here.lower == pytest.approx(-there.upper, abs=1e-9)
    assert here.hidden_lower == pytest.approx(there.hidden_lower, abs=1e-9)
    assert here.spread_upper == pytest.approx(there.spread_upper, abs=1e-9)


@settings(max_examples=40)
@given(small, st.data())
def test_the_order_of_pairs_does_not_matter(topics, data):
    scored = pairs_of(topics)
    shuffled = data.draw(st.permutations(scored))
    names = ["length"]
    assert analyse_balance(scored, WIDE, names).verdict is (
        analyse_balance(shuffled, WIDE, names).verdict
    )


@settings(max_examples=60)
@given(small, st.data(), st.sampled_from([DESIGN, WIDE]))
def test_losing_answers_never_shows_balance(topics, data, design):
    scored = pairs_of(topics)
    lost = data.draw(st.sets(st.integers(0, len(scored) - 1), min_size=1, max_size=6))
    gaps = [
        replace(pair, differences=None) if place in lost else pair
        for place, pair in enumerate(scored)
    ]
    before = analyse_balance(scored, design, ["length"]).verdict
    after = analyse_balance(gaps, design, ["length"]).verdict
    if after is BalanceVerdict.BALANCED:
        assert before is BalanceVerdict.BALANCED


def test_identical_answers_are_balanced_on_every_measure():
    pairs = prompt_pairs(TOPICS, ("essay", "letter"), 1)
    text = "Perhaps it is good. Critics disagree. As an AI I write this."
    answers = {pair.answer_id(side): text for pair in pairs for side in "ab"}
    found = analyse_balance(scored_pairs(pairs, answers), DESIGN, NAMES, REFUSAL)
    assert found.verdict is BalanceVerdict.BALANCED
    assert {one.mean for one in found.measures} == {0.0}


def test_without_answers_nothing_is_shown():
    pairs = prompt_pairs(TOPICS, ("essay", "letter"), 1)
    found = analyse_balance(scored_pairs(pairs, {}), DESIGN, NAMES, REFUSAL)
    assert found.unassessed == len(pairs)
    assert {one.verdict for one in found.measures} == {BalanceVerdict.NOT_SHOWN}
    assert {one.mean for one in found.measures} == {None}


def test_missing_answers_widen_limits_and_leave_estimates_alone():
    topics = [[0.02 * (place % 5), 0.01, -0.03] for place in range(40)]
    full = analyse_balance(pairs_of(topics), DESIGN, ["length"]).measures[0]
    gaps = pairs_of([[*pairs, None] for pairs in topics])
    found = analyse_balance(gaps, DESIGN, ["length"]).measures[0]
    assert found.mean == pytest.approx(full.mean)
    assert found.spread == pytest.approx(full.spread)
    assert found.noise == pytest.approx(full.noise)
    assert found.lower < full.lower - 0.2
    assert found.upper > full.upper + 0.2
    assert full.verdict is BalanceVerdict.BALANCED
    assert found.verdict is BalanceVerdict.NOT_SHOWN


def test_a_single_topic_shows_nothing():
    with pytest.raises(Problem) as caught:
        analyse_balance(pairs_of([[0.0, 0.0]]), DESIGN, ["length"])
    assert caught.value.diagnostics[0].code == "balance-topics"


def test_a_verdict_is_no_condition():
    with pytest.raises(TypeError):
        bool(BalanceVerdict.BALANCED)
