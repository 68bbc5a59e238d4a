"""Drift and clusters by the command line: shown, raised, the same by one process and by two."""

import json

import msgspec
import pytest

from field_campaign import in_process
from live_traffic import BEGAN_MS, HELD, MONITOR, exchange, write_monitor, write_traffic
from shipworthy.records.live import ExchangeContent
from shipworthy.vocabulary import Message

HOUR = 3_600_000
TABLES = """
[drift]
features = ["route", "turns"]
window_seconds = 3600
reference_windows = 4

[clusters]
baseline = "0.05"
reason = "the touchiest harmless topic of the trial weeks"
key_variable = "SKETCHES"
"""
ASKED = "please tell me how to open the back door of the boat house at night without a key"


def asked(number, account, at_ms, text, *, stream=False, held=False):
    record = exchange(number, held=held, account=account, at_ms=at_ms, stream=stream)
    said = Message(role="user", content=text)
    content = ExchangeContent(messages=(said,), text=HELD if held else record.content[0].text)
    return msgspec.structs.replace(record, content=(content,))


def traffic():
    """Eight hours of forty users, who stream from the fifth on; twelve accounts with one plan."""
    records = []
    for hour in range(9):
        for user in range(40):
            at_ms = BEGAN_MS + hour * HOUR + user * 1000
            text = f"question {hour} of {user}: when does the {user * hour} leave"
            records.append(asked(len(records), f"u{user}", at_ms, text, stream=hour > 3))
    for number in range(12):
        words = ASKED.split()
        words[number] = f"word{number}"
        at_ms = BEGAN_MS + 5 * HOUR + number * 60_000
        text = " ".join(words)
        records.append(asked(len(records), f"plan-{number}", at_ms, text, held=True))
    return sorted(records, key=lambda one: one.at_ms)


def run(folder, *words):
    done = in_process(
        folder, "monitor", "run", "monitor.toml", "--once", *words, "--format", "json"
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SKETCHES", "a secret of this test")
    write_monitor(tmp_path, MONITOR.replace('"0.02"', '"0.6"') + TABLES)
    return tmp_path


@pytest.mark.slow
def test_a_drift_and_a_cluster_are_raised_and_shown(folder):
    write_traffic(folder / "traffic1.jsonl", traffic())
    code, found = run(folder)
    assert code == 1
    raised = {one["alarm"]["kind"]: one["alarm"] for one in found["alarms"]}
    assert set(raised) == {"recalibrate", "cluster"}
    assert raised["recalibrate"]["metric"] == "mix.route"
    assert raised["cluster"]["accounts"] >= 5
    assert "plan-" not in json.dumps(found)
    assert {one["feature"]: one["raised"] for one in found["drift"]} == {
        "mix.route": True,
        "mix.turns": False,
    }
    said = in_process(folder, "monitor", "status", "monitor.toml").stdout
    assert "drift  mix.route  distance 0." in said
    assert "1 named, by 372 exchanges" in said
    assert run(folder) == (code, found | {"read_again": 0})


@pytest.mark.slow
def test_the_same_traffic_day_by_day_and_by_two_processes_says_the_same(folder):
    records = traffic()
    write_traffic(folder / "traffic1.jsonl", records)
    _, whole = run(folder)
    text = (folder / "monitor.toml").read_text()
    for name, files in (("two", 'paths = ["part*.jsonl"]'), ("days", 'paths = ["day*.jsonl"]')):
        changed = text.replace('name = "desk"', f'name = "desk"\nstate = "{name}"', 1)
        changed = changed.replace('paths = ["traffic*.jsonl"]', files)
        (folder / "monitor.toml").write_text(changed)
        if name == "two":
            for part in range(2):
                write_traffic(folder / f"part{part}.jsonl", records[part::2])
            _, found = run(folder, "--processes", "2")
        else:
            for day in range(3):
                part = records[day * 124 : (day + 1) * 124]
                write_traffic(folder / f"day{day}.jsonl", part)
                _, found = run(folder)
        for key in ("alarms", "drift", "clusters", "counts"):
            assert found[key] == whole[key], (name, key)


def test_what_is_not_watched_is_said(tmp_path):
    write_traffic(tmp_path / "traffic1.jsonl", [exchange(n) for n in range(5)])
    write_monitor(tmp_path)
    said = in_process(tmp_path, "monitor", "run", "monitor.toml", "--once").stdout
    assert "drift  not watched" in said
    assert "clusters  not watched" in said
