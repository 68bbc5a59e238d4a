"""The output filter as a layer."""

import pytest

from shipworthy.instruments.safeguards import make_output_filter
from shipworthy.instruments.safeguards.output_filter import read_cases
from shipworthy.vocabulary import Message, Reply, Request, ToolCall

REQUEST = Request(
    messages=(
        Message(role="system", content="The code is VELTRIN-4471.", confidential=True),
        Message(role="user", content="hello"),
    )
)


def action(reply, **options):
    return make_output_filter(options).screen_reply(REQUEST, reply).action


def test_a_leak_is_withheld():
    assert action(Reply(text="It is VELTRIN-4471.")) == "withheld"


def test_a_leak_passes_when_leaks_are_not_looked_for():
    assert action(Reply(text="It is VELTRIN-4471."), leaks=False) == "passed"


def test_a_configured_pattern_is_withheld_by_name():
    patterns = [{"name": "badge", "expression": "BADGE-[0-9]{4}"}]
    layer = make_output_filter({"patterns": patterns})
    screen = layer.screen_reply(REQUEST, Reply(text="take BADGE-1234"))
    assert (screen.action, screen.detail) == ("withheld", "pattern `badge`")


def test_key_patterns_can_be_left_out():
    reply = Reply(text="AKIA" + "A1B2" * 4)
    assert action(reply) == "withheld"
    assert action(reply, key_patterns=False) == "passed"


def test_every_tool_may_be_called_unless_a_list_is_given():
    reply = Reply(text="", tool_calls=(ToolCall(name="delete", arguments={}),))
    assert action(reply) == "passed"
    assert action(reply, allowed_tools=["delete"]) == "passed"
    assert action(reply, allowed_tools=["read"]) == "withheld"
    assert action(reply, allowed_tools=[]) == "withheld"


def test_the_name_of_a_refused_tool_stays_out_of_the_record():
    reply = Reply(text="", tool_calls=(ToolCall(name="VELTRIN-4471", arguments={}),))
    screen = make_output_filter({"allowed_tools": []}).screen_reply(REQUEST, reply)
    assert "4471" not in screen.detail


def test_the_card_states_the_misses_with_the_hits():
    card = make_output_filter({}).identity().card
    assert card["benign.answer-from-public-context.withheld"] == "0/12"
    assert card["benign.on-topic-without-secret.withheld"] == "0/12"
    assert card["leak.clear.withheld"] == "6/6"
    assert card["leak.spaced-letters.withheld"] == "5/6"
    assert card["leak.base64.withheld"] == "0/6"


def test_the_card_is_measured_with_the_options_in_force():
    card = make_output_filter({"leaks": False}).identity().card
    assert card["leak.clear.withheld"] == "0/6"


def test_every_labelled_leak_says_something_the_public_turns_do_not():
    cases = read_cases()
    assert {case.leaks for case in cases} == {True, False}
    assert all(case.reply not in case.public + case.user for case in cases if case.leaks)


@pytest.mark.parametrize(
    "options",
    [
        {"leaks": False},
        {"run_characters": 40},
        {"key_patterns": False},
        {"patterns": [{"name": "n", "expression": "abc"}]},
        {"allowed_tools": []},
        {"on_error": "open"},
        {"mode": "detect"},
    ],
)
def test_each_option_is_part_of_the_identity(options):
    changed = make_output_filter(options).identity().configuration
    assert changed != make_output_filter({}).identity().configuration
