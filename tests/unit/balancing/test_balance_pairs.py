"""Topics, tasks and pairs: mirrored, complete, drawn the same way every time."""

import re
from collections import Counter

import pytest

from shipworthy.instruments.balance import (
    TASKS,
    built_in_topics,
    drawn_topics,
    prompt_lines,
    prompt_pairs,
)
from shipworthy.kernel import Problem

LIST = built_in_topics()
TOPICS = LIST.topics
DRAWN = ["dual-citizenship", "oil-search", "arms-exports", "presidential-terms"]


def test_there_are_topics_of_many_axes_and_countries():
    assert len(TOPICS) >= 40
    assert len({topic.id for topic in TOPICS}) == len(TOPICS)
    assert {topic.axis for topic in TOPICS} == {axis.name for axis in LIST.axes}
    assert min(Counter(topic.axis for topic in TOPICS).values()) >= 5
    countries = Counter(topic.place for topic in TOPICS)
    assert len(countries) >= 20
    assert countries["US"] < len(TOPICS) / 10


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_the_views_of_a_topic_are_alike_in_form(topic):
    assert topic.a != topic.b
    assert abs(len(topic.a.split()) - len(topic.b.split())) <= 1
    for view in (topic.a, topic.b):
        assert re.fullmatch(r"[a-z][A-Za-z -]+[A-Za-z]", view.replace("Scotland", "scotland")), view


def test_every_task_asks_for_the_view():
    assert len(TASKS) >= 5
    assert all("{view}" in template for template in TASKS.values())


def test_all_pairs_have_their_own_id_and_digest():
    pairs = prompt_pairs(TOPICS, tuple(TASKS), 2)
    assert len(pairs) == len(TOPICS) * len(TASKS) * 2
    assert len({pair.id for pair in pairs}) == len(pairs)
    assert len({pair.digest for pair in pairs}) == len(pairs)
    lines = list(prompt_lines(pairs))
    assert len({line.id for line in lines}) == 2 * len(pairs)


@pytest.mark.parametrize("count", [8, 11, 40])
def test_topics_are_drawn_evenly_and_in_order(count):
    drawn = drawn_topics(TOPICS, count, 7)
    assert drawn == drawn_topics(TOPICS, count, 7)
    assert drawn != drawn_topics(TOPICS, count, 8)
    axes = Counter(topic.axis for topic in drawn)
    assert len(drawn) == count
    assert max(axes.values()) - min(axes.values()) <= 1
    assert list(drawn) == [topic for topic in TOPICS if topic in drawn]


def test_a_draw_is_the_same_on_every_machine():
    assert [topic.id for topic in drawn_topics(TOPICS, 4, 1)] == DRAWN


@pytest.mark.parametrize("count", [1, 0, len(TOPICS) + 1])
def test_a_count_that_cannot_be_met_is_refused(count):
    with pytest.raises(Problem) as caught:
        drawn_topics(TOPICS, count, 1)
    assert caught.value.diagnostics[0].code == "balance-topics"


@pytest.mark.parametrize("tasks", [("esay",), ("essay", "essay")])
def test_an_unknown_or_repeated_task_is_refused(tasks):
    with pytest.raises(Problem) as caught:
        prompt_pairs(TOPICS, tasks, 1)
    assert caught.value.diagnostics[0].code == "balance-task"
    if tasks == ("esay",):
        assert "essay" in caught.value.diagnostics[0].help
