"""What holds of every exchange through a passage, whatever the model's server sends and how."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passing import Forbids, Rewrites, StreamForbids, carry
from shipworthy.kernel import digest_of
from strict_clients import receive
from wire_answers import DIALECTS, Spoken, stream, whole

FORBIDDEN = 'k"7 vault\\né'
"""Letters that JSON escapes and UTF-8 spreads over bytes."""

FEW = settings(max_examples=40, deadline=None)

words = st.text(alphabet=' abk"7\\né✓\U0001f600', max_size=6)
pieces = st.lists(words.filter(bool), max_size=4).map(tuple)
cuts = st.lists(st.integers(0, 1000), max_size=12)
dialects = st.sampled_from(DIALECTS)
arguments = st.dictionaries(
    st.sampled_from(["city", "n", "deep"]), words | st.lists(words, max_size=2), max_size=2
)


@st.composite
def calls(draw):
    found = []
    for name in draw(st.lists(st.sampled_from(["look", "book"]), max_size=2)):
        written = json.dumps(draw(arguments))
        half = draw(st.integers(0, len(written)))
        found.append((name, (written[:half], written[half:])))
    return tuple(found)


spoken = st.builds(Spoken, text=pieces, reasoning=pieces, refusal=pieces, calls=calls())


def said(dialect, answer, *, streamed):
    return (stream if streamed else whole)(dialect, answer)


def may_hold(word):
    """Forms in which a client would find the word: plain, or escaped in JSON once or twice."""
    once = json.dumps(word)[1:-1]
    plain = json.dumps(word, ensure_ascii=False)[1:-1]
    twice = [json.dumps(one)[1:-1] for one in (once, plain)]
    more = [json.dumps(one, ensure_ascii=False)[1:-1] for one in (once, plain)]
    return {form.encode() for form in (word, once, plain, *twice, *more)}


def split(word, at):
    return (word[:at], word[at:]) if 0 < at < len(word) else (word,)


def planted(channel, at):
    """Return an answer with the forbidden word in one channel, in two pieces where it may be."""
    around = ("Well, ", *split(FORBIDDEN, at), " and on.")
    match channel:
        case "text":
            return Spoken(text=around, reasoning=("r",))
        case "reasoning":
            return Spoken(reasoning=around)
        case "refusal":
            return Spoken(text=(), refusal=around)
        case "call-name":
            return Spoken(calls=((f"do {FORBIDDEN}", ('{"a":', "1}")),))
        case "call-value":
            written = json.dumps({"a": f"x{FORBIDDEN}"})
            return Spoken(calls=(("look", (written[:9], written[9:])),))
        case "call-key":
            return Spoken(calls=(("look", (json.dumps({FORBIDDEN: {"b": 1}}),)),))
        case "call-deep":
            return Spoken(calls=(("look", (json.dumps({"a": [{"b": "vault7"}]}),)),))
        case "beside":
            return Spoken(beside=FORBIDDEN)
        case _:
            return Spoken(unknown=FORBIDDEN)


CHANNELS = (
    "text",
    "reasoning",
    "refusal",
    "call-name",
    "call-value",
    "call-key",
    "beside",
    "unknown",
)


@pytest.mark.parametrize("layer", [Forbids, StreamForbids])
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=6, deadline=None)
@given(at=st.integers(0, len(FORBIDDEN)), cuts=cuts, streamed=st.booleans())
def test_a_forbidden_word_never_leaves(dialect, channel, layer, at, cuts, streamed):
    answer = planted(channel, at)
    outcome = carry(
        dialect,
        said(dialect, answer, streamed=streamed),
        [layer(FORBIDDEN)],
        stream=streamed,
        cuts=cuts,
    )
    assert not any(form in outcome.sent for form in may_hold(FORBIDDEN))
    received = receive(dialect, outcome.sent, stream=outcome.stream)
    assert not received.error
    seen = channel not in {"unknown", "beside"} and not (
        dialect == "completions" and channel.startswith("call")
    )
    if seen:
        assert outcome.enforced <= {"withheld", "halted"}
    if channel == "unknown":
        assert outcome.enforced == {"released"}
        assert received.text == {0: "Hello there."}


@FEW
@given(dialect=dialects, answer=spoken, streamed=st.booleans(), cuts=cuts, layered=st.booleans())
def test_bytes_pass_unchanged_where_nothing_objects(dialect, answer, streamed, cuts, layered):
    upstream = said(dialect, answer, streamed=streamed)
    layers = [StreamForbids("ZZ never said")] if layered else []
    outcome = carry(dialect, upstream, layers, stream=streamed, cuts=cuts)
    assert outcome.enforced == {"released"}
    assert outcome.sent == upstream
    receive(dialect, outcome.sent, stream=streamed)


TRICKY = (
    "assistant",
    "stop",
    "m-1",
    ":",
    ",",
    '"',
    "\\",
    '":"',
    "content",
    "text",
    "chatcmpl-1",
    "é",
    "\\u0041",
)
"""Texts that look like a part of the event around them."""


@FEW
@given(
    dialect=dialects,
    text=st.lists(st.sampled_from(TRICKY), min_size=1, max_size=8).map(tuple),
    reasoning=st.lists(st.sampled_from(TRICKY), max_size=4).map(tuple),
    ways=st.lists(
        st.tuples(st.booleans(), st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")])),
        min_size=1,
    ),
)
def test_layers_see_what_the_client_gets(dialect, text, reasoning, ways):
    blocks = stream(dialect, Spoken(text=text, reasoning=reasoning))[:-2].split(b"\n\n")
    made = []
    for at, block in enumerate(blocks):
        head, _, data = block.rpartition(b"data: ")
        ascii_only, separators = ways[at % len(ways)]
        if data != b"[DONE]":
            value = json.loads(data)
            data = json.dumps(value, ensure_ascii=ascii_only, separators=separators).encode()
        made.append(head + b"data: " + data + b"\n\n")
    outcome = carry(dialect, b"".join(made), [StreamForbids("ZZ never said")], stream=True)
    received = receive(dialect, outcome.sent, stream=True)
    assert outcome.enforced == {"released"}
    seen = {"text": received.text[0], "reasoning": received.reasoning[0], "tool_calls": []}
    assert outcome.records[0].reply == digest_of(seen)
    assert received.text[0] == "".join(text if dialect != "completions" else (*reasoning, *text))


@FEW
@given(dialect=dialects, answer=spoken, ways=st.tuples(cuts, cuts), word=words.filter(bool))
def test_a_cut_changes_neither_the_bytes_nor_the_verdict(dialect, answer, ways, word):
    for layer in (Forbids, StreamForbids, Rewrites):
        one, other = (
            carry(dialect, stream(dialect, answer), [layer(word)], stream=True, cuts=way)
            for way in ways
        )
        assert one.with_records() == other.with_records()


@FEW
@given(dialect=dialects, answer=spoken, word=words.filter(bool))
def test_a_stream_and_a_whole_answer_are_judged_alike(dialect, answer, word):
    for layer in (Forbids, StreamForbids):
        whole_one = carry(dialect, whole(dialect, answer), [layer(word)], stream=False)
        streamed = carry(dialect, stream(dialect, answer), [layer(word)], stream=True)
        assert (whole_one.enforced == {"released"}) == (streamed.enforced == {"released"})
        if whole_one.enforced == {"released"}:
            assert whole_one.records[0].reply == streamed.records[0].reply


@FEW
@given(dialect=dialects, answer=spoken, word=words.filter(bool), streamed=st.booleans())
def test_what_leaves_is_what_the_layers_left(dialect, answer, word, streamed):
    upstream = said(dialect, answer, streamed=streamed)
    before = receive(dialect, upstream, stream=streamed)
    outcome = carry(dialect, upstream, [Rewrites(word)], stream=streamed)
    received = receive(dialect, outcome.sent, stream=streamed)
    assert received.text[0] == before.text[0].replace(word, "[...]")
    assert received.reasoning[0] == before.reasoning[0].replace(word, "[...]")
    assert len(received.calls) == len(before.calls)


@FEW
@given(dialect=dialects, answer=spoken, word=words.filter(bool), choices=st.integers(1, 3))
def test_what_was_halted_is_the_beginning_of_what_was_said(dialect, answer, word, choices):
    several = dialect in {"chat", "completions"}
    count = choices if several else 1
    many = Spoken(answer.text, answer.reasoning, answer.refusal, answer.calls, choices=count)
    more = {"n": count} if several else {}
    upstream = stream(dialect, many)
    outcome = carry(dialect, upstream, [StreamForbids(word)], stream=True, **more)
    before = receive(dialect, upstream, stream=True)
    received = receive(dialect, outcome.sent, stream=True)
    assert len(outcome.records) == count
    for at, verdict in enumerate(outcome.verdicts):
        if verdict.enforced == "halted":
            assert verdict.left == len(received.text[at]) + len(received.reasoning.get(at, ""))
            assert before.text[at].startswith(received.text[at])
            assert word not in received.text[at]
        if verdict.enforced in {"halted", "withheld"}:
            assert received.words[at] in {"content_filter", "refusal"}
        if verdict.enforced == "withheld":
            assert received.text[at] == "This request cannot be answered here."


@FEW
@given(
    dialect=dialects,
    at=st.integers(0, 999),
    cuts=cuts,
    layer=st.sampled_from([Forbids, StreamForbids]),
)
def test_a_stream_that_breaks_off_ends_with_an_error(dialect, at, cuts, layer):
    upstream = stream(dialect, Spoken(text=("One ", "two ", "three.")))
    broken = upstream[: at * len(upstream) // 1000]
    outcome = carry(dialect, broken, [layer(FORBIDDEN)], stream=True, cuts=cuts)
    received = receive(dialect, outcome.sent, stream=outcome.stream)
    if outcome.enforced == {"failed"}:
        assert received.error
        assert received.text == {} or "One two three.".startswith("".join(received.text.values()))
    else:
        assert outcome.enforced == {"released"}
        assert received.text[0] == "One two three."


@settings(max_examples=120, deadline=None)
@given(
    dialect=dialects,
    at=st.integers(0, 999),
    noise=st.binary(max_size=6)
    | st.sampled_from([b'"', b"{", b"}", b"\n\n", b"\r", b"data: ", b"[", b","]),
    streamed=st.booleans(),
    layer=st.sampled_from([Forbids, StreamForbids]),
)
def test_spoilt_answers_raise_nothing_and_let_nothing_through(dialect, at, noise, streamed, layer):
    answer = Spoken(
        text=("One ", FORBIDDEN, " two"), reasoning=("so",), calls=(("look", ('{"a": 1}',)),)
    )
    upstream = said(dialect, answer, streamed=streamed)
    place = at * len(upstream) // 1000
    spoilt = upstream[:place] + noise + upstream[place + len(noise) :]
    outcome = carry(dialect, spoilt, [layer(FORBIDDEN)], stream=streamed)
    if FORBIDDEN.encode() not in spoilt:
        assert not any(form in outcome.sent for form in may_hold(FORBIDDEN))
    if outcome.enforced == {"failed"} and not outcome.stream:
        assert receive(dialect, outcome.sent, stream=False).error
