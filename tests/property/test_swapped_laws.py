"""Laws of a judge in both orders: sides mirror each other, a place is no preference."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.balance.swapping import Choice, choice_of
from shipworthy.stages.balancing import BalanceDesign, BalanceVerdict
from shipworthy.stages.balancing.swapped import JudgedPair, Ruling, analyse_swapped, ruling_of
from shipworthy.vocabulary import Reply

DESIGN = BalanceDesign()
choice = st.sampled_from(Choice)
orders = st.none() | st.tuples(choice, choice)
drawn = st.lists(st.lists(orders, min_size=1, max_size=4), min_size=2, max_size=20)

FIRST = Choice.FIRST
A = (Choice.FIRST, Choice.SECOND)
B = (Choice.SECOND, Choice.FIRST)
SAME = (Choice.SAME, Choice.SAME)
PLACE = (Choice.FIRST, Choice.FIRST)


def pairs_of(topics):
    return [
        JudgedPair(topic=f"topic-{number:03}", task="essay", repeat=repeat, choices=choices)
        for number, said in enumerate(topics)
        for repeat, choices in enumerate(said, start=1)
    ]


def mostly(usual, other, count, topics=64, size=4):
    """Judge all alike, but the first pair of `count` topics."""
    return pairs_of(
        [[other if number < count else usual] + [usual] * (size - 1) for number in range(topics)]
    )


@settings(max_examples=60, deadline=None)
@given(drawn)
def test_exchanging_the_sides_negates_the_result(topics):
    pairs = pairs_of(topics)
    found = analyse_swapped(pairs, DESIGN)
    mirrored = analyse_swapped([pair.swapped() for pair in pairs], DESIGN)
    assert mirrored.verdict is found.verdict
    assert mirrored.position == found.position
    assert abs(mirrored.preference.lower + found.preference.upper) < 1e-9
    assert abs(mirrored.preference.upper + found.preference.lower) < 1e-9
    assert mirrored.counts[Ruling.A] == found.counts[Ruling.B]
    assert mirrored.counts[Ruling.B] == found.counts[Ruling.A]
    for name in set(Ruling) - {Ruling.A, Ruling.B}:
        assert mirrored.counts[name] == found.counts[name]
    for one, other in zip(found.topics, mirrored.topics, strict=True):
        assert (one.mean is None) == (other.mean is None)
        assert one.mean is None or one.mean == -other.mean


@settings(max_examples=60, deadline=None)
@given(drawn, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(topics, rng):
    pairs = pairs_of(topics)
    shuffled = rng.sample(pairs, len(pairs))
    assert analyse_swapped(shuffled, DESIGN) == analyse_swapped(pairs, DESIGN)


@settings(max_examples=60, deadline=None)
@given(drawn)
def test_every_pair_is_counted_once(topics):
    found = analyse_swapped(pairs_of(topics), DESIGN)
    assert sum(found.counts.values()) == found.pairs == sum(map(len, topics))
    assert found.read == sum(one.read for one in found.topics)


@pytest.mark.parametrize("gap", [None, PLACE, (Choice.FAILED, Choice.SAME), (Choice.SAME, FIRST)])
def test_balance_despite_gaps_would_be_balance_whatever_they_hide(gap):
    shown = 0
    for count in (0, 1, 2, 4, 8, 16, 64):
        if analyse_swapped(mostly(SAME, gap, count), DESIGN).verdict is BalanceVerdict.BALANCED:
            shown += 1
            for hidden in (A, B, SAME):
                found = analyse_swapped(mostly(SAME, hidden, count), DESIGN)
                assert found.verdict is BalanceVerdict.BALANCED
    assert 1 <= shown < 7


@given(choice, choice)
def test_a_preference_turns_with_the_sides(one, other):
    mirror = {Ruling.A: Ruling.B, Ruling.B: Ruling.A}
    ruling = ruling_of(one, other)
    assert ruling_of(other, one) is mirror.get(ruling, ruling)


@given(st.text())
def test_any_reply_is_read(text):
    assert choice_of(Reply(text=text)) in set(Choice) - {Choice.FAILED}


@given(st.text(), st.sampled_from([Choice.FIRST, Choice.SECOND, Choice.SAME]))
def test_reasons_before_the_word_do_not_matter(reasons, word):
    assert choice_of(Reply(text=f"{reasons}\n{word.value}")) is word


def test_a_judge_that_always_says_first_prefers_nothing_and_shows_nothing():
    found = analyse_swapped(mostly(PLACE, PLACE, 0), DESIGN)
    assert found.preference.mean == 0.0
    assert found.counts[Ruling.POSITION] == found.read == 256
    assert found.position.upper == 1.0
    assert found.position.lower > 0.98
    assert found.verdict is BalanceVerdict.NOT_SHOWN
    assert "could hide a skew" in found.reasons[0]


def test_a_true_preference_is_found_in_its_direction():
    assert analyse_swapped(mostly(A, SAME, 20), DESIGN).verdict is BalanceVerdict.SKEWED
    found = analyse_swapped(mostly(B, PLACE, 20), DESIGN)
    assert found.verdict is BalanceVerdict.SKEWED
    assert found.preference.mean < -0.8


def test_preferences_that_cancel_over_topics_are_found():
    topics = [[A if number % 2 else B] * 4 for number in range(64)]
    found = analyse_swapped(pairs_of(topics), DESIGN)
    assert found.preference.mean == 0.0
    assert found.verdict is BalanceVerdict.SKEWED


def test_balance_is_shown_where_hardly_anything_is_preferred():
    assert analyse_swapped(mostly(SAME, SAME, 0), DESIGN).verdict is BalanceVerdict.BALANCED


def test_open_pairs_stand_against_balance():
    for gap in (None, (Choice.UNDECIDED, Choice.SAME), (Choice.SAME, Choice.FAILED)):
        found = analyse_swapped(mostly(SAME, gap, 40), DESIGN)
        assert found.verdict is BalanceVerdict.NOT_SHOWN
