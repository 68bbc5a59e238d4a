"""Requests and answers in the chat-completions dialect."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.instruments.targets.openai.decoding import (
    decode_completion,
    decode_models,
    error_code,
)
from shipworthy.instruments.targets.openai.encoding import Dialect, encode_request
from shipworthy.vocabulary import (
    Failure,
    Message,
    Reply,
    Request,
    Sampling,
    Tool,
    ToolCall,
    ToolParameter,
    Usage,
)

TOOL = Tool(
    name="lookup",
    description="looks a word up",
    parameters=(ToolParameter(name="word", description="the word"),),
)
SYSTEM = Message(role="system", content="Be kind.", confidential=True)
USER = Message(role="user", content="Hello")


def encoded(request, **settings):
    dialect = Dialect(model="m", sampling=Sampling(temperature="0.7", max_tokens=9), **settings)
    return msgspec.json.decode(encode_request(request, dialect))


def decoded(choice, usage=None, request=None, secret=""):
    answer = {"choices": [choice], "model": "/srv/files/m.gguf"}
    if usage is not None:
        answer["usage"] = usage
    body = msgspec.json.encode(answer)
    return decode_completion(body, request or Request(messages=(USER,)), Credential(secret), 12)


def said(content, finish="stop", **message):
    return {"message": {"content": content, **message}, "finish_reason": finish}


def test_a_request_carries_turns_sampling_and_seed():
    body = encoded(Request(messages=(SYSTEM, USER), seed=41))
    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hello"},
        ],
        "max_tokens": 9,
        "temperature": 0.7,
        "top_p": 1.0,
        "seed": 41,
        "stream": False,
    }


def test_field_names_follow_the_endpoint():
    body = encoded(
        Request(messages=(USER,)),
        max_tokens_field="max_completion_tokens",
        repeat_penalty_field="repetition_penalty",
        flags={"cache_prompt": False},
    )
    assert body["max_completion_tokens"] == 9
    assert body["repetition_penalty"] == 1.0
    assert body["cache_prompt"] is False
    assert "max_tokens" not in body


def test_native_tools_are_sent_as_a_schema():
    body = encoded(Request(messages=(USER,), tools=(TOOL,)), native_tools=True)
    assert body["tools"][0]["function"]["parameters"]["required"] == ["word"]
    assert body["messages"] == [{"role": "user", "content": "Hello"}]


def test_text_tools_are_offered_in_the_system_turn():
    body = encoded(Request(messages=(USER, SYSTEM), tools=(TOOL,)))
    assert "tools" not in body
    assert body["messages"][1]["content"].startswith("Be kind.\n\n")
    assert "lookup(word)" in body["messages"][1]["content"]


def test_text_tools_without_a_system_turn_get_one():
    body = encoded(Request(messages=(USER,), tools=(TOOL,)))
    assert [turn["role"] for turn in body["messages"]] == ["system", "user"]


def test_an_answer_becomes_a_reply():
    completion = decoded(said("Hi."), {"prompt_tokens": 5, "completion_tokens": 2})
    usage = Usage(prompt_tokens=5, completion_tokens=2, latency_ms=12)
    assert completion.result == Reply(text="Hi.", usage=usage)


def test_a_path_in_the_model_name_is_not_kept():
    assert decoded(said("Hi.")).served == "m.gguf"


def test_native_calls_are_read():
    calls = [
        {"function": {"name": "lookup", "arguments": '{"word": "sea", "n": 2}'}},
        {"function": {"name": "lookup", "arguments": "{not json"}},
        {"function": {"name": "other", "arguments": {"a": "b"}}},
        {"function": {"name": "none", "arguments": ""}},
    ]
    result = decoded(said(None, "tool_calls", tool_calls=calls)).result
    assert result.tool_calls == (
        ToolCall(name="lookup", arguments={"word": "sea", "n": "2"}),
        ToolCall(name="lookup", arguments={"_unparsed": "{not json"}),
        ToolCall(name="other", arguments={"a": "b"}),
        ToolCall(name="none", arguments={}),
    )


def test_calls_in_the_text_are_read_when_there_are_no_native_ones():
    request = Request(messages=(USER,), tools=(TOOL,))
    result = decoded(said('CALL lookup(word="sea")'), request=request).result
    assert result.tool_calls == (ToolCall(name="lookup", arguments={"word": "sea"}),)


def test_a_structured_refusal_is_the_text_of_the_reply():
    assert decoded(said(None, refusal="I will not.")).result.text == "I will not."


def test_parts_of_text_are_joined():
    parts = [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}]
    assert decoded(said(parts)).result.text == "ab"


THOUGHT = "The code is heron-41."


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_content": THOUGHT},
        {"reasoning": THOUGHT},
        {"reasoning": {"content": THOUGHT}},
        {"reasoning_content": THOUGHT, "reasoning": THOUGHT},
        {"reasoning_details": [{"type": "reasoning.text", "text": THOUGHT, "id": "r-1"}]},
        {"reasoning": [{"type": "summary", "summary": [{"text": THOUGHT}]}]},
    ],
)
@pytest.mark.parametrize("content", ["Hello.", None])
def test_reasoning_is_kept_apart_from_the_text(message, content):
    result = decoded(said(content, **message)).result
    assert result.reasoning == THOUGHT
    assert result.text == (content or "")


@pytest.mark.parametrize(
    "part",
    [
        {"type": "thinking", "thinking": THOUGHT},
        {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]},
        {"type": "thinking", "text": THOUGHT},
        {"type": "reasoning", "reasoning": THOUGHT},
    ],
)
def test_reasoning_among_the_parts_is_kept_apart(part):
    result = decoded(said([part, {"type": "text", "text": "Hello."}])).result
    assert (result.reasoning, result.text) == (THOUGHT, "Hello.")


@pytest.mark.parametrize("value", [None, "", "  ", 7, True, [], {}, [None, {"type": "text"}]])
def test_reasoning_without_words_is_none(value):
    assert decoded(said("Hello.", reasoning=value)).result.reasoning == ""
    assert isinstance(decoded(said(None, reasoning=value)).result, Failure)


def test_a_call_in_the_reasoning_is_no_call():
    request = Request(messages=(USER,), tools=(TOOL,))
    choice = said("Hello.", reasoning='CALL lookup(word="sea")')
    assert decoded(choice, request=request).result.tool_calls == ()


def test_deep_reasoning_is_read_or_refused():
    deep = "x"
    for _ in range(900):
        deep = [deep]
    assert decoded(said("Hello.", reasoning=deep)).result.reasoning in {"x", ""}


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        (said(None), "response-malformed"),
        (said(" \n"), "response-malformed"),
        (said("", "length"), "response-truncated"),
        (said("text", None), "response-malformed"),
        (said("text", "abort"), "response-malformed"),
        (said("text", "content_filter"), "filtered-upstream"),
        (said(7), "response-malformed"),
        ({"finish_reason": "stop"}, "response-malformed"),
        ({"message": None, "finish_reason": "stop"}, "response-malformed"),
    ],
)
def test_what_is_not_a_full_answer_is_a_failure(choice, reason):
    result = decoded(choice).result
    assert isinstance(result, Failure)
    assert result.reason == reason


def test_tokens_of_a_filtered_answer_are_still_counted():
    result = decoded(said("", "content_filter"), {"prompt_tokens": 5, "completion_tokens": 1})
    assert result.result.usage.prompt_tokens == 5


@pytest.mark.parametrize("value", [-1, 10**8, 2**70, 1.5, "7", True, None, [], {}])
def test_a_count_that_makes_no_sense_is_zero(value):
    usage = decoded(said("Hi."), {"prompt_tokens": value, "completion_tokens": 3}).result.usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (0, 3)


@pytest.mark.parametrize("usage", ["many", 7, [], None, True])
def test_usage_of_another_shape_is_no_usage(usage):
    assert decoded(said("Hi."), usage).result.usage == Usage(latency_ms=12)


def test_an_answer_that_repeats_the_key_is_not_kept():
    secret = "sk-made-up-1234"
    calls = [{"function": {"name": "lookup", "arguments": {"word": f"<{secret}>"}}}]
    thought = said("Hello.", reasoning_content=f"It is {secret}.")
    for choice in (said(f"It is {secret}."), thought, said(None, "tool_calls", tool_calls=calls)):
        completion = decoded(choice, secret=secret)
        assert isinstance(completion.result, Failure)
        assert secret not in repr(completion)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoder(body):
    result = decode_completion(body, Request(messages=(USER,)), Credential(), 0).result
    assert isinstance(result, Failure)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "content",
                    "reasoning",
                    "finish_reason",
                    "usage",
                    "model",
                    "tool_calls",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_breaks_the_decoder(value):
    body = msgspec.json.encode({"choices": value, "usage": value, "model": "m"})
    result = decode_completion(body, Request(messages=(USER,)), Credential(), 0).result
    assert isinstance(result, Failure | Reply)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error":{"code":"rate_limit","message":"slow down 10.0.0.1"}}', "rate_limit"),
        (b'{"error":{"code":404,"type":"not_found"}}', "not_found"),
        (b'{"error":{"code":"see https://host/x"}}', ""),
        (b'{"error":{"code":"sk-made-up-1234"}}', ""),
        (b'{"error":"text"}', ""),
        (b"[1]", ""),
        (b"<html>", ""),
    ],
)
def test_only_a_plain_error_code_is_quoted(body, code):
    assert error_code(body, Credential("sk-made-up-1234")) == code


def test_a_list_of_models_is_read_or_nothing():
    assert decode_models(b'{"data":[{"id":"a"},{"id":"b"}]}') == ["a", "b"]
    assert decode_models(b'{"models":[]}') is None
    assert decode_models(b"nonsense") is None
