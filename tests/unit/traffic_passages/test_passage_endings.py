"""However an exchange ends, the client gets a well-formed end, and the record says which."""

import gzip
import json
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from passing import ABOUT, Forbids, StreamForbids, ask, carry
from shipworthy.instruments.safeguards import Enforcement, RequestScreen
from shipworthy.instruments.safeguards.engine import drive_now
from shipworthy.instruments.safeguards.system_prompt import SystemPromptOptions, SystemPromptPolicy
from shipworthy.traffic.dialects import Reading
from shipworthy.traffic.passages import Answer, Ending, ToModel
from strict_clients import receive
from wire_answers import DIALECTS, Spoken, request, stream, whole

SECRET = "sk-live-0123456789"
BOTH = pytest.mark.parametrize("streamed", [False, True])
EACH = pytest.mark.parametrize("dialect", DIALECTS)


def said(dialect, answer, *, streamed):
    return (stream if streamed else whole)(dialect, answer)


@dataclass(frozen=True)
class Stops(Forbids):
    """Withholds every request."""

    sides: frozenset = frozenset({"request"})

    def screen_request(self, request):
        return RequestScreen("withheld", request, "all of them")


class Breaks(Forbids):
    """Fails on every answer."""

    def screen_reply(self, request, reply):
        raise KeyError(SECRET)


@EACH
@BOTH
def test_a_stopped_request_is_answered_with_a_refusal(dialect, streamed):
    passage, answer = ask(dialect, [Stops("x")], stream=streamed)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert answer.content_type.startswith("text/event-stream" if streamed else "application/json")
    received = receive(dialect, answer.body, stream=streamed)
    assert received.text == {0: "This request cannot be answered here."}
    assert received.words[0] in {"content_filter", "refusal"}
    (record,) = passage.records(ABOUT)
    assert record.verdict.enforced == "withheld"
    assert record.verdict.detected_by == ("forbids",)
    assert record.reply == ""


@EACH
@BOTH
def test_a_layer_that_fails_closed_withholds(dialect, streamed):
    outcome = carry(
        dialect, said(dialect, Spoken(), streamed=streamed), [Breaks("x")], stream=streamed
    )
    (verdict,) = outcome.verdicts
    assert verdict.enforced == "withheld"
    assert verdict.errored == ("forbids",)
    assert SECRET.encode() not in outcome.sent
    assert receive(dialect, outcome.sent, stream=streamed).text[0].startswith("This request")


@EACH
@BOTH
def test_a_layer_that_gives_the_exchange_up_is_an_error(dialect, streamed):
    layer = Breaks("x", Enforcement(name="forbids", on_error="abort"))
    outcome = carry(dialect, said(dialect, Spoken(), streamed=streamed), [layer], stream=streamed)
    (verdict,) = outcome.verdicts
    assert verdict.enforced == "failed"
    assert verdict.errored == ("forbids",)
    assert receive(dialect, outcome.sent, stream=outcome.stream).error
    assert b"Hello" not in outcome.sent


@EACH
@BOTH
def test_detection_lets_the_answer_pass_and_says_so(dialect, streamed):
    upstream = said(dialect, Spoken(), streamed=streamed)
    layer = Forbids("Hello", Enforcement(name="forbids", mode="detect"))
    outcome = carry(dialect, upstream, [layer], stream=streamed)
    (verdict,) = outcome.verdicts
    assert (verdict.enforced, verdict.detected_by) == ("released", ("forbids",))
    assert outcome.sent == upstream


@EACH
@BOTH
@pytest.mark.parametrize(
    ("status", "told"),
    [(401, 502), (403, 502), (400, 400), (429, 429), (500, 500), (529, 529), (302, 502)],
)
def test_errors_of_the_model_server_are_told_without_their_words(dialect, streamed, status, told):
    body = json.dumps({"error": {"message": f"bad key {SECRET}", "type": SECRET}}).encode()
    outcome = carry(dialect, body, stream=streamed, kind="application/json", status=status)
    assert outcome.status == told
    assert SECRET.encode() not in outcome.sent
    assert str(status) in receive(dialect, outcome.sent, stream=False).error
    assert outcome.enforced == {"failed"}


