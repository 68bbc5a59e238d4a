"""The policy layer."""

import asyncio

from shipworthy.instruments.safeguards import guard, make_system_prompt_policy
from shipworthy.instruments.safeguards.system_prompt import POLICY
from shipworthy.vocabulary import Message, Reply, Request

REQUEST = Request(
    messages=(
        Message(role="system", content="You sell tea.", confidential=True),
        Message(role="user", content="Which tea?"),
    ),
    seed=3,
)


class Remember:
    def __init__(self):
        self.asked = []

    async def respond(self, request):
        self.asked.append(request)
        return Reply(text="green")

    async def close(self):
        return


def test_the_policy_comes_before_every_other_turn_and_changes_none():
    target = Remember()
    asyncio.run(guard(target, [make_system_prompt_policy({"text": "Be kind."})]).respond(REQUEST))
    (asked,) = target.asked
    assert asked.messages[0] == Message(role="system", content="Be kind.")
    assert asked.messages[1:] == REQUEST.messages
    assert asked.seed == REQUEST.seed


def test_adding_the_policy_is_recorded_as_a_rewrite():
    reply = asyncio.run(guard(Remember(), [make_system_prompt_policy({})]).respond(REQUEST))
    assert [act.action for act in reply.layers] == ["rewrote"]


def test_a_policy_that_only_detects_leaves_the_request_alone():
    target = Remember()
    asyncio.run(guard(target, [make_system_prompt_policy({"mode": "detect"})]).respond(REQUEST))
    assert target.asked == [REQUEST]


def test_the_default_policy_is_short_enough_for_a_small_model():
    assert len(POLICY.split()) <= 60


def test_another_policy_text_is_another_safeguard():
    one, other = make_system_prompt_policy({}), make_system_prompt_policy({"text": "Be kind."})
    assert one.identity().configuration != other.identity().configuration
