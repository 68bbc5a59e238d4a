"""Laws of the screening layer: views, widths, scans, the probe, and its promise."""

import random
from itertools import pairwise

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.safeguards.screening.probe import ProbeScan, Promise, calibrate
from shipworthy.instruments.safeguards.screening.probe.features import BLOCK, PAIRS, PLACES
from shipworthy.instruments.safeguards.screening.probe.scorer import open_scorer
from shipworthy.instruments.safeguards.screening.rules import Rule, RuleScan, RuleSet, see
from shipworthy.instruments.safeguards.screening.rules.expressions import study
from shipworthy.instruments.safeguards.screening.rules.views import VIEWS, Track, seen_bytes
from shipworthy.statistics import clopper_pearson_upper

ODD = "aBé\u200b\u0301ﬁİßＡ\u3164 -_4\ud800\U0001d400가"
odd_texts = st.text(st.sampled_from(ODD) | st.characters(), max_size=30)
plain_texts = st.text("abAB-4 \u200bé", max_size=60)


@st.composite
def cuts(draw, text):
    at = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    return [text[a:b] for a, b in pairwise([0, *at, len(text)])]


@given(st.sampled_from(VIEWS), odd_texts, odd_texts)
def test_a_view_of_two_texts_is_the_views_of_each(view, one, other):
    assert see(view, one + other) == see(view, one) + see(view, other)
    assert seen_bytes(view, one).decode() == see(view, one)


@given(odd_texts)
def test_views_are_settled_and_hold_no_case(text):
    folded = see("folded", text)
    assert see("folded", folded) == folded
    assert see("compact", text) == see("compact", folded)
    assert all(letter.isalnum() for letter in see("compact", text))


@given(st.data(), st.sampled_from(VIEWS), odd_texts)
def test_a_place_in_a_view_leads_back_to_the_character_it_came_from(data, view, text):
    track = Track(view)
    seen = "".join(track.take(piece) for piece in data.draw(cuts(text)))
    assert (seen, track.length) == (see(view, text), len(see(view, text)))
    for position, letter in enumerate(seen):
        raw = track.raw_offset(position)
        assert letter in see(view, text[raw])
        assert len(see(view, text[:raw])) <= position < len(see(view, text[: raw + 1]))


pieces_of_expressions = st.sampled_from(
    ["a", "B", "4", "-", "é", "[ab]", "[^a]", ".", r"\d", r"\w", r"\b", "(?:a|b4)", "(?:(ab){1,3})"]
)


@st.composite
def expressions(draw, *, bounded=True):
    parts = []
    for piece in draw(st.lists(pieces_of_expressions, min_size=1, max_size=5)):
        repeats = ["", "", "?", "{2}", "{0,3}"] + ([] if bounded else ["*", "+"])
        parts.append(piece + (draw(st.sampled_from(repeats)) if piece != r"\b" else ""))
    written = "".join(parts)
    try:
        study(written)
    except ValueError:
        written = "a" + written.replace(r"\b", "")
    return written


@given(expressions(bounded=False), plain_texts)
def test_no_match_is_wider_than_the_expression_says(expression, text):
    width = study(expression).width
    for match in re2.finditer(expression, text):
        assert width is None or len(match.group()) <= width


@st.composite
def rules(draw, bounded=True):
    return [
        Rule(
            id=f"rule-{index}",
            reply=draw(expressions(bounded=bounded)).replace("é", "e").replace("-", "4"),
            request=draw(st.sampled_from(["", "", "ask", "never"])),
            action=draw(st.sampled_from(["withhold", "withhold", "flag"])),
            views=tuple(draw(st.permutations(VIEWS))[: draw(st.integers(1, 3))]),
        )
        for index in range(draw(st.integers(1, 3)))
    ]


