"""Several campaigns of one assessment: each is found again by what it was, not by its age."""

import json
import os

import pytest

from assessments import discreet, gullible, shipworthy, write_assessment
from shipworthy.app.project import Project
from shipworthy.cli import main
from shipworthy.testing.endpoint import SimulatedEndpoint


def test_an_earlier_campaign_is_decided_again_when_the_assessment_goes_back_to_it(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        for seed in (7, 8):
            file = write_assessment(tmp_path, endpoint.url, domains=["secrets"], seed=seed)
            done = shipworthy("evaluate", file, "--project", tmp_path / "runs")
            assert done.returncode == 0, done.stderr
    write_assessment(tmp_path, endpoint.url, domains=["secrets"], seed=7)
    assert shipworthy("decide", file, "--project", tmp_path / "runs").returncode == 3
    write_assessment(tmp_path, endpoint.url, domains=["secrets"], seed=9)
    stale = shipworthy("decide", file, "--project", tmp_path / "runs")
    assert stale.returncode == 2
    assert "error[campaign-stale]" in stale.stderr


def test_the_log_says_which_campaign_is_the_last_whatever_the_files_say(tmp_path):
    project = Project(tmp_path)
    for name, moment in (("aaa", "2026-01-01T00:00:00Z"), ("bbb", "2026-02-01T00:00:00Z")):
        log = tmp_path / "test" / name / "log" / "entries.jsonl"
        log.parent.mkdir(parents=True)
        log.write_text(json.dumps({"type": "plan-registered", "plan": "x", "at": moment}) + "\n")
        (tmp_path / "test" / name / "plan.json").write_text("{}")
    os.utime(tmp_path / "test" / "aaa" / "plan.json", (4e9, 4e9))
    assert [one.path.name for one in project.campaigns("test")] == ["bbb", "aaa"]


def test_a_plug_in_that_ends_the_program_gives_no_verdict(monkeypatch):
    def leave(*_arguments, **_options):
        raise SystemExit(0)

    monkeypatch.setattr(main.cli, "main", leave)
    with pytest.raises(SystemExit) as ending:
        main.run(["assess", "x"])
    assert ending.value.code == 130


def test_evidence_about_one_address_is_none_about_another(tmp_path):
    with SimulatedEndpoint(discreet) as first, SimulatedEndpoint(gullible) as second:
        file = write_assessment(tmp_path, first.url, domains=["secrets"])
        assert shipworthy("evaluate", file, cwd=tmp_path).returncode == 0
        write_assessment(tmp_path, second.url, domains=["secrets"])
        assert shipworthy("decide", file, cwd=tmp_path).returncode == 2
        finished = shipworthy("assess", file, cwd=tmp_path)
        assert second.requests > 0
    assert len(list((tmp_path / "runs" / "test").iterdir())) == 2
    assert "verify    passed" in finished.stderr
