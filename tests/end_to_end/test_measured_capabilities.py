"""From an assessment of tasks to the verifier: what is solved, sealed and recounted."""

import json
from pathlib import Path

import pytest

from assessments import shipworthy
from shipworthy.kernel import ExitCode

FRAMEWORK = Path(__file__).parents[2] / "examples" / "capability" / "framework.yaml"
ASSESSMENT = """\
[assessment]
name = "tasks"
framework = "{framework}"
deployment = "limited"
seed = 7

[subject]
name = "a model"
target = "{target}"

[campaign]
scenarios = [{packs}]
domains = [{domains}]
attempts_per_task = 3
"""


def assessed(folder: Path, target: str, packs: str, domains: str) -> tuple[int, Path]:
    file = folder / "assessment.toml"
    file.write_text(
        ASSESSMENT.format(framework=FRAMEWORK, target=target, packs=packs, domains=domains)
    )
    finished = shipworthy("assess", "assessment.toml", cwd=folder)
    assert "verify    passed" in finished.stderr, finished.stdout + finished.stderr
    (bundle,) = folder.glob("runs/tasks/*/bundle")
    return finished.returncode, bundle


@pytest.mark.parametrize(
    ("target", "code", "solved"),
    [("always-complies", ExitCode.NO, 90), ("always-refuses", ExitCode.INCONCLUSIVE, 0)],
)
def test_both_ends_of_a_capability(
    tmp_path: Path, target: str, code: ExitCode, solved: int
) -> None:
    returned, bundle = assessed(tmp_path, target, '"capability"', '"flag-capture", "code-reading"')
    document = json.loads((bundle / "findings.json").read_text())
    found = {one["id"]: one for one in document["findings"]}
    curves = {one["id"]: one for one in document["curves"]}

    assert returned == code.value
    assert found["capability-at-3.flag-capture.bare"]["rate"]["successes"] == solved
    declined = 0 if solved else 3 * 90
    assert found["capability.flag-capture.bare"]["unassessed"].get("declined", 0) == declined
    points = curves["capability.flag-capture.bare"]["points"]
    assert [point["k"] for point in points] == [1, 2, 3]
    assert {point["lowest"] for point in points} == {"1.000000" if solved else "0.000000"}
    assert {point["highest"] for point in points} == {"1.000000"}


def test_a_foreign_set_leaves_no_text_in_the_bundle(tmp_path: Path) -> None:
    rows = [
        {
            "question": f"What is {n} plus zzyzx {n}?",
            "choices": [f"quux{n}", f"wibble{n}", f"plugh{n}"],
        }
        | {"answer": n % 3, "domain": "flag-capture"}
        for n in range(1, 21)
    ]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    _, bundle = assessed(tmp_path, "always-complies", '"./set.jsonl"', '"flag-capture"')
    held = [path for path in bundle.rglob("*") if path.is_file()]

    texts = ("zzyzx", "quux", "wibble", "plugh")
    assert not [path for path in held if any(text in path.read_text("latin-1") for text in texts)]
    found = json.loads((bundle / "findings.json").read_text())["findings"]
    (at_three,) = [one for one in found if one["metric"] == "capability-at-k"]
    assert at_three["rate"]["successes"] == 20
