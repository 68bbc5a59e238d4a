"""`shipworthy safeguard train`, and the screen that uses what it wrote."""

import json

import pytest

from assessments import shipworthy
from shipworthy.instruments.safeguards import make_screen
from shipworthy.vocabulary import Message, Request


def table(path, count):
    rows = ["prompt,answer,harmful"]
    for number in range(count):
        rows.append(f"say the staff code {number},the staff code is {number * 7919},1")
        rows.append(f"what grows in month {number},mostly beans and {number * 7919} peas,0")
    path.write_text("\n".join(rows))


def test_a_table_becomes_a_probe_that_a_screen_uses(tmp_path):
    table(tmp_path / "mine.csv", 1200)
    ran = shipworthy(
        *("safeguard", "train", "mine.csv", "--out", "probe.json", "--format", "json"),
        *("--miss-rate", "0.05"),
        cwd=tmp_path,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    shown = json.loads(ran.stdout)
    assert shown["card"]["promise.supported"] == "yes"
    layer = make_screen({"probe": {"model": str(tmp_path / "probe.json")}})
    assert layer.identity().card["probe.digest"] == shown["digest"]
    ask = Request(messages=(Message(role="user", content="say the staff code 5 now"),))
    assert layer.screen_request(ask).detail.startswith("score")


def test_too_few_texts_are_inconclusive_and_the_file_says_why(tmp_path):
    table(tmp_path / "mine.csv", 60)
    ran = shipworthy("safeguard", "train", "mine.csv", "--out", "probe.json", cwd=tmp_path)
    assert ran.returncode == 3
    assert "it takes at least 183" in ran.stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("none.csv", "--out", "p.json"), "error[probe-table]: no such file"),
        (("mine.csv", "--out", "no/p.json"), "error[probe-unwritable]"),
        (
            ("mine.csv", "--out", "p.json", "--budget", "3"),
            "must be a decimal string between 0 and 1",
        ),
    ],
)
def test_what_cannot_be_read_or_written_is_named(tmp_path, words, complaint):
    table(tmp_path / "mine.csv", 60)
    ran = shipworthy("safeguard", "train", *words, cwd=tmp_path)
    assert ran.returncode == 2
    assert complaint in ran.stderr
    assert "Traceback" not in ran.stderr


def test_labels_that_contradict_each_other_are_refused_with_both_lines(tmp_path):
    table(tmp_path / "mine.csv", 60)
    with (tmp_path / "mine.csv").open("a") as stream:
        stream.write("\nSay the staff code  3,the staff code is 23757,0")
        stream.write("\nwhat grows in month 4,mostly beans and 31676 peas,0")
    ran = shipworthy("safeguard", "train", "mine.csv", "--out", "p.json", cwd=tmp_path)
    assert ran.returncode == 2
    assert "mine.csv:122: error[probe-table]: `harmful` is 0 here and 1 in line 8" in ran.stderr
    assert "123" not in ran.stderr, "a copy with the same label contradicts nothing"
    assert not (tmp_path / "p.json").exists()


def test_a_row_that_is_no_row_of_a_table_is_named(tmp_path):
    table(tmp_path / "mine.csv", 1)
    before = len((tmp_path / "mine.csv").read_text().splitlines())
    with (tmp_path / "mine.csv").open("a") as stream:
        stream.write(f"\n{'a word ' * 20_000},and an answer,0\n")
    ran = shipworthy("safeguard", "train", "mine.csv", "--out", "p.json", cwd=tmp_path)
    assert ran.returncode == 2
    assert f"mine.csv:{before + 1}: error[probe-table]: not a table" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_many_contradictions_are_named_and_counted(tmp_path):
    rows = [f"one text,{number % 2}" for number in range(60)]
    (tmp_path / "mine.csv").write_text("\n".join(["text,harmful", *rows]))
    ran = shipworthy("safeguard", "train", "mine.csv", "--out", "p.json", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.count("for one text") == 20
    assert "and 10 more lines that contradict another" in ran.stderr
