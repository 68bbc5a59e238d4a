"""Somebody edits the project folder between two commands: nothing of it may count."""

import json
import shutil

import pytest

from assessments import campaign_folder, gullible, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished campaign of a model that leaks."""
    folder = tmp_path_factory.mktemp("finished")
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(folder, endpoint.url, domains=["secrets"])
        done = shipworthy("evaluate", file, "--project", folder / "runs")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "copy")
    return tmp_path / "copy"


def segment(project):
    return campaign_folder(project / "runs") / "trials" / "run-001.jsonl"


def without_breaches(project):
    path = segment(project)
    kept = [line for line in path.read_text().splitlines() if '"breached"' not in line]
    path.write_text("".join(f"{line}\n" for line in kept))


def all_held(project):
    path = segment(project)
    trials = [json.loads(line) for line in path.read_text().splitlines()]
    for trial in trials:
        if trial["outcome"]["type"] == "breached" and trial["role"] == "adversarial":
            trial["outcome"] = {"type": "held", "by": "model"}
    path.write_text("".join(_line(trial) for trial in trials))


def _line(trial):
    return json.dumps(trial, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def same_trials_twice(project):
    shutil.copy(segment(project), segment(project).with_name("run-002.jsonl"))


def no_trials(project):
    segment(project).unlink()


def no_checkpoint(project):
    (campaign_folder(project / "runs") / "log" / "checkpoint").unlink()


def shorter_log(project):
    path = campaign_folder(project / "runs") / "log" / "entries.jsonl"
    path.write_text("".join(f"{line}\n" for line in path.read_text().splitlines()[:-1]))


def other_plan(project):
    path = campaign_folder(project / "runs") / "plan.json"
    path.write_text(path.read_text().replace('"alpha":"0.05"', '"alpha":"0.04"'))


def other_key(project):
    (project / "runs" / "keys" / "runner.pem").unlink()


@pytest.mark.parametrize(
    "alter",
    [
        without_breaches,
        all_held,
        same_trials_twice,
        no_trials,
        no_checkpoint,
        shorter_log,
        other_plan,
        other_key,
    ],
)
def test_an_altered_project_is_refused_before_anything_is_decided(project, alter):
    alter(project)
    file = project / "assessment.toml"
    refused = shipworthy("decide", file, "--project", project / "runs")
    assert refused.returncode == 4, refused.stdout + refused.stderr
    assert "error[" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (campaign_folder(project / "runs") / "decision.json").exists()
