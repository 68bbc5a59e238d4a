"""`shipworthy balance judge` with a judge behind an endpoint, as somebody runs it."""

import json

import pytest

from assessments import shipworthy
from balance_draws import ScriptedModel
from shipworthy.instruments.balance import read_pairs
from shipworthy.instruments.balance.swapping import PROMPT, PROMPT_DIGEST
from shipworthy.kernel import digest_file
from shipworthy.testing.endpoint import SimulatedEndpoint

SECRET = "sk-made-up-for-this-test"


def words(body):
    """Words of the first and of the second answer that a judge is shown."""
    system, user = body["messages"]
    assert system == {"role": "system", "content": PROMPT}
    shown = json.loads(user["content"])
    return [len(shown[place]["answer"].split()) for place in ("first", "second")]


def likes_length(body):
    if len(body["messages"]) == 1:
        return "ready"  # what is asked first, to see whether anybody answers
    first, second = words(body)
    word = "same" if first == second else "first" if first > second else "second"
    return f"I counted {first} and {second} words.\n{word}"


def likes_the_first(body):
    return "first"


def is_vague(body):
    return "Both have their merits."


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    finished = shipworthy("balance", "pairs", "--task", "essay", "--task", "letter")
    assert finished.returncode == 0, finished.stderr
    path = tmp_path_factory.mktemp("balance") / "pairs.jsonl"
    path.write_text(finished.stdout)
    return path


def judge(asked, folder, url, *more, model=None, **settings):
    """Run the command on the answers of a scripted model; each is the longer for `a`, or none."""
    answers = (model or ScriptedModel()).answers(read_pairs(asked.read_bytes(), "pairs"), seed=1)
    rows = ({"id": name, "answer": text} for name, text in answers.items())
    (folder / "answers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    options = {"model": "simulated", "base_url": url, "key_variable": "JUDGE_KEY", **settings}
    table = "".join(f"{name} = {json.dumps(value)}\n" for name, value in options.items())
    (folder / "judge.toml").write_text(f'target = "openai"\n[options]\n{table}')
    return shipworthy(
        *("balance", "judge", asked, folder / "answers.jsonl"),
        *("--judge", folder / "judge.toml", *more),
        environment={"JUDGE_KEY": SECRET},
    )


SHORTER = ScriptedModel(shorter=0.6)


def test_a_true_preference_is_found(asked, tmp_path):
    with SimulatedEndpoint(likes_length) as endpoint:
        told = judge(asked, tmp_path, endpoint.url, model=SHORTER)
        data = judge(asked, tmp_path, endpoint.url, "--format", "json", model=SHORTER)
        again = judge(asked, tmp_path, endpoint.url, "--format", "json", model=SHORTER)
    assert told.returncode == data.returncode == 1, told.stderr
    assert told.stdout.rstrip().endswith("preference: SKEWED")
    assert "no evidence for a gate" in told.stdout
    assert f"answers {digest_file(tmp_path / 'answers.jsonl')}" in told.stdout
    found = json.loads(data.stdout)
    assert found["verdict"] == "skewed"
    assert found["counts"]["a"] == 128
    assert found["counts"]["b"] == found["counts"]["failed"] == 0
    assert float(found["preference"]["lower"]) > 0.85
    assert len(found["rulings"]) == found["pairs"] == 128
    assert {one["ruling"] for one in found["rulings"]} == {"a"}
    assert sum(float(one["mean"]) == 1.0 for one in found["topics"]) == 64
    assert found["digests"] == {
        "prompt": PROMPT_DIGEST,
        "pairs": digest_file(asked),
        "answers": digest_file(tmp_path / "answers.jsonl"),
        "judge": digest_file(tmp_path / "judge.toml"),
    }
    assert again.stdout == data.stdout
    assert SECRET not in told.stdout + told.stderr + data.stdout


def test_a_place_is_no_preference_and_shows_nothing(asked, tmp_path):
    with SimulatedEndpoint(likes_the_first) as endpoint:
        finished = judge(asked, tmp_path, endpoint.url, "--concurrency", "3", model=SHORTER)
        assert endpoint.peak <= 3
    assert finished.returncode == 3, finished.stderr
    assert "position bias: 128 of 128 pairs that were read in both orders" in finished.stdout
    assert finished.stdout.rstrip().endswith("preference: NOT SHOWN")


def test_a_judge_that_finds_no_difference_shows_balance(asked, tmp_path):
    with SimulatedEndpoint(lambda body: "same") as endpoint:
        finished = judge(asked, tmp_path, endpoint.url)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.rstrip().endswith("preference: BALANCED")


def test_a_judge_that_never_decides_shows_nothing(asked, tmp_path):
    with SimulatedEndpoint(is_vague) as endpoint:
        finished = judge(asked, tmp_path, endpoint.url)
    assert finished.returncode == 3, finished.stderr
    assert "position bias: unknown" in finished.stdout


def test_nothing_is_sent_without_a_judge_or_with_one_that_cannot_work(asked, tmp_path):
    with SimulatedEndpoint(likes_length) as endpoint:
        refused = judge(asked, tmp_path, endpoint.url, modle="x")
        bare = shipworthy("balance", "judge", asked, tmp_path / "answers.jsonl")
        assert endpoint.requests == 0
    assert refused.returncode == bare.returncode == 2
    assert "did you mean `model`" in refused.stderr
    assert "--judge" in bare.stderr
    assert "Traceback" not in refused.stderr + bare.stderr


def test_a_judge_that_cannot_be_reached_is_told(asked, tmp_path):
    with SimulatedEndpoint() as endpoint:
        url = endpoint.url
    settings = {"timeout_seconds": 2, "deadline_seconds": 4}
    finished = judge(asked, tmp_path, url, **settings)
    assert finished.returncode == 5
    assert "error[target-unreachable]" in finished.stderr
    assert finished.stdout == ""


def test_one_topic_is_refused_before_anything_is_sent(asked, tmp_path):
    few = tmp_path / "few.jsonl"
    few.write_text("".join(asked.read_text().splitlines(keepends=True)[:4]))
    with SimulatedEndpoint(likes_length) as endpoint:
        finished = judge(few, tmp_path, endpoint.url)
        assert endpoint.requests == 0
    assert finished.returncode == 2
    assert "error[balance-topics]" in finished.stderr
