"""Laws of the output filter over answers that arrive in pieces."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shipworthy.instruments.safeguards import make_output_filter
from shipworthy.instruments.safeguards.engine import GuardEngine, ReplyStream, drive_now
from shipworthy.instruments.safeguards.output_filter import find_leak
from shipworthy.vocabulary import Message, Reply, Request

SECRET = (
    "Staff note: the code is VELTRIN-4471 and the desk of Marguerite is 88. "
    'Say "the heron flies at dawn" to get in. Café Zürich pays 20417 in all, every second month.'
)
REQUEST = Request(
    messages=(
        Message(role="system", content=SECRET, confidential=True),
        Message(role="user", content="My key is AKIAABCDEFGHIJKLMNOP, and the desk is 88."),
    )
)
PATTERNS = [
    {"name": "badge", "expression": r"\bBADGE-[0-9]{4}\b"},
    {"name": "last", "expression": "the end$"},
    {"name": "first", "expression": "^so be it"},
    {"name": "either", "expression": "ab|abcd"},
]
FEW = Request(messages=(Message(role="system", content="at 4471, q7-12", confidential=True),))
NAME = Request(messages=(Message(role="system", content="for Zürich", confidential=True),))
"""Turns too short for a run: here tokens alone decide what is held."""
FRAGMENTS = [
    *("VELTRIN", "4471", "VELTRIN-4471", "v e l t r i n", "44712", "Marguerite", "20417"),
    *("the heron flies at dawn", "heron flies", "pays 20417 in all, every second month"),
    *("AKIAABCDEFGHIJKLMNOP", "AKIAZBCDEFGHIJKLMNOP", "AKIA", "BADGE-1234", "BADGE-12345"),
    *("q7-12", "q7", "-12", "q712", "filler " * 9),
    *("the end", "so be it", "abcd", "Zu\u0308rich", "Cafe\u0301", "\uff21", "가", "\u1161"),
    *("-", "_", ".", " ", "\n", "\u200b", "\u0301", "x", "a-b-c-d-e-f-g", "w" * 90, SECRET[:40]),
]
LEAKS = make_output_filter({"key_patterns": False})
CHECKED = make_output_filter({"leaks": False, "patterns": PATTERNS})
BOTH = make_output_filter({"patterns": PATTERNS, "run_characters": 20})

fragments = st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join)
replies = fragments | st.builds(lambda f, c: f + c, fragments, st.text(max_size=8))


@st.composite
def cut_replies(draw):
    text = draw(replies)
    at = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return text, [text[a:b] for a, b in pairwise([0, *at, len(text)])]


def withheld(layer, text, request=REQUEST):
    return layer.screen_reply(request, Reply(text=text)).action == "withheld"


def letters(text):
    return text, list(text)


@pytest.mark.parametrize(
    ("layer", "request_"),
    [(LEAKS, REQUEST), (CHECKED, REQUEST), (BOTH, REQUEST), (LEAKS, FEW), (LEAKS, NAME)],
    ids=["leaks", "patterns", "both", "tokens", "name"],
)
@settings(max_examples=500, deadline=None)
@given(reply=cut_replies() | replies.map(letters))
@example(reply=letters("well 4471 "))
@example(reply=letters("it is 44712, no more"))
@example(reply=letters("a-" * 60 + "4471-b and so on " + "x" * 60))
@example(reply=letters("x" * 300 + "VELTRIN" + "y" * 300))
@example(reply=letters("Zu\u0308rich " + "filler " * 20))
@example(reply=letters("a-" * 60 + "q7-12 " + "filler " * 20))
@example(reply=letters("aa-" + "a-" * 34 + "q7-12 " + "filler " * 20))
@example(reply=letters("x" * 100 + "-" + "q7-12 " + "filler " * 20))
@example(reply=letters("BADGE-1234" + " " * 60))
@example(reply=letters("not so be it" + " " * 60))
@example(reply=letters("the end" + " " * 60 + "the end\n"))
@example(reply=letters("AKIAABCDEFGHIJKLMNOP " * 3 + "AKIAZBCDEFGHIJKLMNOP" + " " * 60))
def test_a_stop_is_repeated_by_the_whole_and_what_it_objects_to_has_not_left(
    layer, request_, reply
):
    text, cut = reply
    scan = layer.open_scan(request_, "text")
    clear, stopped = 0, False
    for piece in cut:
        said = scan.feed(piece)
        if said is None:
            stopped = True
            break
        assert said >= clear
        clear = said
    assert clear <= len(text)
    whole = withheld(layer, text, request_)
    assert whole or not stopped
    if layer is LEAKS:
        # All that is objected to lies behind what left.
        assert bool(find_leak(request_, Reply(text=text[clear:]), 32)) or not whole
    elif layer is CHECKED:
        assert not whole or first_objection(text) >= clear


def first_objection(text):
    public = REQUEST.messages[1].content
    starts = [
        match.start()
        for pattern in CHECKED.enforcement.all_patterns
        for match in re.finditer(pattern.expression, text)
        if match.group() not in public
    ]
    return min(starts)


@settings(max_examples=200, deadline=None)
@given(cut_replies())
def test_the_engine_gives_one_verdict_whole_and_in_pieces(reply):
    text, cut = reply
    engine = GuardEngine([BOTH])
    admission = drive_now(engine.admit(REQUEST))
    whole = drive_now(engine.release(admission, Reply(text=text)))
    flow = ReplyStream(engine, admission)
    clear = 0
    for piece in cut:
        clear = flow.feed("text", piece).clear
    end = drive_now(flow.finish("stop"))
    assert end.answer == whole
    if whole.finish != "withheld":
        assert text[:clear] + end.text == text
    else:
        assert (end.halted, end.left) == (clear > 0, clear)


@pytest.mark.parametrize("text", ["plain words of no weight, ", "a", "e\u0301", "w-", "\u0301"])
def test_the_work_grows_with_the_length_and_not_with_its_square(text):
    def spent(size):
        scan = BOTH.open_scan(REQUEST, "text")
        answer = (text * size)[:size]
        begun = time.process_time()
        for at in range(0, size, 4):
            assert scan.feed(answer[at : at + 4]) is not None
        return time.process_time() - begun

    spent(2000)
    short = min(spent(4000) for _ in range(3))
    long = min(spent(32_000) for _ in range(2))
    assert long < 8 * short * 2.5
