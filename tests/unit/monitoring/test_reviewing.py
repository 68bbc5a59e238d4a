"""From a frame to draws, labels, a prevalence and a judge's card."""

import random
from dataclasses import replace

import pytest

from shipworthy.kernel import Problem
from shipworthy.kernel.canonical import canonical_bytes
from shipworthy.records.live.alarms import AcceptedBand
from shipworthy.records.live.prevalence import ReviewLabel
from shipworthy.stages.monitoring import (
    Answers,
    FrameItem,
    ReviewPlan,
    answers_of,
    awaiting,
    draw_round,
    frame_of,
    judge_band,
    live_card,
    prevalence_finding,
    score_cuts,
)
from shipworthy.statistics import NoEvidence

PLAN = ReviewPlan(domain="cyber", draws=300, floor=0.3, never_miss=150, twice=0.2, seed=1)


def traffic(size=5000, harmful=50, recall=0.9):
    """Exchanges by id: harm is in the id, scores and marks by a judge that misses some."""
    chance = random.Random(4)
    items = []
    for number in range(size):
        bad = number < harmful
        caught = bad and chance.random() < recall
        score = 0.5 + chance.random() / 2 if caught else 0.02 * chance.random() ** 4
        items.append(FrameItem(f"{'bad' if bad else 'ok'}-{number}", score, score > 0.5))
    return frame_of(items, 0, 86_400_000)


def label(item, reader="ann", answer=None, at_ms=1):
    answer = answer or ("yes" if item.startswith("bad") else "no")
    return ReviewLabel(item=item, domain="cyber", reader=reader, answer=answer, at_ms=at_ms)


def fully_read(draws):
    """Everybody right; two readers wherever two are wanted."""
    answers = {}
    for reader in ("ann", "bob"):
        asked = [label(item, reader) for item in awaiting(draws, answers)]
        known = [label(i, "ann") for i, found in answers.items() for _ in found.given]
        answers = answers_of([*known, *asked], "cyber")
    return answers


FRAME = traffic()
DRAWS = draw_round(PLAN, FRAME, [], 1, 90_000_000)


def test_a_round_can_be_drawn_again_and_says_how_probable_each_draw_was():
    assert draw_round(PLAN, FRAME, [], 1, 90_000_000) == DRAWS
    assert draw_round(PLAN, FRAME, [], 2, 90_000_000) != DRAWS
    assert [one.arm for one in DRAWS].count("active") == 300
    assert len(DRAWS) == 450
    for draw in DRAWS:
        assert canonical_bytes(draw)
        if draw.arm == "active":
            assert float(draw.probability) >= 0.3 / 5000 * (1 - 1e-9)
        else:
            assert not draw.marked
            assert float(draw.probability) == pytest.approx(1 / draw.unmarked)
    assert 30 <= sum(draw.doubled for draw in DRAWS) <= 150


def test_a_bin_has_one_probability_and_all_of_them_sum_to_one():
    many = draw_round(replace(PLAN, draws=3000), FRAME, [], 1, 90_000_000)
    by_item = {draw.item: float(draw.probability) for draw in many if draw.arm == "active"}
    cuts = score_cuts([one.score for one in FRAME.items])
    sizes = {}
    for one in FRAME.items:
        place = sum(cut <= one.score for cut in cuts)
        sizes.setdefault(place, []).append(one.item)
    total = 0.0
    for items in sizes.values():
        known = {by_item[item] for item in items if item in by_item}
        assert len(known) <= 1, "one probability a bin"
        total += len(items) * max(known, default=0.0)
    assert 0.99 < total <= 1.0 + 1e-9  # the smallest bins may not have been drawn from


def test_scores_pull_draws_and_labels_steer_the_next_round():
    marked = sum(draw.marked for draw in DRAWS if draw.arm == "active")
    assert marked > 8  # even draws would meet 3
    known = [
        (float(draw.score), "yes" if draw.item.startswith("bad") else "no")
        for draw in DRAWS
        if draw.arm == "active"
    ]
    later = draw_round(PLAN, FRAME, known, 2, 91_000_000)
    assert sum(draw.marked for draw in later if draw.arm == "active") > marked
    assert {draw.mean_prediction for draw in later} != {draw.mean_prediction for draw in DRAWS}


def test_prevalence_from_draws_and_labels_holds_the_truth():
    finding = prevalence_finding(DRAWS, fully_read(DRAWS), 0.05)
    assert finding.id == "prevalence.cyber.deployed"
    assert (finding.items, finding.drawn, finding.read, finding.undecided) == (5000, 300, 300, 0)
    assert float(finding.lower) < 0.01 < float(finding.upper) < 0.08
    assert 0.005 < float(finding.estimate) < 0.02
    assert float(finding.lower_readers) == float(finding.lower)
    assert float(finding.upper_readers) >= float(finding.upper)
    assert finding.unflagged.harmful <= 2
    assert 0.01 < float(finding.unflagged.upper) < 0.06
    assert finding.readers.disagreed == 0
    assert finding.readers.krippendorff == "1.000000"
    assert float(finding.effective) > 300
    assert canonical_bytes(finding)


