"""An endpoint that takes no tools gives no outcome, and says what would help."""

import asyncio
import os

from shipworthy.instruments.targets import TargetContext, open_openai
from shipworthy.instruments.worlds.episodes import Agent, world_scenarios
from shipworthy.testing.agents import DONE, ScriptedAgent
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.testing.endpoint_faults import Fault
from shipworthy.vocabulary import Failure, Message, Reply, Request


def without_tools(body):
    return Fault.NO_TOOLS if "tools" in body else ScriptedAgent()(body)


def worked(answer, tools):
    scenario = world_scenarios()[0]
    turn = Message(role="user", content=scenario.request)
    request = Request(messages=(turn,), tools=scenario.tools)

    async def scene(url):
        options = {"model": "m", "base_url": url, "tools": tools}
        target = await open_openai(options, TargetContext(environment=dict(os.environ)))
        try:
            return await Agent(target, scenario.check).respond(request)
        finally:
            await target.close()

    with SimulatedEndpoint(answer) as endpoint:
        return asyncio.run(scene(endpoint.url)), endpoint.bodies


def test_the_same_agent_does_the_same_with_native_tools_and_in_words():
    native, bodies = worked(ScriptedAgent(), "native")
    worded, others = worked(ScriptedAgent(), "text")
    assert isinstance(native, Reply)
    assert (native.tool_calls, native.text) == (worded.tool_calls, DONE)
    assert len(bodies) == len(others) == len(native.tool_calls) + 1
    assert "tools" in bodies[0]
    assert "tools" not in others[0]
    assert bodies[-1]["messages"][-1]["role"] == "tool"
    assert others[-1]["messages"][-1]["content"].startswith("RESULT:")


def test_an_endpoint_that_refuses_tools_says_what_would_help_and_is_not_asked_in_another_way():
    failed, bodies = worked(without_tools, "native")
    assert isinstance(failed, Failure)
    assert failed.reason == "target-error"
    assert '`tools = "text"`' in failed.detail
    assert all("tools" in body for body in bodies)
    answered, _ = worked(without_tools, "text")
    assert isinstance(answered, Reply)
