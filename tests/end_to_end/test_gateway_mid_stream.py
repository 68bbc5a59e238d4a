"""A live stream behind `gateway serve`, on both fronts: layers that fail in its middle, and choices
that end differently."""

import json
from dataclasses import dataclass

import pytest

from gateways import FRONTS, deployment_text, logged
from paced_model import DONE, PacedModel, chat_event, chat_parts, paced_model
from raw_http import RawClient, posted
from served_apart import Apart, install_faulty, served_apart

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
    "choice-raises": (
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


def asked(text, **fields):
    turns = [{"role": "user", "content": text}]
    return posted(CHAT, json.dumps({"model": "m", "messages": turns, **fields}).encode())


@dataclass
class Stand:
    """A gateway whose failing layer does as an option says, and its model."""

    options: str
    model: PacedModel
    apart: Apart

    def stream(self, script, **fields):
        """Return what a client read, whether it ended well, its beginning, and the records."""
        with RawClient(self.apart.address, 30.0) as client:
            client.send(asked(script, stream=True, **fields))
            begun = client.begun()
            assert begun.status == 200
            body = b""
            while BEGINNING[:20].encode() not in body:
                body += client.chunk()
            early = body
            for _ in range(STREAMS[script].count(None)):
                self.model.go()
            while part := client.chunk():
                body += part
        self.model.settle()
        exchange = begun.headers["x-shipworthy-exchange"]
        records = [one for one in logged(self.apart.path) if one.id.startswith(exchange)]
        return body, part is not None, early, sorted(records, key=lambda one: one.id)


@pytest.fixture(scope="module", params=FRONTS)
def front(request):
    return request.param


@pytest.fixture(scope="module", params=OPTIONS)
def stand(request, front, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"{front}-{request.param}")
    plugins, path = folder / "plugins", folder / "deployment.toml"
    install_faulty(plugins)
    with paced_model(STREAMS) as model:
        tables = {"": STACK.format(options=OPTIONS[request.param])}
        path.write_text(deployment_text(model.url, tables))
        with served_apart(path, front, plugins) as apart:
            yield Stand(request.param, model, apart)
            assert apart.end() == 0
        assert "secret" not in "".join(apart.said)


@pytest.mark.slow
def test_a_layer_that_fails_in_the_middle_of_a_stream(stand):
    body, ended, early, (record,) = stand.stream("fails")
    texts, ends = chat_parts(body)
    assert chat_parts(early)[0][0]
    assert record.verdict.errored == ("faulty",)
    assert not record.verdict.is_clear
    if stand.options in {"open", "detect"}:
        assert texts == {0: BEGINNING + "boom and the secret"}
        assert (ends, ended) == ({0: "stop"}, True)
        assert record.verdict.enforced == "released"
        return
    assert b"boom" not in body
    assert b"secret" not in body
    assert BEGINNING.startswith(texts[0])
    if stand.options == "closed":
        assert (ends, ended) == ({0: "content_filter"}, True)
        assert body.endswith(DONE)
        assert record.verdict.enforced == "halted"
    else:
        assert ends == {}
        assert DONE not in body
        assert record.verdict.enforced == "failed"
    assert record.verdict.left == len(texts[0])


@pytest.mark.slow
@pytest.mark.parametrize("script", ["choices", "choice-raises"])
def test_of_several_choices_each_ends_as_its_own_layers_say(stand, script):
    body, ended, _, records = stand.stream(script, n=2)
    texts, ends = chat_parts(body)
    first, second = (record.verdict for record in records)
    if script == "choice-raises" and stand.options != "closed":
        assert second.errored == ("faulty",)
        assert not second.is_clear
        if stand.options == "abort":
            # One that is given up ends all of them.
            assert (first.enforced, second.enforced) == ("failed", "failed")
            assert not first.is_clear
            assert DONE not in body
            assert b"boom" not in body
            assert b"secret" not in body
        else:
            assert ends == {0: "stop", 1: "stop"}
            assert texts[1] == BEGINNING + "boom and the secret"
        return
    assert ended
    assert body.endswith(DONE)
    assert texts[0] == "The garden is open. Come in."
    assert ends == {0: "stop", 1: "content_filter"}
    assert (BEGINNING + "The code is ").startswith(texts[1])
    for forbidden in (b"canary", b"boom", b"secret", b"471"):
        assert forbidden not in body
    assert (first.enforced, first.is_clear, first.left) == ("released", True, 0)
    assert (second.enforced, second.is_clear) == ("halted", False)
    assert second.left == len(texts[1])
    if script == "choices":
        assert second.detected_by == ("screen",)
    else:
        assert second.errored == ("faulty",)
