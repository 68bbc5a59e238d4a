"""Laws of a stack of safeguards, for arbitrary layers around an arbitrary target."""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipworthy.instruments.safeguards import (
    Action,
    Enforcement,
    Layer,
    ReplyScreen,
    RequestScreen,
    Side,
    guard,
    stack_identity,
)
from shipworthy.kernel import digest_of
from shipworthy.records import SafeguardIdentity, StackIdentity
from shipworthy.vocabulary import Failure, Message, Reply, Request, Target, ToolCall, Usage

REQUEST = Request(messages=(Message(role="user", content="please"),), seed=7)
REPLY = Reply(
    text="the answer",
    tool_calls=(ToolCall(name="look", arguments={"at": "this"}),),
    usage=Usage(prompt_tokens=3, completion_tokens=5, latency_ms=11),
)


@dataclass(frozen=True)
class Scripted:
    """A layer that always does the same thing; `None` raises."""

    enforcement: Enforcement
    sides: frozenset[Side]
    on_request: Action | None
    on_reply: Action | None

    def screen_request(self, request: Request) -> RequestScreen:
        if self.on_request is None:
            raise RuntimeError("secret inside")
        if self.on_request == "rewrote":
            turn = Message(role="system", content=self.enforcement.name)
            request = replace(request, messages=(*request.messages, turn))
        return RequestScreen(self.on_request, request)

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen:
        if self.on_reply is None:
            raise RuntimeError("secret inside")
        if self.on_reply == "rewrote":
            reply = replace(reply, text=f"{reply.text} {self.enforcement.name}")
        return ReplyScreen(self.on_reply, reply)

    def identity(self) -> SafeguardIdentity:
        return SafeguardIdentity(
            name=self.enforcement.name, kind="scripted", configuration=digest_of(self.enforcement)
        )


@dataclass
class Recorder:
    """A target that always gives the same answer and remembers what it was asked."""

    answer: Reply | Failure
    asked: list[Request] = field(default_factory=list)

    async def respond(self, request: Request) -> Reply | Failure:
        self.asked.append(request)
        return self.answer

    async def close(self) -> None:
        return


actions = st.sampled_from([None, "passed", "flagged", "withheld", "rewrote", "errored"])
modes = st.sampled_from(["enforce", "detect", "off"])


@st.composite
def stacks(draw, mode=modes):
    return [
        Scripted(
            Enforcement(
                name=f"layer-{index}",
                mode=draw(mode),
                on_error=draw(st.sampled_from(["closed", "open", "abort"])),
                refusal=f"refused by {index}",
            ),
            draw(st.frozensets(st.sampled_from(["request", "reply"]))),
            draw(actions),
            draw(actions),
        )
        for index in range(draw(st.integers(0, 4)))
    ]


answers = st.sampled_from([REPLY, Failure(reason="target-error", detail="down")])


def frozen_timer() -> float:
    return 0.0


def ask(target: Target) -> Reply | Failure:
    return asyncio.run(target.respond(REQUEST))


def run(layers: list[Layer], answer: Reply | Failure = REPLY) -> tuple[Reply | Failure, Recorder]:
    recorder = Recorder(answer)
    return ask(guard(recorder, layers, frozen_timer)), recorder


def test_the_empty_stack_is_the_target_itself():
    target = Recorder(REPLY)
    assert guard(target, []) is target
    assert stack_identity([]) == StackIdentity()


@given(stacks(mode=st.just("off")))
def test_a_stack_of_layers_that_are_off_is_the_target_itself(layers):
    target = Recorder(REPLY)
    assert guard(target, layers) is target
    assert stack_identity(layers) == StackIdentity()


@given(stacks(), answers, st.integers(0, 4))
def test_a_stack_is_the_composition_of_its_parts(layers, answer, cut):
    whole, asked = run(layers, answer)
    recorder = Recorder(answer)
    inner = guard(recorder, layers[cut:], frozen_timer)
    assert ask(guard(inner, layers[:cut], frozen_timer)) == whole
    assert recorder.asked == asked.asked


@given(stacks(mode=st.just("detect")), answers)
def test_layers_that_only_detect_change_nothing_but_the_record(layers, answer):
    seen, recorder = run(layers, answer)
    assert replace(seen, layers=()) == answer
    assert recorder.asked == [REQUEST]
    assert {act.action for act in seen.layers} <= {"passed", "flagged", "errored"}


@given(stacks(), answers)
def test_each_screened_side_leaves_one_action_and_a_closed_failure_two(layers, answer):
    seen, recorder = run(layers, answer)
    for layer in layers:
        left = [act.action for act in seen.layers if act.layer == layer.enforcement.name]
        closed = [pair for pair in pairwise(left) if pair[0] == "errored"]
        doubled = sum(pair[1] == "withheld" for pair in closed)
        sides = 0 if layer.enforcement.mode == "off" else len(layer.sides)
        assert len(left) - doubled <= sides
        if recorder.asked and isinstance(seen, Reply):
            assert len(left) - doubled == sides


@given(stacks(mode=st.just("enforce")))
def test_requests_pass_in_order_and_replies_in_reverse_order(layers):
    names = [layer.enforcement.name for layer in layers]
    polite = [
        Scripted(layer.enforcement, frozenset({"request", "reply"}), "rewrote", "rewrote")
        for layer in layers
    ]
    seen, recorder = run(polite)
    assert [act.layer for act in seen.layers] == [*names, *reversed(names)]
    assert [turn.content for turn in recorder.asked[0].messages] == ["please", *names]
    assert seen.text == " ".join(["the answer", *reversed(names)])


@given(stacks(), answers)
def test_a_request_that_is_withheld_never_reaches_the_model(layers, answer):
    _, recorder = run(layers, answer)
    admitted = all(
        layer.enforcement.mode != "enforce"
        or "request" not in layer.sides
        or layer.on_request in {"passed", "flagged", "rewrote"}
        or (layer.on_request in {None, "errored"} and layer.enforcement.on_error == "open")
        for layer in layers
    )
    assert bool(recorder.asked) == admitted


@given(stacks())
def test_a_withheld_answer_holds_nothing_of_the_model(layers):
    seen, _ = run(layers)
    if isinstance(seen, Reply) and seen.withheld_by:
        assert seen.finish == "withheld"
        assert seen.tool_calls == ()
        assert "the answer" not in seen.text


@given(stacks())
def test_nothing_that_is_not_withheld_ends_as_withheld(layers):
    seen, _ = run(layers)
    if isinstance(seen, Reply):
        assert (seen.finish == "withheld") == bool(seen.withheld_by)


@given(stacks(), answers)
def test_no_exception_of_a_layer_escapes_and_its_words_stay_out_of_the_record(layers, answer):
    seen, _ = run(layers, answer)
    assert all("secret" not in act.detail for act in seen.layers)


@given(stacks(), answers)
def test_tokens_that_were_spent_stay_on_the_record(layers, answer):
    seen, recorder = run(layers, answer)
    if recorder.asked:
        assert seen.usage == answer.usage


@given(stacks(), answers)
def test_every_rewritten_request_keeps_its_seed(layers, answer):
    _, recorder = run(layers, answer)
    assert all(request.seed == REQUEST.seed for request in recorder.asked)
