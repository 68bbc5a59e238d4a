"""Chunks as servers really write them: mixed, repeated, with log probabilities and odd ends."""

import json

import pytest

from passing import Rewrites, StreamForbids, carry
from strict_clients import receive

DONE = b"data: [DONE]\n\n"
FRAME = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def chunk(*choices, **more):
    return b"data: " + json.dumps(FRAME | {"choices": list(choices)} | more).encode() + b"\n\n"


def choice(delta, word=None, index=0, **more):
    return {"index": index, "delta": delta, "finish_reason": word, **more}


def token(text, *others):
    top = [{"token": one, "logprob": -9.0, "bytes": None} for one in others]
    return {"token": text, "logprob": -0.1, "bytes": list(text.encode()), "top_logprobs": top}


def test_chunks_of_several_kinds_are_taken_apart():
    call = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    other = {"index": 1, "id": "b", "function": {"name": "g", "arguments": "{"}}
    upstream = (
        chunk(choice({"role": "assistant", "content": "all ", "tool_calls": [call]}))
        + chunk(choice({"tool_calls": [other, {"index": 0, "function": {"arguments": "{}"}}]}))
        + chunk(
            choice(
                {"tool_calls": [{"index": 1, "function": {"arguments": "}"}}], "content": "done"},
                "tool_calls",
            )
        )
        + DONE
    )
    for layers in ([], [StreamForbids("zz")], [Rewrites("zz")]):
        outcome = carry("chat", upstream, layers, stream=True)
        received = receive("chat", outcome.sent, stream=True)
        assert received.text == {0: "all done"}
        assert received.calls == [("f", {}), ("g", {})]
        assert received.words == {0: "tool_calls"}


def test_a_chunk_may_hold_several_answers():
    upstream = (
        chunk(choice({"content": "x"}), choice({"content": "y"}, index=1))
        + chunk(choice({}, "stop"), choice({}, "length", index=1))
        + DONE
    )
    outcome = carry("chat", upstream, [StreamForbids("y")], stream=True, n=2)
    received = receive("chat", outcome.sent, stream=True)
    assert received.words == {0: "stop", 1: "content_filter"}
    assert [verdict.enforced for verdict in outcome.verdicts] == ["released", "withheld"]


def test_a_legacy_call_is_a_call():
    upstream = (
        chunk(choice({"role": "assistant", "function_call": {"name": "f", "arguments": '{"a":'}}))
        + chunk(choice({"function_call": {"arguments": '"secret"}'}}))
        + chunk(choice({}, "function_call"))
        + DONE
    )
    assert carry("chat", upstream, [StreamForbids("zz")], stream=True).sent == upstream
    assert carry("chat", upstream, [StreamForbids("secret")], stream=True).enforced == {"withheld"}


def test_log_probabilities_leave_where_they_repeat_the_text():
    plain = {"content": [token("He"), token("llo")]}
    told = {"content": [token("He", "Se"), token("llo")]}
    wrong = {"content": [token("He"), token("LLO")]}
    for logprobs, kept in ((plain, plain), (told, plain), (wrong, None)):
        upstream = (
            chunk(choice({"content": "Hello"}, logprobs=logprobs))
            + chunk(choice({}, "stop"))
            + DONE
        )
        sent = carry("chat", upstream, stream=True).sent
        assert json.loads(sent.split(b"\n\n")[0][6:])["choices"][0]["logprobs"] == kept
        whole = FRAME | {
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "Hello"},
                    "logprobs": logprobs,
                    "finish_reason": "stop",
                }
            ]
        }
        body = carry("chat", json.dumps(whole).encode(), stream=False).sent
        assert json.loads(body)["choices"][0]["logprobs"] == kept


def test_some_servers_end_in_other_ways():
    said = chunk(choice({"content": "Hello"}))
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    ends = [
        chunk(choice({}, "stop")),
        chunk(choice({"content": ""}, "stop"), usage=usage) + DONE,
        chunk(choice({}, "stop"))
        + chunk(choice({"role": "assistant", "content": ""}), usage=usage)
        + DONE,
        b": still here\n\n" + chunk(choice({"content": " "}, "stop")) + DONE + b"data: {\n\n",
    ]
    for end in ends:
        outcome = carry("chat", said + end, stream=True)
        assert outcome.enforced == {"released"}
        assert receive("chat", outcome.sent, stream=True).text[0].strip() == "Hello"


@pytest.mark.parametrize(
    "wrong",
    [
        chunk(choice({"content": "x"}, index=1)),
        chunk(choice({"content": "x"}, index=-1)),
        chunk(choice({}, "stop")) + chunk(choice({"content": "more"})),
        chunk(7),
        b"data: 7\n\n",
        b"data: {}x\n\n",
        b'data: {"choices": [], "choices": []}\n\n',
    ],
)
def test_what_no_client_expects_is_an_error(wrong):
    upstream = chunk(choice({"content": "Hello"})) + wrong + chunk(choice({}, "stop")) + DONE
    outcome = carry("chat", upstream, stream=True)
    assert outcome.enforced == {"failed"}
    assert receive("chat", outcome.sent, stream=True).error
