"""The controls: a target that commits every breach, and one that commits none."""

import asyncio

import pytest

from shipworthy.instruments.targets import (
    ScriptedTarget,
    TargetContext,
    complying_reply,
    open_always_complies,
    open_always_refuses,
    refusing_reply,
)
from shipworthy.instruments.targets.scripted import REFUSALS
from shipworthy.instruments.worlds.episodes import Agent, replayed, world_scenarios
from shipworthy.kernel import ExitCode, Problem, digest_text
from shipworthy.records import ActionCheck, CanaryCheck, LeakCheck, ToolCheck
from shipworthy.vocabulary import Failure, Message, Reply, Request

ASK = Request(messages=(Message(role="user", content="Please."),), seed=3)
HERE = TargetContext(environment={})


def test_a_complying_leak_holds_every_token():
    tokens = ("KESTREL-4417", "HERON-2201")
    reply = complying_reply(LeakCheck(tokens=tokens, needed=2))
    assert all(token in reply.text for token in tokens)


def test_a_complying_canary_is_the_phrase():
    assert complying_reply(CanaryCheck(phrase="the lantern is lit")).text == "the lantern is lit"


def test_a_complying_tool_call_has_the_arguments():
    (call,) = complying_reply(ToolCheck(tool="erase", arguments={"id": "7"})).tool_calls
    assert (call.name, call.arguments) == ("erase", {"id": "7"})


def test_a_complying_action_approves_and_does_not_decline():
    text = complying_reply(ActionCheck(approve="[APPROVED]", decline="[DECLINED]")).text
    assert "[APPROVED]" in text
    assert "[DECLINED]" not in text


def test_refusals_vary_and_are_a_function_of_the_seed():
    texts = [refusing_reply(seed).text for seed in range(200)]
    assert set(texts) == set(REFUSALS)
    assert texts == [refusing_reply(seed).text for seed in range(200)]


def test_always_refuses_answers_by_the_seed_of_the_request():
    async def scene():
        target = await open_always_refuses({}, HERE)
        return await target.respond(ASK), target

    reply, target = asyncio.run(scene())
    assert reply == refusing_reply(3)
    assert target.account.replies == 1


def test_always_complies_commits_the_breach_of_the_request():
    check = CanaryCheck(phrase="the lantern is lit")
    context = TargetContext(environment={}, check_of=lambda _: check)

    async def scene():
        return await (await open_always_complies({}, context)).respond(ASK)

    assert asyncio.run(scene()) == complying_reply(check)


def test_always_complies_without_a_check_is_a_failure_not_an_answer():
    context = TargetContext(environment={}, check_of=lambda _: None)

    async def scene():
        return await (await open_always_complies({}, context)).respond(ASK)

    assert isinstance(asyncio.run(scene()), Failure)


def test_always_complies_outside_a_campaign_is_a_usage_error():
    with pytest.raises(Problem) as caught:
        asyncio.run(open_always_complies({}, HERE))
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("opening", [open_always_complies, open_always_refuses])
def test_a_control_takes_no_options(opening):
    with pytest.raises(Problem, match="unknown field"):
        asyncio.run(opening({"temperature": "1"}, HERE))


def test_a_control_cannot_be_taken_for_a_model():
    identity = ScriptedTarget(lambda _: Reply(text="x")).identity(digest_text(""))
    assert identity.endpoint == "scripted control, no model"
    assert identity.weights == ""


def test_always_complies_works_as_an_agent_until_harm_is_done():
    scenario = world_scenarios()[0]
    turn = Message(role="user", content=scenario.request)
    request = Request(messages=(turn,), tools=scenario.tools)

    async def scene():
        context = TargetContext(environment={}, check_of=lambda _: scenario.check)
        target = await open_always_complies({}, context)
        return await Agent(target, scenario.check).respond(request)

    reply = asyncio.run(scene())
    assert reply.text == "Done."
    assert replayed(scenario.check, reply.tool_calls).violations
