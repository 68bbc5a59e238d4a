"""What is read in one go is read as the shapes of the dialect would have it, or not at all."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shipworthy.kernel import digest_of
from shipworthy.traffic.dialects import Reading, Said, Unreadable
from shipworthy.traffic.dialects.answers import decode_answer
from shipworthy.traffic.dialects.choices import asking as chat_asking
from shipworthy.traffic.dialects.choices import chat, completions
from shipworthy.traffic.dialects.choices.plain import CHAT, COMPLETION, plain_answer
from shipworthy.traffic.dialects.messages import asking as messages_asking
from shipworthy.traffic.dialects.messages.blocks import MESSAGE
from shipworthy.traffic.dialects.messages.plain import plain_message
from shipworthy.traffic.dialects.requests import decode_plain, decode_request
from shipworthy.traffic.dialects.responses import asking as responses_asking
from shipworthy.traffic.dialects.shapes import vetted
from shipworthy.traffic.passages.digests import reply_digest, request_digest, texts_digest
from shipworthy.vocabulary import Message, Request, Tool, ToolCall, ToolParameter
from wire_answers import Spoken, request, whole

MANY = settings(max_examples=250, deadline=None)
READING = Reading(system_turns="confidential")
PASSES = Reading(unknown_parts="pass", media="pass", body_limit_bytes=600)

texts = st.text(alphabet=' ab:"\\\n,{}é\U0001f600', max_size=8)
scalars = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 2**53 - 1, 2**53, -(2**53), 10**30, 1e300]),
    st.builds(list),
    st.builds(dict),
    st.sampled_from(["user", "system", "assistant", "m-1", "text", "bad word", "x" * 170]),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "text", "k", "a b"]), inner, max_size=2)
    ),
    max_leaves=4,
)
KEYS = (
    *("model", "messages", "role", "content", "stream", "stream_options", "include_usage", "n"),
    *("user", "stop", "system", "temperature", "max_tokens", "refusal", "reasoning", "text"),
    *("message", "choices", "usage", "index", "finish_reason", "logprobs", "audio", "citations"),
    *("tool_calls", "annotations", "service_tier", "stop_sequence", "type", "id", "x", "a b"),
    *("prompt_tokens", "prompt_tokens_details", "cached_tokens", "input_tokens", "obfuscation"),
    *("input", "instructions", "prompt", "suffix", "background", "previous_response_id", "echo"),
)

REQUESTS = {
    "chat": {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "be: kind"},
            {"role": "user", "content": 'a "b": c'},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "user": "u: 1",
    },
    "messages": {
        "model": "m-1",
        "system": "be: kind",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "a: b"}],
    },
}
REQUESTS["completions"] = [
    {"model": "m-1", "prompt": "be: kind", "suffix": "a: b", "stream": True, "max_tokens": 9},
    {"model": "m-1", "prompt": 'a "b": c', "stream_options": {"include_usage": True}, "user": "u"},
]
REQUESTS["responses"] = [
    {
        "model": "m-1",
        "instructions": "be: kind",
        "input": [{"role": "user", "content": 'a "b": c'}, {"role": "assistant", "content": "d"}],
        "stream": True,
        "temperature": 0.5,
    },
    {"model": "m-1", "input": "a: b", "max_output_tokens": 9, "user": "u: 1"},
]
DETAILS = {"prompt_tokens_details": {"cached_tokens": 1, "audio_tokens": 0}}
ANSWERS = {
    "chat": json.loads(whole("chat", Spoken(text=("a: b",), reasoning=("r: s",)))),
    "completions": json.loads(whole("completions", Spoken(text=("a: b",)))),
    "messages": json.loads(whole("messages", Spoken(text=("a: b",)))),
}
ANSWERS["chat"]["usage"] |= DETAILS


PIECES = (
    *("", ":", '"', "\\", "\\u003a", "\\u003A", "\\\\u003a", "{", "}", ",", "1", " ", "e9"),
    *('"role":"user",', '"content":"z",', '"k":":",', "\\u0072", "\\ud800"),
)


def objects(value):
    """Return every object inside a value, itself too."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, dict) else []
    return found + [one for child in inner for one in objects(child)]


class Twice(dict):
    """An object that names some keys once more when it is written."""

    def __init__(self, first, more):
        super().__init__(first)
        self.more = more

    def items(self):
        return [*super().items(), *self.more]


