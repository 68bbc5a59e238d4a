"""`shipworthy framework lint` as people run it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BASE = Path(__file__).parents[2] / "docs/lint/base.yaml"


@pytest.fixture
def hedged(tmp_path):
    text = BASE.read_text().replace(
        "    topics: [open-weights, security]\n",
        "    topics: [open-weights, security]\n    hedges: [where commercially practicable]\n",
    )
    file = tmp_path / "hedged.yaml"
    file.write_text(text)
    return file


def shipworthy(*words, cwd):
    return subprocess.run(
        [Path(sys.executable).with_name("shipworthy"), "framework", "lint", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def line_of(file, text):
    return next(n for n, line in enumerate(file.read_text().split("\n"), 1) if text in line)


def test_a_clean_framework_exits_0(tmp_path):
    finished = shipworthy(str(BASE), "--minimum-severity", "note", cwd=tmp_path)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "lint-base 1.0: 0 errors, 0 warnings, 0 notes" in finished.stdout


def test_a_finding_exits_1_and_stands_where_the_clause_stands(hedged, tmp_path):
    finished = shipworthy("hedged.yaml", cwd=tmp_path)
    assert finished.returncode == 1
    place = f"hedged.yaml:{line_of(hedged, 'id: weights')}:9: warning[hedge-feasibility]"
    assert finished.stdout.startswith(place)
    assert "  help: say what is done instead" in finished.stdout


def test_a_finding_below_the_threshold_exits_0_and_is_counted(hedged, tmp_path):
    finished = shipworthy("hedged.yaml", "--minimum-severity", "error", cwd=tmp_path)
    assert finished.returncode == 0
    assert "1 warning, 0 notes (1 below error not shown)" in finished.stdout


def test_an_exempted_finding_is_shown_with_its_reason(hedged, tmp_path):
    document = yaml.load(hedged.read_text(), yaml.BaseLoader)
    document["lint"] = [{"rule": "hedge-feasibility", "at": "weights", "reason": "struck in May"}]
    hedged.write_text(yaml.safe_dump(document))
    text = shipworthy("hedged.yaml", cwd=tmp_path)
    assert text.returncode == 0
    assert "1 finding exempted: struck in May" in text.stdout
    record = json.loads(shipworthy("hedged.yaml", "--format", "json", cwd=tmp_path).stdout)
    assert record["findings"] == []
    assert [(one["rule"], one["reason"]) for one in record["exempted"]] == [
        ("hedge-feasibility", "struck in May")
    ]


def test_json_names_the_place_and_the_ids(hedged, tmp_path):
    finished = shipworthy("hedged.yaml", "--format", "json", cwd=tmp_path)
    (finding,) = json.loads(finished.stdout)["findings"]
    assert finding["file"] == "hedged.yaml"
    assert finding["line"] == line_of(hedged, "id: weights")
    assert finding["clauses"] == ["weights"]
    assert finding["about"] == {"kind": "clause", "id": "weights"}


def test_sarif_names_rule_level_and_region(hedged, tmp_path):
    finished = shipworthy("hedged.yaml", "--format", "sarif", cwd=tmp_path)
    assert finished.returncode == 1
    log = json.loads(finished.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "hedge-feasibility"
    assert result["level"] == "warning"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "hedged.yaml"}
    assert place["region"] == {"startLine": line_of(hedged, "id: weights"), "startColumn": 9}


def test_one_rule_runs_alone(hedged, tmp_path):
    finished = shipworthy("hedged.yaml", "--rule", "hedge-time", cwd=tmp_path)
    assert finished.returncode == 0
    assert finished.stdout.endswith("; 1 rule ran\n")


@pytest.mark.parametrize(
    ("words", "code", "advice"),
    [
        (["starter", "--rule", "hedge-feasable"], "lint-unknown-rule", "`hedge-feasibility`"),
        (["--explain", "rerating"], "lint-unknown-rule", "`re-rating`"),
        ([], "lint-no-framework", "give an id or a path"),
        (["starter", "--today", "2026-02-30"], "lint-date", "YYYY-MM-DD"),
        (["startr"], "framework-unknown", "starter"),
        (["missing.yaml"], "framework-unreadable", ""),
    ],
)
def test_bad_input_exits_2_with_advice(words, code, advice, tmp_path):
    finished = shipworthy(*words, cwd=tmp_path)
    assert finished.returncode == 2
    assert f"[{code}]" in finished.stderr
    assert advice in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_rule_is_explained(tmp_path):
    finished = shipworthy("--explain", "re-rating", cwd=tmp_path)
    assert finished.returncode == 0
    assert finished.stdout.startswith("re-rating: a stop that ends by rating again\n")
    assert "docs/lint/re-rating.md" in finished.stdout


def test_a_review_date_is_judged_by_the_day_that_is_given(tmp_path):
    words = (str(BASE), "--rule", "review-overdue", "--today")
    assert shipworthy(*words, "2099-01-01", cwd=tmp_path).returncode == 0
    assert shipworthy(*words, "2099-01-02", cwd=tmp_path).returncode == 1
