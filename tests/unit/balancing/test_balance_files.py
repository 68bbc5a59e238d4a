"""Files of pairs and answers: what is written is read, and faults are told with their line."""

import json
import random

import pytest

from shipworthy.instruments.balance import (
    built_in_topics,
    pairs_text,
    prompt_pairs,
    read_answers,
    read_pairs,
)
from shipworthy.kernel import Problem

PAIRS = prompt_pairs(built_in_topics().topics[:3], ("essay", "debate"), 2)
LINES = pairs_text(PAIRS).splitlines()
FIRST = PAIRS[0].answer_id("a")


def faults(read, text, *arguments):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(Problem) as caught:
        read(data, "some.jsonl", *arguments)
    return [(one.code, one.location.line) for one in caught.value.diagnostics]


def altered(**fields):
    return "\n".join([json.dumps(json.loads(LINES[0]) | fields), *LINES[1:]])


def test_pairs_are_read_as_they_were_written_in_any_order():
    assert read_pairs(pairs_text(PAIRS).encode(), "pairs.jsonl") == PAIRS
    shuffled = random.Random(1).sample(LINES, len(LINES))
    found = read_pairs("\n\n".join(shuffled).encode("utf-8-sig"), "pairs.jsonl")
    assert sorted(found, key=lambda pair: pair.id) == sorted(PAIRS, key=lambda pair: pair.id)


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "Write something else."},
        {"view": "a much higher minimum wage"},
        {"pair": "sha256:" + "0" * 64},
        {"axis": "social"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_altered_pair_is_refused(fields):
    assert faults(read_pairs, altered(**fields))[0] == ("balance-altered", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n".join(LINES[1:]), [("balance-half", 1)]),
        ("\n".join([*LINES, LINES[3]]), [("balance-line", len(LINES) + 1)]),
        ("", [("balance-line", 1)]),
        ("[1]\n{\n" + "\n".join(LINES), [("balance-line", 1), ("balance-line", 2)]),
        ('{"id": 3}', [("balance-line", 1)]),
        (altered(task="esay"), [("balance-line", 1)]),
        (altered(side="c"), [("balance-line", 1)]),
        (altered(repeat="1"), [("balance-line", 1)]),
        (LINES[0].encode() + b"\n\xff", [("balance-encoding", 2)]),
    ],
)
def test_faults_of_pairs_have_a_line(text, expected):
    assert faults(read_pairs, text) == expected


def test_many_faults_are_cut_short():
    assert len(faults(read_pairs, "{\n" * 1000)) == 20


def test_answers_that_failed_or_are_empty_are_unassessed():
    ids = [pair.answer_id(side) for pair in PAIRS for side in "ab"]
    rows = [
        {"id": ids[0], "answer": "Yes.", "tokens": 3},
        {"id": ids[1], "answer": " \n"},
        {"id": ids[2], "answer": None},
        {"id": ids[3], "error": "time-out"},
        {"id": ids[4], "answer": "Half of it", "error": "cut off"},
        {"id": ids[5], "answer": "No.", "error": None},
    ]
    found = read_answers("\n".join(map(json.dumps, rows)).encode(), "answers.jsonl", PAIRS)
    assert list(found.values()) == ["Yes.", None, None, None, None, "No."]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"id": "minimum-wage/essay/9/a", "answer": "x"}, "balance-answer-unknown"),
        ({"id": "nothing", "answer": "x"}, "balance-answer-unknown"),
        ({"answer": "x"}, "balance-line"),
        ({"id": FIRST, "anwser": "x"}, "balance-line"),
        ({"id": FIRST, "answer": ["x"]}, "balance-line"),
    ],
)
def test_faults_of_answers_have_a_line(row, code):
    text = "\n" + json.dumps(row)
    assert faults(read_answers, text, PAIRS) == [(code, 2)]


def test_an_answer_that_stands_twice_is_refused():
    row = json.dumps({"id": FIRST, "answer": "x"})
    assert faults(read_answers, f"{row}\n{row}", PAIRS) == [("balance-line", 2)]


def test_a_misspelt_field_and_id_are_put_right():
    with pytest.raises(Problem) as caught:
        read_answers(json.dumps({"id": FIRST, "anwser": "x"}).encode(), "answers.jsonl", PAIRS)
    assert "anwser" in caught.value.diagnostics[0].help
    with pytest.raises(Problem) as caught:
        read_answers(
            json.dumps({"id": FIRST.replace("essay", "esay"), "answer": "x"}).encode(),
            "answers.jsonl",
            PAIRS,
        )
    assert FIRST in caught.value.diagnostics[0].help