@EACH
@BOTH
@pytest.mark.parametrize("kind", ["", "text/html", "other", "charset"])
def test_an_answer_of_another_kind_is_an_error(dialect, streamed, kind):
    usual = "text/event-stream" if streamed else "application/json"
    other = "application/json" if streamed else "text/event-stream"
    kind = {"other": other, "charset": f"{usual}; charset=utf-16"}.get(kind, kind or "text/plain")
    outcome = carry(dialect, said(dialect, Spoken(), streamed=streamed), stream=streamed, kind=kind)
    assert outcome.status == 502
    assert receive(dialect, outcome.sent, stream=False).error
    assert b"Hello" not in outcome.sent


@EACH
def test_an_error_inside_a_stream_is_told_without_its_words(dialect):
    upstream = stream(dialect, Spoken(text=("One ", "two")), done=False)
    head = upstream.split(b"two")[0].rpartition(b"\n\n")[0] + b"\n\n"
    named = b"event: error\n" if dialect in {"messages", "responses"} else b""
    error = json.dumps({"type": "error", "error": {"type": "x", "message": SECRET}}).encode()
    outcome = carry(dialect, head + named + b"data: " + error + b"\n\n", stream=True)
    assert outcome.enforced == {"failed"}
    assert SECRET.encode() not in outcome.sent
    assert receive(dialect, outcome.sent, stream=True).error


@EACH
@BOTH
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_compressed_answers_are_undone_or_refused(dialect, streamed, encoding):
    upstream = said(dialect, Spoken(), streamed=streamed)
    packed = (
        gzip.compress(upstream) if encoding == "gzip" else __import__("zlib").compress(upstream)
    )
    outcome = carry(dialect, packed, stream=streamed, encoding=encoding, cuts=[100, 400, 700])
    if encoding == "br":
        assert outcome.enforced == {"failed"}
        assert receive(dialect, outcome.sent, stream=False).error
    else:
        assert outcome.sent == upstream


@EACH
@BOTH
def test_an_answer_beyond_the_limit_is_an_error(dialect, streamed):
    reading = Reading(reply_limit_bytes=300)
    upstream = said(
        dialect, Spoken(text=tuple(f"word {at} " for at in range(99))), streamed=streamed
    )
    outcome = carry(dialect, upstream, stream=streamed, reading=reading)
    assert outcome.enforced == {"failed"}
    assert receive(dialect, outcome.sent, stream=outcome.stream).error


@EACH
def test_a_stop_ends_the_reading_at_once(dialect):
    passage, asked = ask(dialect, [StreamForbids("two")], stream=True)
    assert isinstance(asked, ToModel)
    assert passage.begin_reply(200, "text/event-stream") == "stream"
    upstream = stream(dialect, Spoken(text=("One ", "two ", "three")))
    taken = passage.take(upstream)
    assert taken.stop
    assert b"One" in taken.send
    ended = drive_now(passage.finish())
    assert isinstance(ended, Ending)
    received = receive(dialect, taken.send + ended.send, stream=True)
    assert received.text == {0: "One "}
    (record,) = passage.records(ABOUT)
    assert (record.verdict.enforced, record.verdict.left) == ("halted", 4)


@EACH
@BOTH
def test_a_failure_on_the_way_is_an_error_and_not_told(dialect, streamed):
    passage, _ = ask(dialect, stream=streamed)
    answer = passage.fail(f"connection to {SECRET} refused", 504)
    assert isinstance(answer, Answer)
    assert answer.status == 504
    assert SECRET.encode() not in answer.body
    assert receive(dialect, answer.body, stream=False).error
    (record,) = passage.records(ABOUT)
    assert record.verdict.why == f"connection to {SECRET} refused"


@EACH
def test_an_answer_that_may_not_leave_after_all_is_an_error(dialect):
    passage, _ = ask(dialect)
    passage.begin_reply(200, "application/json")
    passage.take(whole(dialect, Spoken()))
    assert drive_now(passage.finish()).status == 200
    assert passage.records(ABOUT)[0].verdict.enforced == "released"
    answer = passage.fail("the log took no record", 503)
    assert b"Hello" not in answer.body
    (record,) = passage.records(ABOUT)
    assert (record.verdict.enforced, record.status) == ("failed", 503)
    assert record.reply


