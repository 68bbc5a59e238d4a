"""`shipworthy gateway` as a person uses it: check, serve, stop, resume, reload, end."""

import json
import re
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection

import pytest

from assessments import shipworthy
from gateways import deployment_text, logged
from shipworthy.testing.upstream import ScriptedUpstream

FILTER = '[[safeguards]]\nkind = "output-filter"\n'
DETECT = FILTER + '[safeguards.options]\nmode = "detect"\n'


def run(*arguments):
    command = [sys.executable, "-m", "shipworthy.cli.main", "gateway", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture
def deployment(upstream, tmp_path):
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url, {"": FILTER}))
    return path


class Serving:
    """`gateway serve` in a process of its own."""

    def __init__(self, path, *options):
        command = [sys.executable, "-m", "shipworthy.cli.main", "gateway", "serve", str(path)]
        self.process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
        self.url = self.line("serving ")
        self.admin = self.line("admin ")

    def line(self, begin):
        for line in self.process.stderr:
            if line.startswith(begin):
                return (
                    re.search(r"[\d.]+:\d+", line)[0] if begin in {"serving ", "admin "} else line
                )
        raise AssertionError("the gateway ended")

    def chat(self):
        connection = HTTPConnection(self.url, timeout=10)
        body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
        connection.request("POST", "/v1/chat/completions", json.dumps(body))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait(10)
        self.process.stderr.close()


def test_a_stack_that_nobody_tested_is_said_to_be_so(deployment):
    checked = run("check", deployment, "--format", "json")
    assert checked.returncode == 3, checked.stderr
    assert json.loads(checked.stdout)["verdict"] == "untested"
    assert json.loads(checked.stdout)["layers"] == ["output-filter"]


def test_a_check_says_that_nothing_is_looked_at_and_that_nothing_is_kept_in(upstream, tmp_path):
    path = tmp_path / "deployment.toml"
    bare = f'[deployment]\nname = "bare"\n[upstream]\nurl = "{upstream.url}"\n'
    path.write_text(bare + '[policy]\nsystem_turns = "public"\n')
    checked = run("check", path)
    assert checked.returncode == 3
    assert "no layer: nothing that passes is looked at" in checked.stdout
    assert "system turns are public" in checked.stdout
    path.write_text(bare)
    assert "system turns" not in run("check", path).stdout


ASSESSMENT = """\
[assessment]
name = "tested"
framework = "starter"
deployment = "internal"
seed = 1

[subject]
name = "refuser"
target = "always-refuses"

[campaign]
scenarios = ["assistant"]
attacks = ["plain"]
scenarios_per_domain = 2
benign_per_domain = 1

[[safeguards]]
kind = "output-filter"
"""


def confidential_turns(runs):
    lines = [
        json.loads(line)
        for path in runs.glob("*/*/transcripts/run-*.jsonl")
        for line in path.read_text().splitlines()
    ]
    turns = [turn for line in lines for turn in line["request"]["messages"]]
    return sorted({turn["content"] for turn in turns if turn.get("confidential")})


