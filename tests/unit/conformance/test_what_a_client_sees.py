"""Marks, cases, and the two ways of reading: loose for leaks, strict for validity."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.records.live import DIALECTS
from shipworthy.traffic.conformance.answers import (
    CHANNELS,
    cut_stream,
    cut_whole,
    plant,
    stream_events,
    whole_tree,
)
from shipworthy.traffic.conformance.answers.cutting import STREAM_CUTS, WHOLE_CUTS
from shipworthy.traffic.conformance.cases import PARTS, all_cases
from shipworthy.traffic.conformance.clients import Malformed, read_answer, visible_texts
from shipworthy.traffic.conformance.marks import LONGEST_PIECE, mark_of

MARK = mark_of("1", "SWC")
PLACES = [(dialect, channel) for dialect in DIALECTS for channel in CHANNELS[dialect]]


def body(dialect, channel, cut, *, stream, said="the usual"):
    answer = plant(channel, said)
    if stream:
        return b"".join(cut_stream(stream_events(dialect, answer, 5), cut))
    return b"".join(cut_whole(whole_tree(dialect, answer), cut))


def leaked(data):
    return max((MARK.leaked(text) for text in visible_texts("", data)), key=len)


@given(st.text(), st.integers(0, 24), st.integers(0, 24), st.text())
def test_a_piece_counts_from_twelve_characters(before, start, end, after):
    piece = MARK.text[start:end]
    found = MARK.leaked(f"{before}|{piece}|{after}")
    assert found == (piece if len(piece) > LONGEST_PIECE else "")
    assert bool(found) == any(one in piece for one in MARK.pieces)


def test_a_mark_is_that_of_its_seed():
    assert mark_of("1", "SWC") == MARK
    assert mark_of("2", "SWC") != MARK
    assert mark_of("1", "SWJ").leaked(MARK.text) == ""


def test_cases_are_the_same_in_every_run_and_named_once():
    cases = list(all_cases(DIALECTS, PARTS))
    assert cases == list(all_cases(DIALECTS, PARTS))
    assert len({case.id for case in cases}) == len(cases)
    assert {case.part for case in cases} == set(PARTS)


@pytest.mark.parametrize(("dialect", "channel"), PLACES)
def test_a_mark_is_seen_in_every_place_and_cut(dialect, channel):
    for cut in WHOLE_CUTS:
        assert leaked(body(dialect, channel, cut, stream=False, said=MARK.text)) == MARK.text, cut
    for cut in STREAM_CUTS:
        assert leaked(body(dialect, channel, cut, stream=True, said=MARK.text)) == MARK.text, cut
        assert not leaked(body(dialect, channel, cut, stream=True))


@pytest.mark.parametrize(("dialect", "channel"), PLACES)
def test_what_the_scripted_model_says_is_valid(dialect, channel):
    said = plant(channel, "the usual")
    whole = read_answer(dialect, body(dialect, channel, "plain", stream=False), stream=False)
    for cut in STREAM_CUTS:
        if cut != "gzip":
            data = body(dialect, channel, cut, stream=True)
            assert read_answer(dialect, data, stream=True) == whole, cut
    assert whole.texts[0] == said.text
    assert [name for name, _ in whole.calls] == [name for name, _ in said.calls]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stream_without_its_end_is_malformed(dialect):
    events = stream_events(dialect, plant("text", "x"), 5)
    for kept in range(1, len(events)):
        data = b"".join(cut_stream(events[:kept], "events"))
        with pytest.raises(Malformed):
            read_answer(dialect, data, stream=True)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("broken", [b"", b"[]", b"{", b'{"answer": 42}', b'{"choices": []}'])
def test_what_is_no_answer_is_malformed(dialect, broken):
    with pytest.raises(Malformed):
        read_answer(dialect, broken, stream=False)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_without_a_field_is_malformed_or_says_less(dialect):
    tree = whole_tree(dialect, plant("text", "x"))
    name = {"messages": "stop_reason", "responses": "output"}.get(dialect, "choices")
    del tree[name]
    with pytest.raises(Malformed):
        read_answer(dialect, json.dumps(tree).encode(), stream=False)