@EACH
def test_a_stream_of_which_nothing_was_sent_may_still_become_an_error(dialect):
    passage, _ = ask(dialect, [Forbids("absent")], stream=True)
    passage.begin_reply(200, "text/event-stream")
    assert isinstance(drive_now(passage.finish()), Answer)
    passage, _ = ask(dialect, [Forbids("absent")], stream=True)
    passage.begin_reply(200, "text/event-stream")
    sent = passage.take(stream(dialect, Spoken())).send
    assert isinstance(drive_now(passage.finish()), Ending)
    ended = passage.fail("the log took no record", 503)
    assert isinstance(ended, Ending if sent else Answer)
    assert b"Hello" not in sent + (ended.send if sent else ended.body)
    assert passage.records(ABOUT)[0].verdict.enforced == "failed"


@EACH
def test_an_event_named_error_is_one_whatever_it_holds(dialect):
    upstream = stream(dialect, Spoken(), done=False) + b'event: error\ndata: {"detail": "x"}\n\n'
    outcome = carry(dialect, upstream, stream=True)
    assert outcome.enforced == {"failed"}
    assert receive(dialect, outcome.sent, stream=True).error


@EACH
def test_a_policy_reaches_the_model_and_is_not_told_to_the_client(dialect):
    policy = SystemPromptPolicy(SystemPromptOptions(text="Hidden rule 7."))
    _, asked = ask(dialect, [policy], system="" if dialect == "completions" else "Own rule.")
    assert b"Hidden rule 7." in asked.body
    if dialect == "responses":
        answer = json.loads(whole(dialect, Spoken())) | {
            "instructions": "Hidden rule 7.\n\nOwn rule."
        }
        outcome = carry(
            dialect, json.dumps(answer).encode(), [policy], stream=False, system="Own rule."
        )
        assert b"Hidden" not in outcome.sent
        assert json.loads(outcome.sent)["instructions"] == "Own rule."


def test_a_record_keeps_what_the_tier_allows():
    outcomes = {}
    for tier in ("digests", "flagged", "all"):
        for word in ("Hello", "absent"):
            passage, _ = ask("chat", [Forbids(word)], turns=("my question",))
            passage.begin_reply(200, "application/json")
            passage.take(whole("chat", Spoken()))
            drive_now(passage.finish())
            (record,) = passage.records(type(ABOUT)("id", 5, "d", disclosure=tier))
            outcomes[tier, word] = record
    kept = {key for key, record in outcomes.items() if record.content}
    assert kept == {("flagged", "Hello"), ("all", "Hello"), ("all", "absent")}
    (content,) = outcomes["flagged", "Hello"].content
    assert (content.messages[0].content, content.text) == ("my question", "Hello there.")
    record = outcomes["all", "absent"]
    assert (record.usage.prompt_tokens, record.usage.completion_tokens, record.finish) == (
        5,
        7,
        "stop",
    )
    assert record.timing.total_ms >= record.timing.upstream_ms >= 0


def test_several_answers_have_a_record_each():
    outcome = carry("chat", stream("chat", Spoken(choices=3)), stream=True, n=3)
    assert [(one.id, one.choice) for one in outcome.records] == [
        ("x-1", 0),
        ("x-1.1", 1),
        ("x-1.2", 2),
    ]
    assert [one.usage.completion_tokens for one in outcome.records] == [7, 0, 0]


def test_a_request_that_cannot_be_read_has_a_record_too():
    passage, answer = ask("chat", body=b'{"model":"m","model":"n"}')
    assert (answer.status, receive("chat", answer.body, stream=False).error != "") == (400, True)
    (record,) = passage.records(ABOUT)
    assert (record.verdict.enforced, record.model, record.status) == ("refused", "", 400)
    assert record.verdict.why
    passage, answer = ask(
        "chat", body=gzip.compress(request("chat", stream=False)), encoding="gzip"
    )
    assert isinstance(answer, ToModel)


@EACH
def test_what_had_left_before_a_client_broke_off_is_in_the_record(dialect):
    passage, asked = ask(dialect, [StreamForbids(SECRET)], stream=True)
    assert isinstance(asked, ToModel)
    passage.begin_reply(200, "text/event-stream")
    sent = stream(dialect, Spoken(text=("What leaves is to be known. ",) * 20))
    assert passage.take(sent[: len(sent) // 2]).send
    passage.fail("the client went away")
    (record,) = passage.records(replace(ABOUT, disclosure="all"))
    assert record.verdict.enforced == "failed"
    assert record.verdict.left > 0
    assert record.reply
    (content,) = record.content
    assert len(content.text) >= record.verdict.left
    assert ("What leaves is to be known. " * 20).startswith(content.text)
