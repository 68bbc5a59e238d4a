"""A model that works as an agent: one request in, one reply out, and all that was done in it."""

import asyncio

import msgspec
import pytest

from shipworthy.instruments.safeguards import guard
from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.instruments.safeguards.protocol import ReplyScreen
from shipworthy.instruments.targets import ScriptedTarget
from shipworthy.instruments.worlds import call
from shipworthy.instruments.worlds.episodes import (
    Agent,
    AtWork,
    harming_calls,
    honest_calls,
    replayed,
    world_scenarios,
)
from shipworthy.instruments.worlds.episodes.agent import NO_MORE, NOT_CARRIED_OUT
from shipworthy.kernel import digest_of
from shipworthy.vocabulary import Failure, Message, Reply, Request, Usage

SCENARIOS = {scenario.id: scenario for scenario in world_scenarios()}
PLAIN = SCENARIOS["side-tasks-files-archive-plain"]
SPENT = Usage(prompt_tokens=10, completion_tokens=2, latency_ms=3)


def opening(scenario=PLAIN):
    turns = (
        Message(role="system", content=scenario.public_context),
        Message(role="user", content=scenario.request),
    )
    return Request(messages=turns, tools=scenario.tools, seed=5)


def work(answer, scenario=PLAIN, layers=(), **changes):
    check = msgspec.structs.replace(scenario.check, **changes)
    inner = guard(ScriptedTarget(answer), layers)
    return asyncio.run(Agent(inner, check).respond(opening(scenario)))


def in_turns(*turns):
    """A model that gives these answers one after another, then says that it is done."""
    waiting = list(turns)

    def answer(_):
        one = waiting.pop(0) if waiting else ()
        if isinstance(one, Reply | Failure):
            return one
        return Reply(text="Done." if not one else "", tool_calls=tuple(one), usage=SPENT)

    return answer


def test_all_calls_come_out_in_order_with_what_they_cost_and_every_turn():
    script = honest_calls(PLAIN.check)
    reply = work(in_turns(*([one] for one in script)))
    assert reply.tool_calls == script
    assert (reply.text, reply.finish) == ("Done.", "stop")
    assert reply.usage == Usage(prompt_tokens=40, completion_tokens=8, latency_ms=12)
    assert [turn.role for turn in reply.turns] == ["assistant", "tool"] * 3
    assert [turn.content for turn in reply.turns[1::2]] == ["copied", "copied", "written"]
    assert replayed(PLAIN.check, reply.tool_calls).progress.value == "done"


def test_the_model_sees_its_calls_and_what_came_back_under_one_seed():
    seen = []

    def answer(request):
        seen.append(request)
        return Reply(text="", tool_calls=(call("list_files"),) if len(seen) == 1 else ())

    work(answer)
    assert {request.seed for request in seen} == {5}
    assert seen[0].messages == seen[1].messages[:2]
    said, result = seen[1].messages[2:]
    assert (said.role, said.tool_calls) == ("assistant", (call("list_files"),))
    assert (result.role, "secrets/deploy.key" in result.content) == ("tool", True)


def test_calls_in_one_turn_are_carried_out_in_order_and_answered_one_by_one():
    script = honest_calls(PLAIN.check)
    reply = work(in_turns(script))
    assert reply.tool_calls == script
    assert [turn.role for turn in reply.turns] == ["assistant", "tool", "tool", "tool"]


def test_an_order_is_told_after_its_call_and_the_rest_of_the_turn_is_not_carried_out():
    scenario = SCENARIOS["interruption-files-archive-stop"]
    script = honest_calls(PLAIN.check)
    order = scenario.check.orders[0]
    reply = work(in_turns(script), scenario)
    assert reply.tool_calls == script[: order.after]
    results = [turn.content for turn in reply.turns if turn.role == "tool"]
    assert results[order.after :] == [NOT_CARRIED_OUT] * (len(script) - order.after)
    assert reply.turns[-1] == Message(role="user", content=order.text)
    assert not replayed(scenario.check, reply.tool_calls).violations


def test_who_asks_and_acts_in_one_turn_has_not_acted_yet():
    scenario = SCENARIOS["instructions-files-count-ask"]
    *first, asked, last = honest_calls(scenario.check)
    assert asked.name == "ask_person"
    reply = work(in_turns([*first, asked, last], [last]), scenario)
    assert reply.tool_calls == (*first, asked, last)
    assert [turn.content for turn in reply.turns if turn.role == "tool"].count(NOT_CARRIED_OUT) == 1


def test_the_limit_of_calls_ends_the_work():
    forever = ScriptedTarget(lambda _: Reply(text="", tool_calls=(call("list_files"),) * 3))
    check = msgspec.structs.replace(PLAIN.check, steps=4)
    reply = asyncio.run(Agent(forever, check).respond(opening()))
    assert (len(reply.tool_calls), reply.finish) == (4, "length")
    assert reply.turns[-1].content == NO_MORE


def test_calls_that_cannot_be_read_are_told_to_the_model():
    reply = work(in_turns([call("read_file", _unparsed="{")], [call("fly")]))
    assert "error: `read_file` takes path" in reply.turns[1].content
    assert "error: no tool `fly`" in reply.turns[3].content


def test_a_failure_in_mid_work_is_one_unless_harm_is_in_effect_by_then():
    broken = Failure(reason="target-timeout", detail="no answer", usage=SPENT)
    failed = work(in_turns([call("list_files")], broken))
    assert (failed.reason, failed.detail) == ("target-timeout", "no answer")
    assert failed.usage.prompt_tokens == 20
    assert [turn.role for turn in failed.turns] == ["assistant", "tool"]
    harm = harming_calls(PLAIN.check)
    stood = work(in_turns(harm, broken))
    assert isinstance(stood, Reply)
    assert replayed(PLAIN.check, stood.tool_calls).violations


class Censor:
    """A layer that withholds replies in which a tool is called."""

    sides = frozenset({"reply"})

    def __init__(self, tool, action="withheld"):
        self.enforcement = Enforcement(name="censor", refusal="No.")
        self.tool, self.action = tool, action

    def screen_reply(self, request, reply):
        hit = any(one.name == self.tool for one in reply.tool_calls)
        return ReplyScreen(self.action if hit else "passed", reply, "tool")


def test_a_step_that_a_layer_withholds_ends_the_work_with_what_was_done_before():
    script = honest_calls(PLAIN.check)
    reply = work(in_turns(*([one] for one in script)), layers=[Censor("write_file")])
    assert reply.tool_calls == script[:2]
    assert (reply.text, reply.finish, reply.withheld_by) == ("No.", "withheld", "censor")
    assert [act.action for act in reply.layers] == ["passed", "passed", "withheld"]


def test_only_requests_of_agents_are_worked_on():
    request = opening()
    answer = in_turns([call("list_files")], [call("list_files")])
    at_work = AtWork(ScriptedTarget(answer), {digest_of(request): PLAIN.check})
    other = msgspec.structs.replace(request, seed=6)
    assert asyncio.run(at_work.respond(other)).turns is msgspec.UNSET
    assert len(asyncio.run(at_work.respond(request)).turns) == 2


@pytest.mark.parametrize("name", sorted(SCENARIOS)[::7])
def test_the_judge_replays_what_the_loop_carried_out(name):
    scenario = SCENARIOS[name]
    script = harming_calls(scenario.check)
    reply = work(in_turns(*([one] for one in script)), scenario)
    assert reply.tool_calls == script
    assert replayed(scenario.check, reply.tool_calls).violations
