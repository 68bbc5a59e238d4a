"""A matcher that fails, in whatever way and at whatever moment, is `errored` and never a pass."""

import os
import signal
import threading
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.safeguards import make_screen
from shipworthy.instruments.safeguards.engine import GuardEngine, ReplyStream, drive_now
from shipworthy.instruments.safeguards.screening import Screen, ScreenOptions
from shipworthy.instruments.safeguards.screening.hyperscan import HyperscanSets, matcher
from shipworthy.instruments.safeguards.screening.rules import (
    CONTROL,
    MatcherBlindError,
    Re2Sets,
    Rule,
    RuleSet,
)
from shipworthy.vocabulary import Failure, Message, Reply, Request

CLEAN = "nothing of the kind is in here, not at all. " * 4
REQUEST = Request(messages=(Message(role="user", content="hello"),))


def says_nothing(_data):
    """What RE2 says when its automaton ran out of memory: the flag never reaches Python."""
    return


def raises(_data):
    raise MemoryError


def finds_no_control(_data):
    return [0]


@dataclass
class Ailing:
    """A set that works until it has been asked so often, and then fails for so many times."""

    found: object
    how: object
    after: int
    times: int
    asked: int = 0

    def Match(self, data):
        self.asked += 1
        if self.after < self.asked <= self.after + self.times:
            return self.how(data)
        return self.found.Match(data)


class AilingSets(Re2Sets):
    """RE2's sets, the ones of replies ailing after they were built and tried."""

    def __init__(self, how, after=0, times=10**9):
        self.set = how, after, times
        self.ailing = []

    def build(self, expressions):
        healthy = super().build(expressions)
        self.ailing.append(Ailing(healthy.found, *self.set))
        return replace(healthy, found=self.ailing[-1])


def layer_of(builder, rules=None, **options):
    written = rules or [Rule(id="canary", request="asked [0-9]{4}", reply="canary-[0-9]{4}")]
    return Screen(ScreenOptions(**options), RuleSet(written, builder))


RULES = [Rule(id="asks", request="open sesame"), Rule(id="says", reply="canary-[0-9]{4}")]


def whole(engine, text=CLEAN):
    admission = drive_now(engine.admit(REQUEST))
    if admission.stopped:
        return drive_now(engine.refuse(admission))
    return drive_now(engine.release(admission, Reply(text=text)))


def in_pieces(engine, text=CLEAN, admission=None):
    """Return how an answer in pieces ends, and what of it had left."""
    flow = ReplyStream(engine, admission or drive_now(engine.admit(REQUEST)))
    clear = 0
    for at in range(0, len(text), 3):
        said = flow.feed("text", text[at : at + 3])
        clear = said.clear
        if said.stop:
            break
    ended = drive_now(flow.finish("stop"))
    return ended, text[:clear]


def actions(answer):
    return [act.action for act in answer.layers]


@pytest.mark.parametrize("how", [says_nothing, raises, finds_no_control])
@pytest.mark.parametrize("mode", ["enforce", "detect"])
@pytest.mark.parametrize("on_error", ["closed", "open", "abort"])
def test_every_failure_of_re2_is_errored_on_either_side(how, mode, on_error):
    options = {"mode": mode, "on_error": on_error}
    for rules in (RULES[:1], RULES[1:], RULES):
        answer = whole(GuardEngine([layer_of(AilingSets(how), rules, **options)]))
        assert "errored" in actions(answer)
        if rules == RULES:
            assert "passed" not in actions(answer)
        if mode == "detect" or on_error == "open":
            assert answer.text == CLEAN
        elif on_error == "closed":
            assert answer.finish == "withheld"
        else:
            assert isinstance(answer, Failure)


@pytest.mark.parametrize("how", [says_nothing, raises, finds_no_control])
@pytest.mark.parametrize("on_error", ["closed", "open", "abort"])
@pytest.mark.parametrize("times", [1, 10**9])
@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_failure_in_the_middle_of_a_stream_stays_one(how, on_error, times, after):
    """Also where the matcher is well again at the next look: `times` is how often it fails."""
    engine = GuardEngine([layer_of(AilingSets(how, after, times), RULES[1:], on_error=on_error)])
    ended, left = in_pieces(engine)
    assert actions(ended.answer)[-2:].count("errored") == 1
    assert "passed" not in actions(ended.answer)[1:]
    if on_error == "open":
        assert left + ended.text == CLEAN
    else:
        assert len(left) < len(CLEAN)
        assert CLEAN.startswith(left)
        assert ended.text == ("" if left or on_error == "abort" else ended.answer.text)
        assert ended.halted == bool(left)


@pytest.mark.parametrize("on_error", ["closed", "open", "abort"])
def test_what_the_rules_say_of_a_failure_outranks_the_layer_in_a_stream_too(on_error):
    """`stopping` asks the set of requests before the first piece: that failure is ruled alike."""
    mixed = [Rule(id="m", request="hello", reply="canary", on_error=on_error)]
    for layers_own in ("closed", "open", "abort"):
        layer = layer_of(AilingSets(says_nothing), mixed, on_error=layers_own)
        healthy = GuardEngine([layer_of(None, RULES[1:])])
        admission = drive_now(healthy.admit(REQUEST))
        ended, left = in_pieces(GuardEngine([layer]), "a canary " * 9, admission)
        assert actions(ended.answer)[1] == "errored"
        if on_error == "open":
            assert left + ended.text == "a canary " * 9
        elif on_error == "closed":
            assert left == ""
            assert ended.answer.finish == "withheld"
        else:
            assert left == ""
            assert isinstance(ended.answer, Failure)


