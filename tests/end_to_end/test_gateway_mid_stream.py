"""A live stream behind `gateway serve`, on both fronts: layers that fail in its middle, and choices
that end differently."""

import json

import pytest

from gateways import FRONTS, deployment_text, logged
from paced_model import DONE, chat_event, chat_parts, paced_model
from raw_http import RawClient, posted
from served_apart import install_faulty, served_apart

CHAT = "/v1/chat/completions"
BEGINNING = "All is well so far, and this much may be read. "
STACK = """
[[safeguards]]
kind = "faulty"
[safeguards.options]
{options}
[[safeguards]]
kind = "screen"
[safeguards.options]
key_rules = false
rules = [{{id = "canary", reply = "canary-[0-9]{{4}}"}}]
"""
STREAMS = {
    "fails": (
        chat_event(text=BEGINNING),
        None,
        chat_event(text="boom"),
        None,
        chat_event(text=" and the secret"),
        chat_event(finish="stop"),
        DONE,
    ),
    "choices": (
        chat_event(0, "The garden "),
        chat_event(1, BEGINNING),
        None,
        chat_event(1, "The code is canary-4"),
        chat_event(0, "is open. "),
        chat_event(1, "471, and more"),
        chat_event(0, "Come in."),
        chat_event(1, finish="stop"),
        chat_event(0, finish="stop"),
        DONE,
    ),
    "choice-fails": (
        chat_event(0, "The garden "),
        chat_event(1, BEGINNING),
        None,
        chat_event(1, "boom"),
        chat_event(0, "is open. Come in."),
        chat_event(1, " and the secret"),
        chat_event(1, finish="stop"),
        chat_event(0, finish="stop"),
        DONE,
    ),
}
OPTIONS = {
    "closed": "",
    "open": 'on_error = "open"',
    "abort": 'on_error = "abort"',
    "detect": 'mode = "detect"',
}


def asked(**fields):
    turns = [{"role": "user", "content": "Hello"}]
    return posted(CHAT, json.dumps({"model": "m", "messages": turns, **fields}).encode())


def streamed(front, folder, stream, options, **fields):
    """Return what a client read, whether it ended well, its beginning, and the records."""
    plugins, path = folder / "plugins", folder / "deployment.toml"
    install_faulty(plugins)
    with paced_model(STREAMS[stream]) as model:
        tables = {"": STACK.format(options=OPTIONS[options])}
        path.write_text(deployment_text(model.url, tables))
        with (
            served_apart(path, front, plugins) as apart,
            RawClient(apart.address, 30.0) as client,
        ):
            client.send(asked(stream=True, **fields))
            assert client.status() == 200
            body = b""
            while BEGINNING[:20].encode() not in body:
                body += client.chunk()
            early = body
            for _ in range(STREAMS[stream].count(None)):
                model.go()
            while part := client.chunk():
                body += part
            assert apart.end() == 0
            said = "".join(apart.said)
        assert "secret" not in said
    return body, part is not None, early, logged(path)


@pytest.mark.slow
@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_layer_that_fails_in_the_middle_of_a_stream(front, options, tmp_path):
    body, ended, early, (record,) = streamed(front, tmp_path, "fails", options)
    texts, ends = chat_parts(body)
    assert chat_parts(early)[0][0]
    assert record.verdict.errored == ("faulty",)
    assert not record.verdict.is_clear
    if options in {"open", "detect"}:
        assert texts == {0: BEGINNING + "boom and the secret"}
        assert (ends, ended) == ({0: "stop"}, True)
        assert record.verdict.enforced == "released"
        return
    assert b"boom" not in body
    assert b"secret" not in body
    assert BEGINNING.startswith(texts[0])
    if options == "closed":
        assert (ends, ended) == ({0: "content_filter"}, True)
        assert body.endswith(DONE)
        assert record.verdict.enforced == "halted"
    else:
        assert ends == {}
        assert DONE not in body
        assert record.verdict.enforced == "failed"
    assert record.verdict.left == len(texts[0])


@pytest.mark.slow
@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("stream", ["choices", "choice-fails"])
def test_of_several_choices_each_ends_as_its_own_layers_say(front, stream, tmp_path):
    body, ended, _, records = streamed(front, tmp_path, stream, "closed", n=2)
    texts, ends = chat_parts(body)
    assert ended
    assert body.endswith(DONE)
    assert texts[0] == "The garden is open. Come in."
    assert ends == {0: "stop", 1: "content_filter"}
    assert (BEGINNING + "The code is ").startswith(texts[1])
    for forbidden in (b"canary", b"boom", b"secret", b"471"):
        assert forbidden not in body
    first, second = (record.verdict for record in records)
    assert (first.enforced, first.is_clear, first.left) == ("released", True, 0)
    assert (second.enforced, second.is_clear) == ("halted", False)
    assert second.left == len(texts[1])
    if stream == "choices":
        assert second.detected_by == ("screen",)
    else:
        assert second.errored == ("faulty",)


@pytest.mark.slow
@pytest.mark.parametrize("front", FRONTS)
def test_one_choice_that_gives_up_ends_all_of_them(front, tmp_path):
    body, _, _, records = streamed(front, tmp_path, "choice-fails", "abort", n=2)
    assert b"boom" not in body
    assert b"secret" not in body
    assert DONE not in body
    assert [record.verdict.enforced for record in records] == ["failed", "failed"]
    assert not any(record.verdict.is_clear for record in records)
