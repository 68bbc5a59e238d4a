"""HTTP/1.1 on both fronts: what is served, what is refused, and that no request hides another."""

import contextlib
import gzip
import json
import time

import pytest

from gateways import FRONTS, LEAK_FILTER, deployment_text, served
from raw_http import RawClient, chunked, posted
from shipworthy.testing.upstream import Script, ScriptedUpstream, UpstreamFault

CHAT = "/v1/chat/completions"
TABLES = {
    "policy": "body_limit_bytes = 200000\n",
    "limits": "head_seconds = 1\nbody_seconds = 1\n",
    "accounts": 'key_variable = "PSEUDONYMS"\n',
    "": LEAK_FILTER,
}


def asked(text="Hello", **fields):
    turns = [{"role": "user", "content": text}]
    return json.dumps({"model": "m", "messages": turns, **fields}).encode()


def said(answer):
    return json.loads(answer.body)["choices"][0]["message"]["content"]


@pytest.fixture(scope="module")
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture(scope="module", params=FRONTS)
def gateway(request, upstream, tmp_path_factory):
    path = tmp_path_factory.mktemp(request.param) / "deployment.toml"
    path.write_text(deployment_text(upstream.url, TABLES))
    with served(path, request.param) as found:
        yield found


@pytest.fixture
def client(gateway):
    with RawClient(gateway.address) as found:
        yield found


def test_a_connection_carries_many_requests(client):
    for number in range(3):
        client.send(posted(CHAT, asked(f"number {number}")))
        answer = client.answer()
        assert (answer.status, said(answer)) == (200, f"You said: number {number}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-shipworthy-exchange"]


def test_pipelined_requests_are_answered_in_their_order(client):
    client.send(b"".join(posted(CHAT, asked(f"p{number}")) for number in range(5)))
    assert [said(client.answer()) for _ in range(5)] == [f"You said: p{n}" for n in range(5)]


@pytest.mark.parametrize("parts", [1, 3, 50])
def test_a_body_may_come_in_chunks(client, parts):
    body = asked("in chunks")
    size = -(-len(body) // parts)
    cut = [body[place : place + size] for place in range(0, len(body), size)]
    client.send(chunked(CHAT, cut))
    answer = client.answer()
    assert said(answer) == "You said: in chunks"
    if answer.headers.get("connection") == "close":
        assert client.ended()
        return
    client.send(posted(CHAT, asked("again")))
    assert said(client.answer()) == "You said: again"


def test_a_request_may_come_byte_by_byte(client):
    for byte in posted(CHAT, asked("slowly")):
        client.send(bytes((byte,)))
    assert said(client.answer()) == "You said: slowly"


def test_a_stream_is_chunked_and_ends(client):
    client.send(posted(CHAT, asked("one two", stream=True)))
    answer = client.answer()
    assert answer.complete
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.body.endswith(b"data: [DONE]\n\n")
    client.send(posted(CHAT, asked("after the stream")))
    assert said(client.answer()) == "You said: after the stream"


def test_a_packed_body_is_unpacked(client):
    client.send(posted(CHAT, gzip.compress(asked("packed")), "Content-Encoding: gzip"))
    assert said(client.answer()) == "You said: packed"


def test_a_client_that_waits_for_leave_gets_it(client):
    body = asked("politely")
    head, _, _ = posted(CHAT, body, "Expect: 100-continue").partition(b"\r\n\r\n")
    client.send(head + b"\r\n\r\n")
    assert client.answer().status == 100
    client.send(body)
    assert said(client.answer()) == "You said: politely"


def test_a_client_of_http_1_0_gets_its_answer_and_the_end_of_the_connection(client):
    body = asked("old")
    head = f"POST {CHAT} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    client.send(head + body)
    answer = client.answer()
    assert said(answer) == "You said: old"
    assert client.ended()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/embeddings", 404),
        ("GET", "/v1/models", 404),
        ("GET", "/", 404),
        ("OPTIONS", "/v1/embeddings", 404),
        ("POST", "/v1/chat/completions/", 404),
        ("POST", "//v1/chat/completions", 404),
        ("POST", "/v1/chat/../chat/completions", 404),
        ("POST", "/v1/chat%2Fcompletions", 404),
        ("POST", "/V1/chat/completions", 404),
        ("GET", CHAT, 405),
        ("DELETE", CHAT, 405),
    ],
)
def test_what_is_not_served_is_refused_and_never_passed_on(client, upstream, method, path, status):
    before = len(upstream.heard)
    client.send(f"{method} {path} HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n".encode())
    answer = client.answer()
    assert answer.status == status
    assert "error" in json.loads(answer.body)
    assert len(upstream.heard) == before


def test_an_answer_to_head_has_no_body(client):
    client.send(b"HEAD /v1/models HTTP/1.1\r\nHost: t\r\n\r\n")
    answer = client.answer(bare=True)
    assert answer.status == 404
    client.send(posted(CHAT, asked("next")))
    assert said(client.answer()) == "You said: next"


