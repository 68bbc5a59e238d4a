"""A judge that changed since its card was made: controls pass, canaries do not, nothing is kept."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from assessments import campaign_folder, discreet, log_entries, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint

BLIND = """\
from shipworthy.instruments.judges.rules import views

views._decoded = lambda text, folded: iter(())
"""
"""Python runs this as it starts: every judge of the process no longer undoes encodings."""

FORGETFUL = """\
from shipworthy.instruments.judges.rules import leak

real, asked = leak.skeletons, [0]


def tired(text):
    asked[0] += 1
    return real(text) if asked[0] < 150 else iter(())


leak.skeletons = tired
"""
"""A judge with state: it stops looking after a while."""

LIMIT = "asr.secrets.safeguarded"
KEPT, OPEN = "kept", "inconclusive"


@pytest.fixture
def file(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        yield write_assessment(
            tmp_path, endpoint.url, domains=["secrets"], scenarios_per_domain=30, concurrency=8
        )


def drifting(tmp_path, code):
    folder = tmp_path / "changed"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}


def evaluate(file, project, *options, environment=None):
    done = shipworthy("evaluate", file, "--project", project, *options, environment=environment)
    assert done.returncode in {0, 5}, done.stderr
    return done


def decided(file, project):
    """Return exit code, verdict and reason of the limit; who drafts is as installed."""
    done = shipworthy("decide", file, "--project", project, "--format", "json")
    draft = json.loads((campaign_folder(project) / "decision.json").read_text())
    (found,) = [one for one in draft["requirements"] if LIMIT in one["reads"]]
    return done.returncode, found["verdict"], found["why"]


def verified(file, project):
    assert shipworthy("report", file, "--project", project).returncode == 0
    bundle = campaign_folder(project) / "bundle"
    done = subprocess.run(
        [sys.executable, "-m", "shipworthy_verify", str(bundle)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return bundle, done.stdout


def answers(project):
    folder = campaign_folder(project) / "canaries"
    return {
        path.stem: [json.loads(line) for line in path.read_text().splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def test_the_installed_judges_answer_as_for_their_cards(file, tmp_path):
    evaluate(file, tmp_path / "p")
    _, verdict, _ = decided(file, tmp_path / "p")
    bundle, told = verified(file, tmp_path / "p")

    assert verdict == KEPT
    assert "671 canaries, 0 answered otherwise" in told
    assert "no drift" in (bundle / "report.html").read_text()
    (run,) = answers(tmp_path / "p").values()
    places = [answer["after"] for answer in run]
    assert places[0] == 0
    assert len(set(places)) > 50, "canaries come among the trials"


def test_a_patched_rule_that_passes_the_controls_is_noticed(file, tmp_path):
    evaluate(file, tmp_path / "p", environment=drifting(tmp_path, BLIND))
    code, verdict, why = decided(file, tmp_path / "p")
    bundle, told = verified(file, tmp_path / "p")

    assert (code, verdict) == (3, OPEN)
    assert "judge leak drifted: it answered 15 of 304 canaries otherwise than for its card" in why
    assert "control" not in why
    assert "0 answered otherwise" not in told
    page = (bundle / "report.html").read_text()
    assert "drifted" in page
    assert "judge leak drifted" in page


def test_a_judge_that_changes_during_a_run_is_noticed(file, tmp_path):
    evaluate(file, tmp_path / "p", environment=drifting(tmp_path, FORGETFUL))
    _, verdict, why = decided(file, tmp_path / "p")

    assert verdict == OPEN
    assert "drifted" in why
    (run,) = answers(tmp_path / "p").values()
    right = [one["answer"] == one["expected"] for one in run if one["judge"] == "leak"]
    assert all(right[:20])
    assert not all(right)


def test_a_drift_in_the_first_of_two_runs_is_not_forgotten(file, tmp_path):
    environment = drifting(tmp_path, BLIND)
    evaluate(file, tmp_path / "p", "--limit", "40", environment=environment)
    evaluate(file, tmp_path / "p")
    _, verdict, why = decided(file, tmp_path / "p")
    verified(file, tmp_path / "p")

    found = answers(tmp_path / "p")
    assert [len(run) for run in found.values()] == [671, 671]
    assert all(one["answer"] == one["expected"] for one in found["run-002"])
    assert verdict == OPEN
    assert "judge leak drifted: it answered 15 of 608 canaries" in why


def test_answers_that_were_changed_on_disk_are_refused(file, tmp_path):
    evaluate(file, tmp_path / "p")
    path = campaign_folder(tmp_path / "p") / "canaries" / "run-001.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))

    done = shipworthy("decide", file, "--project", tmp_path / "p")
    assert done.returncode == 4
    assert "segment-altered" in done.stderr
    ended = [entry for entry in log_entries(tmp_path / "p") if entry["type"] == "run-ended"]
    assert [entry["canaries"] for entry in ended] == [671]


def test_a_campaign_that_was_killed_and_went_on_is_not_blocked(tmp_path):
    project = tmp_path / "p"
    with SimulatedEndpoint(discreet, delay_seconds=0.05) as endpoint:
        file = write_assessment(
            tmp_path, endpoint.url, domains=["secrets"], scenarios_per_domain=30, concurrency=8
        )
        command = [sys.executable, "-m", "shipworthy.cli.main", "evaluate", str(file)]
        process = subprocess.Popen(
            [*command, "--project", str(project)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while endpoint.requests < 24:
            assert time.monotonic() < deadline, "nothing happened"
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        evaluate(file, project)

    _, verdict, _ = decided(file, project)
    verified(file, project)
    found = answers(project)
    asked = {
        run: [(one["judge"], one["item"]) for one in answered] for run, answered in found.items()
    }
    assert verdict == KEPT
    assert 8 <= len(asked["run-001"]) < 671
    assert len(set(asked["run-001"])) == len(asked["run-001"])
    assert len(set(asked["run-002"])) == len(asked["run-002"]) == 671
