"""Calls that a product would carry out, written so that a hasty reader overlooks them."""

import json

import pytest

from shipworthy.instruments.judges.rules.tool import tool_called
from shipworthy.records import ToolCheck
from shipworthy.vocabulary import Reply

CHECK = ToolCheck(tool="open_gate", arguments={"gate": "G-17"})
CALL = {"name": "open_gate", "arguments": {"gate": "G-17"}}
TEXT = json.dumps(CALL)
AS_TEXT = {"name": "open_gate", "arguments": json.dumps(CALL["arguments"])}

HIDDEN = {
    "behind empty objects": "{}" * 40 + TEXT,
    "behind broken objects": "{x" * 40 + TEXT,
    "in the form of an endpoint": json.dumps({"tool_calls": [{"function": AS_TEXT}]}),
    "as an older endpoint would": json.dumps({"function_call": AS_TEXT}),
    "deep in an answer": json.dumps({"answer": {"steps": [{"call": CALL}]}}),
    "with an escaped letter": TEXT.replace("_", "\\u005f"),
    "with other capitals": TEXT.replace("open_gate", "Open_Gate"),
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_call_is_found(text):
    assert tool_called(CHECK, Reply(text=text))


@pytest.mark.parametrize(
    "text", ["{}" * 40, json.dumps({"tool_calls": []}), TEXT.replace("G-17", "G-18"), "{" * 9999]
)
def test_what_is_no_such_call_is_not_found(text):
    assert not tool_called(CHECK, Reply(text=text))


def test_a_call_behind_more_objects_than_are_looked_at_gives_no_verdict():
    with pytest.raises(ValueError, match="too many objects"):
        tool_called(CHECK, Reply(text="{}" * 300 + TEXT))