def test_the_stack_tested_is_told_from_the_stack_deployed(upstream, tmp_path):
    (tmp_path / "assessment.toml").write_text(ASSESSMENT)
    runs = tmp_path / "runs"
    evaluated = shipworthy("evaluate", tmp_path / "assessment.toml", "--project", runs)
    assert evaluated.returncode == 0, evaluated.stderr
    path = tmp_path / "deployment.toml"
    named = {"deployment": 'assessment = "assessment.toml"\n'}
    path.write_text(deployment_text(upstream.url, named))
    same = run("check", path, "--project", runs, "--format", "json")
    assert same.returncode == 0, same.stderr
    shown = json.loads(same.stdout)
    assert shown["stack"] == shown["tested"]["stack"]
    with Serving(path) as serving:
        assert serving.chat() == 200
        serving.process.send_signal(signal.SIGTERM)
        serving.process.wait(20)
    assert [record.verdict.engine for record in logged(path)] == [shown["stack"]]
    public = deployment_text(upstream.url, named) + '[policy]\nsystem_turns = "public"\n'
    path.write_text(public)
    less = run("check", path, "--project", runs, "--format", "json")
    assert less.returncode == 1, less.stdout
    assert json.loads(less.stdout)["verdict"] == "less"
    secrets = confidential_turns(runs)
    assert json.loads(less.stdout)["made_public"] == len(secrets) > 1
    for text, status in (("A hotel.", 0), (f"A hotel. {secrets[0]}", 1)):
        named_public = f"public_turns = [{json.dumps(text)}]"
        path.write_text(public.replace('system_turns = "public"', named_public))
        assert run("check", path, "--project", runs).returncode == status
    for segment in runs.glob("*/*/transcripts/*.jsonl"):
        segment.unlink()
    unknown = run("check", path, "--project", runs, "--format", "json")
    assert unknown.returncode == 3, unknown.stdout
    assert json.loads(unknown.stdout)["verdict"] == "unknown"
    assert json.loads(unknown.stdout)["made_public"] is None
    path.write_text(deployment_text(upstream.url, {**named, "": DETECT}))
    other = run("check", path, "--project", runs, "--format", "json")
    assert other.returncode == 1
    assert json.loads(other.stdout)["verdict"] == "other"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("name =", "nmae ="), "deployment-invalid", "did you mean `name`"),
        (('name = "test"', 'name = "A B"'), "deployment-invalid", "lower-case"),
        (("http://", "htp://"), "deployment-address", "http://"),
        (('kind = "output-filter"', 'kind = "output-fliter"'), "plugin-unknown", "output-filter"),
        (("127.0.0.1:0", "nowhere"), "deployment-address", "HOST:PORT"),
        (("[upstream]", "[upstream"), "deployment-syntax", ""),
    ],
)
def test_a_wrong_file_is_explained_with_its_place(deployment, change, code, said):
    deployment.write_text(deployment.read_text().replace(*change))
    checked = run("check", deployment)
    assert checked.returncode == 2
    assert code in checked.stderr
    assert said in checked.stderr
    assert re.search(r"deployment\.toml:\d+", checked.stderr)
    assert "Traceback" not in checked.stderr


def test_a_gateway_serves_is_stopped_resumed_reloaded_and_ends(deployment):
    with Serving(deployment) as serving:
        assert serving.chat() == 200
        assert run("stop", deployment, "--why", "drill", "--by", "safety").returncode == 0
        serving.line("stopped: drill")
        assert serving.chat() == 503
        assert run("resume", deployment, "--why", "over").returncode == 0
        assert run("resume", deployment, "--why", "over").returncode == 1
        serving.line("resumed")
        assert serving.chat() == 200
        deployment.write_text(deployment.read_text() + "[policy]\nchoices = 1\n")
        serving.process.send_signal(signal.SIGHUP)
        assert "stack sha256:" in serving.line("reloaded:")
        assert serving.chat() == 200
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(20) == 0
    assert [record.status for record in logged(deployment)].count(200) == 3


def test_an_address_that_is_taken_is_the_machines_fault(deployment):
    with Serving(deployment) as serving:
        text = deployment.read_text().replace('"127.0.0.1:0"', f'"{serving.url}"', 1)
        other = deployment.with_name("other.toml")
        other.write_text(text.replace('name = "test"', 'name = "other"'))
        second = run("serve", other)
    assert second.returncode == 5
    assert re.search(r"other\.toml:\d+:\d+: error\[gateway-listen\]", second.stderr), second.stderr


def test_nobody_stops_without_a_reason(deployment):
    assert run("stop", deployment, "--why", " ").returncode == 2


def test_a_portable_front_serves_the_same(deployment):
    with Serving(deployment, "--front", "portable") as serving:
        assert serving.chat() == 200
        time.sleep(0.1)
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(20) == 0
    assert len(logged(deployment)) == 1
