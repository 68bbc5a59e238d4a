"""Other people's records by a table of paths: what is there is read, what is not is not guessed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.records.live import ExchangeRecord
from shipworthy.records.live.monitors import MappedFields
from shipworthy.traffic.sources import NotAnExchangeError, decode_own, mapped

FIELDS = MappedFields(
    at="time",
    id="meta.id",
    account="meta.user",
    messages="input.messages",
    reply="output.0.text",
    flagged="guard.flags",
    withheld="guard.blocked",
    layer="their-guard",
)


def read(record, fields=FIELDS) -> ExchangeRecord:
    return mapped(fields, "shop")(msgspec.json.encode(record))


def whole(**changes):
    return {
        "time": 1_790_000_000_000,
        "meta": {"id": "e1", "user": "u"},
        "input": {"messages": [{"role": "developer", "content": "be kind"},
                               {"role": "user", "content": [{"type": "text", "text": "hello"}]}]},
        "output": [{"text": "good day"}],
        "guard": {"flags": [], "blocked": False},
        **changes,
    }  # fmt: skip


def test_fields_are_found_by_their_paths():
    found = read(whole())
    assert (found.id, found.account, found.deployment) == ("e1", "u", "shop")
    assert found.at_ms == 1_790_000_000_000
    assert [turn.role for turn in found.content[0].messages] == ["system", "user"]
    assert found.content[0].text == "good day"
    assert [act.action for act in found.verdict.actions] == ["passed"]


def test_a_flag_is_a_detection_and_a_block_is_withheld():
    assert read(whole(guard={"flags": ["x"]})).verdict.detected_by == ("their-guard",)
    blocked = read(whole(guard={"flags": ["x"], "blocked": True})).verdict
    assert (blocked.enforced, blocked.actions[0].action) == ("withheld", "withheld")


def test_without_a_verdict_in_the_record_none_is_recorded():
    found = read({key: value for key, value in whole().items() if key != "guard"})
    assert found.verdict.actions == ()
    assert found.verdict.engine == ""


def test_without_a_reply_there_is_no_content_and_no_digest_of_one():
    found = read({key: value for key, value in whole().items() if key != "output"})
    assert found.content == ()
    assert found.reply == ""


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1_790_000_000, "s", 1_790_000_000_000),
        (1_790_000_000.5, "s", 1_790_000_000_500),
        (1_790_000_000_123_456, "us", 1_790_000_000_123),
        ("1790000000123456789", "ns", 1_790_000_000_123),
        ("2026-09-21T13:33:20Z", "ms", 1_789_997_600_000),
        ("2026-09-21T15:33:20+02:00", "ms", 1_789_997_600_000),
    ],
)
def test_times_in_every_unit(value, unit, expected):
    fields = msgspec.structs.replace(FIELDS, at_unit=unit)
    assert read(whole(time=value), fields).at_ms == expected


@pytest.mark.parametrize(
    "broken",
    [
        {"time": None},
        {"time": "yesterday"},
        {"time": True},
        {"input": {"messages": "no json"}},
        {"input": {"messages": [{"role": "robot", "content": "x"}]}},
        {"input": {"messages": [{"role": "user", "content": [{"type": "image"}]}]}},
        {"meta": {"id": ["e1"]}},
    ],
)
def test_what_does_not_fit_the_table_is_no_exchange(broken):
    with pytest.raises(NotAnExchangeError):
        read(whole(**broken))


def test_messages_may_be_json_in_text_and_keys_may_have_dots():
    fields = MappedFields(at="t", messages="gen_ai.input.messages", reply="r")
    found = read(
        {"t": 1, "gen_ai.input.messages": '[{"role":"user","content":"a"}]', "r": "b"}, fields
    )
    assert found.content[0].messages[0].content == "a"


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body):
    for decode in (decode_own, mapped(FIELDS, "shop")):
        with pytest.raises(NotAnExchangeError):
            decode(body)


def test_an_own_record_comes_back_as_it_was():
    record = read(whole())
    assert decode_own(msgspec.json.encode(record)) == record
