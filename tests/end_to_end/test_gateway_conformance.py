"""`shipworthy gateway conform` on our own gateway, both in processes of their own."""

import json
import re
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

DEPLOYMENT = """
[deployment]
name = "conform"
listen = "127.0.0.1:0"
admin = "127.0.0.1:0"
dialects = ["chat", "completions", "responses", "messages"]
[upstream]
url = "http://127.0.0.1:{model}"
[[safeguards]]
kind = "screen"
[safeguards.options]
key_rules = false
rules = [
  {{id = "asked", request = "{mark}", views = ["raw"]}},
  {{id = "told", reply = "{mark}", views = ["raw"]}},
]
"""
JUDGE = """
[safeguards.options.judge]
url = "http://127.0.0.1:{judge}/v1"
model = "scripted"
policy = "Nothing may leave that the judge does not like."
deadline_ms = 700
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def command(*arguments):
    return [sys.executable, "-m", "shipworthy.cli.main", "gateway", *map(str, arguments)]


def conform(url, *options):
    words = command("conform", url, *options, "--format", "json")
    return subprocess.run(words, capture_output=True, text=True, timeout=180, check=False)


@contextmanager
def serving(path, front):
    with subprocess.Popen(
        command("serve", path, "--front", front), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            found = {}
            for line in process.stderr:
                name, _, rest = line.partition(" ")
                found[name] = rest.split()[0]
                if name == "admin":
                    break
            yield found["serving"], found["admin"]
        finally:
            process.kill()
            process.wait(10)


def mark(*options):
    said = subprocess.run(
        command("conform", "http://127.0.0.1:1", "--setup", *options),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return re.search(r"SWC-[a-z0-9]{20}", said.stdout)[0]


@pytest.mark.slow
@pytest.mark.parametrize("front", ["fast", "portable"])
def test_nothing_gets_through_our_own_gateway(front, tmp_path):
    model, path, junit = free_port(), tmp_path / "deployment.toml", tmp_path / "junit.xml"
    path.write_text(DEPLOYMENT.format(model=model, mark=mark("--seed", front)))
    with serving(path, front) as (url, admin):
        metrics = f"{admin}/-/metrics"
        options = ["--seed", front, "--model-port", model, "--records", metrics]
        dialects = ("chat", "completions", "responses", "messages")
        options += [word for one in dialects for word in ("--dialect", one)]
        run = conform(url, *options, "--junit", junit)
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout)
    verdicts = found["verdicts"]
    for bad in ("LEAK", "RECORDED AS PASS", "altered", "broken", "no answer", "not testable"):
        assert verdicts[bad] == 0, bad
    assert verdicts["held"] > 280
    assert verdicts["intact"] > 60
    # by default rules of requests look at all that a client can write: spec/guard.md, number 3
    assert verdicts["passed on"] == 0
    assert not [case for case in found["cases"] if "not recorded" in case["why"]]
    assert 'failures="0" errors="0"' in junit.read_text()


@pytest.mark.slow
def test_our_gateway_closes_when_its_judge_fails(tmp_path):
    model, judge, path = free_port(), free_port(), tmp_path / "deployment.toml"
    text = (DEPLOYMENT + JUDGE).format(model=model, judge=judge, mark=mark())
    path.write_text(text)
    with serving(path, "fast") as (url, admin):
        run = conform(
            url,
            *("--model-port", model, "--judge-port", judge, "--part", "judge"),
            *("--records", f"{admin}/-/metrics", "--dialect", "chat", "--dialect", "messages"),
        )
    assert run.returncode == 0, run.stdout + run.stderr
    cases = {case["id"]: case["verdict"] for case in json.loads(run.stdout)["cases"]}
    held = [name for name, verdict in cases.items() if name.startswith("judge.")]
    assert len(held) == 32
    for name in held:
        assert cases[name] == ("intact" if name.endswith("passes") else "held"), name


@pytest.mark.slow
def test_a_gateway_without_a_rule_is_found(tmp_path):
    model, path = free_port(), tmp_path / "deployment.toml"
    path.write_text(DEPLOYMENT.format(model=model, mark="some-other-text"))
    with serving(path, "fast") as (url, _):
        run = conform(url, "--model-port", model, "--part", "answers", "--dialect", "chat")
    assert run.returncode == 1
    assert json.loads(run.stdout)["verdicts"]["LEAK"] > 40


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        (["ftp://x"], "conform-url", 2),
        (["http://127.0.0.1:1/v1/chat/completions"], "conform-url", 2),
        (["http://127.0.0.1:1", "--junit", "no-such-folder/x.xml"], "conform-junit", 5),
        (["http://127.0.0.1:1", "--wait", "0.1"], "conform-unreachable", 5),
        (["http://127.0.0.1:1", "--part", "judge"], "conform-judge", 2),
        (["http://127.0.0.1:1", "--records", "log.jsonl"], "conform-records", 2),
        (["http://127.0.0.1:1", "--header", "nothing"], "conform-header", 2),
    ],
)
def test_bad_input_is_explained(options, code, exit_code):
    run = conform(*options, "--model-port", "0")
    assert run.returncode == exit_code
    assert code in run.stderr
    assert "Traceback" not in run.stderr
