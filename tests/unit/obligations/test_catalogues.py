"""Catalogues of obligations: the cross-walk of every item exists, and says what it leaves out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.obligations import (
    absent_parts,
    catalogue_ids,
    load_catalogue,
    read_catalogue,
)
from shipworthy.kernel import Problem
from shipworthy.stages.reporting import build_report
from shipworthy.testing.reports import example_report

COMMAND = [sys.executable, "-m", "shipworthy.cli.main", "framework", "obligations"]


def sections() -> set[str]:
    return {section.id for section in build_report(example_report()).sections}


@pytest.mark.parametrize("name", catalogue_ids())
def test_report_sections_of_the_cross_walk_exist(name):
    named = {section for item in load_catalogue(name).items for section in item.sections}
    assert named
    assert named <= sections()


def test_the_items_of_the_sources_are_there():
    ids = {name: [item.id for item in load_catalogue(name).items] for name in catalogue_ids()}
    assert [f"R{n}" for n in range(1, 25)] == [
        i for i in ids["eu-gpai-code-safety"] if i.startswith("R")
    ]
    commitments = {i.partition("-")[0] for i in ids["eu-gpai-code-safety"] if not i.startswith("R")}
    assert commitments == {str(n) for n in range(1, 11)} - {"7"}
    assert [f"S{n}" for n in range(1, 11)] == [
        i for i in ids["california-sb-53"] if i[0] == "S" and i[1:].isdigit()
    ]
    assert [f"T{n}" for n in range(1, 12)] == [
        i for i in ids["california-sb-53"] if i[0] == "T" and i[1:].isdigit()
    ]
    assert len(ids["new-york-raise"]) == 8


def test_what_a_framework_leaves_empty_is_named():
    starter = load_framework("starter")
    code = {item.id: item for item in load_catalogue("eu-gpai-code-safety").items}
    assert "announced" in absent_parts(code["1-update"], starter)
    assert "governance.amendment" not in absent_parts(code["1-update"], starter)
    assert absent_parts(code["R24"], starter) == ()


GOOD = """catalogue: house
title: House rules
publisher: us
version: "1"
in_force: always
provenance: primary
standing: written by us
items:
  - {id: a, about: Sign, section: "1", extent: full, records: [SignOff]}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("[SignOff]", "[SignOf]", "framework-unknown-record", "9:64"),
        ("[SignOff]", "[SignOff.nobody]", "framework-unknown-record", "9:64"),
        ("records: [SignOff]", "documents: [governance.rolls]", "framework-unknown-part", "9:66"),
        ("extent: full", "extent: part", "framework-missing-key", "9:10"),
        ("extent: full", "extent: none, gap: all", "framework-missing-key", "9:10"),
        ("extent: full", "extent: most", "framework-type", "9:48"),
        ("provenance: primary", "provenance: hearsay", "framework-type", "6:13"),
        ("items:", "itms:", "framework-unknown-key", "8:1"),
    ],
)
def test_a_bad_catalogue_is_refused_with_its_place(tmp_path, old, new, code, place):
    file = tmp_path / "house.yaml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(Problem) as caught:
        read_catalogue(file)
    found = {(d.code, f"{d.location.line}:{d.location.column}") for d in caught.value.diagnostics}
    assert (code, place) in found


def test_an_unknown_catalogue_is_named_with_the_nearest():
    with pytest.raises(Problem) as caught:
        load_catalogue("california-sb-35")
    assert "california-sb-53" in caught.value.diagnostics[0].help


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    with pytest.raises(Problem, match="cannot read"):
        load_catalogue(str(tmp_path / "none.yaml"))


def run(*arguments: str):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)


def test_the_command_lists_shows_and_joins_with_a_framework(tmp_path):
    listed = run()
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == catalogue_ids()
    shown = run("california-sb-53", "--framework", "starter").stdout
    assert "T1  (none; 22757.12; primary; deployment)" in shown
    assert "starter leaves empty: announced" in shown
    file = Path(tmp_path / "house.yaml")
    file.write_text(GOOD)
    data = json.loads(run(str(file), "--framework", "starter", "--format", "json").stdout)
    assert data[0]["items"][0]["absent"] == []
    assert run("nothing").returncode == 2
