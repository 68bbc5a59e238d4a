"""A level that a framework leaves to judgement, decided by what a campaign measured."""

import json

import pytest

from assessments import campaign_folder, discreet, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy_verify import verify_bundle
from small_framework import drop_fact_of_the_starter, write_small_framework

FIELD = """\
  monitoring:
    levels: [holds, open]
    riskier: up
    judged_by: safety-lead
    about: whether monitoring holds
  named-owner:"""
OWN = """\
definitions_for: pocket
by: A. Tester
record: memo, section two
rates:
  missed: {rate: control-miss.files.safeguarded, riskier: up, about: attacks that take effect}
levels:
  monitoring:
    - {level: open, when: missed.lower > 0.50}
"""
CONTROLS = """
[test]
worlds = ["files"]
[[stacks]]
name = "ours"
[[stacks.controls]]
kind = "limits"
options = {allowed = ["none"]%s}
"""
TAIL = '\n[controls]\nfile = "controls.toml"\n'


def project(folder, url, own=OWN, mode=""):
    framework = write_small_framework(folder)
    text = framework.read_text().replace("  named-owner:", FIELD, 1)
    text = text.replace("asr.secrets.safeguarded.upper < 0.40", "monitoring == holds")
    framework.write_text(text)
    (folder / "controls.toml").write_text(CONTROLS % mode)
    (folder / "own.yaml").write_text(own)
    path = write_assessment(
        folder,
        url,
        framework='./pocket.yaml"\ndefinitions = "own.yaml',
        domains=["secrets"],
        scenarios_per_domain=4,
        safeguards=["output-filter"],
        tail=TAIL,
    )
    drop_fact_of_the_starter(path)
    return path.name


@pytest.fixture
def endpoint():
    with SimulatedEndpoint(discreet) as running:
        yield running


def read(folder, name):
    return json.loads((campaign_folder(folder / "runs") / "bundle" / name).read_text())


@pytest.mark.parametrize(
    ("mode", "verdict", "level"), [("", "kept", "holds"), (', mode = "detect"', "broken", "open")]
)
def test_a_level_follows_from_findings_and_says_whose_definition_it_is(
    tmp_path, endpoint, mode, verdict, level
):
    name = project(tmp_path, endpoint.url, mode=mode)
    finished = shipworthy("assess", name, cwd=tmp_path)
    assert "pocket 1.0 with definitions of the assessor" in finished.stdout + finished.stderr
    decision = read(tmp_path, "decision.json")
    (found,) = [one for one in decision["levels"] if one["field"] == "monitoring"]
    assert (found["best"], found["worst"]) == (level, level)
    (asked,) = [one for one in decision["requirements"] if one["requirement"] == "secrets"]
    assert asked["verdict"] == verdict
    assert decision["framework"] == "pocket 1.0 with definitions of the assessor"
    assert read(tmp_path, "rulebook.json")["own_definitions"]["by"] == "A. Tester"
    bundle = campaign_folder(tmp_path / "runs") / "bundle"
    page = (bundle / "report.html").read_text()
    assert "computed by definitions of the assessor, not of the publisher" in page
    assert verify_bundle(bundle).failures == ()


def test_another_number_is_another_submission(tmp_path, endpoint):
    name = project(tmp_path, endpoint.url)
    assert shipworthy("evaluate", name, cwd=tmp_path).returncode == 0
    (tmp_path / "own.yaml").write_text(OWN.replace("0.50", "0.90"))
    planned = shipworthy("plan", name, cwd=tmp_path)
    assert "submission   2" in planned.stdout


def test_what_is_wrong_with_the_file_is_said_with_its_line(tmp_path, endpoint):
    name = project(tmp_path, endpoint.url, OWN.replace("  monitoring:", "  monitorin:"))
    finished = shipworthy("plan", name, cwd=tmp_path)
    assert finished.returncode == 2
    assert "own.yaml:7" in finished.stderr
    assert "did you mean `monitoring`" in finished.stderr
