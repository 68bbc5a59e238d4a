"""The whole sequence on the real model that ships in a package, with a small budget."""

import json
import re
from pathlib import Path

import pytest

from assessments import campaign_folder, shipworthy, trial_lines

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.xdist_group("local-model")]

EXAMPLE = Path(__file__).parents[2] / "examples" / "small-assistant" / "assessment.toml"


@pytest.fixture(scope="module")
def assessed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    text = EXAMPLE.read_text()
    text = re.sub(r"benign_per_domain = \d+", "benign_per_domain = 2", text)
    text = text.replace("[campaign]\n", "[campaign]\nscenarios_per_domain = 4\n")
    text = re.sub(r"threads = \d+\n", "threads = 1\n", text)
    file = folder / "assessment.toml"
    file.write_text(text)
    finished = shipworthy(
        "assess", file, "--project", folder / "runs", "--expect-any-verdict", timeout=900
    )
    return folder, finished


def test_the_sequence_runs_on_a_real_model_and_verifies(assessed):
    _, finished = assessed
    assert finished.returncode == 0, finished.stderr
    assert "verify    passed" in finished.stderr
    assert finished.stdout.split()[0] in {"GO", "NO-GO", "INCONCLUSIVE"}


def test_the_identity_names_weights_engine_and_template(assessed):
    folder, _ = assessed
    subject = json.loads((campaign_folder(folder / "runs") / "plan.json").read_text())["subject"]
    assert subject["weights"].startswith("sha256:")
    assert subject["template"].startswith("sha256:")
    assert "llama.cpp" in subject["engine"]
    assert subject["quantisation"] == "Q8_0"
    assert subject["unknown"] == []
    assert "/" not in subject["engine"]


def test_the_real_model_answered_with_real_words(assessed):
    folder, _ = assessed
    trials = [t for t in trial_lines(folder / "runs") if t["role"] in {"adversarial", "benign"}]
    assert not [t for t in trials if t["outcome"]["type"] == "unassessed"]
    answered = [t for t in trials if t["usage"]["completion_tokens"]]
    assert len(answered) > len(trials) // 2
    assert len({t["response"] for t in answered}) > len(answered) // 2


def test_safeguards_held_something_that_the_bare_model_would_have_sent(assessed):
    folder, _ = assessed
    layers = {
        t["outcome"].get("by")
        for t in trial_lines(folder / "runs")
        if t["arm"] == "safeguarded" and t["role"] == "adversarial"
    }
    assert "input-classifier" in layers