def written(value, draw):
    """Write JSON with keys named twice, in odd spaces and escapes, and with bytes changed."""
    spaced = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), (",\n", "\t:")]))
    text = json.dumps(value, separators=spaced, ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        new = draw(st.sampled_from(PIECES))
        text = text[:at] + new + text[at + draw(st.integers(0, 2)) :]
    if draw(st.booleans()):
        text = text.replace(":", "\\u003a", 1) if draw(st.booleans()) else text
        text = text.replace("role", "\\u0072ole", 1)
    return text.encode("utf-8", "replace")


@st.composite
def bodies(draw, given):
    tree = json.loads(json.dumps(draw(st.sampled_from(list(given)))))
    for _ in range(draw(st.integers(0, 3))):
        holder = draw(st.sampled_from(objects(tree)))
        key = draw(st.sampled_from([*KEYS, *holder]))
        if draw(st.booleans()):
            holder[key] = draw(values)
        else:
            holder.pop(key, None)
    if draw(st.booleans()):
        tree = doubled(tree, draw)
    return written(tree, draw)


def doubled(tree, draw):
    """Name a key of some object once more, in front or at the end."""
    at = draw(st.integers(0, len(objects(tree)) - 1))
    count = iter(range(10**6))

    def rebuilt(value):
        if isinstance(value, dict):
            here = next(count) == at
            made = {key: rebuilt(one) for key, one in value.items()}
            if here and made:
                again = draw(st.sampled_from(list(made)))
                return Twice(made, [(again, draw(values))])
            return made
        return [rebuilt(one) for one in value] if isinstance(value, list) else value

    return rebuilt(tree)


def same(one, other):
    """Say whether two decoded values are equal, and of the same types."""
    return repr(one) == repr(other)


PLAIN_REQUESTS = {"chat": chat_asking, "messages": messages_asking}
WHOLLY_PLAIN = {
    "completions": (completions, completions._ASKED),
    "responses": (responses_asking, responses_asking._SHAPE),
}


@pytest.mark.parametrize("reading", [READING, PASSES])
@pytest.mark.parametrize("dialect", PLAIN_REQUESTS)
@MANY
@given(data=st.data())
def test_a_request_read_in_one_go_is_the_request(dialect, reading, data):
    module = PLAIN_REQUESTS[dialect]
    body = data.draw(bodies([REQUESTS[dialect]]))
    tree = decode_plain(body, reading, module._FIELDS)
    if tree is None:
        return
    general, unseen = decode_request(body, reading, module._SHAPE)
    assert same(tree, general)
    assert unseen == 0
    fast = module._read_plain(body, reading)
    try:
        slow = module._read_any(body, reading)
    except Unreadable:
        assert fast is None
        return
    if fast is not None:
        assert same(fast[1], slow[1])
        assert fast[2] == slow[2] == ()


@pytest.mark.parametrize("reading", [READING, PASSES])
@pytest.mark.parametrize("dialect", WHOLLY_PLAIN)
@MANY
@given(data=st.data())
def test_a_body_read_in_one_go_is_the_body(dialect, reading, data):
    module, shape = WHOLLY_PLAIN[dialect]
    body = data.draw(bodies(REQUESTS[dialect]))
    tree = decode_plain(body, reading, module._FIELDS)
    if tree is not None:
        general, unseen = decode_request(body, reading, shape)
        assert same(tree, general)
        assert unseen == 0


PLAIN_ANSWERS = {
    "chat": (lambda body: plain_answer(body, CHAT), chat._SHAPES["refuse", "message"]),
    "completions": (lambda body: plain_answer(body, COMPLETION), completions._SHAPE),
    "messages": (plain_message, MESSAGE),
}


@pytest.mark.parametrize("dialect", PLAIN_ANSWERS)
@MANY
@given(data=st.data())
def test_an_answer_read_in_one_go_is_the_answer(dialect, data):
    read, shape = PLAIN_ANSWERS[dialect]
    body = data.draw(bodies([ANSWERS[dialect]]))
    tree = read(body)
    if tree is None:
        return
    general = decode_answer(body)
    kept, lost = vetted(general, shape)
    assert same(tree, general)
    assert kept is general
    assert lost == 0


@pytest.mark.parametrize("dialect", ["chat", "messages"])
def test_common_requests_are_read_in_one_go(dialect):
    for body in (
        request(dialect, stream=False, turns=("She wrote: yes", "a\nb: c")),
        request(dialect, stream=True, system="Be: kind.", temperature=0.2, max_tokens=7),
        json.dumps(REQUESTS[dialect]).encode(),
    ):
        assert PLAIN_REQUESTS[dialect]._read_plain(body, READING) is not None


@pytest.mark.parametrize("dialect", WHOLLY_PLAIN)
def test_common_bodies_are_read_in_one_go(dialect):
    for body in (
        request(dialect, stream=False, turns=("She wrote: yes",)),
        request(dialect, stream=True, turns=("a\nb: c",), temperature=0.2),
        *(json.dumps(one).encode() for one in REQUESTS[dialect]),
    ):
        assert decode_plain(body, READING, WHOLLY_PLAIN[dialect][0]._FIELDS) is not None


@pytest.mark.parametrize("dialect", PLAIN_ANSWERS)
def test_common_answers_are_read_in_one_go(dialect):
    assert PLAIN_ANSWERS[dialect][0](whole(dialect, Spoken())) is not None
    assert PLAIN_ANSWERS[dialect][0](json.dumps(ANSWERS[dialect]).encode()) is not None


TWICE = (
    b'{"model":"m","messages":[{"role":"user","content":"a"}],"messages":[%s]}',
    b'{"model":"m","model":"n","messages":[%s]}',
    b'{"model":"m","messages":[{"role":"user","content":"bad","content":"a"},%s]}',
    b'{"model":"m","messages":[{"role":"user","content":"bad","c\\u006fntent":"a"},%s]}',
    # an escaped colon must not make room for another key
    b'{"model":"m","messages":[{"role":"user","content":"x","content":"a\\u003ab"},%s]}',
    b'{"model":"m","messages":[{"role":"user","content":"x","content":"a\\u003Ab"},%s]}',
    b'{"model":"m","user":"\\u003a","user":"\\u003a","messages":[%s]}',
    b'{"model":"m","stream_options":{"include_usage":true,"include_usage":false},"messages":[%s]}',
)


@pytest.mark.parametrize("body", TWICE)
@pytest.mark.parametrize("turn", [b'{"role":"user","content":"b"}'])
def test_a_key_named_twice_is_never_read_in_one_go(body, turn):
    body = body % turn
    assert json.loads(body)["messages"]
    assert decode_plain(body, READING, chat_asking._FIELDS) is None
    with pytest.raises(Unreadable, match="twice"):
        chat_asking.read_chat(body, READING, 0)


@pytest.mark.parametrize(
    "more",
    [
        *({"role": "user", "content": "x", "name": "y"}, {"role": "user"}, {"content": "x"}),
        *({"role": "user", "text": "x"}, {"role": "user", "content": [{"type": "text"}]}),
    ],
)
def test_turns_of_more_than_a_text_are_not_read_in_one_go(more):
    body = json.dumps({"model": "m", "messages": [more]}).encode()
    assert decode_plain(body, READING, chat_asking._FIELDS) is None


def test_a_text_outside_its_place_is_not_read_in_one_go():
    answer = ANSWERS["chat"]
    for place in (answer, answer["choices"][0], answer["choices"][0]["message"], answer["usage"]):
        for field in ("content", "text", "message", "refusal", "note"):
            if field in place or (field == "refusal" and "role" in place):
                continue
            place[field] = "hidden words"
            assert plain_answer(json.dumps(answer).encode(), CHAT) is None
            del place[field]


calls = st.lists(
    st.builds(ToolCall, name=texts, arguments=st.dictionaries(st.just("a"), texts)), max_size=1
)


@given(
    turns=st.lists(st.tuples(texts, st.booleans(), calls), max_size=3),
    tool=texts,
    reasoning=texts,
)
@example(turns=[], tool="", reasoning="")
def test_digests_are_those_of_canonical_json(turns, tool, reasoning):
    messages = tuple(
        Message(role="assistant", content=text, confidential=secret, tool_calls=tuple(called))
        if called
        else Message(role="user", content=text, confidential=secret)
        for text, secret, called in turns
    )
    parameter = ToolParameter(name=tool, description=tool)
    made = Request(
        messages=messages, tools=(Tool(name=tool, description=tool, parameters=(parameter,)),)
    )
    assert request_digest(made) == digest_of({"messages": made.messages, "tools": made.tools})
    called = tuple(one for _, _, several in turns for one in several)
    said = Said(0, tool, reasoning, called, "stop")
    assert reply_digest(said) == digest_of(
        {"text": tool, "reasoning": reasoning, "tool_calls": called}
    )
    assert texts_digest([tool, reasoning]) == digest_of([tool, reasoning])
