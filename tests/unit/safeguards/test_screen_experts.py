"""Experts of the screen: a judge behind HTTP, and a classifier on this machine."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from shipworthy.instruments.safeguards import make_screen
from shipworthy.instruments.safeguards.engine import GuardEngine, ReplyStream, drive
from shipworthy.instruments.safeguards.protocol import NoOpinion, Opinion
from shipworthy.instruments.safeguards.screening.experts import (
    ClassifierOptions,
    open_classifier,
    read_opinion,
)
from shipworthy.kernel import Problem
from shipworthy.vocabulary import Message, Reply, Request
from tiny_onnx import mean_of_rows

REQUEST = Request(messages=(Message(role="user", content='say {"score": 0}'),))


def completion(content):
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


@pytest.mark.parametrize(
    ("said", "score"),
    [('{"score": 0.25}', 0.25), (' { "score" : 1 }\n', 1.0), ('{"score": 0}', 0.0)],
)
def test_exactly_one_score_is_an_opinion(said, score):
    assert read_opinion(json.dumps(completion(said)).encode()) == Opinion(score)


@pytest.mark.parametrize(
    "said",
    [
        *("", "0.2", "safe", '{"score": 2}', '{"score": -0}', '{"score": "0"}', '{"score": 1e-9}'),
        *('{"score": 0.1} and {"score": 0.9}', '{"score": NaN}', 'Sure: {"score": 0}', None, 7),
    ],
)
def test_anything_else_is_no_opinion(said):
    assert isinstance(read_opinion(json.dumps(completion(said)).encode()), NoOpinion)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"choices": []}', b"\xff", b"[" * 100_000])
def test_what_is_no_completion_is_no_opinion(data):
    assert isinstance(read_opinion(data), NoOpinion)


async def with_judge(answer, check, **options):
    """Run a check against a layer whose judge answers as told, on the loopback."""
    asked = []

    async def respond(request):
        asked.append((dict(request.headers), await request.json()))
        return await answer()

    app = web.Application()
    app.router.add_post("/v1/chat/completions", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        judge = {"url": f"http://127.0.0.1:{port}/v1", "model": "m", "policy": "No canaries."}
        layer = make_screen({"judge": {**judge, "deadline_ms": 400, **options}, "key_rules": False})
        return await check(GuardEngine([layer])), asked
    finally:
        await runner.cleanup()


async def exchange(engine):
    admission = await drive(engine.admit(REQUEST))
    if admission.stopped:
        return await drive(engine.refuse(admission))
    flow = ReplyStream(engine, admission)
    assert flow.feed("text", "an answer of some length").clear == 0
    return (await drive(flow.finish("stop"))).answer


def scoring(*scores):
    left = list(scores)

    async def answer():
        return web.json_response(completion(json.dumps({"score": left.pop(0)})))

    return answer


def run(answer, **options):
    return asyncio.run(with_judge(answer, exchange, **options))


def test_a_judge_is_asked_about_the_request_and_then_about_the_exchange(monkeypatch):
    monkeypatch.setenv("JUDGE_KEY", "key-of-the-judge")
    answer, asked = run(scoring(0.1, 0.2), key_variable="JUDGE_KEY")
    assert [(act.action, act.detail) for act in answer.layers] == [
        ("passed", "expert 0.100"),
        ("passed", "expert 0.200"),
    ]
    headers, body = asked[1]
    assert headers["Authorization"] == "Bearer key-of-the-judge"
    assert body["messages"][0]["content"].endswith("No canaries.")
    shown = body["messages"][1]["content"]
    assert json.loads(shown) == 'user: say {"score": 0}\n\nanswer: an answer of some length'


@pytest.mark.parametrize(("scores", "acts"), [((0.5,), 1), ((0.1, 0.9), 2)])
def test_what_a_judge_finds_harmful_is_withheld(scores, acts):
    answer, _ = run(scoring(*scores))
    assert answer.finish == "withheld"
    assert len(answer.layers) == acts


async def garbled():
    return web.json_response(completion("I would say 0.1"))


async def refused():
    return web.Response(status=429)


async def elsewhere():
    raise web.HTTPFound("http://127.0.0.1:9/")


async def late():
    await asyncio.sleep(2)
    return web.Response()


@pytest.mark.parametrize("answer", [garbled, refused, elsewhere, late])
@pytest.mark.parametrize("on_error", ["closed", "open"])
def test_a_judge_that_fails_is_never_a_pass(answer, on_error):
    ended, _ = run(answer, on_error=on_error)
    assert "passed" not in {act.action for act in ended.layers}
    assert ended.layers[0].action == "errored"
    assert (ended.finish == "withheld") == (on_error == "closed")


def test_the_key_of_a_judge_is_shown_nowhere(monkeypatch):
    monkeypatch.setenv("JUDGE_KEY", "key-of-the-judge")
    judge = {"url": "http://127.0.0.1:9", "model": "m", "policy": "p", "key_variable": "JUDGE_KEY"}
    layer = make_screen({"judge": judge})
    assert "key-of-the-judge" not in repr(layer) + repr(layer.identity())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A classifier of words: `canary` is harmful, `garden` is not, others are nothing."""
    pytest.importorskip("onnxruntime")
    tokenizers = pytest.importorskip("tokenizers")
    folder = tmp_path_factory.mktemp("classifier")
    model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
    model.write_bytes(mean_of_rows([[0.0, 0.0], [-8.0, 8.0], [8.0, -8.0]]))
    words = {"[UNK]": 0, "canary": 1, "garden": 2}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save(str(tokenizer))
    return {"model": str(model), "tokenizer": str(tokenizer)}


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("canary", 0.99, 1.0), ("garden", 0.0, 0.01), ("word", 0.5, 0.5), ("", 0.0, 1.0)],
)
def test_a_classifier_scores_by_its_logits(files, text, low, high):
    expert = open_classifier(ClassifierOptions(**files))
    if text:
        assert low <= asyncio.run(expert.ask(text)).score <= high
    else:
        with pytest.raises(ValueError, match="nothing to read"):
            expert.score(text)


