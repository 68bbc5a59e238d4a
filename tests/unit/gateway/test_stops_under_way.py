"""A stop is at once for what waits and for what is under way, and nobody goes by two names."""

import json
import threading
import time

import pytest

from gateways import FRONTS, deployment_text, logged, served
from raw_http import RawClient, posted
from shipworthy.testing.upstream import Script, ScriptedUpstream

CHAT = "/v1/chat/completions"


def body(**fields):
    turns = [{"role": "user", "content": "Hello"}]
    return json.dumps({"model": "m", "messages": turns, **fields}).encode()


def ask(gateway, *lines, **fields):
    with RawClient(gateway.address) as client:
        client.send(posted(CHAT, body(**fields), *lines))
        return client.answer()


def until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture(params=FRONTS)
def opened(request, upstream, tmp_path):
    def open_with(tables=None):
        path = tmp_path / "deployment.toml"
        path.write_text(deployment_text(upstream.url, tables))
        return served(path, request.param)

    return open_with


def in_threads(gateway, count, **fields):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(gateway, **fields)))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    return answers, threads


def stop(gateway):
    gateway.call(lambda: gateway.gateway.halt("a drill", "safety"))


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_under_way_ends_with_the_stop(opened, upstream, stream):
    pieces = tuple(f"word{at} " for at in range(60))
    upstream.answering = lambda heard: Script(pieces, pause_s=0.05)
    with opened() as gateway:
        answers, threads = in_threads(gateway, 1, stream=stream)
        until(lambda: upstream.heard)
        stop(gateway)
        for thread in threads:
            thread.join(20)
    assert b"word59" not in answers[0].body
    assert b"[DONE]" not in answers[0].body
    (record,) = logged(gateway.path)
    assert (record.verdict.enforced, record.verdict.why) == ("failed", "the deployment was stopped")


def test_what_waits_is_stopped_and_asks_nobody(opened, upstream):
    upstream.answering = lambda heard: Script(("slow ",) * 20, pause_s=0.05)
    with opened({"limits": "concurrent_in_all = 1\nwaiting_seconds = 20\n"}) as gateway:
        answers, threads = in_threads(gateway, 3)
        until(lambda: gateway.gateway.state.gate.waiting == 2)
        stop(gateway)
        for thread in threads:
            thread.join(20)
    assert len(answers) == 3
    assert not any(answer.status == 200 for answer in answers)
    assert len(upstream.heard) == 1


def test_an_account_has_one_name_however_its_key_is_written(opened, upstream):
    written = ("Authorization: Bearer sk-a", "Authorization: bearer  sk-a", "x-api-key: sk-a")
    with opened({"limits": "requests_per_minute = 2\n"}) as gateway:
        assert [ask(gateway, line).status for line in written] == [200, 200, 429]


def test_the_key_that_is_passed_on_is_the_one_that_is_counted(opened, upstream):
    with opened() as gateway:
        ask(gateway, "Authorization: Bearer made-up", "x-api-key: sk-real")
        ask(gateway, "x-api-key: sk-real")
    first, second = (dict(heard.headers) for heard in upstream.heard)
    assert first["authorization"] == "Bearer made-up"
    assert "x-api-key" not in first
    assert second["x-api-key"] == "sk-real"