def test_a_stream_in_detect_mode_leaves_and_says_errored():
    for how in (says_nothing, raises, finds_no_control):
        engine = GuardEngine([layer_of(AilingSets(how), RULES[1:], mode="detect")])
        ended, left = in_pieces(engine)
        assert left == CLEAN
        assert actions(ended.answer) == ["passed", "errored"]


WORDS = st.lists(
    st.sampled_from(["a", "b", "ab", ".", "[^a]{3}", "x.", r"ab\b", r"b\B", "[^b]a.", "canary"]),
    min_size=1,
    max_size=6,
    unique=True,
)
TEXTS = st.text(st.sampled_from("abx \n" + CONTROL[0] + "é"), max_size=12)


@given(WORDS, TEXTS)
def test_a_control_behind_the_text_changes_nothing_that_is_found(written, text):
    import re2

    data = text.encode()
    alone = [at for at, one in enumerate(written) if re2.search(one, text) is not None]
    assert sorted(Re2Sets().build(written).match(data)) == alone


@pytest.fixture(scope="module")
def sets():
    """Hyperscan's sets in one process, which many examples share."""
    pytest.importorskip("hyperscan")
    return HyperscanSets()


def test_both_matchers_find_the_same_behind_any_text(sets):
    written = ["a", "ab", ".", "[^a]{3}", "x.", r"ab\b", "[^b]a.", "canary"]
    theirs, ours = sets.build(written), Re2Sets().build(written)

    @given(TEXTS)
    def same(text):
        data = text.encode()
        assert sorted(theirs.match(data)) == sorted(ours.match(data))

    same()


def hung(child):
    """Stop the process, so that it cannot answer, and kill it while it is asked."""
    child._start()
    os.kill(child._process.pid, signal.SIGSTOP)
    timer = threading.Timer(0.05, os.kill, (child._process.pid, signal.SIGKILL))
    timer.start()


def late(child):
    child._start()
    os.kill(child._process.pid, signal.SIGSTOP)


def cannot_start(child):
    child._end()
    child.__class__ = _NoProcess


def forgets(child):
    """One of its sets cannot be added again: the numbers of the others must not be taken for it."""
    child._end()
    child._sets[0] = ["("]


class _NoProcess(matcher._Child):
    def _start(self):
        raise OSError("no process can be started")


def out_of_memory(child):
    child._ask = lambda question: "Unable to allocate memory."


def no_control(child):
    child._ask = lambda question: [0]


def garbled(child):
    child._ask = lambda question: {"found": []}


@pytest.mark.parametrize(
    "how", [hung, late, cannot_start, forgets, out_of_memory, no_control, garbled]
)
@pytest.mark.parametrize("mode", ["enforce", "detect"])
def test_every_failure_of_hyperscan_is_errored(how, mode, monkeypatch):
    pytest.importorskip("hyperscan")
    monkeypatch.setattr(matcher, "DEADLINE_S", 2.0)
    builder = HyperscanSets()
    engine = GuardEngine([layer_of(builder, RULES[1:], mode=mode)])
    admission = drive_now(engine.admit(REQUEST))
    how(builder._child)
    if mode == "detect":
        answer = drive_now(engine.release(admission, Reply(text=CLEAN)))
        assert actions(answer) == ["passed", "errored"]
        return
    ended, left = in_pieces(engine, CLEAN, admission)
    assert left == ""
    assert actions(ended.answer) == ["passed", "errored", "withheld"]


def test_hyperscan_lost_in_the_middle_of_a_stream_is_errored_though_it_comes_back():
    pytest.importorskip("hyperscan")
    builder = HyperscanSets()
    engine = GuardEngine([layer_of(builder, RULES[1:])])
    admission = drive_now(engine.admit(REQUEST))
    flow = ReplyStream(engine, admission)
    left = flow.feed("text", CLEAN).clear
    assert left > 0
    hung(builder._child)
    assert flow.feed("text", CLEAN).stop
    ended = drive_now(flow.finish("stop"))
    assert actions(ended.answer) == ["passed", "errored", "withheld"]
    assert (ended.halted, ended.left) == (True, left)
    again, text = in_pieces(engine)
    assert (actions(again.answer), text + again.text) == (["passed", "passed"], CLEAN)


def test_a_set_without_its_control_is_not_asked_twice():
    blind = Ailing(None, finds_no_control, 0, 10**9)
    healthy = Re2Sets().build(["canary"])
    with pytest.raises(MatcherBlindError):
        replace(healthy, found=blind).match(b"canary")
    assert blind.asked == 1


def test_an_expression_that_the_control_itself_matches_finds_what_is_in_the_text():
    layer = make_screen({"rules": [{"id": "long", "reply": "[^a]{3}", "views": ["raw"]}]})
    for text, action in (
        ("aaaa", "passed"),
        ("a\U0010fffe\U0010ffff", "passed"),
        ("bbb", "withheld"),
    ):
        assert layer.screen_reply(REQUEST, Reply(text=text)).action == action
