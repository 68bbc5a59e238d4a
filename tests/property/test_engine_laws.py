"""Laws of the guard engine: streams and whole answers, nesting, and what errors never become."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from guarding import PrefixLayer, ScriptedExpert, WholeLayer, nested
from shipworthy.instruments.safeguards import Enforcement, ReplyScreen
from shipworthy.instruments.safeguards.engine import (
    GuardEngine,
    ReplyStream,
    drive,
    drive_now,
)
from shipworthy.instruments.safeguards.protocol import Delegated, NoOpinion, Opinion
from shipworthy.vocabulary import Failure, Message, Reply, Request, ToolCall, Usage

ASKED = Request(messages=(Message(role="user", content="a plain question"),), seed=3)
ALPHABET = "abcx "
texts = st.text(ALPHABET, max_size=24)
words = st.text("abx", min_size=1, max_size=4)
calls = st.lists(st.just(ToolCall(name="look", arguments={"at": "x"})), max_size=1)
experts = st.sampled_from([Opinion(1.0), Opinion(0.0), RuntimeError("secret inside")]).map(
    ScriptedExpert
)
both_sides = st.frozensets(st.sampled_from(["request", "reply"]))
whole_does = ["passed", "flagged", "withheld", "redact", "errored", "raise", "nonsense", "delegate"]
prefix_does = ["flagged", "withheld", "raise", "delegate"]


@st.composite
def layers_of(draw, index, *, streaming=None, fails=False):
    options = Enforcement(
        name=f"layer-{index}",
        mode=draw(st.sampled_from(["enforce", "enforce", "detect", "off"])),
        on_error=draw(st.sampled_from(["closed", "open", "abort"])),
        refusal=draw(st.sampled_from([f"refused by {index}", "no abx"])),
    )
    common = {"sides": draw(both_sides), "expert": draw(experts)}
    if draw(st.booleans()) if streaming is None else streaming:
        return PrefixLayer(
            options,
            draw(words),
            draw(st.sampled_from(prefix_does)),
            **common,
            halts=draw(st.booleans()),
            fails_at=draw(st.none() | st.integers(0, 3)) if fails else None,
        )
    return WholeLayer(options, draw(words), draw(st.sampled_from(whole_does)), **common)


@st.composite
def stacks(draw, **options):
    return [draw(layers_of(index, **options)) for index in range(draw(st.integers(0, 4)))]


@st.composite
def answers(draw):
    return Reply(
        text=draw(texts),
        reasoning=draw(texts),
        tool_calls=tuple(draw(calls)),
        usage=Usage(completion_tokens=draw(st.integers(0, 9))),
    )


@st.composite
def cut(draw, reply):
    """The answer as pieces of both channels, interleaved in any way."""
    pieces = {}
    for channel, text in (("text", reply.text), ("reasoning", reply.reasoning)):
        at = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
        pieces[channel] = [text[a:b] for a, b in pairwise([0, *at, len(text)])]
    order = draw(st.permutations([c for c, parts in pieces.items() for _ in parts]))
    return [(channel, pieces[channel].pop(0)) for channel in order]


def now(consultation):
    return asyncio.run(drive(consultation))


def admit(engine, request=ASKED):
    return now(engine.admit(request))


def admitted(layers):
    """The stack with layers that let requests in, so that there is an answer to look at."""
    return [
        type(layer)(**{**vars(layer), "sides": layer.sides & {"reply"}})
        if type(layer) is WholeLayer
        else PrefixLayer(**{**vars(layer), "sides": layer.sides & {"reply"}})
        for layer in layers
    ]


def stream(engine, admission, pieces, reply, *, to_the_end):
    """Feed pieces as a gateway does, or on and on as a replay does; what left, and how it ended."""
    flow = ReplyStream(engine, admission)
    clear = {"text": 0, "reasoning": 0}
    for channel, piece in pieces:
        said = flow.feed(channel, piece)
        assert clear[channel] <= said.clear <= len(flow.said(channel))
        clear[channel] = said.clear
        if said.stop and not to_the_end:
            break
    for call in reply.tool_calls:
        flow.call(call)
    left = {channel: flow.said(channel)[:count] for channel, count in clear.items()}
    return left, now(flow.finish("stop", reply.usage))


@given(stacks(), texts, answers())
def test_a_stack_means_the_nesting_of_its_layers(layers, asked, reply):
    request = Request(messages=(Message(role="user", content=asked),))
    engine = GuardEngine(layers)
    admission = admit(engine, request)
    if admission.stopped:
        whole = now(engine.refuse(admission))
    else:
        whole = now(engine.release(admission, reply))
    assert whole == nested(layers, request, lambda _: reply)


@given(st.data(), stacks(), answers())
def test_however_an_answer_is_cut_the_verdict_and_the_text_are_those_of_the_whole(
    data, layers, reply
):
    engine = GuardEngine(admitted(layers))
    admission = admit(engine)
    whole = now(engine.release(admission, reply))
    left, end = stream(engine, admission, data.draw(cut(reply)), reply, to_the_end=True)
    assert end.answer == whole
    assert end.left == sum(map(len, left.values()))
    if isinstance(whole, Failure):
        assert (end.text, end.reasoning, end.halted) == ("", "", end.left > 0)
    elif whole.finish == "withheld":
        assert end.halted == (end.left > 0)
        assert (end.text, end.reasoning) == ("" if end.left else whole.text, "")
    else:
        assert left["text"] + end.text == whole.text
        assert left["reasoning"] + end.reasoning == whole.reasoning


@given(st.data(), stacks(streaming=True), answers())
def test_a_stream_that_is_stopped_ends_as_withheld_or_given_up(data, layers, reply):
    engine = GuardEngine(admitted(layers))
    admission = admit(engine)
    pieces = data.draw(cut(reply))
    flow = ReplyStream(engine, admission)
    stopped = any(flow.feed(channel, piece).stop for channel, piece in pieces)
    end = now(flow.finish("stop"))
    if stopped:
        assert isinstance(end.answer, Failure) or end.answer.finish == "withheld"
        assert end.text == ("" if end.left or isinstance(end.answer, Failure) else end.answer.text)


@given(st.data(), stacks(fails=True), answers(), st.booleans())
def test_what_a_sound_layer_forbids_never_leaves_whatever_the_others_do(
    data, layers, reply, to_the_end
):
    """A layer may be broken, stop, or rewrite: what another one withholds stays in."""
    layers = admitted(layers)
    engine = GuardEngine(layers)
    admission = admit(engine)
    pieces = data.draw(cut(reply))
    left, _ = stream(engine, admission, pieces, reply, to_the_end=to_the_end)
    for layer in layers:
        sound = layer.does == "withheld" and getattr(layer, "fails_at", None) is None
        if sound and layer.enforcement.mode == "enforce" and "reply" in layer.sides:
            assert all(layer.word not in text for text in left.values())


@given(st.data(), stacks(fails=True), answers(), st.booleans())
def test_a_layer_that_failed_is_on_the_record_and_never_passed(data, layers, reply, to_the_end):
    layers = admitted(layers)
    engine = GuardEngine(layers)
    admission = admit(engine)
    pieces = data.draw(cut(reply))
    _, end = stream(engine, admission, pieces, reply, to_the_end=to_the_end)
    for layer in layers:
        acts = [a.action for a in end.answer.layers if a.layer == layer.enforcement.name]
        if "errored" not in acts:
            continue
        assert "passed" not in acts
        if layer.enforcement.mode == "detect" or layer.enforcement.on_error == "open":
            assert acts in (["errored"], ["errored", "withheld"])
        else:
            assert isinstance(end.answer, Failure) or end.answer.finish == "withheld"
    assert all("secret" not in act.detail for act in end.answer.layers)


@pytest.mark.parametrize("on_error", ["closed", "open", "abort"])
@pytest.mark.parametrize("mode", ["enforce", "detect"])
@pytest.mark.parametrize("fails_at", [0, 1, 2])
@pytest.mark.parametrize("channel", ["text", "reasoning"])
def test_a_scan_that_fails_is_an_error_of_its_layer(on_error, mode, fails_at, channel):
    options = Enforcement(name="broken", mode=mode, on_error=on_error)
    layer = PrefixLayer(options, "zzzz", "withheld", fails_at=fails_at)
    engine = GuardEngine([layer])
    pieces = [(channel, "one "), (channel, "two "), (channel, "three")]
    reply = Reply(text="one two three")
    left, end = stream(engine, admit(engine), pieces, reply, to_the_end=False)
    acts = [act.action for act in end.answer.layers]
    if mode == "detect":
        assert (acts, end.left) == (["passed"], len("one two three"))
    elif on_error == "open":
        assert acts == ["errored"]
        assert left[channel] + getattr(end, channel) == "one two three"
    else:
        assert acts == (["errored", "withheld"] if on_error == "closed" else ["errored"])
        assert "three" not in left[channel]


class Odd:
    """A layer that answers what it was built with, whatever the types say."""

    def __init__(self, screen=None, scan=None, sides=frozenset({"reply"}), **options):
        self.enforcement = Enforcement(name="odd", **options)
        self.screen, self.scan, self._sides = screen, scan, sides

    @property
    def sides(self):
        if isinstance(self._sides, Exception):
            raise self._sides
        return self._sides

    def screen_reply(self, request, reply):
        return self.screen(reply)


class OddStream(Odd):
    def open_scan(self, request, channel):
        return self

    def feed(self, text):
        return self.scan


class Opens(OddStream):
    """Lets every text leave, and cannot begin to look at one channel."""

    def __init__(self, fails, **options):
        super().__init__(lambda reply: ReplyScreen("passed", reply), scan=10**6, **options)
        self.fails, self.opened = fails, []

    def open_scan(self, request, channel):
        self.opened.append(channel)
        if channel == self.fails:
            raise RuntimeError("secret")
        return self


@pytest.mark.parametrize("on_error", ["closed", "open", "abort"])
@pytest.mark.parametrize("channel", ["text", "reasoning"])
def test_a_channel_that_cannot_be_looked_at_ends_the_answer_where_it_begins(on_error, channel):
    other = {"text": "reasoning", "reasoning": "text"}[channel]
    layer = Opens(channel, on_error=on_error)
    engine = GuardEngine([layer])
    pieces = [(other, "one"), (channel, "two"), (other, "three")]
    left, end = stream(engine, admit(engine), pieces, Reply(text=""), to_the_end=False)
    assert layer.opened == [other, channel]
    acts = [act.action for act in end.answer.layers]
    if on_error == "open":
        assert (acts, left) == (["errored"], {channel: "two", other: "onethree"})
    else:
        assert acts == (["errored", "withheld"] if on_error == "closed" else ["errored"])
        assert left == {channel: "", other: "one"}


def test_a_channel_on_which_nothing_comes_is_not_looked_at():
    layer = Opens("reasoning")
    engine = GuardEngine([layer])
    reply = Reply(text="some text")
    left, end = stream(engine, admit(engine), [("text", "some text")], reply, to_the_end=False)
    assert layer.opened == ["text"]
    assert left["text"] == end.answer.text == "some text"


def odd_end(layer, text="some text"):
    engine = GuardEngine([layer])
    admission = admit(engine)
    return stream(engine, admission, [("text", text)], Reply(text=text), to_the_end=False)[1]


@pytest.mark.parametrize(
    "layer",
    [
        Odd(lambda reply: ReplyScreen("blocked", reply)),
        Odd(lambda reply: ReplyScreen(["passed"], reply)),
        Odd(lambda reply: ReplyScreen("rewrote", replace(reply, text=None))),
        Odd(lambda reply: ReplyScreen("passed", reply, detail=7)),
        Odd(lambda reply: None),
        Odd(lambda reply: Delegated(ScriptedExpert(Opinion(0.0)), "?", lambda said: None)),
        OddStream(lambda reply: ReplyScreen("passed", reply), scan="all of it"),
        OddStream(lambda reply: ReplyScreen("passed", reply), scan=3.5),
        OddStream(lambda reply: ReplyScreen("rewrote", replace(reply, text="other")), scan=0),
    ],
)
def test_nonsense_of_a_layer_is_an_error_and_nothing_leaves(layer):
    end = odd_end(layer)
    assert [act.action for act in end.answer.layers] == ["errored", "withheld"]
    assert (end.left, end.text) == (0, layer.enforcement.refusal)


def test_a_layer_that_cannot_say_what_it_looks_at_has_failed():
    admission = admit(GuardEngine([Odd(None, sides=RuntimeError("secret"))]))
    assert admission.stopped == "withheld"
    assert [act.action for act in admission.actions] == ["errored", "withheld"]


@pytest.mark.parametrize("on_error", ["closed", "open"])
def test_a_layer_that_stopped_a_stream_cannot_let_it_pass_afterwards(on_error):
    layer = OddStream(lambda reply: ReplyScreen("passed", reply), scan=None, on_error=on_error)
    end = odd_end(layer)
    assert [act.action for act in end.answer.layers] == ["errored", "withheld"]
    assert end.answer.finish == "withheld"


def test_a_scan_does_not_stop_for_what_a_layer_behind_takes_out():
    """The inner layer rewrites the word away, so the outer one never has to object."""
    outer = PrefixLayer(Enforcement(name="outer"), "abx", "withheld")
    inner = WholeLayer(Enforcement(name="inner"), "abx", "redact")
    engine = GuardEngine([outer, inner])
    reply = Reply(text="say abx now")
    whole = now(engine.release(admit(engine), reply))
    _, end = stream(engine, admit(engine), [("text", "say abx now")], reply, to_the_end=False)
    assert end.answer == whole
    assert end.text == "say _ now"


@pytest.mark.parametrize("channel", ["text", "reasoning"])
def test_a_stop_in_one_channel_halts_what_had_left_in_the_other(channel):
    other = {"text": "reasoning", "reasoning": "text"}[channel]
    engine = GuardEngine([PrefixLayer(Enforcement(name="l"), "abx", "withheld")])
    pieces = [(other, "first of all"), (channel, "then abx"), (other, " and so on")]
    left, end = stream(engine, admit(engine), pieces, Reply(text=""), to_the_end=False)
    assert left == {other: "first of a", channel: ""}
    assert (end.halted, end.text, end.reasoning) == (True, "", "")


def test_an_answer_to_a_request_that_was_stopped_is_never_released():
    layer = WholeLayer(Enforcement(name="l"), "plain", "withheld", frozenset({"request"}))
    engine = GuardEngine([layer])
    admission = admit(engine)
    with pytest.raises(ValueError, match="was stopped"):
        now(engine.release(admission, Reply(text="x")))
    with pytest.raises(ValueError, match="shorter"):
        ReplyStream(engine, admission)


def test_an_empty_answer_is_looked_at_as_a_whole_one_is():
    layer = WholeLayer(Enforcement(name="l"), "", "withheld")
    engine = GuardEngine([layer])
    _, end = stream(engine, admit(engine), [], Reply(text=""), to_the_end=False)
    assert end.answer == now(engine.release(admit(engine), Reply(text="")))
    assert end.text == layer.enforcement.refusal


def test_layers_in_front_see_the_refusal_of_the_layer_that_stopped():
    outer = WholeLayer(Enforcement(name="outer"), "abx", "withheld")
    inner = WholeLayer(
        Enforcement(name="inner", refusal="no abx"), "plain", "withheld", frozenset({"request"})
    )
    engine = GuardEngine([outer, inner])
    answer = now(engine.refuse(admit(engine)))
    assert [(a.layer, a.action) for a in answer.layers] == [
        ("inner", "withheld"),
        ("outer", "withheld"),
    ]


@pytest.mark.parametrize(
    ("says", "detail"),
    [
        (None, "the expert answered with no opinion"),
        ("harmless", "the expert answered with no opinion"),
        (Opinion(float("nan")), "the expert's score is no number from 0 to 1"),
        (Opinion("0.2"), "the expert's score is no number from 0 to 1"),
        (NoOpinion("garbled"), "garbled"),
        (asyncio.CancelledError(), "the expert cancelled its work"),
        (TimeoutError(), "the expert was late"),
    ],
)
@pytest.mark.parametrize("to_the_end", [True, False])
def test_what_is_no_opinion_of_an_expert_is_never_a_pass(says, detail, to_the_end):
    layer = PrefixLayer(Enforcement(name="l"), "abx", "delegate", expert=ScriptedExpert(says))
    engine = GuardEngine([layer])
    reply = Reply(text="say abx now")
    _, end = stream(engine, admit(engine), [("text", reply.text)], reply, to_the_end=to_the_end)
    assert next((a.action, a.detail) for a in end.answer.layers) == ("errored", detail)
    assert (end.left, end.halted) == (4, True)


@pytest.mark.parametrize("deadline", [0.0, -1.0, float("nan"), float("inf"), None])
def test_an_expert_without_a_deadline_is_not_asked(deadline):
    expert = ScriptedExpert(Opinion(0.0), deadline)
    layer = WholeLayer(Enforcement(name="l"), "", "delegate", expert=expert)
    engine = GuardEngine([layer])
    answer = now(engine.release(admit(engine), Reply(text="x")))
    assert [a.action for a in answer.layers] == ["errored", "withheld"]


def test_cancelling_an_exchange_cancels_the_question_and_closes_the_consultation():
    class Slow:
        deadline_s = 5.0

        async def ask(self, question):
            await asyncio.sleep(5)

    layer = WholeLayer(Enforcement(name="l"), "", "delegate", expert=Slow())
    engine = GuardEngine([layer])

    async def cancelled():
        consultation = engine.release(await drive(engine.admit(ASKED)), Reply(text="x"))
        task = asyncio.create_task(drive(consultation))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return consultation

    assert asyncio.run(cancelled()).gi_frame is None


def test_a_consultation_that_is_closed_early_leaves_nothing_behind():
    engine = GuardEngine([WholeLayer(Enforcement(name="l"), "", "delegate")])
    flow = ReplyStream(engine, drive_now(engine.admit(ASKED)))
    consultation = flow.finish("stop")
    next(consultation)
    consultation.close()
    assert consultation.gi_frame is None
    again = drive_now(flow.finish("stop"))
    assert [act.action for act in again.answer.layers] == ["errored", "withheld"]


@settings(max_examples=20)
@given(stacks())
def test_driving_without_waiting_is_driving_with_experts_that_fail(layers):
    mute = [
        type(layer)(**{**vars(layer), "expert": ScriptedExpert(RuntimeError())}) for layer in layers
    ]
    reply = Reply(text="abx")
    results = []
    for run, stack in ((drive_now, layers), (now, mute)):
        engine = GuardEngine(stack)
        admission = run(engine.admit(ASKED))
        consultation = engine.refuse(admission) if admission.stopped else None
        answer = run(consultation or engine.release(admission, reply))
        results.append([(act.layer, act.action) for act in answer.layers])
    assert results[0] == results[1]
