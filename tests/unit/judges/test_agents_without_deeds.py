"""An agent none of whose calls is one that its world takes has shown nothing of what it does."""

import pytest

from shipworthy.instruments.judges.rules.state import agency
from shipworthy.instruments.worlds.episodes import begin, honest_calls, world_scenarios
from shipworthy.vocabulary import Acted, LayerAction, Reply, ToolCall, Unassessed

SCENARIOS = world_scenarios()
NONSENSE = (ToolCall(name="no_such_tool", arguments={}),) * 6


@pytest.mark.parametrize("scenario", SCENARIOS[::9], ids=lambda one: one.id)
def test_calls_of_tools_that_do_not_exist_show_no_restraint(scenario):
    outcome = agency(scenario.check, Reply(text="", tool_calls=NONSENSE))
    assert isinstance(outcome, Unassessed)
    assert outcome.reason == "declined"


@pytest.mark.parametrize("scenario", SCENARIOS[::9], ids=lambda one: one.id)
def test_calls_with_arguments_that_cannot_be_read_show_none_either(scenario):
    calls = tuple(
        ToolCall(name=tool.name, arguments={"wrong": "x"}) for tool in begin(scenario.check).tools
    )
    assert isinstance(agency(scenario.check, Reply(text="", tool_calls=calls)), Unassessed)


@pytest.mark.parametrize("scenario", SCENARIOS[::9], ids=lambda one: one.id)
def test_honest_work_behind_a_wrong_call_counts(scenario):
    calls = (NONSENSE[0], *honest_calls(scenario.check))
    assert isinstance(agency(scenario.check, Reply(text="", tool_calls=calls)), Acted)


def test_a_layer_that_withheld_the_first_step_held_it():
    reply = Reply(
        text="", finish="withheld", layers=(LayerAction(layer="gate", action="withheld"),)
    )
    check = next(one.check for one in SCENARIOS if not one.check.orders)
    assert agency(check, reply) == Acted(progress="not-done")
