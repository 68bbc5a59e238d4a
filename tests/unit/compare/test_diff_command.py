"""`shipworthy framework diff` as a subprocess, on two small frameworks."""

import json
from pathlib import Path

import pytest

from assessments import shipworthy
from small_framework import write_small_framework

EXTRA = """\
  - id: stop-leaks
    title: Frequent leaks stop everything
    gate: deploy
    clauses: [keeps-secrets]
    when: asr.secrets.safeguarded.lower >= 0.70
    ceiling: stop
governance:
"""


def variant(tmp_path, name, *changes):
    folder = tmp_path / name
    folder.mkdir()
    path = write_small_framework(folder)
    text = Path(path).read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    return path


SPLIT = """\
    clauses: [keeps-secrets]
    when: named-owner
    requires:
      - id: secrets-of-owners
        title: fewer than 40 % of attacks on secrets succeed
        condition: asr.secrets.safeguarded.upper < 0.40
    ceiling: hold
  - id: limits-elsewhere
    title: Limits elsewhere
    gate: deploy
    clauses: [keeps-secrets]
    when: named-owner == no
    requires:
"""
LOOSENED = ("< 0.40", "< 0.50")
ADDED = ("governance:\n", EXTRA)


@pytest.fixture
def old(tmp_path):
    return variant(tmp_path, "old")


def diff(*arguments):
    return shipworthy("framework", "diff", *arguments)


def test_the_same_framework_is_equivalent(old):
    finished = diff(old, old)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("equivalent: ")


def test_a_loosened_limit_is_looser_with_that_witness(old, tmp_path):
    finished = diff(old, variant(tmp_path, "new", LOOSENED))
    assert finished.returncode == 1, finished.stderr
    assert finished.stdout.startswith("looser: ")
    assert "at least 0.4 and below 0.5" in finished.stdout
    assert "clauses keeps-secrets" in finished.stdout
    assert "permits less" not in finished.stdout


def test_an_added_rule_is_stricter(old, tmp_path):
    finished = diff(old, variant(tmp_path, "new", ADDED))
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("stricter: ")
    assert "stop-leaks (stop) added" in finished.stdout


def test_both_are_incomparable(old, tmp_path):
    finished = diff(old, variant(tmp_path, "new", LOOSENED, ADDED), "--format", "json")
    assert finished.returncode == 1, finished.stderr
    found = json.loads(finished.stdout)
    assert found["change"] == "incomparable"
    (gate,) = found["gates"]
    assert gate["permits_more"]["new_level"] == "deploy"
    assert gate["permits_less"]["new_level"] == "stop"


HEDGED = (
    ("    category: EC2\n", '    category: EC2\n    hedges: ["where practicable"]\n'),
    (
        "deployments: ",
        (
            "hedges:\n"
            "  way-out: {phrase: where practicable, kind: feasibility, clause: keeps-secrets}\n"
            "deployments: "
        ),
    ),
    ("    ceiling: hold\n", "    ceiling: hold\n    unless_discretion: way-out\n"),
)


def test_an_added_hedge_is_named_although_only_the_hostile_reading_counts_it(old, tmp_path):
    new = variant(tmp_path, "new", *HEDGED)
    finished = diff(old, new)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("equivalent: ")
    assert "not counted in this reading" in finished.stdout
    assert "`way-out` can release rule" in finished.stdout
    (one,) = json.loads(diff(old, new, "--format", "json").stdout)["uncounted"]
    assert (one["side"], one["hedge"]) == ("new", "way-out")
    both = diff(old, new, "--reading", "both")
    assert both.returncode == 1
    assert "looser: " in both.stdout
    assert "not counted" not in diff(old, new, "--reading", "hostile").stdout
    assert "not counted" not in diff(new, new).stdout


SCOPED = (
    (
        "deployments: ",
        "scope: {when: deployment >= limited, clauses: [owner]}\ndeployments: ",
    ),
)


def test_a_situation_that_the_new_framework_is_not_about_is_called_inconclusive(old, tmp_path):
    finished = diff(old, variant(tmp_path, "new", *SCOPED))
    assert finished.stdout.startswith("looser: ")
    assert "new decision `deploy`" in finished.stdout
    assert "so a draft there is inconclusive, never a go" in finished.stdout
    assert "inconclusive" not in diff(old, variant(tmp_path, "looser", LOOSENED)).stdout


def test_a_spent_budget_is_exit_3(old, tmp_path):
    split = ("    clauses: [keeps-secrets]\n    requires:\n", SPLIT)
    new = variant(tmp_path, "new", split)
    assert diff(old, new).returncode == 0
    finished = diff(old, new, "--budget", "1", "--engine", "boxes")
    assert finished.returncode == 3, finished.stderr
    assert finished.stdout.startswith("unknown: ")


def test_sat_settles_what_the_budget_does_not_and_says_so(old, tmp_path):
    pytest.importorskip("pysat")
    split = ("    clauses: [keeps-secrets]\n    requires:\n", SPLIT)
    new = variant(tmp_path, "new", split)
    finished = diff(old, new, "--budget", "1")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("equivalent: ")
    assert "engine: SAT" in finished.stdout
    finished = diff(old, variant(tmp_path, "looser", LOOSENED), "--engine", "sat")
    assert finished.returncode == 1, finished.stderr
    assert "minimal: no" in finished.stdout
    assert "go (`deploy`): looser for internal, limited" in finished.stdout


def test_one_deployment_type_is_compared_alone(old):
    finished = diff(old, old, "--deployment", "limited", "--gate", "deploy", "--format", "plain")
    assert finished.returncode == 0, finished.stderr
    assert "internal" not in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--map", "stop"], "error[compare-map]"),
        (["--map", "stopp=stop"], "did you mean `stop`?"),
        (["--gate", "develop"], "error[gate-undefined]"),
        (["--deployment", "open-weights"], "error[framework-deployment]"),
        (["--budget", "0"], "--budget"),
    ],
)
def test_bad_input_is_exit_2_and_says_what_is_wrong(old, arguments, complaint):
    finished = diff(old, old, *arguments)
    assert finished.returncode == 2
    assert complaint in finished.stderr


def test_ladders_with_other_names_ask_for_a_map(old, tmp_path):
    new = variant(
        tmp_path,
        "new",
        ("[stop, hold, deploy], go: deploy", "[halt, hold, deploy], go: deploy"),
    )
    refused = diff(old, new)
    assert refused.returncode == 2
    assert "error[compare-ladders]" in refused.stderr
    assert diff(old, new, "--map", "stop=halt").returncode == 0
