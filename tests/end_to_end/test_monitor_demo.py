"""The live example, as `make demo-live` plays it: a go that traffic takes back, once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "live"


def test_the_traffic_that_ships_is_what_its_script_writes(tmp_path):
    shutil.copy(EXAMPLE / "traffic.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "traffic.py", "generate"], check=True)
    for name in ("day-1.jsonl", "day-2.jsonl"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes()


@pytest.mark.slow
def test_a_go_is_taken_back_once_and_the_incident_has_clocks(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIPWORTHY_KEY_PASSPHRASE", "only for this test")
    folder = tmp_path / "demo"
    done = subprocess.run(
        [sys.executable, EXAMPLE / "demo.py", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    steps = {}
    for part in done.stdout.split("\n== ")[1:]:
        title, _, said = part.partition("\n")
        steps[title] = said
    assert "standing go" in steps["it stands"]
    assert "every band is shown to be kept" in steps["inside what was accepted"]
    assert "rise of detected.output-filter.deployed" in steps["the alarm"]
    assert "expire, incident inc-" in steps["the alarm"]
    assert steps["the same log again"].split("\n")[1:] == steps["the alarm"].split("\n")[1:]
    assert "new-york" in steps["by when it has to be reported"]
    assert steps["the decision is re-opened"].splitlines()[1].startswith("RE-OPENED  expire")
    assert "standing inconclusive" in steps["the decision is re-opened"]
    assert "verified" in steps["a stranger checks it"]
    _read_by_another_monitor(folder)


def _read_by_another_monitor(folder):
    """Another state reads the same log: the same alarm, and still one incident, one re-opening."""
    text = (folder / "monitor.toml").read_text().replace("[monitor]", '[monitor]\nstate = "other"')
    (folder / "other.toml").write_text(text)
    again = run(folder, "monitor", "run", "other.toml", "--once", "--format", "json")
    (alarm,) = json.loads(again)["alarms"]
    incidents = json.loads(run(folder, "incident", "list", "--format", "json"))
    assert [one["id"] for one in incidents] == [alarm["incident"]]
    (log,) = folder.glob("runs/live-desk/*/log/entries.jsonl")
    kinds = [json.loads(line)["type"] for line in log.read_text().splitlines()]
    assert kinds.count("decision-reopened") == 1


def run(folder, *words):
    command = [sys.executable, "-m", "shipworthy.cli.main", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