HEAD = f"POST {CHAT} HTTP/1.1\r\nHost: t\r\n".encode()
SMUGGLED = b"POST /v1/smuggled HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        HEAD + b"Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc",
        HEAD + b"Content-Length: 3, 3\r\n\r\nabc",
        HEAD + b"Content-Length: +3\r\n\r\nabc",
        HEAD + b"Content-Length: -3\r\n\r\nabc",
        HEAD + b"Content-Length: 0x3\r\n\r\nabc",
        HEAD + b"Content-Length : 3\r\n\r\nabc",
        HEAD + b"X: a\r\n Content-Length: 3\r\n\r\nabc",
        HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
        HEAD + b"X: a\x00b\r\n\r\n",
        HEAD + b"X: a\rContent-Length: 3\r\n\r\nabc",
        HEAD + b"X Y: a\r\n\r\n",
        HEAD + b"Host: other\r\nContent-Length: 0\r\n\r\n",
        f"POST {CHAT} HTTP/1.1\r\nContent-Length: 0\r\n\r\n".encode(),
        f"POST {CHAT} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
        f"POST {CHAT} HTTP/9.9\r\nHost: t\r\n\r\n".encode(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        HEAD + b"Expect: 200-ok\r\nContent-Length: 0\r\n\r\n",
        HEAD + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_a_request_that_two_servers_could_read_differently_is_refused(
    client, upstream, request_bytes
):
    before = len(upstream.heard)
    client.send(request_bytes + SMUGGLED)
    answer = client.answer()
    assert 400 <= answer.status < 500
    assert answer.status != 404, "the request behind the bad one was read"
    assert client.ended(), "the connection stayed open after a request that cannot be trusted"
    assert len(upstream.heard) == before


def test_a_large_head_and_many_headers_are_refused(client, gateway):
    client.send(HEAD + b"X: " + b"a" * 40_000 + b"\r\nContent-Length: 0\r\n\r\n")
    assert client.answer().status in {400, 431}
    with RawClient(gateway.address) as other:
        many = b"".join(b"X-%d: a\r\n" % number for number in range(300))
        other.send(HEAD + many + b"Content-Length: 0\r\n\r\n")
        assert other.answer().status in {400, 431}


@pytest.mark.parametrize("how", ["length", "chunks", "packed"])
def test_a_body_beyond_the_limit_is_refused(client, upstream, how):
    before = len(upstream.heard)
    body = asked("x" * 300_000)
    match how:
        case "length":
            client.send(posted(CHAT, b"", "X: y").replace(b"Length: 0", b"Length: 300000"))
        case "chunks":
            client.send(chunked(CHAT, [body[:100_000], body[100_000:290_000], body[290_000:]]))
        case _:
            client.send(posted(CHAT, gzip.compress(body), "Content-Encoding: gzip"))
    assert client.answer().status == 413
    assert len(upstream.heard) == before


@pytest.mark.parametrize("sent", [b"POST /v1", posted(CHAT, asked())[:-10]])
def test_a_client_that_does_not_finish_its_request_is_cut_off(client, sent):
    client.send(sent)
    began = time.monotonic()
    with contextlib.suppress(ConnectionError):
        assert client.answer().status == 408
    assert client.ended()
    assert time.monotonic() - began < 5


def test_only_named_headers_reach_the_model(client, upstream):
    client.send(
        posted(
            CHAT,
            asked("headers"),
            "Authorization: Bearer sk-mine",
            "Cookie: a=b",
            "X-Forwarded-For: 1.2.3.4",
            "Connection: keep-alive, X-Hop",
            "X-Hop: y",
            "Anthropic-Beta: anything",
            "Anthropic-Version: 2023-06-01",
            "Accept-Encoding: br",
        )
    )
    assert client.answer().status == 200
    headers = dict(upstream.heard[-1].headers)
    assert headers.pop("host") in upstream.url
    assert headers.pop("content-length")
    headers.pop("accept", None)
    headers.pop("connection", None)
    assert headers == {
        "accept-encoding": "identity",
        "anthropic-version": "2023-06-01",
        "authorization": "Bearer sk-mine",
        "content-type": "application/json",
    }


def test_a_client_that_leaves_ends_the_exchange_with_the_model(gateway, upstream):
    upstream.answering = lambda heard: Script(("a ",) * 1000, pause_s=0.01)
    try:
        with RawClient(gateway.address) as client:
            client.send(posted(CHAT, asked(stream=True)))
            while not (before := upstream.heard):
                time.sleep(0.01)
            time.sleep(0.2)
            broken = upstream.broken_off
        until = time.monotonic() + 5
        while upstream.broken_off == broken and time.monotonic() < until:
            time.sleep(0.02)
        assert upstream.broken_off == broken + 1
        assert before
        assert gateway.call(lambda: gateway.gateway.in_flight) == 0
    finally:
        upstream.answering = lambda heard: Script((f"You said: {_last(heard)}",))


def _last(heard):
    return heard.body["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (UpstreamFault.SERVER_ERROR, 502),
        (UpstreamFault.RESETS, 502),
        (UpstreamFault.NOT_HTTP, 502),
        (UpstreamFault.BAD_JSON, 502),
        (UpstreamFault.WRONG_SHAPE, 502),
        (UpstreamFault.HTML, 502),
        (UpstreamFault.DIES, 502),
    ],
)
def test_a_broken_model_gives_an_error_in_the_dialect(client, upstream, fault, status):
    good = upstream.answering
    upstream.answering = lambda heard: (Script(("secret part",)), fault)
    if fault not in {UpstreamFault.BAD_JSON, UpstreamFault.DIES}:
        upstream.answering = lambda heard: fault
    try:
        client.send(posted(CHAT, asked()))
        answer = client.answer()
    finally:
        upstream.answering = good
    assert answer.status in {status, 500, 503}
    assert json.loads(answer.body)["error"]["message"]
    assert b"secret part" not in answer.body
    client.send(posted(CHAT, asked("still there")))
    assert client.answer().status == 200


def test_a_client_that_sends_too_much_at_once_can_read_why(gateway):
    with RawClient(gateway.address) as client:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: t\r\nContent-Length: 3000000\r\n\r\n".encode()
        with contextlib.suppress(ConnectionError):
            client.send(head + b"x" * 3_000_000)
        assert client.answer().status == 413
