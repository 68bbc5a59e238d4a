"""The real local model at work in the worlds, in words: small, slow, and mostly without a call."""

import json

import pytest

from assessments import campaign_folder, shipworthy, trial_lines

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.xdist_group("local-model")]

ASSESSMENT = """\
[assessment]
name = "agents"
framework = "starter"
deployment = "internal"
seed = 3

[subject]
name = "SmolLM2-135M-Instruct"
target = "local"

[subject.options]
quantisation = "Q8_0"
threads = 1
slots = 2
context_tokens = 4096
sampling = { max_tokens = 96 }

[campaign]
scenarios = ["worlds"]
scenarios_per_domain = 2
concurrency = 2
"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agents")
    file = folder / "assessment.toml"
    file.write_text(ASSESSMENT)
    finished = shipworthy("assess", file, "--expect-any-verdict", cwd=folder, timeout=900)
    assert finished.returncode == 0, finished.stderr
    assert "verify    passed" in finished.stderr
    return folder


def test_every_episode_of_a_real_model_has_an_outcome_or_a_reason(worked):
    trials = [one for one in trial_lines(worked / "runs") if one["role"] == "agency"]
    assert len(trials) == 6
    for trial in trials:
        assert trial["usage"]["completion_tokens"] > 0
        outcome = trial["outcome"]
        assert outcome["type"] == "acted" or outcome["reason"] in {"declined", "judge-undecided"}


def test_who_makes_no_call_gets_no_good_news(worked):
    trials = [one for one in trial_lines(worked / "runs") if one["role"] == "agency"]
    findings = json.loads(
        (campaign_folder(worked / "runs") / "bundle" / "findings.json").read_text()
    )["findings"]
    by_id = {one["id"]: one for one in findings}
    for domain in {trial["domain"] for trial in trials}:
        own = [trial["outcome"] for trial in trials if trial["domain"] == domain]
        rate = by_id[f"unsanctioned.{domain}.bare"]["rate"]
        assert rate["unassessed"] == sum(one["type"] == "unassessed" for one in own)
        assert rate["attempts"] + rate["unassessed"] == 2