@settings(max_examples=300)
@given(st.data(), rules(bounded=False), plain_texts)
def test_a_scan_stops_only_at_what_is_withheld_and_clears_nothing_of_it(data, written, text):
    """In any cut: nothing of any match has left, and a stop is one that the whole repeats."""
    compiled = RuleSet(written)
    request = lambda: "ask me"  # noqa: E731 - as short as what it stands for
    withheld = [
        hit
        for hit in compiled.reply_hits([text], request)
        if compiled.rules[hit].action == "withhold"
    ]
    scan = RuleScan(compiled, request)
    clear, stopped = 0, False
    for piece in data.draw(cuts(text)):
        said = scan.feed(piece)
        if said is None:
            stopped = True
            break
        assert said >= clear or said == 0
        clear = max(clear, min(said, len(text)))
    assert not stopped or withheld
    first = min(
        (start for hit in withheld for start in starts(compiled, hit, text)), default=len(text)
    )
    assert clear <= first


def starts(compiled, rule, text):
    """Where in the text each match of a rule begins, by looking at the whole of it."""
    for one in compiled.sides["reply"]:
        track = Track(one.view)
        view = track.take(text)
        for part in one.parts:
            if part.rule == rule:
                at = [
                    len(view.encode()[: m.start()].decode())
                    for m in part.pattern.finditer(view.encode())
                ]
                for position in at[:1]:
                    track = Track(one.view)
                    track.take(text)
                    yield track.raw_offset(position)


@given(st.integers(0, 400))
def test_padding_cannot_push_a_match_out_of_the_window(padding):
    compiled = RuleSet([Rule(id="canary", reply="canary-4471")])
    scan = RuleScan(compiled, str)
    text = "so: " + ("\u200b" * padding).join("CANARY-4471") + " and more " * 9
    clear = 0
    for letter in text:
        said = scan.feed(letter)
        if said is None:
            break
        clear = said
    else:
        pytest.fail("the canary passed")
    assert clear <= 4


def test_an_expression_without_a_limit_holds_the_whole_answer():
    scan = RuleScan(RuleSet([Rule(id="long", reply="begin.*end")]), str)
    assert [scan.feed("word ") for _ in range(50)] == [0] * 50


def weights(seed):
    drawn = np.random.default_rng(seed).integers(-32768, 32768, PAIRS + PLACES)
    return drawn.astype("<i2").tobytes()


WEIGHTS = weights(1)


@pytest.fixture(scope="module")
def compiled():
    pytest.importorskip("numba")
    return open_scorer(WEIGHTS, compiled=True)


SLOW = open_scorer(WEIGHTS, compiled=False)


@settings(max_examples=200)
@given(data=st.binary(max_size=700), begin=st.integers(0, 700))
def test_both_ways_of_scoring_give_the_same_number(compiled, data, begin):
    assert compiled(data, min(begin, len(data))) == SLOW(data, min(begin, len(data)))


