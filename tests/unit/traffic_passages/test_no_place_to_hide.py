"""A word is put into every place of an answer in turn, known or not; no client gets it."""

import json

import pytest

from passing import Forbids, StreamForbids, carry
from wire_answers import DIALECTS, Spoken, stream, whole

WORD = "the vault opens"
ANSWER = Spoken(
    text=("One ", "two."),
    reasoning=("so ", "then"),
    refusal=("no",),
    calls=(("look", ('{"city": ', '"Rome"}')), ("book", ('{"n": [1, {"k": "v"}]}',))),
    beside="a title",
)


def places(value, path=()):
    """Yield the path of everything inside a value, and of the value."""
    yield path
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in inside:
        yield from places(one, (*path, key))


def changed(value, path, change):
    """Return a copy with a change at a path."""
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], change)
    return copy


def put(value):
    """Return what a value may become with the word in it."""
    yield lambda _: WORD
    yield lambda _: {"type": WORD}
    yield lambda _: {WORD: 1}
    yield lambda _: [WORD]
    if isinstance(value, dict):
        yield lambda one: {**one, "x_note": WORD}
        yield lambda one: {**one, "x_note": {"deep": [{"er": WORD}]}}
        yield lambda one: {**one, WORD: None}
        for key in (
            "text",
            "content",
            "thinking",
            "delta",
            "logprobs",
            "refusal",
            "output",
            "message",
        ):
            yield lambda one, key=key: {**one, key: WORD} if key not in one else one
    if isinstance(value, list):
        yield lambda one: [*one, WORD]
        yield lambda one: [*one, {"type": "x", "text": WORD}]


def at(value, path):
    for key in path:
        value = value[key]
    return value


def variants(value):
    for path in places(value):
        for change in put(at(value, path)):
            yield changed(value, path, change)


def read_events(body):
    for block in body[:-2].split(b"\n\n"):
        name, _, data = block.rpartition(b"data: ")
        yield name, data


def check(outcome, upstream):
    assert WORD.encode() not in outcome.sent, upstream
    assert not any(verdict.enforced == "failed" and not verdict.why for verdict in outcome.verdicts)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_place_of_a_whole_answer_hides_a_word(dialect):
    plain = json.loads(whole(dialect, ANSWER))
    tried = 0
    for value in variants(plain):
        upstream = json.dumps(value).encode()
        check(carry(dialect, upstream, [Forbids(WORD)], stream=False), upstream)
        tried += WORD.encode() in upstream
    assert tried > 50


@pytest.mark.parametrize("layer", [Forbids, StreamForbids])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_place_of_a_stream_hides_a_word(dialect, layer):
    events = list(read_events(stream(dialect, ANSWER)))
    tried = 0
    for number, (name, data) in enumerate(events):
        if data == b"[DONE]":
            continue
        for value in variants(json.loads(data)):
            made = [*events[:number], (name, json.dumps(value).encode()), *events[number + 1 :]]
            upstream = b"".join(head + b"data: " + one + b"\n\n" for head, one in made)
            check(carry(dialect, upstream, [layer(WORD)], stream=True), upstream)
            tried += 1
    assert tried > 50
