"""Alignment of many and of long clauses: the plain rule, without the work that it would take."""

from difflib import SequenceMatcher
from time import process_time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.wording import align, alignment, likeness, signs
from shipworthy.frameworks.wording.alignment import NEAR
from shipworthy.frameworks.wording.cues import content_words, read_cues
from shipworthy.frameworks.wording.likeness import (
    Bounds,
    alike,
    alike_by_neighbours,
    neighbours,
)

PATTERN = load_framework("starter").clauses[0]
WORDS = ["stop", "train", "weights", "review", "board", "publish"]

texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=6)
some_words = st.lists(st.sampled_from(WORDS), max_size=12).map(tuple)


def clauses(name, found, categories=("capability", "security")):
    return tuple(
        msgspec.structs.replace(
            PATTERN,
            id=f"{name}-{place}",
            paraphrase=" ".join(words),
            category=categories[len(words) % len(categories)],
        )
        for place, words in enumerate(found)
    )


def plainly_aligned(old, new):
    """The rule of alignment as it is stated, with every pair measured."""

    def score(one, other):
        words = [content_words(clause.paraphrase) for clause in (one, other)]
        ratio = SequenceMatcher(None, *words, autojunk=False).ratio()
        return ratio + (0.05 if one.category == other.category else -0.05)

    scores = sorted(
        (-score(one, other), before, after)
        for before, one in enumerate(old)
        for after, other in enumerate(new)
    )
    partner, taken = {}, set()
    for minus, before, after in scores:
        if -minus >= NEAR and before not in partner and after not in taken:
            partner[before] = new[after].id
            taken.add(after)
    return {clause.id: partner.get(place) for place, clause in enumerate(old)}


@given(texts, texts)
def test_measuring_few_pairs_aligns_as_measuring_all(before, after):
    old, new = clauses("old", before), clauses("new", after)
    found = {pair.old.id: pair.new and pair.new.id for pair in align(old, new) if pair.old}
    assert found == plainly_aligned(old, new)


@given(st.lists(some_words, max_size=4), st.lists(some_words, max_size=4), st.floats(0, 1))
def test_a_bound_leaves_out_no_pair_that_is_near(old, new, least):
    bounds = Bounds(old, new)
    for place, one in enumerate(old):
        kept = bounds.reaching(least, place, [0.0] * len(new))
        assert {at for at, other in enumerate(new) if alike(one, other) >= least} <= set(kept)


@given(st.lists(some_words, max_size=4), st.lists(some_words, max_size=4))
def test_a_bound_that_takes_words_for_the_same_leaves_out_none_either(old, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "_KINDS", 2)
        bounds = Bounds(old, new)
    for place, one in enumerate(old):
        kept = bounds.reaching(0.5, place, [0.0] * len(new))
        assert {at for at, other in enumerate(new) if alike(one, other) >= 0.5} <= set(kept)


@given(some_words)
def test_neighbours_of_the_same_words_are_all_in_common(words):
    assert alike_by_neighbours(neighbours(words), neighbours(words)) == 1


def test_neighbours_see_what_was_changed_and_what_was_turned_round():
    old = neighbours(("stop", "train", "weights", "review", "board"))
    changed = neighbours(("stop", "train", "weights", "publish", "board"))
    assert alike_by_neighbours(old, changed) == 0.5
    assert alike_by_neighbours(old, frozenset()) == 0
    assert alike_by_neighbours(old, neighbours(("board", "review", "weights", "train"))) == 0


def test_texts_beyond_the_limit_are_compared_by_neighbours(monkeypatch):
    old, new = ("stop", "train", "stop", "board"), ("stop", "train", "board", "review")
    exact = alike(old, new)
    monkeypatch.setattr(likeness, "LONGEST", 15)
    assert alike(old, new) == alike_by_neighbours(neighbours(old), neighbours(new)) != exact


def test_where_the_work_would_be_too_much_neighbours_decide(monkeypatch):
    turned = [["stop", "review", "train", "weights"], ["weights", "train", "review", "stop"]]
    old, new = clauses("old", turned[:1]), clauses("new", turned)
    monkeypatch.setattr(alignment, "MOST_WORK", 1)
    assert [(pair.old and pair.old.id, pair.new.id) for pair in align(old, new)] == [
        ("old-0", "new-0"),
        (None, "new-1"),
    ]


def seconds(work):
    before = process_time()
    work()
    return process_time() - before


@pytest.mark.parametrize("word", ["stop ", "stop train weights ", "Board Ab ", "A&"])
def test_time_grows_with_the_length_of_a_text_and_not_with_its_square(word):
    """Ten times the words take less than thirty times as long, where the square would take 100."""

    def of(times):
        text = word * times
        pair = [msgspec.structs.replace(PATTERN, id=name, paraphrase=text) for name in "ab"]
        return seconds(lambda: (align((pair[0],), (pair[1],)), signs(text, text + "halt")))

    small = min(of(3_000) for _ in range(3))
    assert of(30_000) < 30 * small


def test_a_committee_is_named_once_however_many_capitals_stand_before_it():
    assert read_cues("the Safety and Security Review Committee decides").named == 1
    assert read_cues("Aa " * 100 + "Committee decides").named == 1
    assert read_cues("Aa " * 5_000).named == 0
