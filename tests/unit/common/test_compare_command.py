"""`shipworthy framework compare` as a subprocess: text, JSON, page, refusals."""

import json
import re

import pytest

from assessments import shipworthy
from small_mappings import write_acorn, write_birch


@pytest.fixture
def orchard(tmp_path):
    write_acorn(tmp_path, [("lenient", "enabling"), ("strict", "significant")])
    write_birch(tmp_path)
    return tmp_path


def run(folder, *arguments, **environment):
    words = ("framework", "compare", *arguments)
    return shipworthy(*words, cwd=folder, environment=environment)


def test_the_text_says_who_would_deploy_what_and_by_which_clauses(orchard):
    finished = run(orchard, "./acorn", "./birch")
    assert finished.returncode == 0, finished.stderr
    text = finished.stdout
    assert "acorn would deploy, birch would not:\n" in text
    assert "harmful manipulation at scale, before safeguards: significant uplift" in text
    assert "stopped by: Manipulation [persuade]" in text
    assert "under 2 and 2 of 2 pairs of readings" in text
    assert "external-audit: outside audit of whether the framework is followed\n" in text
    assert "  birch: (SILENT)\n" in text
    assert "read by birch only: capability.persuasion, residual.cyber, birch/seal" in text
    assert "acorn forms: always yes (high: administrative)" in text


def test_a_chosen_reading_comes_first(orchard):
    chosen = ("--reading-of", "acorn=strict", "--format", "json")
    view = json.loads(run(orchard, "./acorn", "./birch", *chosen).stdout)
    assert view["members"][0]["reading"] == "strict"
    assert view["pairs"][0]["combinations"][0]["readings"] == ["strict", "plain"]
    (line,) = view["pairs"][0]["ways"][1]["situations"][0]["lines"]
    assert line["value"] == "significant uplift towards severe harm"


def test_the_same_view_gives_the_same_bytes_whatever_the_hash_seed(orchard):
    pages = []
    for seed in ("1", "2"):
        finished = run(orchard, "./acorn", "./birch", "--html", f"{seed}.html", PYTHONHASHSEED=seed)
        assert finished.returncode == 0, finished.stderr
        pages.append((orchard / f"{seed}.html").read_bytes())
    assert pages[0] == pages[1]


def test_the_page_needs_nothing_and_escapes_what_a_framework_says(orchard):
    file = orchard / "birch" / "framework.yaml"
    odd = "\"<script>alert('x')</script> & <b>\", topics: [decision]"
    file.write_text(file.read_text().replace("the seal of Birch is on the model", odd))
    finished = run(orchard, "./acorn", "./birch", "--html", "page.html")
    assert finished.returncode == 0, finished.stderr
    page = (orchard / "page.html").read_text()
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &lt;b&gt;" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["./acorn"], "compare-few"),
        (["./acorn", "./acorn"], "compare-twice"),
        (["./acorn", "./birch", "--reading-of", "acorn"], "compare-reading"),
        (["./acorn", "./birch", "--reading-of", "acorn=none"], "framework-mapping-unknown"),
        (["./acorn", "./birch", "--html", "missing/page.html"], "compare-page"),
        (["./acorn", "oaken"], "framework-unknown"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_2(orchard, arguments, code):
    finished = run(orchard, *arguments)
    assert finished.returncode == 2
    assert f"error[{code}]" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_check_reads_the_mappings_too(orchard):
    finished = shipworthy("framework", "check", "birch", cwd=orchard)
    assert "mapping plain: 3 facts in common terms, well formed" in finished.stdout
    mapping = orchard / "birch" / "mappings" / "plain.yaml"
    mapping.write_text(mapping.read_text().replace("residual.cyber", "residual.cyberr"))
    finished = shipworthy("framework", "check", "birch", cwd=orchard)
    assert finished.returncode == 2
    assert "did you mean `residual.cyber`?" in finished.stderr
