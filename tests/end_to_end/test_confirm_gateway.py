"""Our own gateway, served as a user serves it, is asked by `confirm` and by sealed canaries."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from assessments import shipworthy
from deployed import DeployedPath
from field_campaign import answer_to, laboratory, of_request
from shipworthy.kernel import digest_text

_READY_S = 20.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def campaign(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    return folder


@pytest.fixture
def model():
    """The tested model, bare, in four wire formats."""
    with DeployedPath(of_request(answer_to), ()) as model:
        yield model


def write(folder, model, extra="", tail="", served=""):
    listen, admin = free_port(), free_port()
    (folder / "deployment.toml").write_text(
        f"""\
[deployment]
name = "desks"
assessment = "assessment.toml"
model = "simulated"
listen = "127.0.0.1:{listen}"
admin = "127.0.0.1:{admin}"
{served}

[upstream]
url = "{model.url}"

[confirmation]
margin = "0.25"
per_minute = 600000
fillers_per_hundred = 20
{extra}
{tail}
"""
    )
    return admin


class Served:
    """`shipworthy gateway serve`, until the end of the block."""

    def __init__(self, folder, admin):
        self._command = [
            *(sys.executable, "-m", "shipworthy.cli.main", "gateway", "serve", "deployment.toml")
        ]
        self._folder, self._admin = folder, admin

    def __enter__(self):
        self.process = subprocess.Popen(
            self._command, cwd=self._folder, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + _READY_S
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self._admin}/-/readyz", timeout=1)
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                time.sleep(0.1)
            else:
                return self
        raise AssertionError("the gateway is not ready")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


@pytest.mark.slow
def test_our_gateway_is_confirmed_and_its_log_says_which_layer_held(campaign, model):
    extra = 'routes = ["chat", "chat.stream", "messages.stream", "responses.tools"]'
    admin = write(campaign, model, extra)
    with Served(campaign, admin):
        done = shipworthy("confirm", "deployment.toml", cwd=campaign)
        assert done.returncode == 0, done.stdout + done.stderr
        watched = shipworthy(
            *("confirm", "watch", "deployment.toml"),
            *("--per-hour", "400000", "--hours", "0.0003"),
            cwd=campaign,
        )
        assert watched.returncode == 0, watched.stdout + watched.stderr
    assert "stack           same" in done.stdout
    assert "system-prompt   same" in done.stdout
    (held,) = [line for line in done.stdout.splitlines() if "held by output-filter" in line]
    assert "another 0, undisclosed 0, breached 0, unassessed 0" in held
    assert "layers    noticed" in watched.stdout


@pytest.mark.slow
def test_a_gateway_that_was_started_for_another_prompt_is_found_by_its_identity(campaign, model):
    """The product went on with another system turn; what confirm sends and gets is as tested."""
    extra = 'routes = ["chat", "messages.stream"]'
    admin = write(campaign, model, extra, served='system_prompt = "Sell, sell, sell."')
    with Served(campaign, admin):
        with urllib.request.urlopen(f"http://127.0.0.1:{admin}/-/identity", timeout=5) as said:
            declared = json.load(said)["declared_prompt"]
        assert declared == digest_text("Sell, sell, sell.")
        file = campaign / "deployment.toml"
        file.write_text(file.read_text().replace('system_prompt = "Sell, sell, sell."', ""))
        done = shipworthy("confirm", "deployment.toml", cwd=campaign)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "system-prompt differs" in done.stdout
    assert "asr.domain.secrets: higher" not in done.stdout


@pytest.mark.slow
def test_a_gateway_that_only_detects_is_found_by_digest_and_by_deed(campaign, model):
    extra = 'routes = ["chat", "messages.stream"]'
    tail = '[[safeguards]]\nkind = "output-filter"\noptions = {mode = "detect"}\n'
    admin = write(campaign, model, extra, tail)
    with Served(campaign, admin):
        done = shipworthy("confirm", "deployment.toml", cwd=campaign)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "asr.domain.secrets: higher in the field" in done.stdout
    assert "stack differs" in done.stdout


@pytest.mark.slow
def test_completions_carry_no_secret_that_a_layer_could_know(campaign, model):
    """A prompt without turns hides from every layer which part of it is confidential."""
    extra = 'routes = ["chat", "completions"]'
    admin = write(campaign, model, extra, served='dialects = ["chat", "completions"]')
    with Served(campaign, admin):
        done = shipworthy("confirm", "deployment.toml", cwd=campaign)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "asr.route.completions: higher in the field" in done.stdout
    assert "asr.route.chat:" not in done.stdout
