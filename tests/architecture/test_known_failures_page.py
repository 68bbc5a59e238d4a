"""The page on known failures names tests that exist, and holds every report that a test cites."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/known-failures.md").read_text()
FILES = [
    *sorted((ROOT / "tests/end_to_end").glob("test_peers_*.py")),
    ROOT / "tests/attacks/test_swapped_arms.py",
    ROOT / "tests/property/test_unassessed_never_helps.py",
]
TEST = re.compile(r"(?m)^def (test_\w+)\(")
EXPECTED_TO_FAIL = re.compile(r"(?ms)^@pytest\.mark\.xfail\(.*?^def (test_\w+)\(")
REPORT = re.compile(r"(?:#|PR )(\d{2,5})\b")


def source(path):
    return path.read_text(encoding="utf-8")


def test_every_test_on_the_page_exists():
    written = {name for path in FILES for name in TEST.findall(source(path))}
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    assert named <= written


def test_every_report_that_a_test_cites_is_on_the_page():
    cited = {number for path in FILES for number in REPORT.findall(source(path))}
    assert len(cited) > 20
    assert cited <= set(REPORT.findall(PAGE))


def test_what_is_expected_to_fail_is_admitted():
    failing = {name for path in FILES for name in EXPECTED_TO_FAIL.findall(source(path))}
    admitted = PAGE.partition("## What still fails here")[2]
    assert failing <= set(re.findall(r"`(test_\w+)`", admitted))
