"""The gateway as an ASGI application: the events of the protocol, and nothing but HTTP."""

import asyncio
import json

import pytest

from gateways import deployment_text, logged
from shipworthy.app.live.deployment_file import read_deployment
from shipworthy.app.live.gateway.opening import Inside, open_gateway
from shipworthy.app.live.gateway.stacks import build_stack
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Registry, SystemClock
from shipworthy.testing.upstream import Script, ScriptedUpstream
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.gateway.portable import AsgiGateway

CHAT = "/v1/chat/completions"


@pytest.fixture
def path(tmp_path):
    with ScriptedUpstream() as upstream:
        found = tmp_path / "deployment.toml"
        found.write_text(deployment_text(upstream.url, {"policy": "body_limit_bytes = 2000\n"}))
        yield found, upstream


async def opened(path):
    around = Surroundings(Registry.installed(), {}, SystemClock())
    inside = Inside(around, "portable", lambda line: None, SteadyClock())
    file = read_deployment(path)
    return await open_gateway(file, build_stack(file, around), inside)


async def asked(app, events, *, path=CHAT, headers=(), patience=None):
    """Run one request; `events` are what the server receives, then the client waits or goes."""
    sent, waiting = [], list(events)

    async def receive():
        if waiting:
            return waiting.pop(0)
        if patience is None:
            await asyncio.Event().wait()
        await asyncio.sleep(patience)
        return {"type": "http.disconnect"}

    async def send(event):
        sent.append(event)

    scope = {"type": "http", "method": "POST", "path": path, "headers": list(headers)}
    await app(scope, receive, send)
    return sent


def body(text="Hello", **fields):
    turns = [{"role": "user", "content": text}]
    return json.dumps({"model": "m", "messages": turns, **fields}).encode()


def run(path, work):
    async def within():
        gateway = await opened(path)
        try:
            return await work(gateway, AsgiGateway(gateway))
        finally:
            await gateway.close()

    return asyncio.run(within())


def test_a_request_in_pieces_is_answered(path):
    whole = body("in pieces")
    events = [
        {"type": "http.request", "body": whole[:10], "more_body": True},
        {"type": "http.request", "body": whole[10:]},
    ]
    start, rest = run(path[0], lambda gateway, app: asked(app, events))
    assert start["status"] == 200
    assert b"You said: in pieces" in rest["body"]
    (record,) = logged(path[0])
    assert record.verdict.enforced == "released"


def test_a_stream_is_sent_as_it_comes_and_ends(path):
    path[1].answering = lambda heard: Script(("one ", "two ", "three "), pause_s=0.05)
    events = [{"type": "http.request", "body": body(stream=True)}]
    sent = run(path[0], lambda gateway, app: asked(app, events))
    pieces = [event for event in sent if event.get("more_body")]
    assert len(pieces) > 1
    assert b"[DONE]" in b"".join(event.get("body", b"") for event in sent)
    assert not sent[-1].get("more_body")


@pytest.mark.parametrize(
    ("events", "headers", "status"),
    [
        ([{"type": "http.request", "body": b"x" * 3000}], (), 413),
        ([{"type": "http.request", "body": body()}], [(b"Authorization", b"a")] * 2, 400),
    ],
)
def test_what_cannot_be_taken_is_refused(path, events, headers, status):
    sent = run(path[0], lambda gateway, app: asked(app, events, headers=headers))
    assert sent[0]["status"] == status
    assert path[1].heard == []


def test_a_client_that_goes_ends_the_exchange_and_its_record_says_so(path):
    path[1].answering = lambda heard: Script(("piece ",) * 500, pause_s=0.02)
    events = [{"type": "http.request", "body": body(stream=True)}]

    async def work(gateway, app):
        with pytest.raises(ConnectionAbortedError):
            await asked(app, events, patience=0.3)
        return gateway.state.memory.held

    assert run(path[0], work) == 0
    (record,) = logged(path[0])
    assert record.verdict.enforced == "failed"
    assert path[1].broken_off == 1


def test_only_http_is_served(path):
    async def work(gateway, app):
        with pytest.raises(ValueError, match="only HTTP"):
            await app({"type": "websocket"}, None, None)

    run(path[0], work)
