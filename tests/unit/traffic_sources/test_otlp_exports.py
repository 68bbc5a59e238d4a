"""What OpenTelemetry exporters send, as exchanges: JSON, protocol buffers, and a real receiver.

`tests/golden/otlp` holds one export request as opentelemetry-proto 1.45.2 writes it, in both forms.
"""

import asyncio
import gzip
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.traffic.logs import Entry, LogFull, open_reader, open_writer
from shipworthy.traffic.sources import NotAnExchangeError, decode_own
from shipworthy.traffic.sources.otlp import (
    Event,
    Receiver,
    exchanges_of,
    from_wire,
    is_exchange,
    read_export,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "otlp"
WIRE = bytes.fromhex("".join((GOLDEN / "export-logs.hex").read_text().split()))
JSON = (GOLDEN / "export-logs.json").read_bytes()


def events(body, kind="application/json", signal="logs"):
    return list(read_export(body, kind, signal))


def test_both_forms_say_the_same():
    assert events(WIRE, "application/x-protobuf") == events(JSON, "application/json; charset=utf-8")


def test_an_event_becomes_one_exchange_an_answer():
    one, other = events(JSON)
    assert is_exchange(one)
    assert not is_exchange(other)
    first, second = exchanges_of(one, "shop")
    assert first.id == "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
    assert (second.id, second.choice) == (f"{first.id}/1", 1)
    assert first.at_ms == 1_790_000_000_123
    assert (first.account, first.conversation) == ("u-9", "c-7")
    assert (first.model, first.answered_by, first.stream) == ("m-1", "m-1b", True)
    assert (first.sampling.temperature, first.sampling.max_tokens) == ("0.5", 256)
    assert (first.usage.prompt_tokens, first.usage.completion_tokens) == (11, 0)
    assert (first.finish, second.finish) == ("stop", "length")
    said = first.content[0]
    assert [turn.role for turn in said.messages] == ["system", "user", "assistant", "tool"]
    assert said.messages[0].confidential
    assert said.messages[2].tool_calls[0].arguments == {"city": "Oslo"}
    assert said.messages[3].content == "rain"
    assert (said.text, said.reasoning) == ("It rains.", "rain was said")
    assert second.content[0].text == "Rain."
    assert first.verdict.actions == ()


def test_messages_may_be_json_in_text_as_on_spans():
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.response.id": "r1",
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"a"}]}]',
        "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"b"}]}]',
    }
    (found,) = exchanges_of(Event("chat m", "", 5, attributes), "shop")
    assert (found.id, found.content[0].text) == ("r1", "b")


def test_what_no_layer_can_read_is_counted_and_stays_out():
    parts = [{"type": "text", "content": "look"}, {"type": "blob", "content": "AAAA"}]
    attributes = {
        "gen_ai.input.messages": [{"role": "user", "parts": parts}],
        "gen_ai.output.messages": [
            {"role": "assistant", "parts": [{"type": "text", "content": "b"}]}
        ],
    }
    (found,) = exchanges_of(Event("x", "t-s", 5, attributes), "shop")
    assert found.media == {"blob": 1}
    assert found.content[0].messages[0].content == "look"


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.input.messages": "no json"},
        {"gen_ai.input.messages": [{"role": "robot", "parts": []}]},
        {"gen_ai.input.messages": [{"role": "user"}]},
        {"gen_ai.input.messages": [{"role": "user", "parts": [{"content": "x"}]}]},
        {"gen_ai.input.messages": [{"role": "tool", "parts": [{"type": "tool_call_response"}]}]},
    ],
)
def test_what_is_not_read_is_said_to_be_unreadable(attributes):
    with pytest.raises(NotAnExchangeError):
        list(exchanges_of(Event("x", "t-s", 5, attributes), "shop"))


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_what_is_said(body):
    for kind in ("application/json", "application/x-protobuf", "text/plain"):
        for signal in ("logs", "traces"):
            try:
                found = events(body, kind, signal)
            except (ValueError, RecursionError):
                continue
            for event in found:
                assert isinstance(event, Event)


@given(st.integers(0, len(WIRE) - 1), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(place, byte):
    changed = bytearray(WIRE)
    changed[place] = byte
    try:
        found = from_wire(bytes(changed), "LogsRequest")
    except ValueError:
        return
    assert isinstance(found, dict)


class FullLog:
    """A log without room."""

    async def append(self, entries: "list[Entry]") -> None:
        raise LogFull.of("log-full", "no room")

    async def close(self) -> None:
        """Nothing."""


async def send(receiver, body, headers):
    """Send one request to a receiver that listens; return status, type and body of the answer."""
    runner = web.AppRunner(receiver.application())
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/v1/logs"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status, answer.content_type, await answer.read()
    finally:
        await runner.cleanup()


def test_what_is_answered_with_200_is_in_the_log(tmp_path):
    options = {"folder": str(tmp_path / "log")}

    async def play():
        writer = await open_writer("segment", options)
        receiver = Receiver(writer, "shop")
        kinds = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        told = await send(receiver, gzip.compress(WIRE), kinds)
        await writer.close()
        reader = await open_reader("segment", options, "g")
        entries = await reader.poll(10, 1.0)
        await reader.close()
        return receiver, told, entries

    receiver, told, entries = asyncio.run(play())
    assert told == (200, "application/x-protobuf", b"")
    assert (receiver.exchanges, receiver.unreadable, receiver.other) == (2, 0, 1)
    assert {decode_own(entry.body).content[0].text for entry in entries} == {"It rains.", "Rain."}
    assert {entry.key for entry in entries} == {"u-9"}


def test_what_cannot_be_read_is_kept_and_the_exporter_is_told(tmp_path):
    changed = msgspec.json.decode(JSON)
    attributes = changed["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["attributes"]
    attributes[-1]["value"] = {"stringValue": "no json"}

    async def play():
        writer = await open_writer("segment", {"folder": str(tmp_path / "log")})
        receiver = Receiver(writer, "shop")
        kinds = {"Content-Type": "application/json"}
        told = await send(receiver, msgspec.json.encode(changed), kinds)
        await writer.close()
        reader = await open_reader("segment", {"folder": str(tmp_path / "log")}, "g")
        entries = await reader.poll(10, 1.0)
        await reader.close()
        return told, entries

    (status, _, body), entries = asyncio.run(play())
    partial = msgspec.json.decode(body)["partialSuccess"]
    assert (status, partial["rejectedLogRecords"]) == (200, "1")
    (entry,) = entries
    with pytest.raises(NotAnExchangeError):
        decode_own(entry.body)


def test_a_log_without_room_tells_the_exporter_to_come_again():
    status, _, _ = asyncio.run(
        send(Receiver(FullLog(), "shop"), JSON, {"Content-Type": "application/json"})
    )
    assert status == 503


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{", "application/json"), (b"\xff", "application/x-protobuf"), (JSON, "text/plain")],
)
def test_another_request_is_refused(body, kind):
    status, _, _ = asyncio.run(send(Receiver(FullLog(), "shop"), body, {"Content-Type": kind}))
    assert status == 400
