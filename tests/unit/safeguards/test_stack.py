"""What a guarded target does when a layer fails, lies, or takes its time."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from shipworthy.instruments.safeguards import (
    Enforcement,
    ReplyScreen,
    RequestScreen,
    erred_layers,
    guard,
    stack_identity,
)
from shipworthy.kernel import Problem, digest_text
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Failure, LayerAction, Message, Reply, Request, Usage

REQUEST = Request(messages=(Message(role="user", content="hello"),))
DEFAULT = Enforcement(name="broken")


class Echo:
    """A target that says back what it was told, after 20 ms by its own account."""

    closed = False

    async def respond(self, request):
        return Reply(text=request.user_text, usage=Usage(latency_ms=20))

    async def close(self):
        self.closed = True


@dataclass(frozen=True)
class Broken:
    """A layer whose code raises on both sides, or returns nonsense."""

    enforcement: Enforcement = DEFAULT
    sides: frozenset = frozenset({"request"})
    result: object = None

    def screen_request(self, request):
        if self.result is None:
            raise ValueError("the secret is 4471")
        return self.result

    def screen_reply(self, request, reply):
        if self.result is None:
            raise ValueError("the secret is 4471")
        return self.result

    def identity(self):
        return SafeguardIdentity(
            name=self.enforcement.name, kind="test", configuration=digest_text("")
        )


def ask(*layers, target=None, **options):
    return asyncio.run(guard(target or Echo(), layers, **options).respond(REQUEST))


def broken(**options):
    return Broken(Enforcement(name="broken", **options))


def test_a_layer_that_fails_on_a_request_withholds_by_default():
    reply = ask(Broken())
    assert (reply.finish, reply.withheld_by) == ("withheld", "broken")
    assert [act.action for act in reply.layers] == ["errored", "withheld"]


def test_a_layer_that_fails_on_a_reply_withholds_by_default():
    reply = ask(Broken(sides=frozenset({"reply"})))
    assert (reply.finish, reply.withheld_by) == ("withheld", "broken")
    assert reply.text == Enforcement(name="broken").refusal


def test_a_layer_that_fails_open_lets_the_text_through_and_is_visible():
    reply = ask(broken(on_error="open"))
    assert (reply.text, reply.finish) == ("hello", "stop")
    assert erred_layers(reply) == ("broken",)


def test_a_layer_set_to_abort_turns_the_exchange_into_a_failure():
    failure = ask(broken(on_error="abort"))
    assert isinstance(failure, Failure)
    assert failure.reason == "safeguard-error"
    assert erred_layers(failure) == ("broken",)


def test_aborting_on_a_reply_keeps_the_usage_and_drops_the_text():
    layer = replace(broken(on_error="abort"), sides=frozenset({"reply"}))
    failure = ask(layer)
    assert failure.usage.latency_ms >= 20
    assert "hello" not in failure.detail


@pytest.mark.parametrize("on_error", ["closed", "open", "abort"])
def test_a_failing_observer_never_changes_the_answer(on_error):
    reply = ask(broken(mode="detect", on_error=on_error))
    assert (reply.text, reply.finish) == ("hello", "stop")
    assert erred_layers(reply) == ("broken",)


def test_the_message_of_an_exception_stays_out_of_the_record():
    failure = ask(broken(on_error="abort"))
    assert "4471" not in failure.detail
    assert failure.layers == (LayerAction(layer="broken", action="errored", detail="ValueError"),)


def test_a_layer_that_returns_nonsense_has_failed():
    reply = ask(Broken(result="fine"))
    assert erred_layers(reply) == ("broken",)
    assert reply.finish == "withheld"


def test_an_action_outside_the_vocabulary_has_failed():
    reply = ask(Broken(result=RequestScreen("blocked", REQUEST)))
    assert erred_layers(reply) == ("broken",)
    assert reply.finish == "withheld"


@pytest.mark.parametrize("action", ["passed", "flagged"])
def test_a_layer_that_changes_a_request_without_saying_so_has_failed(action):
    other = Request(messages=())
    reply = ask(Broken(result=RequestScreen(action, other)))
    assert erred_layers(reply) == ("broken",)


def test_a_layer_that_changes_a_reply_without_saying_so_has_failed():
    screen = ReplyScreen("passed", Reply(text="all is well"))
    reply = ask(Broken(sides=frozenset({"reply"}), result=screen))
    assert erred_layers(reply) == ("broken",)
    assert reply.finish == "withheld"


def test_a_layer_cannot_rewrite_how_an_answer_ended_or_what_others_did():
    forged = Reply(text="better", finish="withheld", layers=(), usage=Usage(prompt_tokens=99))
    reply = ask(Broken(sides=frozenset({"reply"}), result=ReplyScreen("rewrote", forged)))
    assert (reply.text, reply.finish, reply.usage.prompt_tokens) == ("better", "stop", 0)
    assert [act.action for act in reply.layers] == ["rewrote"]


def test_cancellation_is_not_swallowed():
    class Cancelled(Broken):
        def screen_request(self, request):
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        ask(Cancelled())


def test_a_failure_of_the_target_keeps_what_the_layers_did():
    class Down(Echo):
        async def respond(self, request):
            return Failure(reason="target-timeout", detail="10 s")

    failure = ask(broken(on_error="open"), target=Down())
    assert failure.reason == "target-timeout"
    assert erred_layers(failure) == ("broken",)


def test_time_spent_in_layers_is_added_to_the_latency():
    ticks = iter([0.0, 0.004, 1.0, 1.003])
    layer = Broken(result=RequestScreen("flagged", REQUEST))
    reply = ask(layer, timer=lambda: next(ticks))
    assert reply.usage.latency_ms == 27


def test_long_details_are_cut_to_one_line():
    screen = RequestScreen("flagged", REQUEST, "a\nb " * 500)
    (act,) = ask(Broken(result=screen)).layers
    assert "\n" not in act.detail
    assert len(act.detail) == 200


def test_closing_a_guarded_target_closes_the_target():
    target = Echo()
    asyncio.run(guard(target, [Broken()]).close())
    assert target.closed


@pytest.mark.parametrize("build", [lambda layers: guard(Echo(), layers), stack_identity])
def test_two_layers_of_one_name_are_refused(build):
    with pytest.raises(Problem, match="two layers of one stack are named `broken`"):
        build([Broken(), Broken()])


def test_the_identity_of_a_stack_lists_active_layers_in_order():
    layers = [
        Broken(Enforcement(name="outer")),
        broken(mode="off"),
        Broken(Enforcement(name="inner")),
    ]
    assert [layer.name for layer in stack_identity(layers).layers] == ["outer", "inner"]


@pytest.mark.parametrize(
    "options", [{"name": "model"}, {"name": " "}, {"name": "x", "refusal": ""}]
)
def test_options_that_would_blur_the_record_are_refused(options):
    with pytest.raises(ValueError):
        Enforcement(**options)
