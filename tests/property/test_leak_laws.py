"""The quick leak detector and quick patterns say what their plain forms say, of every exchange."""

import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plain_leaks import compact as plain_compact
from plain_leaks import plain_leak
from plain_leaks import token_forms as plain_forms
from shipworthy.instruments.safeguards.output_filter import Pattern, check_expression, find_leak
from shipworthy.instruments.safeguards.output_filter.forms import compact, token_forms
from shipworthy.instruments.safeguards.output_filter.guarded import guarded_by
from shipworthy.instruments.safeguards.output_filter.patterns import (
    KEY_PATTERNS,
    find_pattern,
    ready_patterns,
)
from shipworthy.vocabulary import Message, Reply, Request, ToolCall

WORDS = [
    *("VELTRIN-4471", "veltrin", "4471", "44 71", "v.e.l.t.r.i.n", "q7-12", "the API key", "ACME"),
    *("Staff of Marguerite", " of Marguerite", "marguerite", "xMargueritex", "Zu\u0308rich"),
    *(
        " at Z\u00fcrich",
        "\uff34\uff25\uff2e4711",
        "stra\u00dfe4",
        "STRASSE4",
        "\u1e9e99x",
        "\u0130x12",
    ),
    *('"the heron flies at dawn"', "the heron flies at dawn", "\u201cso it is said\u201d", "heron"),
    *("pays twenty thousand in all every second month", "twenty thousand in all every second"),
    *("thousand in all", "every second month of the year that is", " ", "\n", "-", "_", "--", ". "),
    *(
        "\u0301",
        "\u200b",
        "\ud800",
        "\uac00\u11a8",
        "\u2460\u2461\u2462\u2463",
        "\u0967\u0968\u0969\u096a",
        "w" * 50,
    ),
]
said = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=8).map("".join)
turns = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant"]),
    content=said,
    confidential=st.booleans(),
)
replies = st.builds(
    Reply,
    text=said,
    reasoning=st.just("") | said,
    tool_calls=st.lists(
        st.builds(ToolCall, name=said, arguments=st.dictionaries(said, said, max_size=2)),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=400)
@given(st.lists(turns, max_size=5).map(tuple), replies, st.sampled_from([12, 13, 20, 32, 200]))
def test_the_quick_detector_says_what_the_plain_one_says(messages, reply, run):
    request = Request(messages=messages)
    assert find_leak(request, reply, run) == plain_leak(request, reply, run)


@pytest.mark.parametrize("run", [12, 13, 20, 32, 200])
def test_a_shared_run_is_found_wherever_it_stands_and_a_shorter_one_is_none(run):
    secret = "".join(random.Random(run).choices("abcdefgh", k=600))
    request = Request(messages=(Message(role="system", content=secret, confidential=True),))
    for before in (*range(2 * run), *range(8192 - 2 * run, 8192 + run)):
        shared = secret[before % 300 :][:run]
        for text in (shared, shared + "z" * 17):
            leak = "run of characters of a confidential turn"
            assert find_leak(request, Reply(text="z" * before + text), run) == leak
        assert not find_leak(request, Reply(text="z" * before + shared[1:]), run)


def test_a_secret_of_many_words_is_found_too():
    secret = " ".join(f"code-{number:04d}" for number in range(3000))
    request = Request(messages=(Message(role="system", content=secret, confidential=True),))
    for text in ("nothing", "it is 2999", "it is 3000", "code-0001"):
        assert find_leak(request, Reply(text=text), 32) == plain_leak(request, Reply(text=text), 32)


@given(said | st.text())
@example("\ud800a-\u0130.b")
def test_texts_are_compared_as_before_and_tokens_stand_in_them(text):
    assert compact(text) == plain_compact(text)
    assert set(token_forms(text)) == set(plain_forms(text))
    assert all(form in compact(text) for form in token_forms(text))


@given(st.lists(said, min_size=1, max_size=3).map(tuple), said, st.integers(12, 40))
def test_what_touches_nothing_holds_no_token_and_no_phrase(confidential, text, run):
    guarded = guarded_by(confidential, run)
    held = any(word in compact(text) for word in (*guarded.tokens, *guarded.phrases))
    assert guarded.touches(compact(text)) or not held


parts = st.sampled_from(["a", "b", ".", "[ab]", "a?", "b{1,2}", "(?:ab|ba)", "|", "_", r"\b", "$"])
texts = st.text(alphabet="ab_ \n", max_size=12)


def legal(expression):
    try:
        check_expression(expression)
    except ValueError:
        return False
    return True


@settings(max_examples=300)
@given(st.lists(parts, min_size=1, max_size=6).map("".join).filter(legal), texts, texts)
def test_a_pattern_is_found_where_its_expression_is(expression, text, public):
    found = any(
        match.group() and match.group() not in public for match in re.finditer(expression, text)
    )
    patterns = ready_patterns((*KEY_PATTERNS, Pattern(name="drawn", expression=expression)))
    assert find_pattern(text, lambda: public, patterns) == ("drawn" if found else "")
