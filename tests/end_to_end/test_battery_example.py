"""The example of the whole battery: it can be planned as it stands, and runs in a reduced form."""

import json
import re
import shutil
from pathlib import Path

import pytest

from assessments import campaign_folder, shipworthy, trial_lines

EXAMPLE = Path(__file__).parents[2] / "examples" / "battery"
ROLES = {
    "adversarial",
    "benign",
    "capability",
    "realism",
    "contamination",
    "agency",
    "balance",
    "positive-control",
    "negative-control",
}


def test_the_example_tries_every_part_and_says_what_it_cannot_show(tmp_path):
    planned = shipworthy("plan", EXAMPLE / "assessment.toml", "--project", tmp_path)
    assert planned.returncode == 1, planned.stderr
    for part in ("adversarial", "benign", "capability", "realism", "contamination", "agency"):
        assert part in planned.stdout
    marked = re.findall(r"^([✓✗]) ", planned.stdout, re.MULTILINE)
    assert len(marked) == 11
    assert marked.count("✗") == 2


@pytest.fixture(scope="module")
def reduced(tmp_path_factory):
    folder = tmp_path_factory.mktemp("battery") / "battery"
    shutil.copytree(EXAMPLE, folder)
    file = folder / "assessment.toml"
    text = file.read_text()
    for name in ("scenarios_per_domain", "benign_per_domain", "realism_per_domain"):
        text = re.sub(rf"{name} = \d+", f"{name} = 2", text)
    file.write_text(re.sub(r"threads = \d+\n", "threads = 1\n", text))
    finished = shipworthy(
        "assess", file, "--project", folder / "runs", "--expect-any-verdict", timeout=1200
    )
    return folder, finished


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.xdist_group("local-model")
def test_the_battery_runs_on_a_real_model_and_verifies(reduced):
    folder, finished = reduced
    assert finished.returncode == 0, finished.stderr
    assert "verify    passed" in finished.stderr
    assert {trial["role"] for trial in trial_lines(folder / "runs")} == ROLES
    bundle = campaign_folder(folder / "runs") / "bundle"
    findings = json.loads((bundle / "findings.json").read_bytes())["findings"]
    metrics = {finding["metric"] for finding in findings}
    assert metrics >= {"asr", "capability", "sandbagging", "hiding", "awareness", "monitoring"}
    assert metrics >= {"unsanctioned", "contamination", "balance", "control-miss", "over-refusal"}
