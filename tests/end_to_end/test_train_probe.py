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
