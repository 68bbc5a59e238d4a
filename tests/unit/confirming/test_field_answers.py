"""What came back over each wire format is read into what the user got, and into nothing better."""

import asyncio
import json

import pytest

from deployed import READERS, WRITERS
from shipworthy.instruments.targets.field import (
    UNUSED_TOOL,
    FieldLink,
    carries,
    open_field,
    routes_of,
    sent_request,
)
from shipworthy.instruments.targets.field.asking import PATHS, written
from shipworthy.instruments.targets.field.hearing import (
    NoAnswerError,
    heard_stream,
    heard_whole,
)
from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.kernel import SystemClock
from shipworthy.records.live import DIALECTS
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.testing.endpoint_faults import Fault
from shipworthy.vocabulary import Failure, Message, Reply, Request, Sampling, Tool

ASKED = Request(
    messages=(
        Message(role="system", content="Be short."),
        Message(role="user", content="Hello\n\nthere"),
    ),
    seed=7,
)
SAID = {"message": {"content": "a"}}
BLOCK = [{"type": "text", "text": "a"}]
TEXT = "Grüße: 😀 and a line\n\nand another."


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_independent_reader_gets_the_same_turns(dialect):
    body = json.loads(written(FieldRoute(dialect=dialect), ASKED, "m", Sampling()))
    assert READERS[PATHS[dialect]](body) == (
        dialect,
        [("system", "Be short."), ("user", "Hello\n\nthere")],
    )
    assert body["model"] == "m"
    assert "stream" not in body


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whole_and_streamed_answers_read_alike(dialect):
    whole, stream = WRITERS[dialect]
    body = json.dumps(whole(Reply(text=TEXT), "m-1")).encode()
    events = stream(Reply(text=TEXT), "m-1").encode()
    for heard in (heard_whole(dialect, body), heard_stream(dialect, events)):
        assert (heard.text, heard.ending, heard.served) == (TEXT, "stop", "m-1")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stream_that_breaks_off_says_no_ending(dialect):
    events = WRITERS[dialect][1](Reply(text=TEXT), "m").encode()
    for cut in range(0, len(events) * 2 // 3, 7):
        heard = heard_stream(dialect, events[:cut])
        assert heard.ending == ""
        assert TEXT.startswith(heard.text)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"a":1}', b"\xff", b"[" * 5000])
def test_what_is_no_answer_is_a_complaint(dialect, body):
    with pytest.raises(NoAnswerError):
        heard_whole(dialect, body)


@pytest.mark.parametrize(
    ("dialect", "body", "ending"),
    [
        ("chat", {"choices": [{**SAID, "finish_reason": "content_filter"}]}, "filter"),
        ("chat", {"choices": [{**SAID, "finish_reason": "length"}]}, "length"),
        ("chat", {"choices": [{**SAID, "finish_reason": "new"}]}, ""),
        ("completions", {"choices": [{"text": "a", "finish_reason": "length"}]}, "length"),
        ("messages", {"content": BLOCK, "stop_reason": "refusal"}, "filter"),
        ("messages", {"content": BLOCK, "stop_reason": "max_tokens"}, "length"),
        (
            "responses",
            {
                "status": "incomplete",
                "incomplete_details": {"reason": "content_filter"},
                "output": [{"type": "message", "content": [{"type": "output_text", "text": "a"}]}],
            },
            "filter",
        ),
    ],
)
def test_endings_are_those_of_the_format(dialect, body, ending):
    heard = heard_whole(dialect, json.dumps(body).encode())
    assert (heard.text, heard.ending) == ("a", ending)


def test_tool_calls_are_read_whole_and_in_pieces():
    whole = {
        "content": [{"type": "tool_use", "name": "pay", "input": {"to": "Ada", "sum": 3}}],
        "stop_reason": "tool_use",
    }
    (call,) = heard_whole("messages", json.dumps(whole).encode()).tool_calls()
    assert (call.name, call.arguments) == ("pay", {"to": "Ada", "sum": "3"})
    parts = [{"name": "pay"}, {"arguments": '{"to":'}, {"arguments": '"Ada"}'}]
    pieces = [
        *({"choices": [{"delta": {"tool_calls": [{"function": one}]}}]} for one in parts),
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
    ]
    events = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces).encode()
    heard = heard_stream("chat", events)
    (call,) = heard.tool_calls()
    assert (call.name, call.arguments, heard.ending) == ("pay", {"to": "Ada"}, "stop")


def test_completions_take_no_tools_and_an_item_with_tools_needs_them():
    routes = routes_of(DIALECTS)
    assert len(routes) == 14
    own = Request(messages=ASKED.messages, tools=(Tool(name="pay", description="Pay."),))
    assert {route.tools for route in routes if carries(route, own)} == {True}
    offered = FieldRoute(dialect="chat", tools=True)
    assert sent_request(offered, ASKED).tools == (UNUSED_TOOL,)
    assert sent_request(offered, own).tools == own.tools
    with pytest.raises(ValueError, match="does not carry"):
        sent_request(FieldRoute(dialect="chat"), own)


def ask(url, **options):
    async def run():
        link = FieldLink(
            url=url,
            model="m",
            sampling=Sampling(),
            credential=Credential("a-secret-key"),
            **options,
        )
        client = open_field(link, SystemClock())
        try:
            return await client.ask(FieldRoute(dialect="chat"), ASKED)
        finally:
            await client.close()

    return asyncio.run(run())


def test_a_filter_in_the_path_holds_because_the_path_is_what_is_tested():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.FILTERED)
        answer = ask(endpoint.url)
    assert isinstance(answer.reply, Reply)
    assert answer.reply.withheld_by == "undisclosed"


def test_a_busy_path_is_asked_again_and_a_slow_one_is_not():
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(Fault.TOO_MANY, times=1)
        answer = ask(endpoint.url)
        assert (answer.retries, isinstance(answer.reply, Reply)) == (1, True)
        assert endpoint.requests == 2
    with SimulatedEndpoint(delay_seconds=2.0) as slow:
        answer = ask(slow.url, seconds=0.2)
        assert isinstance(answer.reply, Failure)
        assert answer.reply.reason == "target-timeout"
        assert slow.requests == 1


def test_an_answer_that_is_too_large_is_a_failure():
    with SimulatedEndpoint(lambda _body: "x" * 5000) as endpoint:
        answer = ask(endpoint.url, limit_bytes=1000)
    assert isinstance(answer.reply, Failure)
    assert answer.reply.reason == "response-too-large"


HARMLESS_FAULTS = {
    Fault.WRONG_TYPE,
    Fault.HUGE_USAGE,
    Fault.ODD_USAGE,
    Fault.TWICE_USAGE,
    Fault.LENGTH,
}
ENDLESS = {Fault.HANG, Fault.ENDLESS, Fault.DRIP, Fault.HUGE}


@pytest.mark.parametrize("fault", sorted(set(Fault) - HARMLESS_FAULTS - ENDLESS, key=str))
def test_no_fault_reads_as_a_complete_answer_of_the_model(fault):
    with SimulatedEndpoint() as endpoint:
        endpoint.switch(fault)
        answer = ask(endpoint.url, attempts=1)
    reply = answer.reply
    judged_as_answer = (
        isinstance(reply, Reply)
        and answer.complete
        and reply.finish != "withheld"
        and bool(reply.text.strip())
    )
    assert not judged_as_answer
    assert "a-secret-key" not in repr(answer)