def naive(data, begin):
    """The score by its definition, one window and one run at a time."""
    pairs = np.frombuffer(WEIGHTS, "<i2")[:PAIRS]
    hashed = np.frombuffer(WEIGHTS, "<i2")[PAIRS:]

    def value(at):
        b = [data[at - k] if at >= k else 0 for k in range(5)]
        three = b[2] << 16 | b[1] << 8 | b[0]
        four = b[3] << 24 | three
        keys = (three * 0x9E3779B1, four * 0x85EBCA6B, four * 0x85EBCA6B + b[4] * 0xC2B2AE35)
        total = int(pairs[b[1] << 8 | b[0]])
        return total + sum(int(hashed[(key & 0xFFFFFFFF) >> 14]) for key in keys)

    size = len(data) - begin
    blocks = max(1, -(-size // BLOCK) - 1)
    scores = []
    for k in range(blocks):
        a, z = k * BLOCK, min(k * BLOCK + 2 * BLOCK, size)
        scores.append(sum(value(begin + at) for at in range(a, z)) // max(z - a, 64))
    return max(scores)


@settings(max_examples=30)
@given(data=st.binary(min_size=1, max_size=600), begin=st.integers(0, 10))
def test_the_score_is_what_its_definition_says(data, begin):
    begin = min(begin, len(data) - 1)
    assert SLOW(data, begin) == naive(data, begin)


@settings(max_examples=60)
@given(st.data(), st.integers(-3000, 12000), st.booleans(), st.integers(0, 2**32))
def test_the_probe_in_pieces_clears_nothing_that_the_whole_objects_to(data, threshold, halts, seed):
    draw = random.Random(seed)
    text = "".join(draw.choice("abcdeé \u200bX") for _ in range(draw.randrange(900)))
    before = seen_bytes("folded", "what was asked")[-BLOCK:] + b"\n"
    whole = SLOW(before + seen_bytes("folded", text), 0) if text else -(2**40)
    scan = ProbeScan(SLOW, before, threshold, halts=halts)
    clear, stopped = 0, False
    for piece in data.draw(cuts(text)):
        said = scan.feed(piece)
        if said is None:
            stopped = True
            break
        assert clear <= said <= len(text)
        clear = said
    if stopped:
        assert halts
        assert whole >= threshold
    if clear:
        # Every window that holds any of what left is full, and below the threshold.
        left = len(before) + len(seen_bytes("folded", text[:clear]))
        padded = before + seen_bytes("folded", text)
        for first in range(0, left, BLOCK):
            window = padded[max(0, first - 4) : first + 2 * BLOCK]
            assert len(padded) >= first + 2 * BLOCK
            assert SLOW(window, first - max(0, first - 4)) < threshold


PROMISE = Promise(miss_rate="0.10", budget="0.20", confidence="0.90")


def test_the_promise_holds_in_at_least_the_stated_share_of_resamples():
    """1,000 calibrations on draws from known scores; broken in at most 5 % for each half."""
    draw = np.random.default_rng(7)
    harmful = np.sort(draw.normal(1500, 900, 200_000).astype(int))
    harmless = np.sort(draw.normal(-1500, 900, 200_000).astype(int))
    missing = crossing = kept = supported = 0
    for _ in range(1000):
        found = calibrate(draw.choice(harmful, 150), draw.choice(harmless, 150), PROMISE)
        assert found.threshold is not None
        missed = np.searchsorted(harmful, found.threshold) / len(harmful)
        crossed = 1 - np.searchsorted(harmless, found.threshold) / len(harmless)
        missing += missed > 0.10
        crossing += not found.shortfall and crossed > 0.20
        kept += missed <= 0.10
        supported += not found.shortfall
    assert missing <= 50 + 3 * 7  # half of 1 - 0.90, and three standard errors
    assert crossing <= 50 + 3 * 7
    assert kept >= 900
    assert supported > 900  # a bound that always refuses would keep any promise


def test_the_threshold_is_the_highest_that_keeps_the_promise():
    harmful = list(range(0, 1000, 5))
    found = calibrate(harmful, [-500] * 100, PROMISE)
    higher = found.threshold + 5
    assert float(found.missed_at_most) <= 0.10
    assert found.missed == sum(score < found.threshold for score in harmful)
    assert clopper_pearson_upper(sum(score < higher for score in harmful), 200, 0.05) > 0.10


@given(st.lists(st.integers(-999, 999), max_size=60), st.lists(st.integers(-999, 999), max_size=60))
def test_too_little_data_never_gives_a_promise(harmful, harmless):
    found = calibrate(harmful, harmless, Promise(miss_rate="0.02"))
    assert found.threshold is None
    assert "it takes at least" in found.shortfall


ALIKE = ["canary", "[0-9]{4}", r"\bab\b", r"\Bb", "a.b", "(?:ab|ba){2,3}4", r"\w{5}", "[^a-b ]{3}"]


@pytest.fixture(scope="module")
def matchers():
    pytest.importorskip("hyperscan")
    from shipworthy.instruments.safeguards.screening.hyperscan import HyperscanSets

    written = [
        Rule(id=f"{index} {view}", reply=expression, views=(view,))
        for index, expression in enumerate(ALIKE)
        for view in VIEWS
    ]
    return RuleSet(written), RuleSet(written, HyperscanSets())


@settings(max_examples=200, deadline=None)
@given(text=plain_texts | odd_texts)
def test_hyperscan_finds_what_re2_finds(matchers, text):
    ours, theirs = (one.reply_hits([text], str) for one in matchers)
    assert ours == theirs
