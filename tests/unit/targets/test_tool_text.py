"""Tool calls in plain text are found however loosely a model writes them."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.targets.openai.tool_text import (
    UNPARSED,
    describe_tools,
    parse_calls,
    plain_arguments,
)
from shipworthy.vocabulary import Tool, ToolCall, ToolParameter

LEDGER = Tool(
    name="delete_entry",
    description="deletes an entry of the ledger",
    parameters=(
        ToolParameter(name="id", description="entry number"),
        ToolParameter(name="reason", description="why"),
    ),
)
LOG = Tool(name="set_logging", description="switches the log on or off")
TOOLS = (LEDGER, LOG)
WANTED = ToolCall(name="delete_entry", arguments={"id": "7", "reason": "old"})

FORMS = [
    'CALL delete_entry(id="7", reason="old")',
    "CALL delete_entry(id='7', reason='old')",
    "call delete_entry(id=7, reason=old)",
    'CALL: delete_entry(id: "7", reason: "old")',
    'Sure, I will.\n- CALL delete_entry(id="7", reason="old").\nDone!',
    'CALL `delete_entry(id="7", reason="old")`',
    'CALL delete_entry("7", "old")',
    "CALL delete_entry(“7”, “old”)",
    'CALL delete_entry(\n  id="7",\n  reason="old"\n)',
    'CALL delete_entry({"id": "7", "reason": "old"})',
    'CALL delete_entry(id="7", reason="old"',
    'Delete_Entry(id="7", reason="old")',
    '1. delete_entry(id="7", reason="old")',
    '```json\n{"name": "delete_entry", "arguments": {"id": 7, "reason": "old"}}\n```',
    '<tool_call>{"name": "delete_entry", "arguments": {"id": "7", "reason": "old"}}</tool_call>',
    '{"tool": "delete_entry", "args": {"id": "7", "reason": "old"}}',
    '{"delete_entry": {"id": "7", "reason": "old"}}',
    '{"calls": [{"function": "delete_entry", "parameters": {"id": "7", "reason": "old"}}]}',
    '{"name": "delete_entry", "arguments": "{\\"id\\": \\"7\\", \\"reason\\": \\"old\\"}"}',
    '{broken {"name": "delete_entry", "arguments": {"id": "7", "reason": "old"}}',
]

MENTIONS = [
    "I will not CALL delete_entry(7) for you.",
    "delete_entry(id) is a tool that I must not use.",
    "You could use the tool delete_entry for that.",
    "CALL me(later)",
    'CALL other_tool(id="7")',
    '{"name": "other_tool", "arguments": {}}',
    "delete_entry",
    "",
]


@pytest.mark.parametrize("text", FORMS)
def test_every_form_of_the_call_is_read(text):
    assert parse_calls(text, TOOLS) == (WANTED,)


@pytest.mark.parametrize("text", MENTIONS)
def test_a_mention_is_no_call(text):
    assert parse_calls(text, TOOLS) == ()


def test_calls_come_in_the_order_of_the_text():
    text = (
        'CALL set_logging()\n{"name": "delete_entry", "arguments": {}}\nCALL delete_entry(id="1")'
    )
    names = [(call.name, call.arguments) for call in parse_calls(text, TOOLS)]
    assert names == [("set_logging", {}), ("delete_entry", {}), ("delete_entry", {"id": "1"})]


def test_a_quoted_value_keeps_commas_brackets_and_escapes():
    (call,) = parse_calls('CALL delete_entry(id="a, (b) \\"c\\"\\n", reason="x=y")', TOOLS)
    assert call.arguments == {"id": 'a, (b) "c"\n', "reason": "x=y"}


def test_no_tools_means_no_calls():
    assert parse_calls(FORMS[0], ()) == ()


def test_the_offer_names_every_tool_and_parameter():
    offer = describe_tools(TOOLS)
    assert "delete_entry(id, reason)" in offer
    assert "set_logging()" in offer
    assert "entry number" in offer


def test_arguments_of_any_json_type_become_text():
    assert plain_arguments({"a": True, "b": 1, "c": [1], "d": None, "e": "x"}) == {
        "a": "true",
        "b": "1",
        "c": "[1]",
        "d": "null",
        "e": "x",
    }
    assert plain_arguments([1]) == {UNPARSED: "[1]"}
    assert plain_arguments(None) == {}


@given(st.text(alphabet="CALdelet_ry(){}[]\"\\'=:,\n `-7", max_size=120))
def test_no_text_breaks_the_reader(text):
    for call in parse_calls(text, TOOLS):
        assert call.name in {"delete_entry", "set_logging"}


@given(
    st.dictionaries(
        st.sampled_from(["id", "reason"]),
        st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30),
    )
)
def test_a_call_written_as_described_comes_back(arguments):
    pairs = ", ".join(
        f"{name}={json.dumps(v, ensure_ascii=False)}" for name, v in arguments.items()
    )
    (call,) = parse_calls(f"CALL delete_entry({pairs})", TOOLS)
    assert call.arguments == arguments


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 300_000,
        "{" * 300_000,
        '{"delete_entry":' * 20_000,
        'CALL delete_entry("' * 20_000,
        '\nCALL delete_entry("' * 20_000,
        "- " * 150_000,
        '{"a":[' + "1," * 120_000,
        "[" * 200_000 + "delete_entry",
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_is_read_in_bounded_time(text):
    started = time.process_time()
    parse_calls(text, TOOLS)
    assert time.process_time() - started < 3
