"""HTTP/1.1 as awkward clients speak it, to `gateway serve` on both fronts, each its own process."""

import contextlib
import json
import threading

import pytest

from gateways import FRONTS, deployment_text, logged
from paced_model import DONE, chat_event, paced_model
from raw_http import RawClient, posted
from served_apart import served_apart
from shipworthy.testing.upstream import ScriptedUpstream

CHAT = "/v1/chat/completions"
FILTER = '[[safeguards]]\nkind = "output-filter"\n'
TABLES = {
    "policy": "body_limit_bytes = 200000\n",
    "limits": "head_seconds = 2\nbody_seconds = 3\n",
    "": FILTER,
}
HEAD = f"POST {CHAT} HTTP/1.1\r\nHost: t\r\n".encode()


def asked(text="Hello", **fields):
    turns = [{"role": "user", "content": text}]
    return json.dumps({"model": "m", "messages": turns, **fields}).encode()


def said(answer):
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["choices"][0]["message"]["content"]


@pytest.fixture(scope="module")
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture(scope="module", params=FRONTS)
def gateway(request, upstream, tmp_path_factory):
    path = tmp_path_factory.mktemp(request.param) / "deployment.toml"
    path.write_text(deployment_text(upstream.url, TABLES))
    with served_apart(path, request.param) as found:
        yield found


@pytest.fixture
def client(gateway):
    with RawClient(gateway.address) as found:
        yield found


def goes_on(client, answer):
    """Ask again on the same connection, unless the answer said that it closes."""
    if answer.headers.get("connection") == "close":
        assert client.ended()
        return
    client.send(posted(CHAT, asked("next")))
    assert said(client.answer()) == "You said: next"


def in_chunks(body, extension=b"", trailers=b""):
    """Write a request in two chunks, with something after their sizes and after the last one."""
    half = len(body) // 2
    lines = [b"%x%b\r\n%b\r\n" % (len(p), extension, p) for p in (body[:half], body[half:])]
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(lines) + b"0" + extension + b"\r\n" + trailers + b"\r\n"


@pytest.mark.parametrize(
    "extension", [b";a", b";a=b", b';name="quoted"', b"; a = b", b";a=b;c=d", b";" + b"x" * 200]
)
def test_extensions_of_chunks_say_nothing(client, extension):
    """Read past, or refused whole: never part of the body, and never a second request."""
    client.send(in_chunks(asked("extended"), extension))
    answer = client.answer()
    if answer.status == 200:
        assert said(answer) == "You said: extended"
        goes_on(client, answer)
    else:
        assert answer.status == 400
        assert client.ended()


def test_an_extension_without_an_end_is_cut_off(client, upstream):
    before = len(upstream.heard)
    with contextlib.suppress(ConnectionError):
        client.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;" + b"x" * 300_000)
    assert client.answer().status in {400, 408, 413, 431}
    assert client.ended()
    assert len(upstream.heard) == before


@pytest.mark.parametrize(
    "trailers",
    [
        b"X-Digest: abc\r\n",
        b"Authorization: Bearer other\r\n",
        b"Anthropic-Version: 2023-06-01\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Host: elsewhere\r\n",
    ],
)
@pytest.mark.parametrize("behind", [b"", posted(CHAT, asked("behind"))])
def test_trailers_change_neither_their_request_nor_the_next(client, upstream, trailers, behind):
    """They are counted and forgotten: whose key it is, and how long, was said in the head."""
    before = len(upstream.heard)
    client.send(in_chunks(asked("trailed"), trailers=trailers) + behind)
    answer = client.answer()
    if answer.status != 200:
        assert answer.status == 400
        assert client.ended()
        return
    assert said(answer) == "You said: trailed"
    if not behind:
        goes_on(client, answer)
    elif answer.headers.get("connection") == "close":
        assert client.ended()
    else:
        assert said(client.answer()) == "You said: behind"
    for heard in upstream.heard[before:]:
        headers = dict(heard.headers)
        assert headers.keys() <= {"accept", "accept-encoding", "connection", "content-length"} | {
            "content-type",
            "host",
        }
        assert headers["host"] in upstream.url


def test_trailers_have_the_limits_of_a_head(client, upstream):
    before = len(upstream.heard)
    many = b"".join(b"X-%d: a\r\n" % number for number in range(300))
    with contextlib.suppress(ConnectionError):
        client.send(in_chunks(asked("x"), trailers=many))
    assert client.answer().status in {400, 431}
    assert client.ended()
    assert len(upstream.heard) == before


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X: " + b"a" * 40_000 + b"\r\nContent-Length: 0\r\n\r\n",
        HEAD + b"X" * 40_000 + b": a\r\nContent-Length: 0\r\n\r\n",
        HEAD + b"".join(b"X-%d: %b\r\n" % (n, b"a" * 900) for n in range(50)) + b"\r\n",
        HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(300)) + b"\r\n",
        b"POST /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: t\r\n\r\n",
    ],
)
def test_a_header_over_the_limit_is_refused_and_nothing_behind_it_is_read(client, upstream, head):
    before = len(upstream.heard)
    with contextlib.suppress(ConnectionError):
        client.send(head + posted(CHAT, asked("behind")))
    assert client.answer().status in {400, 414, 431}
    assert client.ended()
    assert len(upstream.heard) == before


