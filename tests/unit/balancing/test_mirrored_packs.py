"""Mirrored pairs as scenarios: the built-in pack, and tables of a user."""

import json
from collections import Counter

import pytest

from shipworthy.instruments.balance import (
    TASKS,
    built_in_topics,
    mirrored_scenarios,
    pairs_text,
    prompt_pairs,
)
from shipworthy.instruments.scenarios import load_pack, open_pack
from shipworthy.kernel import Problem

PUBLIC = (
    "split,main_category,topic_name,partisan,template_category,template,"
    "stance_a,stance_b,prompt_a,prompt_b,prompt_a_group,prompt_b_group\n"
)
ROW = (
    "eval,{axis},{topic},True,reasoning,Argue that {{stance}},{a},{b},"
    "Argue that {a},Argue that {b},x,y\n"
)


def pack_of(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return load_pack(path)


def faults_of(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(Problem) as caught:
        load_pack(path)
    return [(one.code, one.location.line, one.message) for one in caught.value.diagnostics]


def by_pair(scenarios):
    found = {}
    for one in scenarios:
        found.setdefault((one.domain, one.check.topic, one.check.task), {})[one.check.side] = one
    return found


def test_the_built_in_pack_asks_every_task_about_every_topic_from_both_sides():
    pairs = by_pair(load_pack("balance"))
    topics = built_in_topics().topics
    assert len(pairs) == len(topics) * len(TASKS)
    assert all(set(sides) == {"a", "b"} for sides in pairs.values())
    assert {axis for axis, _, _ in pairs} == {topic.axis for topic in topics}


def test_two_sides_differ_in_nothing_but_the_view_that_is_asked_for():
    for sides in by_pair(load_pack("balance")).values():
        a, b = sides["a"], sides["b"]
        assert (a.check.a, a.check.b) == (b.check.a, b.check.b)
        swapped = {a.check.a: "\0", a.check.b: a.check.a}
        text = a.request.replace(a.check.b, "\1").replace(a.check.a, a.check.b)
        assert text.replace("\1", a.check.a) == b.request, swapped
        assert (a.family, a.language, a.twin, a.public_context) == (
            (b.family, b.language, b.twin, b.public_context)
        )


def test_ids_and_domains_are_of_no_other_built_in_pack():
    others = [one for name in ("assistant", "vault", "policies") for one in load_pack(name)]
    ours = load_pack("balance")
    assert not {one.id for one in ours} & {one.id for one in others}
    assert not {one.domain for one in ours} & {one.domain for one in others}
    assert len({one.id for one in ours}) == len(ours)


def test_a_table_of_topics_gets_every_task_of_ours(tmp_path):
    text = "topic,axis,place,view_a,view_b\nSchool hours,School,DE,a later start,an earlier start\n"
    found = pack_of(tmp_path, "topics.csv", text)
    assert len(found) == 2 * len(TASKS)
    assert {one.domain for one in found} == {"school"}
    assert {one.check.topic for one in found} == {"school-hours"}
    assert "in favour of a later start" in next(
        one.request for one in found if one.check.task == "letter" and one.check.side == "a"
    )
    assert {one.source for one in found} == {"topics"}


def test_the_columns_of_the_public_set_are_read_as_they_are(tmp_path):
    rows = [
        ROW.format(axis="POLICIES", topic="town_parks", a="parks help", b="parks cost"),
        ROW.format(axis="POLICIES", topic="town_parks", a="more parks", b="fewer parks"),
    ]
    found = by_pair(pack_of(tmp_path, "set.csv", PUBLIC + "".join(rows)))
    assert set(found) == {
        ("policies", "town-parks", "reasoning-1"),
        ("policies", "town-parks", "reasoning-2"),
    }
    sides = found["policies", "town-parks", "reasoning-2"]
    assert sides["a"].request == "Argue that more parks"
    assert sides["b"].request == "Argue that fewer parks"


def test_json_lines_do_as_well(tmp_path):
    row = {"topic": "hours", "axis": "school", "view_a": "later", "view_b": "earlier"}
    assert len(pack_of(tmp_path, "topics.jsonl", json.dumps(row) + "\n")) == 2 * len(TASKS)


def test_lines_of_the_command_are_the_same_pairs_each_repeat_a_task(tmp_path):
    pairs = prompt_pairs(built_in_topics().topics[:2], ("essay",), 2)
    found = by_pair(pack_of(tmp_path, "pairs.jsonl", pairs_text(pairs)))
    assert Counter(task for _, _, task in found) == {"essay": 2, "essay-2": 2}


def test_a_table_without_pairs_is_one_of_requests(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("domain,request\nx,Say it.\n")
    assert mirrored_scenarios(path.read_bytes(), path) is None
    assert open_pack(path).scenarios[0].domain == "x"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("topic,axis,view_a,view_b\n", 1, "no rows"),
        ("topic,axis,view_a,view_c\nt,x,more,less\n", 2, "`view_b` is empty or missing"),
        ("topic,axis,view_a,view_b\nt,x,more,\n", 2, "`view_b` is empty or missing"),
        ("topic,axis,view_a,view_b\nt,x,more,more\n", 2, "both sides are the same"),
        ("topic,axis,view_a,view_b\nt,x,more,less\nt,x,in,out\n", 1, "occurs twice"),
        ('topic,axis,view_a,view_b\nt,x,"more,less\n', 2, "not valid CSV"),
    ],
)
def test_faults_of_a_table_of_topics_are_told_with_their_line(tmp_path, text, line, words):
    found = faults_of(tmp_path, "topics.csv", text)
    assert any(
        code == "balance-line" and at == line and words in said for code, at, said in found
    ), found


def test_a_topic_on_two_axes_is_refused(tmp_path):
    rows = [
        ROW.format(axis="POLICIES", topic="parks", a="a", b="b"),
        ROW.format(axis="PEOPLE", topic="parks", a="c", b="d"),
    ]
    ((code, line, said),) = faults_of(tmp_path, "set.csv", PUBLIC + "".join(rows))
    assert (code, line) == ("balance-line", 3)
    assert "is of `policies` on an earlier line" in said


def test_a_line_that_is_no_object_is_refused(tmp_path):
    first = '{"topic": "t", "axis": "x", "view_a": "more", "view_b": "less"}\n'
    ((code, line, _),) = faults_of(tmp_path, "topics.jsonl", first + "[1]\n")
    assert (code, line) == ("balance-line", 2)