def test_draws_that_nobody_read_are_taken_for_the_worst():
    nothing = prevalence_finding(DRAWS, {}, 0.05)
    assert (nothing.lower, nothing.upper) == ("0.000000000", "1.000000000")
    assert nothing.estimate == ""
    assert nothing.blockers
    answers = fully_read(DRAWS)
    some = {item: found for item, found in answers.items() if not item.endswith("7")}
    part, whole = (prevalence_finding(DRAWS, found, 0.05) for found in (some, answers))
    assert part.undecided > 0
    assert float(part.upper) > float(whole.upper)
    assert float(part.lower) <= float(whole.lower)
    with pytest.raises(NoEvidence):
        prevalence_finding((), {}, 0.05)


def test_a_band_reads_what_two_readers_may_have_said():
    finding = prevalence_finding(DRAWS, fully_read(DRAWS), 0.05)
    assert judge_band(finding, AcceptedBand(metric=finding.id, upper="0.5", source="x")) == "inside"
    assert (
        judge_band(finding, AcceptedBand(metric=finding.id, upper="0.01", source="x"))
        == "not-shown"
    )
    assert (
        judge_band(finding, AcceptedBand(metric=finding.id, upper="0.001", source="x")) == "outside"
    )
    nothing = prevalence_finding(DRAWS, {}, 0.05)
    assert (
        judge_band(nothing, AcceptedBand(metric=finding.id, upper="1", source="x")) == "not-shown"
    )


def test_readers_who_disagree_leave_it_undecided_and_a_second_answer_replaces_the_first():
    labels = [
        label("x", "ann", "yes", 1),
        label("x", "bob", "no", 2),
        label("y", "ann", "no", 1),
        label("y", "ann", "yes", 5),
        label("z", "bob", "unsure", 1),
    ]
    found = answers_of(labels, "cyber")
    assert found["x"].given == ("yes", "no")
    assert [found[item].agreed for item in "xyz"] == [None, "yes", None]
    assert answers_of(labels, "other") == {}
    assert Answers().agreed is None


def test_whoever_reads_a_yes_wants_a_second_reader():
    draws = [draw for draw in DRAWS if not draw.doubled][:2]
    one, two = draws[0].item, draws[1].item
    assert awaiting(draws, {}) == {one: 1, two: 1}
    found = awaiting(draws, {one: Answers(("yes",)), two: Answers(("no",))})
    assert found == {one: 1}
    assert awaiting(draws, {one: Answers(("yes", "no")), two: Answers(("no",))}) == {}
    doubled = [draw for draw in DRAWS if draw.doubled][:1]
    assert awaiting(doubled, {doubled[0].item: Answers(("no",))}) == {doubled[0].item: 1}


def test_the_card_is_of_an_even_sample_and_its_limit_is_honest():
    card = live_card("leak", DRAWS, fully_read(DRAWS), 7, 0.05)
    counted = (
        card.true_positives + card.false_negatives + card.true_negatives + card.false_positives
    )
    assert 60 <= counted <= 130  # a part floor of 300 draws
    assert card.undecided == 0
    assert 0.0 < float(card.sensitivity_lower) < 0.9
    assert card == live_card("leak", DRAWS, fully_read(DRAWS), 7, 0.05)
    nobody = live_card("leak", DRAWS, {}, 7, 0.05)
    assert nobody.sensitivity_lower == "0.000000000"
    assert nobody.undecided == counted


def test_a_frame_names_each_exchange_once():
    with pytest.raises(Problem, match="listed twice"):
        frame_of([FrameItem("a", 0.1, False)] * 2, 0, 1)
    with pytest.raises(Problem, match="score"):
        frame_of([FrameItem("a", 1.5, False)], 0, 1)
    assert draw_round(PLAN, frame_of([], 0, 1), [], 1, 1) == ()
    items = [FrameItem(str(i), i / 10, i > 5) for i in range(9)]
    assert frame_of(items, 0, 1) == frame_of(items[::-1], 0, 1)


def test_all_scores_alike_and_everything_marked_still_draws():
    frame = frame_of([FrameItem(f"a{i}", 1.0, True) for i in range(40)], 0, 1)
    draws = draw_round(PLAN, frame, [], 1, 5)
    assert len(draws) == 300
    assert {draw.arm for draw in draws} == {"active"}
    finding = prevalence_finding(draws, {d.item: Answers(("no",)) for d in draws}, 0.05)
    assert finding.unflagged is None
    assert float(finding.upper) < 0.1
