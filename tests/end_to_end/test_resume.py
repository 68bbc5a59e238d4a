import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from assessments import (
    campaign_folder,
    gullible,
    log_entries,
    shipworthy,
    trial_lines,
    write_assessment,
)
from shipworthy.testing.endpoint import SimulatedEndpoint

COMMAND = [sys.executable, "-m", "shipworthy.cli.main"]
CONCURRENCY = 4


def start(file, project):
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "shipworthy.cli.main",
            "evaluate",
            str(file),
            "--project",
            str(project),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


@pytest.fixture
def endpoint():
    with SimulatedEndpoint(gullible, delay_seconds=0.03) as running:
        yield running


@pytest.fixture
def file(tmp_path, endpoint):
    return write_assessment(
        tmp_path,
        endpoint.url,
        scenarios_per_domain=12,
        benign_per_domain=8,
        concurrency=CONCURRENCY,
    )


@pytest.mark.parametrize("answers", [9, 25])
def test_a_killed_campaign_resumes_without_losing_or_repeating_a_trial(
    tmp_path, file, endpoint, answers
):
    project = tmp_path / "runs"
    process = start(file, project)
    wait_for(lambda: endpoint.requests >= answers)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    saved = trial_lines(project)
    first_requests = endpoint.requests
    assert len(saved) > 0

    resumed = shipworthy("assess", file, "--project", project)
    assert "verify    passed" in resumed.stderr, resumed.stderr
    trials = trial_lines(project)
    assert max(Counter(trial["id"] for trial in trials).values()) == 1
    assert [trial for trial in trials if trial["run"] == "run-001"] == saved

    answered = [t for t in saved if t["role"] in {"adversarial", "benign"}]
    lost_in_flight = first_requests - len(answered)
    assert 0 <= lost_in_flight <= CONCURRENCY
    whole = [t for t in trials if t["role"] in {"adversarial", "benign"}]
    assert endpoint.requests == len(whole) + lost_in_flight


def test_the_run_that_died_is_accounted_for_in_the_log(tmp_path, file, endpoint):
    project = tmp_path / "runs"
    process = start(file, project)
    wait_for(lambda: endpoint.requests >= 12)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert shipworthy("evaluate", file, "--project", project).returncode == 0
    ends = {e["run"]: e for e in log_entries(project) if e["type"] == "run-ended"}
    assert {run: end["how"] for run, end in ends.items()} == {
        "run-001": "interrupted",
        "run-002": "completed",
    }
    assert sum(end["trials"] for end in ends.values()) == len(trial_lines(project))


def test_a_torn_last_line_is_no_trial(tmp_path, file, endpoint):
    project = tmp_path / "runs"
    assert shipworthy("evaluate", file, "--project", project, "--limit", "30").returncode == 5
    segment = campaign_folder(project) / "trials" / "run-001.jsonl"
    with segment.open("ab") as stream:
        stream.write(b'{"id": "t-torn')
    again = shipworthy("assess", file, "--project", project)
    # the run had ended, so bytes after its end are tampering only if they claim to be a trial
    assert "verify    passed" in again.stderr, again.stderr


def test_an_interrupt_saves_finished_trials_and_says_how_to_resume(tmp_path, file, endpoint):
    project = tmp_path / "runs"
    process = start(file, project)
    wait_for(lambda: endpoint.requests >= 10)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"resume: shipworthy evaluate {file}" in complaints
    answered = [t for t in trial_lines(project) if t["role"] in {"adversarial", "benign"}]
    assert len(answered) == endpoint.requests
    assert shipworthy("evaluate", file, "--project", project).returncode == 0


def test_a_dead_target_stops_with_the_resume_command_and_a_later_run_completes(tmp_path):
    with SimulatedEndpoint(gullible) as short_lived:
        url = short_lived.url
    options = "[subject.options.retries]\nattempts = 1\n"
    file = write_assessment(tmp_path, url, options=options)
    project = tmp_path / "runs"
    stopped = shipworthy("assess", file, "--project", project)
    assert stopped.returncode == 5, stopped.stderr
    assert "resume: shipworthy evaluate" in stopped.stderr
    assert not [t for t in trial_lines(project) if t["role"] == "adversarial"]
    assert not (campaign_folder(project) / "bundle").exists()


def test_a_second_process_is_kept_out(tmp_path):
    project = tmp_path / "runs"
    with SimulatedEndpoint(gullible, delay_seconds=20) as slow:
        file = write_assessment(tmp_path, slow.url)
        process = start(file, project)
        try:
            wait_for(lambda: slow.requests >= 4)
            refused = shipworthy("evaluate", file, "--project", project)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert refused.returncode == 5
    assert "campaign-busy" in refused.stderr


def test_altered_evidence_is_refused_before_anything_is_added(tmp_path, file, endpoint):
    project = tmp_path / "runs"
    assert shipworthy("evaluate", file, "--project", project, "--limit", "40").returncode == 5
    segment = campaign_folder(project) / "trials" / "run-001.jsonl"
    lines = segment.read_text().splitlines(keepends=True)
    segment.write_text("".join(lines[:-1]) + "{}\n")
    requests = endpoint.requests
    refused = shipworthy("evaluate", file, "--project", project)
    assert refused.returncode == 4, refused.stderr
    assert "segment-altered" in refused.stderr
    assert endpoint.requests == requests


def test_a_changed_plan_is_a_new_campaign(tmp_path, file, endpoint):
    project = tmp_path / "runs"
    assert shipworthy("evaluate", file, "--project", project, "--limit", "5").returncode == 5
    write_assessment(tmp_path, endpoint.url, seed=8)
    stale = shipworthy("decide", file, "--project", project)
    assert stale.returncode == 2
    assert "campaign-stale" in stale.stderr
    assert len(list(project.glob("test/*/plan.json"))) == 1
