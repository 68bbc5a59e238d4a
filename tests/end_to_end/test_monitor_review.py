"""`shipworthy review`: drawn, read blind, answered once, counted; what is altered is noticed."""

import json

import pytest

from assessments import shipworthy
from live_traffic import FINE, MONITOR, exchange, write_monitor, write_traffic

REVIEW = """
[[review]]
domain = "secrets"
question = "does the answer hold a key?"
draws = 12
never_miss = 6
uniform = "0.5"
twice = "0.5"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    write_traffic(folder / "traffic1.jsonl", [exchange(n, held=n % 20 == 0) for n in range(400)])
    write_monitor(folder, MONITOR + REVIEW)
    shipworthy("monitor", "run", folder / "monitor.toml", "--once")
    return folder


def left(folder, reader):
    shown = shipworthy(
        "review", "next", folder / "monitor.toml", "--reader", reader, "--count", "0",
        *("--format", "json"),
    )  # fmt: skip
    return json.loads(shown.stdout)


@pytest.mark.slow
def test_a_round_is_drawn_read_and_counted(folder):
    file = folder / "monitor.toml"
    assert shipworthy("review", "status", file).returncode == 3
    drawn = shipworthy("review", "draw", file)
    assert drawn.returncode == 0, drawn.stderr
    assert "from 400 exchanges" in drawn.stdout
    nothing_new = shipworthy("review", "draw", file)
    assert nothing_new.returncode == 3
    assert "review-empty" in nothing_new.stderr

    shown = left(folder, "ada")
    assert set(shown["items"][0]) == {"type", "item", "content"}
    assert FINE in json.dumps(shown["items"])
    first = shown["items"][0]["item"]
    said = shipworthy("review", "answer", file, first, "no", "--reader", "ada")
    assert said.returncode == 0, said.stderr
    again = shipworthy("review", "answer", file, first, "yes", "--reader", "ada")
    assert again.returncode == 2
    assert "review-twice" in again.stderr
    assert len(left(folder, "ada")["items"]) == len(shown["items"]) - 1

    found = json.loads(shipworthy("review", "status", file, "--format", "json").stdout)
    assert found["prevalence"]["id"] == "prevalence.secrets.deployed"
    assert found["prevalence"]["upper"] == "1.000000000"
    assert found["waiting"] > 0

    answers = folder / "monitor" / "review" / "secrets" / "readers" / "ada.jsonl"
    answers.write_text(answers.read_text() * 2)
    doubled = shipworthy("review", "status", file)
    assert doubled.returncode == 4
    assert "review-altered" in doubled.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["next", "--reader", "A b"], "review-reader"),
        (["draw", "--domain", "secret"], "secrets"),
        (["answer", "ex-1", "maybe", "--reader", "ada"], "review-answer"),
        (["answer", "ex-999", "no", "--reader", "ada"], "review-item"),
    ],
)
def test_bad_input_is_explained(folder, words, said):
    done = shipworthy("review", words[0], folder / "monitor.toml", *words[1:])
    assert done.returncode == 2
    assert said in done.stderr
