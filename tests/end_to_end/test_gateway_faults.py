"""Faults under a gateway: nothing unsafe leaves, nothing is logged as a pass, counters agree."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from gateways import FRONTS, deployment_text, logged, served
from raw_http import RawClient, posted
from shipworthy.instruments.safeguards.engine import GuardEngine
from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.records import SafeguardIdentity
from shipworthy.testing.upstream import Script, ScriptedUpstream, UpstreamFault, echo

CHAT = "/v1/chat/completions"
KEY = "AKIAIOSFODNN7EXAMPLE"
FILTER = '[[safeguards]]\nkind = "output-filter"\n'
DEADLINES = "timeout_seconds = 4\nfirst_byte_seconds = 1\nidle_seconds = 1\n"


def asked(text="Hello", **fields):
    turns = [{"role": "user", "content": text}]
    return posted(CHAT, json.dumps({"model": "m", "messages": turns, **fields}).encode())


def exchange(address, text="Hello", **fields):
    with RawClient(address, 30.0) as client:
        client.send(asked(text, **fields))
        return client.answer()


@pytest.fixture
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture(params=FRONTS)
def gateway(request, upstream, tmp_path):
    path = tmp_path / "deployment.toml"
    tables = {"upstream": DEADLINES + "reply_limit_bytes = 4000000\n", "": FILTER}
    path.write_text(deployment_text(upstream.url, tables))
    with served(path, request.param) as found:
        yield found


@pytest.mark.parametrize("fault", list(UpstreamFault))
@pytest.mark.parametrize("stream", [False, True])
def test_a_broken_model_never_looks_like_a_pass(gateway, upstream, fault, stream):
    upstream.answering = lambda heard: (Script(("All is well. ",) * 6), fault)
    broken = exchange(gateway.address, stream=stream)
    upstream.answering = echo
    assert exchange(gateway.address).status == 200, "the gateway did not recover"
    first, second = sorted(logged(gateway.path), key=lambda one: one.at_ms)
    assert second.verdict.enforced == "released"
    if fault is UpstreamFault.BYTE_BY_BYTE:
        assert first.verdict.enforced == "released"
        assert broken.complete
    else:
        assert first.verdict.enforced == "failed", first.verdict
        assert not first.verdict.is_clear
        assert b"[DONE]" not in broken.body
    assert gateway.call(lambda: gateway.gateway.state.memory.held) == 0


class Raising:
    """A stranger's layer that raises where it is told to."""

    def __init__(self, side, on_error):
        self.enforcement = Enforcement(name="raising", on_error=on_error)
        self.sides = frozenset({side})

    def screen_request(self, request):
        raise RuntimeError(request.messages[0].content)

    def screen_reply(self, request, reply):
        raise RuntimeError(reply.text)

    def identity(self):
        return SafeguardIdentity(name="raising", kind="test", configuration="sha256:" + "0" * 64)


@pytest.mark.parametrize("side", ["request", "reply"])
@pytest.mark.parametrize("on_error", ["closed", "abort"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_layer_that_raises_holds_the_answer(upstream, tmp_path, side, on_error, stream):
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url))

    def change(gateway):
        engine = GuardEngine([Raising(side, on_error)])
        gateway.serving = replace(gateway.serving, engine=engine)

    with served(path, "fast", change=change) as gateway:
        answer = exchange(gateway.address, "open sesame", stream=stream)
        lines = "".join(gateway.lines)
    assert b"open sesame" not in answer.body
    assert "open sesame" not in lines
    (record,) = logged(path)
    assert record.verdict.errored == ("raising",)
    assert not record.verdict.is_clear
    assert record.verdict.enforced in {"withheld", "failed"}


@pytest.mark.slow
def test_hundreds_of_streams_at_once_are_screened_each_for_itself(upstream, tmp_path):
    number = 240
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url, {"": FILTER}))

    def answering(heard):
        text = heard.body["messages"][-1]["content"]
        secret = KEY if int(text) % 3 == 0 else "nothing"
        return Script(
            (f"Number {text}", " says ", secret[:9], secret[9:], " and ends."), pause_s=0.2
        )

    upstream.answering = answering
    with served(path, "fast") as gateway, ThreadPoolExecutor(number) as pool:
        ask = lambda text: exchange(gateway.address, text, stream=True)  # noqa: E731 - one line
        answers = list(pool.map(ask, map(str, range(number))))
        assert gateway.call(lambda: gateway.gateway.state.memory.held) == 0
    for place, answer in enumerate(answers):
        assert answer.complete
        assert KEY[:9].encode() not in answer.body
        assert f"Number {place}".encode() in answer.body or place % 3 == 0
    records = logged(path)
    assert len(records) == len({record.id for record in records}) == number
    assert sum(bool(record.verdict.detected_by) for record in records) == number // 3


def start(path, front):
    command = [sys.executable, "-m", "shipworthy.cli.main", "gateway", "serve", str(path)]
    process = subprocess.Popen(
        [*command, "--front", front], stderr=subprocess.PIPE, text=True, env={**os.environ}
    )
    line = process.stderr.readline()
    found = re.match(r"serving http://([\d.]+):(\d+)", line)
    assert found, line + process.stderr.read()
    return process, (found[1], int(found[2]))


@pytest.mark.slow
def test_what_was_answered_is_in_the_log_once_though_the_gateway_is_killed(upstream, tmp_path):
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url, {"": FILTER}))
    answered: set[str] = set()
    lock = threading.Lock()

    def traffic(address, until):
        with contextlib.suppress(OSError, ValueError, IndexError):
            client = RawClient(address, 5.0)
            while time.monotonic() < until:
                client.send(asked("Hello", stream=False))
                answer = client.answer()
                if answer.status == 200 and answer.complete:
                    with lock:
                        answered.add(answer.headers["x-shipworthy-exchange"])

    for _ in range(3):
        process, address = start(path, "fast")
        try:
            until = time.monotonic() + 5
            threads = [threading.Thread(target=traffic, args=(address, until)) for _ in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(0.7)
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join(10)
        finally:
            process.kill()
            process.wait(10)
            process.stderr.close()
    assert len(answered) > 100
    ids = [record.id for record in logged(path)]
    assert answered <= set(ids), "an answer left whose record is not in the log"
    assert len(ids) == len(set(ids)), "a record is in the log twice"
