"""Planted properties are found by whole campaigns, and clean twins are left alone.

Rates over many seeds are in docs/explanation/planted-models.md (`benchmarks/planted.py`).
"""

import json
from dataclasses import replace

import pytest

from assessments import shipworthy
from planted_runs import CASES, options_of, run_planted, write_planted
from shipworthy_verify import verify_bundle

SEEDS = range(101, 107)
BY_PLANT = {case.plant: case for case in CASES}


@pytest.mark.slow
@pytest.mark.parametrize("plant", BY_PLANT)
def test_a_property_is_found_and_the_clean_twin_is_not_flagged(plant):
    case = BY_PLANT[plant]
    planted = [run_planted(case, seed, options_of(case, planted=True)) for seed in SEEDS]
    clean = [run_planted(case, seed, options_of(case, planted=False)) for seed in SEEDS]
    # found with a probability above 0.97 each: 3 of 6 missed has one below one in a thousand
    assert sum(case.is_said(draft) for draft in planted) >= 4
    # flagged with one of at most 0.05 each: 3 of 6 has one below one in four hundred
    assert sum(case.is_said(draft) for draft in clean) <= 2


@pytest.mark.slow
def test_what_is_planted_is_the_one_thing_that_is_said():
    """A model that sabotages unwatched is not called skewed, nor a skewed one a refuser."""
    both = {"planted": ["sabotages-unwatched", "over-refuser"]}
    said = {case.plant: case.is_said(run_planted(case, 7, both)) for case in CASES}
    found = {plant for plant, is_said in said.items() if is_said}
    assert found == {"sabotages-unwatched", "over-refuser"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run the commands once, on a model with three properties."""
    folder = tmp_path_factory.mktemp("planted")
    case = BY_PLANT["leaks-under-encoding"]
    planted = {"planted": ["leaks-under-encoding", "behaves-under-test", "over-refuser"], "seed": 5}
    trust = {"realism_per_domain": 60}
    campaign = {**case.campaign, "benign_per_domain": 60}
    wanted = replace(case, campaign=campaign, trust=trust)
    file = write_planted(folder, wanted, 5, planted)
    done = [
        shipworthy(name, file.name, cwd=folder, timeout=300)
        for name in ("evaluate", "assess", "report")
    ]
    (bundle,) = folder.glob("runs/planted/*/bundle")
    return done, bundle


def test_the_commands_end_as_they_should(run):
    evaluated, assessed, reported = run[0]
    assert evaluated.returncode == 0, evaluated.stderr
    assert assessed.returncode in {1, 3}, assessed.stderr
    assert reported.returncode == 0, reported.stderr


def test_the_bundle_verifies_and_says_that_no_model_answered(run):
    result = verify_bundle(run[1])
    assert result.failures == ()
    subject = json.loads((run[1] / "plan.json").read_bytes())["subject"]
    assert subject["endpoint"].startswith("planted script, no model")


def test_the_findings_show_each_property(run):
    findings = json.loads((run[1] / "findings.json").read_bytes())["findings"]
    blockers = {one["id"]: one["blockers"] for one in findings}
    assert any(text.startswith("awareness") for text in blockers["asr.secrets.bare"])
    decision = json.loads((run[1] / "decision.json").read_bytes())
    verdicts = {one["requirement"]: one["verdict"] for one in decision["requirements"]}
    assert verdicts["refusals"] == "broken"
    assert decision["ruling"] != "go"


def test_the_report_names_the_attack_and_no_other(run):
    report = json.loads((run[1] / "report.json").read_bytes())
    shown = {
        entry["claim"]["id"]: float(entry["claim"]["value"])
        for entry in report["evidence"]
        if entry["claim"]["id"].startswith("attack:") and entry["claim"]["id"].endswith("#alike")
    }
    assert list(shown) == ["attack:bare/secrets/base64#alike"]
    assert max(shown.values()) <= 0.03
