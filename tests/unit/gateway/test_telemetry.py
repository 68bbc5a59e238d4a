"""OpenTelemetry events of exchanges: there and back, within what is disclosed."""

import asyncio
import json

from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.records.live import (
    DIALECTS,
    ExchangeContent,
    ExchangeRecord,
    GuardVerdict,
    TelemetrySection,
)
from shipworthy.traffic import telemetry
from shipworthy.traffic.gateway.telling.export import OtlpExporter, read_headers
from shipworthy.traffic.sources.otlp.events import read_export
from shipworthy.traffic.sources.otlp.exchanges import exchanges_of, is_exchange
from shipworthy.vocabulary import LayerAction, Message, Sampling, ToolCall, Usage

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)


@st.composite
def records(draw):
    content = ExchangeContent(
        messages=(
            Message(role="system", content=draw(WORDS), confidential=True),
            Message(role="user", content=draw(WORDS)),
        ),
        text=draw(WORDS),
        reasoning=draw(st.one_of(st.just(""), WORDS)),
        tool_calls=draw(st.sampled_from([(), (ToolCall(name="f", arguments={"a": "1"}),)])),
    )
    layers = tuple(
        LayerAction(layer=f"layer-{number}", action=action)
        for number, action in enumerate(
            draw(st.lists(st.sampled_from(["passed", "flagged", "errored"]), max_size=3))
        )
    )
    return ExchangeRecord(
        id=draw(st.uuids()).hex,
        at_ms=draw(st.integers(1, 2**42)),
        deployment="d",
        account=draw(st.one_of(st.just(""), st.just("a" * 32))),
        conversation=draw(st.one_of(st.just(""), WORDS)),
        dialect=draw(st.sampled_from(DIALECTS)),
        stream=draw(st.booleans()),
        model="m",
        answered_by="m-1",
        sampling=Sampling(temperature="0.5", max_tokens=draw(st.integers(1, 4096))),
        request="sha256:" + "0" * 64,
        finish="stop",
        status=200,
        verdict=GuardVerdict(engine="sha256:" + "1" * 64, actions=layers, enforced="released"),
        usage=Usage(prompt_tokens=3, completion_tokens=4),
        content=draw(st.sampled_from([(), (content,)])),
    )


def read(body):
    return list(read_export(body, "application/json", "logs"))


@given(st.lists(records(), min_size=1, max_size=3))
def test_what_is_exported_is_read_as_the_exchange_that_it_was(exported):
    events = read(telemetry.export_request(exported, "d"))
    found = [
        record for event in events if is_exchange(event) for record in exchanges_of(event, "d")
    ]
    assert len(found) == len(exported)
    for before, after in zip(exported, found, strict=True):
        for name in ("id", "at_ms", "account", "conversation", "stream", "model", "answered_by"):
            assert getattr(after, name) == getattr(before, name)
        assert after.usage == before.usage
        assert after.finish == before.finish
        assert after.sampling == before.sampling
        assert after.content == before.content
        assert after.verdict.engine == ""


@given(records())
def test_each_opinion_of_a_layer_is_an_event_of_its_own(record):
    events = read(telemetry.export_request([record], "d"))
    opinions = [event for event in events if event.name == telemetry.EVALUATION]
    assert [
        (event.attributes[telemetry.EVALUATION_NAME], event.attributes[telemetry.EVALUATION_LABEL])
        for event in opinions
    ] == [(act.layer, act.action) for act in record.verdict.actions]
    details = events[0].attributes
    assert details[telemetry.ENFORCED] == record.verdict.enforced
    assert tuple(details.get(telemetry.DETECTED, ())) == record.verdict.detected_by


@given(records())
def test_nothing_is_said_that_the_record_does_not_keep(record):
    bare = telemetry.export_request([record], "d").decode()
    if not record.content:
        assert "gen_ai.input.messages" not in bare
        assert "gen_ai.output.messages" not in bare


def test_an_exporter_drops_what_finds_no_room_and_counts_it():
    async def run():
        taken = []

        async def take(request):
            taken.append(json.loads(await request.read()))
            assert request.headers["x-key"] == "secret"
            return web.Response()

        app = web.Application()
        app.router.add_post("/v1/logs", take)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        section = TelemetrySection(url=f"http://{host}:{port}/v1/logs", queue=5)
        exporter = OtlpExporter(section, read_headers("x-key=secret, x-b=c"), "d")
        for number in range(8):
            exporter.offer(_record(number))
        await exporter.close()
        await runner.cleanup()
        return exporter, taken

    exporter, taken = asyncio.run(run())
    assert (exporter.sent, exporter.dropped) == (5, 3)
    assert sum(len(one["resourceLogs"][0]["scopeLogs"][0]["logRecords"]) for one in taken) == 5


def test_a_collector_that_is_not_there_costs_records_and_nothing_else():
    async def run():
        exporter = OtlpExporter(TelemetrySection(url="http://127.0.0.1:9/v1/logs"), {}, "d")
        exporter.offer(_record(1))
        await exporter.close()
        return exporter

    exporter = asyncio.run(run())
    assert (exporter.sent, exporter.dropped) == (0, 1)


def _record(number):
    return ExchangeRecord(
        id=str(number),
        at_ms=1,
        deployment="d",
        account="",
        conversation="",
        dialect="chat",
        stream=False,
        model="m",
        sampling=Sampling(),
        request="",
        status=200,
        verdict=GuardVerdict(engine="", actions=(), enforced="released"),
    )