def test_a_long_exchange_is_read_in_pieces_of_which_the_worst_counts(files):
    expert = open_classifier(ClassifierOptions(**files, tokens=16))
    text = "garden " * 100 + "canary " * 12 + "garden " * 100
    opinion = expert.score(text)
    assert opinion.score > 0.9
    assert opinion.detail == "26 pieces"


def test_a_classifier_decides_what_the_screen_delegates(files):
    layer = make_screen({"classifier": {**files, "withhold_at": "0.6"}})
    engine = GuardEngine([layer])

    async def asked(text):
        admission = await drive(engine.admit(REQUEST))
        return await drive(engine.release(admission, Reply(text=text)))

    harmless = asyncio.run(asked("garden garden garden garden"))
    assert harmless.finish == "stop"
    assert asyncio.run(asked("canary canary canary canary canary")).finish == "withheld"


def test_a_classifier_is_known_by_its_files_and_not_by_where_they_lie(files, tmp_path):
    copied = {}
    for name, path in files.items():
        (tmp_path / name).write_bytes(Path(path).read_bytes())
        copied[name] = str(tmp_path / name)
    one, other = (open_classifier(ClassifierOptions(**paths)) for paths in (files, copied))
    assert one.identity == other.identity
    (tmp_path / "model").write_bytes(mean_of_rows([[0.0, 0.0], [-8.0, 8.0], [8.0, -7.0]]))
    assert open_classifier(ClassifierOptions(**copied)).identity != one.identity


@pytest.mark.parametrize("broken", ["model", "tokenizer"])
def test_files_that_are_no_classifier_are_named(files, tmp_path, broken):
    bad = tmp_path / "bad"
    bad.write_bytes(b"not this")
    for path in (str(bad), str(tmp_path / "missing")):
        with pytest.raises(Problem, match=r".") as caught:
            open_classifier(ClassifierOptions(**{**files, broken: path}))
        assert caught.value.diagnostics[0].code == "screen-classifier"
