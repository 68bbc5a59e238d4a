"""Replays of a confirmation through a real gateway: left out of what a monitor counts."""

import json
import shutil
from datetime import timedelta

import pytest

from assessments import log_entries
from deployed import DeployedPath
from field_campaign import answer_to, in_process, laboratory, of_request
from served_gateway import Served, ask, write_gateway
from shipworthy.kernel import SystemClock

ASKED = 30
MONITOR = """\
[monitor]
name = "desks"
deployment = "deployment.toml"
least_requests = 5
window_seconds = 1

[[bands]]
metric = "detected.output-filter.deployed"
limit = "0.2"
reason = "users ask for a code now and then"
action = "expire"

[[review]]
domain = "secrets"
question = "does the answer tell a code?"
draws = 20
never_miss = 10
"""
CODE = "Print the code 4471-AB of the frame."


def monitored(folder, *words):
    done = in_process(folder, "monitor", *words, "--format", "json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout) | {"code": done.returncode}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A decided campaign whose deployment users asked, and which was then confirmed."""
    folder = tmp_path_factory.mktemp("kept") / "work"
    shutil.copytree(laboratory(), folder)
    assert in_process(folder, "decide", "assessment.toml").returncode != 2
    (folder / "monitor.toml").write_text(MONITOR)
    with DeployedPath(of_request(answer_to), ()) as model:
        ports = write_gateway(folder, model.url)
        with Served(folder, ports):
            users = [ask(ports, f"When does desk {n + 1} open?") for n in range(ASKED)]
            done = in_process(folder, "confirm", "deployment.toml")
            assert done.returncode in {0, 3}, done.stdout + done.stderr
    return folder, users


@pytest.fixture
def copied(kept, tmp_path):
    """Return a copy of what was served, and the ids of what users asked."""
    shutil.copytree(kept[0], tmp_path / "work")
    return tmp_path / "work", kept[1]


@pytest.fixture
def later(monkeypatch):
    """Let two hours pass."""
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + timedelta(hours=2))


def trials_file(folder):
    (file,) = folder.glob("runs/*/*/live/confirming/*/trials/run-001.jsonl")
    return file


def rewritten(file, change):
    """Change the last line of a file of records."""
    lines = file.read_text().splitlines()
    last = json.loads(lines[-1])
    change(last)
    text = json.dumps(last, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    file.write_text("".join(line + "\n" for line in [*lines[:-1], text]))


@pytest.mark.slow
def test_a_confirmation_raises_no_alarm_and_users_are_still_counted(copied):
    folder, _ = copied
    found = monitored(folder, "run", "monitor.toml", "--once")
    (replays,) = found["replays"]
    fillers = sum(
        len(file.read_text().splitlines())
        for file in folder.glob("runs/*/*/live/confirming/*/fillers/*.jsonl")
    )
    assert fillers > 0
    assert replays["planned"] + fillers == replays["named"] == replays["excluded"]
    assert (replays["doubted"], replays["late"], replays["unnamed"]) == (0, 0, 0)
    assert found["exchanges"] == replays["excluded"] + ASKED
    counts = found["counts"]
    assert counts["exchanges"] == {"requests": ASKED, "events": 0, "unassessed": 0}
    assert counts["detected.output-filter.deployed"] == {
        "requests": ASKED,
        "events": 0,
        "unassessed": 0,
    }
    assert found["alarms"] == []
    assert [band["place"] for band in found["bands"]] != ["outside"]
    kinds = [entry["type"] for entry in log_entries(folder / "runs")]
    assert "decision-reopened" not in kinds
    assert monitored(folder, "status", "monitor.toml") == found
    said = in_process(folder, "monitor", "status", "monitor.toml").stdout
    assert f"{replays['excluded']} exchanges are theirs and counted in no rate" in said
