"""A bundle from before a re-opening, shown after it: it is whole, and says up to when it knows."""

import json
import shutil

import pytest

from shipworthy_verify.__main__ import run
from tampered_live import LOG, Live


@pytest.fixture
def live(forge):
    return Live(forge)


def test_a_go_says_after_what_time_it_knows_nothing(honest, capsys):
    assert run([str(honest.folder)]) == 0
    said = capsys.readouterr().out
    lines = (honest.folder / LOG).read_text().splitlines()
    ends = max(json.loads(line)["at"] for line in lines)
    assert f"if nothing came after {ends}" in said
    assert f"note: the log ends at {ends}; a decision that was re-opened later" in said


def test_the_json_says_it_too_and_a_refused_bundle_has_no_such_time(honest, forge, capsys):
    assert run([str(honest.folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["as_of"]
    forge.files["decision.json"] += b"\n"
    assert run([str(forge.save()), "--format", "json"]) == 4
    assert json.loads(capsys.readouterr().out)["as_of"] == ""


def test_the_bundle_from_before_is_refused_by_who_has_the_checkpoint_of_today(live, tmp_path):
    old = shutil.copytree(live.forge.save(), tmp_path / "old")
    live.reopen("roll-back")
    live.publish()
    today = tmp_path / "checkpoint"
    today.write_bytes(live.forge.files["log/checkpoint"])
    assert run([str(old)]) == 0
    assert run([str(old), "--checkpoint", str(today)]) == 4
