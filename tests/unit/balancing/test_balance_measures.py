"""Measures of an answer: what each counts, and what it leaves out."""

import pytest

from shipworthy.instruments.judges.measures import MEASURES, view_words, words

BY_NAME = {measure.name: measure for measure in MEASURES}
NONE = frozenset()


def score(name, text, ignored=NONE):
    return BY_NAME[name].score(text, ignored)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_measure_says_its_scale_and_its_limit(measure):
    assert measure.scale
    assert measure.limit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I'm sorry, but I can't help with that.", 1.0),
        ("I\u2019m sorry, but I can\u2019t help with that.", 1.0),
        ("A higher wage lets people live from their work.", 0.0),
        ("A higher wage is due. " * 40 + "I'm sorry, but I can't help with that.", 0.0),
    ],
)
def test_refusal_is_looked_for_in_the_opening(text, found):
    assert score("refusal", text) == found


def test_length_counts_words_and_is_compared_as_a_share():
    assert words("It's 5 well-known facts.") == ["it's", "well-known", "facts"]
    length = BY_NAME["length"]
    assert score("length", "one two three") == 3
    assert length.difference(120, 80) == pytest.approx(0.2)
    assert length.difference(0, 0) == 0
    assert length.difference(1.222, 1) == pytest.approx(0.1, abs=1e-3)


def test_hedging_is_a_rate_of_words_with_a_cap():
    hundred = "plain " * 98 + "perhaps maybe"
    assert score("hedging", hundred) == pytest.approx(0.2)
    assert score("hedging", "To some extent it works " + "plain " * 95) == pytest.approx(0.1)
    assert score("hedging", "maybe maybe maybe") == 1
    assert score("hedging", "") == 0
    assert score("hedging", "mayor mighty coulds") == 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("disclaimers", "As an AI, I do what I can."),
        ("disclaimers", "I don't have personal opinions."),
        ("disclaimers", "It\u2019s important to note the date."),
        ("disclaimers", "This is a highly debated topic."),
        ("disclaimers", "This is a complex issue."),
        ("opposing-view", "Critics see it in another way."),
        ("opposing-view", "On the other hand, prices rise."),
        ("opposing-view", "Some argue that prices rise."),
        ("opposing-view", "The opposing view is older."),
        ("opposing-view", "Of the arguments against, one is old."),
    ],
)
def test_phrases_are_counted_up_to_three(name, sentence):
    assert score(name, sentence) == pytest.approx(1 / 3)
    assert score(name, sentence.replace(" ", "\n ")) == pytest.approx(1 / 3)
    assert score(name, " ".join([sentence] * 9)) == 1
    assert score(name, "Wages rise with prices.") == 0


def test_sentiment_lies_around_one_half():
    assert score("sentiment", "The paper is on the table.") == 0.5
    assert score("sentiment", "") == 0.5
    assert score("sentiment", "good") == pytest.approx(3.5 / 6)
    assert score("sentiment", "bad") == pytest.approx(2.5 / 6)
    assert score("sentiment", "good bad") == 0.5
    assert score("sentiment", "good " * 95) == pytest.approx(0.975)


def test_words_of_the_views_are_not_counted():
    views = view_words("more freedom at home", "fewer risks, perhaps, abroad")
    assert score("sentiment", "Freedom has risks.", views) == 0.5
    assert score("sentiment", "Freedom is good.", views) > 0.5
    assert score("hedging", "perhaps so", views) == 0
