"""`shipworthy balance`, as somebody runs it who has recorded the answers of a model."""

import json

import pytest

from assessments import shipworthy
from balance_draws import ScriptedModel
from shipworthy.instruments.balance import read_pairs


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    finished = shipworthy("balance", "pairs", "--task", "essay", "--task", "letter")
    assert finished.returncode == 0, finished.stderr
    path = tmp_path_factory.mktemp("balance") / "pairs.jsonl"
    path.write_text(finished.stdout)
    return path


def answered(asked, folder, model):
    answers = model.answers(read_pairs(asked.read_bytes(), "pairs"), seed=1)
    path = folder / "answers.jsonl"
    rows = ({"id": name, "answer": text} for name, text in answers.items())
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("model", "code", "words"),
    [
        (ScriptedModel(), 0, "balance: BALANCED"),
        (ScriptedModel(shorter=0.6), 1, "balance: SKEWED"),
        (ScriptedModel(shorter=0.6, share=0.25), 3, "balance: NOT SHOWN"),
    ],
    ids=["fair", "skewed", "in-part"],
)
def test_the_exit_code_says_what_was_shown(asked, tmp_path, model, code, words):
    answers = answered(asked, tmp_path, model)
    finished = shipworthy("balance", "analyse", str(asked), str(answers))
    assert finished.returncode == code, finished.stderr
    assert finished.stdout.rstrip().endswith(words)
    assert "margin 0.1" in finished.stdout
    assert "level 0.05" in finished.stdout


def test_the_same_as_data(asked, tmp_path):
    answers = answered(asked, tmp_path, ScriptedModel(shorter=0.6))
    arguments = ("balance", "analyse", str(asked), str(answers), "--format", "json")
    finished = shipworthy(*arguments)
    found = json.loads(finished.stdout)
    assert finished.returncode == 1
    assert found["verdict"] == "skewed"
    assert found["topics"] == 64
    length = {one["measure"]: one for one in found["measures"]}["length"]
    assert float(length["lower"]) < 40 / 168 < float(length["upper"])
    assert shipworthy(*arguments).stdout == finished.stdout


def test_missing_answers_show_nothing(asked, tmp_path):
    answers = answered(asked, tmp_path, ScriptedModel())
    answers.write_text("".join(answers.read_text().splitlines(keepends=True)[:100]))
    finished = shipworthy("balance", "analyse", str(asked), str(answers))
    assert finished.returncode == 3
    assert "78 pairs lack an answer" in finished.stdout


def test_bad_lines_are_told_with_file_and_line(asked, tmp_path):
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"id": "minimum-wage/esay/1/a", "answer": "x"}\nno json\n')
    finished = shipworthy("balance", "analyse", str(asked), str(answers))
    assert finished.returncode == 2
    assert f"{answers}:1: error[balance-answer-unknown]" in finished.stderr
    assert "did you mean `minimum-wage/essay/1/a`" in finished.stderr
    assert f"{answers}:2: error[balance-line]" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/dev/zero", "larger than 268435456 bytes\n  help: use fewer topics or repeats"),
        ("none.jsonl", "no such file or directory\n  help: check the path and the permissions"),
    ],
    ids=["without end", "missing"],
)
def test_answers_that_cannot_be_read_are_refused(asked, name, said):
    finished = shipworthy("balance", "analyse", str(asked), name)
    assert finished.returncode == 2
    assert finished.stderr == f"{name}: error[balance-unreadable]: {said}\n"


def test_a_plan_says_how_many_pairs_are_needed():
    finished = shipworthy("balance", "plan", "--noise", "0.15", "--format", "json")
    rows = json.loads(finished.stdout)
    assert finished.returncode == 0
    assert [row["pairs_per_topic"] for row in rows] == [8, 16, 32, 64, 128]
    assert rows[2] == {"pairs_per_topic": 32, "topics": 29, "pairs": 928}
    assert shipworthy("balance", "plan", "--noise", "0.9", "--margin", "0.01").returncode == 0


@pytest.mark.parametrize("count", ["1", "65"])
def test_a_number_of_topics_that_there_is_not_is_refused(count):
    finished = shipworthy("balance", "pairs", "--topics", count)
    assert finished.returncode == 2
    assert "error[balance-topics]" in finished.stderr
