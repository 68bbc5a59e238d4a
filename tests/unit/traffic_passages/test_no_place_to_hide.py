"""A word is put into every place of an answer in turn, known or not; no client gets it."""

import json

import pytest

from hidden_words import WORD, variants
from passing import Forbids, StreamForbids, carry
from wire_answers import DIALECTS, Spoken, stream, whole

ANSWER = Spoken(
    text=("One ", "two."),
    reasoning=("so ", "then"),
    refusal=("no",),
    calls=(("look", ('{"city": ', '"Rome"}')), ("book", ('{"n": [1, {"k": "v"}]}',))),
    beside="a title",
)


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
