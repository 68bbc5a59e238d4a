"""`shipworthy lint-report`, as a reader of reports runs it."""

import json
import subprocess
import sys

import pytest

from assessments import shipworthy

BAD = "Our safeguards blocked 99.4 % of jailbreak attempts.\n\nSuccess was 0.0 ± 0.0.\n"
GOOD = "Two people read all 620 answers; 31 (5.0 %) violated the policy.\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bad.md").write_text(BAD)
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    return tmp_path


def test_findings_exit_one_with_place_reason_and_advice(folder):
    finished = shipworthy("lint-report", "good.txt", "bad.md", cwd=folder)
    assert finished.returncode == 1
    lines = finished.stdout.splitlines()
    assert lines[0].startswith("bad.md:1: suspicion[rate-without-n]: ")
    assert lines[3].startswith("bad.md:3: certain[zero-width-interval]: ")
    assert lines[1].startswith("  why: ")
    assert lines[2].startswith("  help: ")
    assert lines[-1].startswith("2 files: 1 certain, 1 suspicion; ")


def test_a_clean_file_exits_zero(folder):
    finished = shipworthy("lint-report", "good.txt", cwd=folder)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("1 file: 0 certain, 0 suspicions; ")


def test_only_what_is_certain_can_be_asked_for(folder):
    (folder / "bad.md").write_text(BAD.partition("\n")[0])
    assert shipworthy("lint-report", "bad.md", "--certain", cwd=folder).returncode == 0
    assert shipworthy("lint-report", "bad.md", cwd=folder).returncode == 1


def test_json_holds_the_same(folder):
    finished = shipworthy("lint-report", "bad.md", "--format", "json", cwd=folder)
    said = json.loads(finished.stdout)
    assert [(one["line"], one["rule"], one["sure"]) for one in said["findings"]] == [
        (1, "rate-without-n", "suspicion"),
        (3, "zero-width-interval", "certain"),
    ]
    assert (said["files"], said["language"]) == (["bad.md"], "en")
    assert all(one["why"] and one["advice"] and one["phrase"] for one in said["findings"])


def test_every_file_that_cannot_be_read_is_named_and_nothing_else_is_said(folder):
    finished = shipworthy("lint-report", "bad.md", "scan.pdf", "missing.md", ".", cwd=folder)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert "scan.pdf: error[lint-report-kind]" in finished.stderr
    assert "missing.md: error[lint-report-file]" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_file_without_end_is_refused():
    finished = shipworthy("lint-report", "/dev/zero")
    assert finished.returncode == 2
    assert finished.stderr == (
        "/dev/zero: error[lint-report-file]: the file cannot be read: larger than 67108864 bytes\n"
        "  help: lint its parts one by one\n"
    )


def test_without_a_file_it_says_so(folder):
    finished = shipworthy("lint-report", cwd=folder)
    assert finished.returncode == 2
    assert "FILE" in finished.stderr


def test_standard_input_is_read_as_text():
    finished = subprocess.run(
        [sys.executable, "-m", "shipworthy.cli.main", "lint-report", "-"],
        input=BAD,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 1, finished.stderr
    assert finished.stdout.startswith("-:1: suspicion[rate-without-n]: ")