def test_leave_is_given_once_and_the_body_may_come_without_waiting(client):
    head, _, _ = posted(CHAT, asked("eager"), "Expect: 100-Continue").partition(b"\r\n\r\n")
    client.send(head + b"\r\n\r\n" + asked("eager"))
    answer = client.answer()
    if answer.status == 100:
        answer = client.answer()
    assert said(answer) == "You said: eager"
    client.send(posted(CHAT, asked("next")))
    assert said(client.answer()) == "You said: next"


@pytest.mark.parametrize("stream", [False, True])
def test_leave_that_has_to_wait_for_an_answer_is_given_then(client, stream):
    """Never before that answer: a client would take the 100 for a part of it."""
    body = asked("patient")
    head, _, _ = posted(CHAT, body, "Expect: 100-continue").partition(b"\r\n\r\n")
    client.send(posted(CHAT, asked("first", stream=stream)) + head + b"\r\n\r\n")
    first = client.answer()
    assert first.status == 200
    assert b"first" in first.body
    assert client.answer().status == 100
    client.send(body)
    assert said(client.answer()) == "You said: patient"


@pytest.mark.parametrize(
    ("path", "length", "status"), [(CHAT, 300_000, 413), ("/v1/files", 10, 404)]
)
def test_leave_is_not_given_for_what_would_be_refused(client, path, length, status):
    client.send(
        f"POST {path} HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
        f"Content-Length: {length}\r\n\r\n".encode()
    )
    assert client.answer().status == status
    assert client.ended()


def test_a_second_request_is_not_taken_for_the_body_of_one_that_waits_for_leave(client, upstream):
    before = len(upstream.heard)
    client.send(
        b"POST /v1/files HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
        b"Content-Length: 10\r\n\r\n" + posted(CHAT, asked("smuggled"))
    )
    assert client.answer().status in {400, 404}
    assert client.ended()
    assert len(upstream.heard) == before


def test_pipelined_requests_are_answered_in_order_streams_among_them(client):
    requests = [asked(f"p{n}", stream=n % 2 == 1) for n in range(8)]
    client.send(b"".join(posted(CHAT, body) for body in requests))
    for number in range(8):
        answer = client.answer()
        assert answer.complete
        assert answer.status == 200
        found = answer.body if number % 2 else said(answer).encode()
        assert f"p{number}".encode() in found
        assert answer.body.endswith(DONE) == bool(number % 2)


def test_what_follows_a_bad_request_in_a_pipeline_is_not_read(client, upstream):
    before = len(upstream.heard)
    bad = HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    client.send(posted(CHAT, asked("good")) + bad + posted(CHAT, asked("behind")))
    answer = client.answer()
    if answer.status == 200:
        assert said(answer) == "You said: good"
        answer = client.answer()
    assert answer.status == 400
    assert client.ended()
    assert all(heard.body["messages"][-1]["content"] == "good" for heard in upstream.heard[before:])


@pytest.mark.slow
@pytest.mark.parametrize("where", ["before", "line", "headers", "chunk", "trailers"])
def test_a_client_that_drips_is_cut_off_however_it_drips(gateway, upstream, where):
    """The time counts from the first byte: each further byte buys no more of it."""
    before = len(upstream.heard)
    body = in_chunks(asked("slow"), trailers=b"X-Last: a\r\n")
    begun = {
        "before": b"",
        "line": b"POST /v",
        "headers": HEAD + b"X-Slow: ",
        "chunk": body[: body.index(b"\r\n\r\n") + 8],
        "trailers": body[:-6],
    }[where]
    stop = threading.Event()
    with RawClient(gateway.address, 60.0) as client:

        def drip():
            with contextlib.suppress(OSError):
                while not stop.wait(0.1) and where != "before":
                    client.send(b"a")

        client.send(begun)
        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        try:
            with contextlib.suppress(ConnectionError):
                assert client.answer().status == 408
            assert client.ended()
        finally:
            stop.set()
            dripping.join(10)
    assert len(upstream.heard) == before
    with RawClient(gateway.address) as other:
        other.send(posted(CHAT, asked("still here")))
        assert said(other.answer()) == "You said: still here"


@pytest.mark.slow
@pytest.mark.parametrize("front", FRONTS)
def test_a_client_that_closes_its_side_is_gone_and_the_record_says_so(front, tmp_path):
    path = tmp_path / "deployment.toml"
    steps = (chat_event(text="An answer that begins. " * 9), None, chat_event(finish="stop"), DONE)
    with paced_model({"Hello": steps}) as model:
        path.write_text(deployment_text(model.url, {"": FILTER}))
        with served_apart(path, front) as apart, RawClient(apart.address, 30.0) as client:
            client.send(posted(CHAT, asked(stream=True)))
            assert client.begun().status == 200
            assert client.chunk()
            client.send_no_more()
            while part := client.chunk():
                assert b"content_filter" not in part
            assert part is None, "the answer looks complete"
            assert model.gone.acquire(timeout=30), "the model is still asked"
            assert apart.end() == 0
    (record,) = logged(path)
    assert record.verdict.enforced == "failed"
    assert not record.verdict.is_clear
    assert "client" in record.verdict.why


def test_a_request_that_is_cut_short_asks_nobody(gateway, upstream):
    before = len(upstream.heard)
    whole = posted(CHAT, asked("short"))
    for cut in (whole[:20], whole[:-1], in_chunks(asked("short"))[:-5]):
        with RawClient(gateway.address) as client:
            client.send(cut)
            client.send_no_more()
            with contextlib.suppress(ConnectionError):
                assert client.answer().status in {400, 408}
            assert client.ended()
    assert len(upstream.heard) == before
