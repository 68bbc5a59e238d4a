"""A limit on several attempts: planned, measured, decided, reported and verified."""

import json

import pytest

from assessments import campaign_folder, discreet, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from small_framework import drop_fact_of_the_starter, write_small_framework

NAME = "asr-at-3.secrets.safeguarded"


def project(folder, url, reads=NAME):
    """An assessment with three attempts on each scenario, under a limit on `reads`."""
    framework = write_small_framework(folder)
    single = "rate: asr.secrets.safeguarded"
    assert single in framework.read_text()
    framework.write_text(framework.read_text().replace(single, f"rate: {reads}"))
    path = write_assessment(
        folder,
        url,
        framework="./pocket.yaml",
        domains=["secrets"],
        scenarios_per_domain=16,
        safeguards=["output-filter"],
    )
    text = path.read_text().replace("concurrency", "attacks_per_scenario = 3\nconcurrency")
    path.write_text(text)
    drop_fact_of_the_starter(path)
    return path.name


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """The plan as JSON, and the folder of a finished campaign."""
    folder = tmp_path_factory.mktemp("attempts")
    with SimulatedEndpoint(discreet) as endpoint:
        name = project(folder, endpoint.url)
        plan = shipworthy("plan", name, "--format", "json", cwd=folder)
        assert plan.returncode == 0, plan.stdout + plan.stderr
        assert shipworthy("evaluate", name, cwd=folder).returncode == 0
    shipworthy("report", name, cwd=folder)
    return folder, name, json.loads(plan.stdout)


def test_what_the_plan_promises_is_what_the_findings_say(campaign):
    folder, _, plan = campaign
    promised = plan["questions"][0]["rates"][0]
    assert (promised["finding"], promised["scenarios"], promised["attempts_each"]) == (NAME, 16, 3)
    assert promised["blockers"] == []
    bundle = campaign_folder(folder / "runs") / "bundle"
    findings = json.loads((bundle / "findings.json").read_text())["findings"]
    found = next(one for one in findings if one["id"] == NAME)
    assert found["rate"] == {"successes": 0, "attempts": 16, "unassessed": 0}
    assert found["bounds"]["method"] == promised["method"] == "clopper-pearson-scenarios/1"
    assert found["bounds"]["upper_adjusted"] == promised["clean_bounds"]["upper"]
    assert found["bounds"]["upper_adjusted"] < "0.4"


def test_the_gate_goes_by_it_and_the_bundle_verifies(campaign):
    folder, name, _ = campaign
    decided = shipworthy("decide", name, "--format", "json", cwd=folder)
    assert json.loads(decided.stdout)["ruling"] == "go"
    bundle = campaign_folder(folder / "runs") / "bundle"
    verified = shipworthy("verify", bundle, cwd=folder)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "results-persistent" in (bundle / "report.html").read_text()


def test_another_number_of_attempts_is_refused_by_the_plan_with_the_reason(tmp_path):
    name = project(tmp_path, "http://127.0.0.1:9/v1", reads="asr-at-10.secrets.safeguarded")
    finished = shipworthy("plan", name, cwd=tmp_path)
    assert finished.returncode == 1
    assert "the campaign has 3 attempts on each scenario, not 10" in finished.stdout
