"""Sealed canaries as a user runs them: promised, sent, alarmed, revealed, audited."""

import json
import shutil

import pytest

from assessments import log_entries, shipworthy
from deployed import Defects
from field_campaign import deployed_path, in_process, laboratory, write_deployment

QUICK = ("--per-hour", "400000", "--hours", "0.0003")


@pytest.fixture
def campaign(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    return folder


@pytest.fixture
def path(campaign):
    with deployed_path(campaign) as path:
        path.defects.identity = None
        write_deployment(campaign, path.url, extra='routes = ["chat", "messages.stream"]')
        yield path


def run(folder, *arguments):
    return in_process(folder, "confirm", *arguments[:1], "deployment.toml", *arguments[1:])


def chain(folder):
    (found,) = folder.glob("runs/*/*/live/canaries/*/chain.jsonl")
    return found


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_probes_are_promised_before_they_are_sent_and_nothing_marks_them(campaign, path):
    promised = []
    path.defects.skips = lambda _heard: promised.append(len(lines(chain(campaign)))) or False
    done = shipworthy("confirm", "watch", "deployment.toml", *QUICK, cwd=campaign)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no alarm" in done.stdout
    for place, known in enumerate(promised):
        assert known >= 2 + place // 2
    shown = chain(campaign).read_text()
    assert "desk" not in shown.replace('"deployment":"desks"', "")
    for headers in path.headers:
        assert "shipworthy" not in str(headers).casefold()
    outcomes = lines(chain(campaign).parent / "outcomes.jsonl")
    assert {one["end"] for one in outcomes} == {"caught"}
    assert {one["twin"] for one in outcomes} == {"answered"}
    assert any(
        entry["type"] == "statement" and entry["kind"] == "canary-chain"
        for entry in log_entries(campaign / "runs")
    )


@pytest.mark.slow
def test_a_guard_that_goes_off_raises_an_alarm_and_the_next_run_goes_on(campaign, path):
    assert run(campaign, "watch", *QUICK).returncode == 0
    before = len(lines(chain(campaign)))
    path.defects = Defects(layers=(), identity=None)
    done = run(campaign, "watch", "--per-hour", "400000", "--hours", "0.01")
    assert done.returncode == 1, done.stdout
    assert "ALARM" in done.stdout
    found = lines(chain(campaign))
    assert found[-1]["type"] == "watch-alarmed"
    assert len(found) - before < 40
    path.defects = Defects(identity=None)
    assert run(campaign, "watch", *QUICK).returncode == 0


@pytest.mark.slow
def test_the_key_opens_every_promise_and_the_watch_ends_with_it(campaign, path):
    run(campaign, "watch", *QUICK)
    sealed = run(campaign, "audit")
    assert sealed.returncode == 0
    assert "sealed" in sealed.stdout
    revealed = run(campaign, "reveal")
    assert revealed.returncode == 0, revealed.stdout + revealed.stderr
    assert "every promise and outcome is as the key draws" in revealed.stdout
    assert run(campaign, "reveal").returncode == 2
    assert run(campaign, "audit").returncode == 0
    run(campaign, "watch", *QUICK)
    assert len(list(campaign.glob("runs/*/*/live/canaries/*/chain.jsonl"))) == 2
    assert path.seen


def drop_an_outcome(folder):
    file = chain(folder).parent / "outcomes.jsonl"
    file.write_text("".join(line + "\n" for line in file.read_text().splitlines()[:-1]))


def drop_a_promise_with_its_outcome(folder):
    for file in (chain(folder), chain(folder).parent / "outcomes.jsonl"):
        file.write_text("".join(line + "\n" for line in file.read_text().splitlines()[:-1]))


def change_an_outcome(folder):
    file = chain(folder).parent / "outcomes.jsonl"
    kept = file.read_text().splitlines()
    first = json.loads(kept[0])
    first["scenario"] = "desk-999"
    text = json.dumps(first, separators=(",", ":"), sort_keys=True)
    file.write_text("".join(line + "\n" for line in [text, *kept[1:]]))


def use_another_key(folder):
    key = chain(folder).parent / "key"
    key.write_bytes(bytes(32))


@pytest.mark.parametrize(
    ("tamper", "complaint"),
    [
        (drop_an_outcome, "has no outcome"),
        (drop_a_promise_with_its_outcome, "not the one whose head was signed"),
        (change_an_outcome, "is of another probe"),
        (use_another_key, "the key is not the one"),
    ],
)
def test_what_was_changed_is_found(campaign, path, tamper, complaint):
    run(campaign, "watch", *QUICK)
    tamper(campaign)
    done = run(campaign, "reveal")
    assert done.returncode == 4, done.stdout + done.stderr
    assert complaint in done.stdout
    assert path.seen


def test_a_watch_without_probes_says_so(campaign, path):
    assert run(campaign, "audit").returncode == 3
    assert "error[canary-missing]" in run(campaign, "reveal").stderr
    assert "error[canary-terms]" in run(campaign, "watch", "--baseline", "1.5").stderr
    assert path.seen == []
